"""Which names of a module can be meant as a store, by what the file says of itself."""

from __future__ import annotations

import ast

from .source import Names, definition

_FACTORIES = ("build", "create", "get", "make", "new", "open")


def stores_in(tree: ast.Module, names: Names) -> list[str]:
    """The names that can be a store or make one: the module's own, or those that it imports; maybe none."""
    own = [name for name in names.offered if _can_be(tree, name, ())]
    return own or sorted(name for name in names.imported if _says_so(name) and not name.startswith("_"))


def _can_be(tree: ast.Module, name: str, seen: tuple[str, ...]) -> bool:
    if _says_so(name):
        return True
    found = definition(tree, name)
    if isinstance(found, ast.ClassDef):
        bases = [each for each in map(_last_name, found.bases) if each not in seen]
        return any(_can_be(tree, base, (*seen, name)) for base in bases)
    if isinstance(found, (ast.FunctionDef, ast.AsyncFunctionDef)):
        makes = name.lower().partition("_")[0] in _FACTORIES and not seen
        return makes or (found.returns is not None and _says_so(ast.unparse(found.returns)))
    return False


def _last_name(base: ast.expr) -> str:
    """The name of a class in a list of bases, without its module and its parameters."""
    while isinstance(base, ast.Subscript):
        base = base.value
    return base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")


def _says_so(name: str) -> bool:
    return "store" in name.lower()
