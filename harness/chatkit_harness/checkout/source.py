"""What a Python file says of itself without being run: its names, its inputs, what it imports."""

from __future__ import annotations

import ast
import subprocess
import sys
import tokenize
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatkit_harness.core.errors import ConfigurationError
from chatkit_harness.machine.interpreters import Interpreter, installed

_ASK = "import ast,sys,tokenize; ast.parse(tokenize.open(sys.argv[1]).read())"
_TRIES = (ast.Try, ast.TryStar)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names that a module has at its top, of which `imported` are others'; `open` where it may have
    more that cannot be seen.
    """

    names: frozenset[str]
    open: bool
    imported: frozenset[str] = frozenset()

    @property
    def offered(self) -> list[str]:
        """The names that can have been meant: its own, or those that it imports where it has no others."""
        public = {name for name in self.names if not name.startswith("_")}
        return sorted(public - self.imported or public)

    def lacks(self, name: str) -> bool:
        """Whether the name is certainly not there."""
        return not self.open and name not in self.names


def parse_file(path: Path) -> ast.Module | None:
    """The file's syntax tree; None where only a newer Python than the harness's own can read it.

    Raises ConfigurationError with the line where it is no Python.
    """
    try:
        with tokenize.open(path) as file:
            text = file.read()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            return ast.parse(text, filename=str(path))
    except OSError as error:
        raise ConfigurationError(
            str(path), f"The file cannot be read ({error.strerror}).", "Check its permissions."
        ) from None
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, SyntaxError) and any(_reads(each, path) for each in _newer()):
            return None
        line = error.lineno if isinstance(error, SyntaxError) else None
        why = error.msg if isinstance(error, SyntaxError) else (str(error) or type(error).__name__)
        raise ConfigurationError(
            f"{path}:{line}" if line else str(path),
            f"This is not Python that can be read: {why.rstrip('.')}.",
            "Correct the file, or name another one.",
        ) from None


def _newer() -> list[Interpreter]:
    own = sys.version_info[:2]
    return [each for each in installed() if tuple(map(int, each.minor.split("."))) > own][:1]


def _reads(interpreter: Interpreter, path: Path) -> bool:
    command = [interpreter.path, "-I", "-W", "ignore", "-c", _ASK, str(path)]
    try:
        return subprocess.run(command, capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def statements(body: Sequence[ast.stmt], *, sure: bool = False) -> Iterator[ast.stmt]:
    """The statements that run when the module is imported, without the bodies of functions and classes.

    With `sure`, not those for which a failed import is caught.
    """
    for each in body:
        yield each
        if isinstance(each, ast.If) and _is_no_import(each.test):
            yield from statements(each.orelse, sure=sure)
        elif sure and isinstance(each, _TRIES):
            caught = each.body if not _catches_imports(each) else []
            yield from statements([*caught, *each.finalbody], sure=sure)
        elif not isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for field in ("body", "orelse", "finalbody"):
                yield from statements(getattr(each, field, ()), sure=sure)
            for inner in (*getattr(each, "handlers", ()), *getattr(each, "cases", ())):
                yield from statements(inner.body, sure=sure)


def _is_no_import(test: ast.expr) -> bool:
    """Whether what follows is for type checkers, or for when the file is run as a program."""
    if isinstance(test, ast.Compare):
        return isinstance(test.left, ast.Name) and test.left.id == "__name__"
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return name == "TYPE_CHECKING"


def _catches_imports(tried: ast.Try | ast.TryStar) -> bool:
    kinds = ("ImportError", "ModuleNotFoundError", "Exception", "BaseException")
    for handler in tried.handlers:
        if handler.type is None or any(f"'{kind}'" in ast.dump(handler.type) for kind in kinds):
            return True
    return False


def top_level_names(tree: ast.Module) -> Names:
    """The names that importing the module leaves in it, as far as they can be seen."""
    own: set[str] = set()
    imported: set[str] = set()
    for each in statements(tree.body):
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            own.add(each.name)
        elif isinstance(each, (ast.Import, ast.ImportFrom)):
            imported.update((alias.asname or alias.name).partition(".")[0] for alias in each.names)
        elif not (isinstance(each, ast.AnnAssign) and each.value is None):
            own.update(_stored(each))
    names = own | imported
    return Names(
        names=frozenset(names - {"*"}),
        open="*" in imported or "__getattr__" in names or _hidden(tree),
        imported=frozenset(imported - own),
    )


def _stored(statement: ast.stmt) -> Iterator[str]:
    """Names that an assignment, a loop, a `with` or a walrus binds; statements inside are told apart."""
    for part in ast.iter_child_nodes(statement):
        if isinstance(part, (ast.stmt, ast.ExceptHandler, ast.match_case)):
            continue
        for node in ast.walk(part):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id


def _hidden(tree: ast.Module) -> bool:
    """Whether names may come to be in a way that no look at the file shows."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            return True
        if isinstance(node, ast.Name) and node.id in ("globals", "setattr", "exec", "vars"):
            return True
    return False


def imported_modules(tree: ast.Module) -> Iterator[str]:
    """The full names of modules that importing this one needs for sure, in order; relative ones left out."""
    for each in statements(tree.body, sure=True):
        if isinstance(each, ast.Import):
            yield from (alias.name for alias in each.names)
        elif isinstance(each, ast.ImportFrom) and each.level == 0 and each.module:
            # What is taken from a namespace package may be a module itself: `from google import genai`.
            yield from (f"{each.module}.{alias.name}" for alias in each.names)


def definition(tree: ast.Module, name: str) -> ast.stmt | None:
    """The last function or class of that name at the top of the module."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    found = [each for each in statements(tree.body) if isinstance(each, kinds) and each.name == name]
    return found[-1] if found else None
