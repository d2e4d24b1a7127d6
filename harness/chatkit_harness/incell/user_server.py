"""The user's own server or workflow as the driver wants it, or in words what it needs.

server = load("app.server", "create_server")         # create_server(options), create_context(values)
workflow = load_workflow("workflow.py", "run_workflow")
value = inputs(workflow.input_model, "What's AAPL trading at?", {"customer_id": "c1"})
response, message = answer(await run(workflow.function, value))
"""

from __future__ import annotations

import functools
import inspect
from typing import Any, Callable, Dict, List, Mapping, Optional

from .plain_context import plain_context
from .user_answer import answer
from .user_files import UserServerError, import_named, leave_no_traces
from .user_inputs import inputs
from .user_run import run
from .user_workflow import Workflow, load_workflow

_STORES = ("store", "data_store", "attachment_store")
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class UserServer:
    """A server of the user's, with the two functions that the driver knows of the reference server."""

    def __init__(self, name: str, target: Any, context: Optional[Callable[..., Any]]) -> None:
        self._name, self._target, self._context = name, target, context

    def create_server(self, options: Mapping[str, Any]) -> Any:
        """The server, or an awaitable of it. A factory or class makes a new one, an instance is shared.

        Raises UserServerError where it takes more than the options, or gives no server.
        """
        made = self._made(dict(options))
        return self._later(made) if inspect.isawaitable(made) else self._checked(made)

    def create_context(self, values: Mapping[str, Any]) -> Any:
        """The request context, or an awaitable of it; the values themselves where nothing makes one."""
        if self._context is None:
            return plain_context(values)
        takes = _positional(self._context)
        return self._context(dict(values)) if takes is None or takes else self._context()

    def create_app(self, *_given: Any) -> Any:
        """A user's server is reached through `process()` only: always raises UserServerError."""
        raise UserServerError(
            f"{self._name} is driven without its HTTP side: a turn that calls one is for the built-in server"
        )

    def _made(self, options: Dict[str, Any]) -> Any:
        target, name = self._target, self._name
        if inspect.isclass(target):
            if not callable(getattr(target, "process", None)):
                raise UserServerError(f"{name} is a class without process(), and so no ChatKitServer")
            _require_nothing(target, name, skip=0)
            return target()
        if callable(getattr(target, "process", None)):
            return target
        if not callable(target) or _is_application(target):
            raise UserServerError(
                f"{name} is {_article(target)}: name a ChatKitServer, or a function that returns one"
                f"{_as_application(target, name)}"
            )
        first = _first(target)
        wants = first is not None and first.name not in _STORES
        if first is None or not wants or not (first.default is first.empty or first.name == "options"):
            _require_nothing(target, name, skip=0)
            return target()
        _require_nothing(target, name, skip=1)
        return target(options)

    async def _later(self, made: Any) -> Any:
        return self._checked(await made)

    def _checked(self, server: Any) -> Any:
        if server is None:
            raise UserServerError(f"{self._name} returned nothing: it has to return the ChatKitServer")
        if not callable(getattr(server, "process", None)):
            raise UserServerError(
                f"{self._name} returned {_article(server)}, which has no process(): it has to return the "
                f"ChatKitServer{_as_application(server, self._name)}"
            )
        return server


def load(module: str, attribute: str, context_factory: Optional[str] = None) -> UserServer:
    """The server that `module:attribute` names: a factory, a ChatKitServer class, or an instance.

    `context_factory` is `module:function`, called with the scenario's context values; without it a
    `create_context` beside the server is taken, else a dict of the values. Raises UserServerError for what
    is not there; what importing the modules raises goes through.
    """
    found = import_named(module)
    target = _attribute(found, module, attribute)
    context = getattr(found, "create_context", None)
    if context_factory:
        where, _colon, what = context_factory.partition(":")
        if not where or not what:
            raise UserServerError(f"--context {context_factory} is not of the form package.module:function")
        context = _attribute(import_named(where), where, what)
        _check_context(context, context_factory)
    return UserServer(f"{module}:{attribute}", target, context if callable(context) else None)


def load_app(module: str, attribute: str) -> Any:
    """The ASGI application that `module:attribute` names, or an awaitable of it; a function makes it.

    Raises UserServerError for what is not there, and for what is no application.
    """
    name = f"{module}:{attribute}"
    found = _attribute(import_named(module), module, attribute)
    if not inspect.isclass(found) and callable(found) and _is_application(found):
        return found
    if callable(getattr(found, "process", None)):
        raise UserServerError(f"{name} is {_server_words(found)}: leave out asgi: (--server {name})")
    if not callable(found):
        raise UserServerError(f"{name} is {_article(found)}: name an ASGI application")
    _require_nothing(found, name, skip=0, what="application", option="--server asgi:")
    made = found()
    return made if inspect.isawaitable(made) else checked_app(name, made)


def checked_app(name: str, made: Any) -> Any:
    """The application that a function made. Raises UserServerError for anything else."""
    if callable(made) and _is_application(made):
        return made
    told = f"{name} returned {_article(made)}, which is no ASGI application"
    if callable(getattr(made, "process", None)):
        told = f"{name} returned {_server_words(made)}, not an application: leave out asgi: (--server {name})"
    raise UserServerError(told)


def load_store(store: Mapping[str, Any]) -> Callable[[], Any]:
    """What makes the store that a run names, a new one (or an awaitable of it) at each call.

    Raises UserServerError for what is not there, and for what cannot make one.
    """
    module, attribute = store["module"], store["attribute"]
    name, word = f"{module}:{attribute}", store["word"]
    found = _attribute(import_named(module), module, attribute)
    if not callable(found):
        raise UserServerError(
            f"{name} is {_article(found)}: name a Store class, or a function that makes one"
        )
    if word is not None:
        return functools.partial(found, word)  # which other processes can make, too
    _require_nothing(found, name, skip=0, what="store", option="--store ")
    made: Callable[[], Any] = found
    return made


def context_factory(module: str, named: Optional[str]) -> Optional[Callable[..., Any]]:
    """What makes a context of `{"user_id": ...}`: the one named, or `create_context` of the module."""
    if not named:
        found = getattr(import_named(module), "create_context", None)
        return found if callable(found) else None
    where, _colon, what = named.partition(":")
    context = _attribute(import_named(where), where, what)
    _check_context(context, named)
    return context if callable(context) else None


def _attribute(module: Any, name: str, attribute: str) -> Any:
    value = module
    for part in attribute.split("."):
        try:
            value = getattr(value, part)
        except AttributeError:
            from difflib import get_close_matches

            names = [each for each in dir(value) if not each.startswith("_")]
            close = get_close_matches(part, names, 1)
            hint = f": did you mean {close[0]}?" if close else ""
            raise UserServerError(f"{name} has no {part}{hint}") from None
    return value


def _check_context(context: Any, name: str) -> None:
    if not callable(context):
        raise UserServerError(f"{name} is {_article(context)}: a function of the context's values is needed")
    further = [each.name for each in _required(context)][1:]
    if further:
        raise UserServerError(
            f"{name} needs {' and '.join(further)}: it is called with the scenario's context values only"
        )


def _parameters(target: Callable[..., Any]) -> Optional[List[inspect.Parameter]]:
    try:
        return [p for p in inspect.signature(target).parameters.values() if p.kind not in _VARIADIC]
    except (TypeError, ValueError):  # written in C, or with a signature that says nothing
        return None


def _positional(target: Callable[..., Any]) -> Optional[List[inspect.Parameter]]:
    """The parameters that can be given by position; None where that is not known."""
    try:
        given = inspect.signature(target).parameters.values()
    except (TypeError, ValueError):
        return None
    return [p for p in given if p.kind in _POSITIONAL or p.kind is inspect.Parameter.VAR_POSITIONAL]


def _first(target: Callable[..., Any]) -> Optional[inspect.Parameter]:
    found = [each for each in _parameters(target) or [] if each.kind in _POSITIONAL]
    return found[0] if found else None


def _required(target: Callable[..., Any]) -> List[inspect.Parameter]:
    return [each for each in _parameters(target) or [] if each.default is each.empty]


def _require_nothing(
    target: Callable[..., Any], name: str, *, skip: int, what: str = "server", option: str = "--server "
) -> None:
    """Raise where the target cannot be called with nothing besides its first `skip` arguments."""
    given = [each.name for each in _parameters(target) or [] if each.kind in _POSITIONAL][:skip]
    needed = [each.name for each in _required(target) if each.name not in given]
    if needed:
        module = name.partition(":")[0]
        raise UserServerError(
            f"{name} needs {' and '.join(needed)}: write a function without arguments that makes the {what}, "
            f"and name that ({option}{module}:FUNCTION)"
        )


def _is_application(target: Any) -> bool:
    names = [each.name for each in _parameters(target) or []]
    return names[-3:] == ["scope", "receive", "send"]


def _as_application(value: Any, name: str) -> str:
    """What to write, too, where an application is named as a server."""
    application = callable(value) and _is_application(value)
    return f", or write --server asgi:{name} --endpoint PATH" if application else ""


def _server_words(value: Any) -> str:
    kind = value if inspect.isclass(value) else type(value)
    return f"a ChatKitServer ({kind.__name__})"


def _article(value: Any) -> str:
    kind = type(value).__name__
    if callable(value) and _is_application(value):
        return f"a web application ({kind})"
    return f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}"


__all__ = [
    "UserServer",
    "UserServerError",
    "Workflow",
    "answer",
    "checked_app",
    "context_factory",
    "inputs",
    "leave_no_traces",
    "load",
    "load_app",
    "load_store",
    "load_workflow",
    "run",
]
