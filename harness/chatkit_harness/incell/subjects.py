"""Which class or module an exception is about: often not that of the code that raised it."""

from __future__ import annotations

import re
import sys
import types
from typing import Any, Iterator, List, Optional, Tuple

Found = Tuple[str, str]
"""A qualified name, and the file that defines what it names (empty where there is none)."""

_CALL = re.compile(r"^([A-Za-z_][\w.]*)\(\) (?:got|missing|takes)\b")


def candidates(error: BaseException) -> List[Found]:
    """All that the exception may be about, the likeliest first; empty where it does not tell.

    May raise whatever the classes and modules of a broken installation raise when they are looked at.
    """
    if isinstance(error, ImportError):
        return _of_import(error)
    if isinstance(error, AttributeError):
        return _of_object(getattr(error, "obj", None))
    if isinstance(error, TypeError):
        return _of_call(str(error))
    kind = type(error)
    if kind.__name__ == "ValidationError" and kind.__module__.split(".")[0] in ("pydantic", "pydantic_core"):
        title = getattr(error, "title", None)
        return _of_model(error, title) if isinstance(title, str) else []
    return []


def _of_import(error: ImportError) -> List[Found]:
    name = error.name
    if not name:
        return []
    if error.path:
        return [(name, error.path)]
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        # Of a missing submodule the package above it is there, and should hold it.
        file = _file_of(".".join(parts[:end]))
        if file:
            return [(name, file)]
    return []


def _of_object(owner: Any) -> List[Found]:
    if owner is None:
        return []
    if isinstance(owner, types.ModuleType):
        return [(owner.__name__, _file_of(owner.__name__))]
    return [_class(owner if issubclass(type(owner), type) else type(owner))]


def _of_call(message: str) -> List[Found]:
    call = _CALL.match(message)
    if call is None:
        return []
    called, _, method = call[1].rpartition(".")
    return [_class(each) for each in _loaded(called or method)]


def _of_model(error: BaseException, title: str) -> List[Found]:
    """The model that refused: the one being made while it raised, else any loaded one of that name."""
    made = _being_made(error, title)
    return [_class(made)] if made is not None else [_class(each) for each in _loaded(title)]


def _being_made(error: BaseException, title: str) -> Optional[type]:
    found = None
    step = error.__traceback__
    while step is not None:
        for name in ("self", "cls"):
            value: Any = step.tb_frame.f_locals.get(name)
            # type() asks the interpreter; isinstance() would ask the object, which may be a proxy.
            kind: Any = value if issubclass(type(value), type) else type(value)
            if kind.__name__ == title:
                found = kind
        step = step.tb_next
    return found


def _loaded(qualified: str) -> List[type]:
    """Every class of that qualified name that a loaded module holds."""
    plain = qualified.partition("[")[0]
    unique = {id(each): each for each in _held(plain.split("."), plain)}
    return sorted(unique.values(), key=lambda each: (each.__module__, each.__qualname__))


def _held(parts: List[str], qualified: str) -> Iterator[type]:
    for module in list(sys.modules.values()):
        # Not getattr(module, first): modules that load lazily would begin to.
        value: Any = getattr(module, "__dict__", {}).get(parts[0])
        for name in parts[1:]:
            value = getattr(value, "__dict__", {}).get(name)
        if issubclass(type(value), type) and value.__qualname__ == qualified:
            yield value


def _class(kind: type) -> Found:
    return f"{kind.__module__}.{kind.__qualname__}", _file_of(kind.__module__)


def _file_of(module: str) -> str:
    return getattr(sys.modules.get(module), "__file__", None) or ""
