"""An exported workflow: its file imported as it stands, its function found, and what that one takes."""

from __future__ import annotations

import inspect
import os
import types
import typing
from dataclasses import dataclass
from typing import Any, Callable, List, Mapping

from .user_files import UserServerError, import_file
from .user_inputs import PLAIN_NAMES


@dataclass(frozen=True)
class Workflow:
    """A workflow's function, and what it takes: a model's class, `str` or `dict`."""

    function: Callable[..., Any]
    input_model: Any
    module: Any


def load_workflow(file: str, function: str = "run_workflow") -> Workflow:
    """The workflow in a file, which is run again at each call.

    Raises UserServerError for what it lacks, and for a function that streams or takes more than one input;
    what importing the file raises goes through.
    """
    module, short = import_file(file), os.path.basename(file)
    found = getattr(module, function, None)
    if found is None:
        names = [name for name, value in vars(module).items() if _is_own_coroutine(value, module)]
        there = f" (it has {', '.join(names[:5])})" if names else ""
        raise UserServerError(f"{short} has no {function}{there}: name another with --workflow FILE:FUNCTION")
    if not callable(found):
        raise UserServerError(f"{function} in {short} is of type {type(found).__name__}, not a function")
    if inspect.isasyncgenfunction(found) or inspect.isgeneratorfunction(found):
        raise UserServerError(
            f"{function} in {short} yields its answer in pieces, which is not supported: name a function "
            "that returns the whole answer"
        )
    return Workflow(function=found, input_model=_input_model(found, function, module), module=module)


def _is_own_coroutine(value: Any, module: Any) -> bool:
    return inspect.iscoroutinefunction(value) and value.__module__ == module.__name__


def _input_model(function: Callable[..., Any], name: str, module: Any) -> Any:
    """What the function's first parameter is to be given."""
    parameters = _parameters(function)
    named = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if not named and not any(p.kind is p.VAR_POSITIONAL for p in parameters):
        raise UserServerError(f"{name} takes no input: it has to take the workflow's input")
    further = [p.name for p in parameters if p not in named[:1] and _has_to_be_given(p)]
    if further:
        raise UserServerError(
            f"{name} needs {' and '.join(further)} besides its input: give it a default, or name a function "
            "that takes the input only (--workflow FILE:FUNCTION)"
        )
    hint = _class(_hint(function, named[0], module)) if named else None
    if hint is not None and hint.__module__ == "builtins" and not issubclass(hint, (str, dict)):
        raise UserServerError(f"{name} takes a value of type {hint.__name__}, which no user's text can fill")
    if hint is not None:
        return hint
    fallback = getattr(module, "WorkflowInput", None)
    if isinstance(fallback, type):
        return fallback
    return str if named and named[0].name in PLAIN_NAMES else dict


def _parameters(function: Callable[..., Any]) -> List[inspect.Parameter]:
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # one that says nothing may take anything
        return [inspect.Parameter("given", inspect.Parameter.VAR_POSITIONAL)]


def _has_to_be_given(each: inspect.Parameter) -> bool:
    return each.default is each.empty and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)


def _hint(function: Callable[..., Any], parameter: inspect.Parameter, module: Any) -> Any:
    """The annotation of a parameter, also where it is written as text; None where it says nothing."""
    note = parameter.annotation
    if note is parameter.empty:
        return None
    if not isinstance(note, str):
        return note
    # Only this annotation is looked at: another may name what is there for type checkers alone.
    holder: Any = types.SimpleNamespace(__annotations__={"it": note})
    known = getattr(inspect.unwrap(function), "__globals__", vars(module))
    try:
        return typing.get_type_hints(holder, globalns=known).get("it")
    except Exception:
        return None


def _class(hint: Any) -> Any:
    """The class that an annotation means: of a union the first, of a mapping dict; None for no class."""
    origin = typing.get_origin(hint)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return dict
    if isinstance(origin, type) and origin is not getattr(types, "UnionType", None):
        return origin if origin.__module__ == "builtins" else None
    if origin is not None:
        found = [_class(each) for each in typing.get_args(hint)]
        return next((each for each in found if each is not None), None)
    return hint if isinstance(hint, type) and hint not in (object, type(None), Any) else None
