"""Finds calls that cannot go well, by reading: an openai class that is given less than it requires.

Only what is certain is told: calls with plain keywords, of pydantic models that openai's own source defines,
in modules that an import of the package brings in, and that nothing guards.
"""

from __future__ import annotations

import ast
import os
import re
from typing import Dict, Iterator, List, Mapping, Optional, Set, Tuple

from .disk import read
from .nouns import Lack

_ASKS_FIRST = re.compile(r"model_fields|__annotations__|hasattr|signature|version|VERSION")
_SILENCED = re.compile(r"#\s*(?:type|pyright|mypy):\s*ignore")
_BASE = ("openai._models", "BaseModel")

Name = Tuple[str, str]
"""A module and a name in it."""


class Sources:
    """The source files of packages, read once: `homes` are the folders that the packages lie in, by name."""

    def __init__(self, homes: Mapping[str, str]) -> None:
        self._homes = homes
        self._trees: Dict[str, Optional[ast.Module]] = {}
        self._texts: Dict[str, str] = {}

    def path(self, module: str) -> str:
        """The file of a module; empty where there is none."""
        home = self._homes.get(module.partition(".")[0])
        if home is None:
            return ""
        stem = os.path.join(home, *module.split("."))
        candidates = (os.path.join(stem, "__init__.py"), stem + ".py")
        return next((each for each in candidates if os.path.isfile(each)), "")

    def text(self, module: str) -> str:
        """The source of a module; empty where there is none."""
        if module not in self._texts:
            self._texts[module] = read(self.path(module)) if self.path(module) else ""
        return self._texts[module]

    def tree(self, module: str) -> Optional[ast.Module]:
        """The tree of a module; None where there is none, or where this Python cannot read it."""
        if module not in self._trees:
            try:
                text = self.text(module)
                self._trees[module] = ast.parse(text) if text else None
            except (SyntaxError, ValueError, RecursionError):
                self._trees[module] = None
        return self._trees[module]

    def absolute(self, module: str, node: ast.ImportFrom) -> str:
        """The full name of the module that `from ... import` names inside `module`."""
        if not node.level:
            return node.module or ""
        parts = module.split(".")
        if not self.path(module).endswith("__init__.py"):
            parts = parts[:-1]
        base = parts[: len(parts) - node.level + 1]
        return ".".join([*base, node.module] if node.module else base)


def lacking_arguments(homes: Mapping[str, str]) -> List[Lack]:
    """What calls in agents and chatkit leave out of what openai's classes require.

    `homes` gives, for each of the three packages, the folder that holds it; without openai nothing is found.
    """
    sources = Sources(homes)
    found: List[Lack] = []
    if "openai" in homes:
        for package in ("agents", "chatkit"):
            for module in sorted(_brought_in(sources, package)):
                if "openai" in sources.text(module):
                    found.extend(_in_module(sources, module))
    return found


def _brought_in(sources: Sources, package: str) -> Set[str]:
    """The modules of a package that are loaded when it is imported."""
    waiting, found = [package], set()
    if package == "chatkit":
        waiting += ["chatkit.server", "chatkit.agents"]
    while waiting:
        module = waiting.pop()
        tree = sources.tree(module)
        if module in found or tree is None:
            continue
        found.add(module)
        for target in _imported(sources, module, tree):
            if target.partition(".")[0] == package and target not in found:
                waiting.append(target)
    return found


def _imported(sources: Sources, module: str, tree: ast.Module) -> Iterator[str]:
    for node in _at_import(tree.body):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            target = sources.absolute(module, node)
            yield target
            yield from (f"{target}.{alias.name}" for alias in node.names)


def _at_import(body: List[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run when a module is imported."""
    for each in body:
        yield each
        if isinstance(each, ast.If):
            if "TYPE_CHECKING" not in {getattr(n, "id", getattr(n, "attr", "")) for n in ast.walk(each.test)}:
                yield from _at_import(each.body)
            yield from _at_import(each.orelse)
        elif isinstance(each, (ast.Try, ast.With)):
            yield from _at_import(each.body)


def _in_module(sources: Sources, module: str) -> Iterator[Lack]:
    tree = sources.tree(module)
    names = _openai_names(sources, module, tree) if tree is not None else {}
    lines = sources.text(module).splitlines()
    for call in _calls(tree, guarded=False) if tree is not None and names else ():
        if not isinstance(call.func, ast.Name) or call.func.id not in names or call.args:
            continue
        given = {each.arg for each in call.keywords}
        if None in given or any(_SILENCED.search(line) for line in _lines(lines, call)):
            continue
        target = names[call.func.id]
        required = required_fields(sources, target)
        for argument in sorted((required or set()) - given):
            yield Lack(
                place=f"{sources.path(module)}:{call.lineno}",
                owner=module,
                called=target[1],
                home=target[0],
                argument=argument,
            )


def _lines(lines: List[str], call: ast.Call) -> List[str]:
    return lines[call.lineno - 1 : call.end_lineno or call.lineno]


def _openai_names(sources: Sources, module: str, tree: ast.Module) -> Dict[str, Name]:
    """What a module imports of openai, anywhere in it; names that it binds to several things are left out."""
    found: Dict[str, Set[Name]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            target = sources.absolute(module, node)
            for alias in node.names:
                found.setdefault(alias.asname or alias.name, set()).add((target, alias.name))
        elif isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            found.setdefault(node.name, set()).add(("", node.name))
    single = {name: next(iter(targets)) for name, targets in found.items() if len(targets) == 1}
    return {name: target for name, target in single.items() if target[0].partition(".")[0] == "openai"}


def _calls(node: ast.AST, guarded: bool) -> Iterator[ast.Call]:
    """The calls that nothing guards: no attempt around them, no question about what is installed."""
    if isinstance(node, ast.Call) and not guarded:
        yield node
    if isinstance(node, (ast.If, ast.IfExp)):
        guarded = guarded or _asks_first(node.test)
    for name, value in ast.iter_fields(node):
        inside = guarded or (isinstance(node, ast.Try) and name == "body" and bool(node.handlers))
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _calls(child, inside)


def _asks_first(test: ast.expr) -> bool:
    words = (getattr(each, "id", getattr(each, "attr", "")) for each in ast.walk(test))
    return any(_ASKS_FIRST.search(str(word)) for word in words)


def required_fields(sources: Sources, name: Name) -> Optional[Set[str]]:
    """The fields without which a model of openai cannot be made; None for what is no model, or unknown."""
    fields = _fields(sources, name, 0)
    return None if fields is None else {each for each, required in fields.items() if required}


def _fields(sources: Sources, name: Name, depth: int) -> Optional[Dict[str, bool]]:
    found = _class(sources, name, depth)
    if found is None:
        return None
    module, node = found
    if (module, node.name) == _BASE:
        return {}
    known: Optional[Dict[str, bool]] = None
    for base in reversed(node.bases):
        if isinstance(base, ast.Subscript) and getattr(base.value, "id", "") == "Generic":
            continue
        inner = _fields(sources, (module, base.id), depth + 1) if isinstance(base, ast.Name) else None
        if inner is None:
            return None
        known = {**(known or {}), **inner}
    if known is None or any(getattr(each, "name", "") in ("__init__", "__new__") for each in node.body):
        return None
    for each in node.body:
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            of_class = "ClassVar" in {getattr(n, "id", "") for n in ast.walk(each.annotation)}
            known[each.target.id] = each.value is None and not of_class and each.target.id[0] != "_"
        elif isinstance(each, ast.Assign):
            known.update({getattr(target, "id", ""): False for target in each.targets})
    return known


def _class(sources: Sources, name: Name, depth: int) -> Optional[Tuple[str, ast.ClassDef]]:
    """The definition of a class, wherever its name was handed on from, and the module it stands in."""
    tree = sources.tree(name[0])
    if tree is None or depth > 12:
        return None
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == name[1]:
            return name[0], node
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if (alias.asname or alias.name) == name[1]:
                    return _class(sources, (sources.absolute(name[0], node), alias.name), depth + 1)
    return None
