"""Whether code is prepared for a lack: attempts with an except, tests of a version, imports for types."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator

_ANYTHING = frozenset({"Exception", "BaseException", ""})
_CAUGHT: dict[str, frozenset[str]] = {
    "import": frozenset({"ImportError", "ModuleNotFoundError"}) | _ANYTHING,
    "name": frozenset({"AttributeError"}) | _ANYTHING,
    "argument": frozenset({"TypeError"}) | _ANYTHING,
    "required": frozenset({"TypeError", "ValueError", "ValidationError"}) | _ANYTHING,
    "value": frozenset({"ValueError", "ValidationError"}) | _ANYTHING,
}
_EVERYTHING = "everything"
_ASKING = ("version", "signature", "parameters", "hasattr", "model_fields", "dataclass_fields", "find_spec")


class Guards:
    """What stands around the code that is being read."""

    def __init__(self) -> None:
        self._stack: list[frozenset[str]] = []

    def cover(self, kind: str) -> bool:
        """Whether a lack here is caught; `kind` is import or one of `nouns.Kind`."""
        return any(_EVERYTHING in each or each & _CAUGHT[kind] for each in self._stack)

    @contextlib.contextmanager
    def catching(self, names: frozenset[str]) -> Iterator[None]:
        """Inside, exceptions of these names are caught."""
        self._stack.append(names)
        try:
            yield
        finally:
            self._stack.pop()

    @contextlib.contextmanager
    def below(self, test: ast.expr, *, positive: bool) -> Iterator[None]:
        """Inside, a test has been passed, or not."""
        with self.catching(_asked(test, positive=positive)):
            yield


def caught(handlers: list[ast.ExceptHandler]) -> frozenset[str]:
    """The exceptions that an attempt catches and does not raise again."""
    found: set[str] = set()
    for handler in handlers:
        if isinstance(handler.body[-1], ast.Raise):
            continue
        found.update(exception_names(handler.type))
    return frozenset(found)


def exception_names(node: ast.expr | None) -> Iterator[str]:
    """The last words of the exceptions that an expression names; `""` for a bare except."""
    if node is None:
        yield ""
    elif isinstance(node, ast.Tuple):
        for each in node.elts:
            yield from exception_names(each)
    elif isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute):
        yield node.attr
    else:
        yield ""


def _asked(test: ast.expr, *, positive: bool) -> frozenset[str]:
    words = {
        getattr(each, "id", getattr(each, "attr", ""))
        for each in ast.walk(test)
        if isinstance(each, ast.Name | ast.Attribute)
    }
    if positive and "TYPE_CHECKING" in words:
        return frozenset({_EVERYTHING})
    flags = any(word.isupper() and word != "TYPE_CHECKING" for word in words)
    asks = any(part in word.lower() for word in words for part in _ASKING)
    return frozenset({_EVERYTHING}) if flags or asks else frozenset()
