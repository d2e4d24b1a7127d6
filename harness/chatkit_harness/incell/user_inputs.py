"""Fills a workflow's input: the user's words, and what else the input has fields for."""

from __future__ import annotations

import contextlib
import inspect
import json
from typing import Any, Iterator, List, Mapping, NamedTuple, Optional

from .user_files import UserServerError

TEXT = "input_as_text"
PLAIN_NAMES = (TEXT, "text", "message", "question", "query", "prompt", "user_input", "user_message", "input")
"""What a field or a parameter for the user's words may be called, the likely ones first."""


class _Field(NamedTuple):
    """A field, the key that it is given by, and whether it has to be given."""

    name: str
    key: str
    required: bool


def inputs(model: Any, text: str, values: Mapping[str, Any]) -> Any:
    """The input of a workflow: the user's text, and of `values` what the model has a field for.

    `model` is a pydantic model, a dataclass, a TypedDict or a class alike; `str` is the text alone, `dict`
    all values with `input_as_text`. Raises UserServerError naming the fields that have no value, and for
    what pydantic refuses.
    """
    if isinstance(model, type) and issubclass(model, str):
        return text
    if isinstance(model, type) and issubclass(model, Mapping) and not _is_typed_dict(model):
        return {**values, TEXT: text}
    name = getattr(model, "__name__", "the input")
    fields = list(_fields(model))
    given = {each.key: values[each.name] for each in fields if each.name in values}
    given.update((each.key, values[each.key]) for each in fields if each.key in values)
    place = _text_field(fields, given)
    if place is not None:
        given[place.key] = text
    missing = [each.name for each in fields if each.required and each.key not in given]
    if missing:
        raise UserServerError(_needs(name, missing))
    if place is None:
        raise UserServerError(f"{name} has no field {TEXT}: there is no place for what the user says")
    try:
        return _made(model, given, text)
    except Exception as error:
        words = _refusal(error)
        if words is None:
            raise
        raise UserServerError(f"{name} refuses its input: {words}") from error


def _made(model: Any, given: Mapping[str, Any], text: str) -> Any:
    """The model with these values; of those that it refuses as text, lists and objects written as JSON."""
    try:
        return model(**given)
    except Exception:
        read = {key: value if value == text else _as_written(value) for key, value in given.items()}
        if read == given:
            raise
        with contextlib.suppress(Exception):
            return model(**read)
        raise


def _as_written(value: Any) -> Any:
    """The list or object that a text holds as JSON; any other value as it is."""
    if not isinstance(value, str) or value.strip()[:1] not in ("[", "{"):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _needs(name: str, missing: List[str]) -> str:
    options = " ".join(f"--input {each}=..." for each in missing)
    what = "it" if len(missing) == 1 else "them"
    return f"{name} needs {' and '.join(missing)}: give {what} in the scenario's context, or with {options}"


def _is_typed_dict(model: Any) -> bool:
    return hasattr(model, "__required_keys__")


def _fields(model: Any) -> Iterator[_Field]:
    fields = getattr(model, "model_fields", None)
    if isinstance(fields, Mapping):
        for name, field in fields.items():
            alias = field.validation_alias or field.alias
            yield _Field(name, alias if isinstance(alias, str) else name, bool(field.is_required()))
    elif _is_typed_dict(model):
        for name in getattr(model, "__annotations__", {}):
            yield _Field(name, name, name in model.__required_keys__)
    else:
        yield from _parameters(model)


def _parameters(model: Any) -> Iterator[_Field]:
    try:
        parameters = inspect.signature(model).parameters.values()
    except (TypeError, ValueError):
        return
    for each in parameters:
        if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY):
            yield _Field(each.name, each.name, each.default is each.empty)


def _text_field(fields: List[_Field], given: Mapping[str, Any]) -> Optional[_Field]:
    """The field for the user's words: input_as_text, else the only one that has to be given and is not,
    else one with a name that says so.
    """
    for each in fields:
        if TEXT in (each.name, each.key):
            return each
    left = [each for each in fields if each.required and each.key not in given]
    if len(left) == 1:
        return left[0]
    for name in PLAIN_NAMES:
        for each in fields:
            if each.name == name and each.key not in given:
                return each
    return None


def _refusal(error: Exception) -> Optional[str]:
    """A validation error of pydantic in words; None for any other error."""
    if type(error).__name__ != "ValidationError" or not hasattr(error, "errors"):
        return None
    told = []
    for each in error.errors()[:5]:
        place = ".".join(str(part) for part in each.get("loc", ())) or "the input"
        told.append(f"{place}: {each.get('msg', 'is not valid')} (given {each.get('input')!r:.100})")
    return "; ".join(told)
