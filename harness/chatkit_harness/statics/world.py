"""Several releases seen together: what a name is, through every import. What is asked is written down."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping
from dataclasses import dataclass

from .interface import statements_of, tree_of
from .releases import Answer, Release, Shelf

Query = tuple[str, str]
"""A module and a name of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a name is in the end.

    `kind`: class, function, assign (`text` is its interface), module (`name` is empty), foreign (of a package
    that is not looked at, or a builtin), unknown.
    """

    kind: str
    module: str = ""
    name: str = ""
    text: str = ""


UNKNOWN_DEFINITION = Definition(kind="unknown")


class World:
    """The releases that an answer may come from, by package; `asked` is every question, in order."""

    def __init__(self, releases: Mapping[str, Release], shelf: Shelf) -> None:
        self.releases = releases
        self._shelf = shelf
        self.asked: dict[Query, int] = {}
        self._found: dict[Query, tuple[Definition, ...]] = {}

    def find(self, module: str, name: str) -> tuple[Definition, ...]:
        """All that `name` of `module` may be; empty where it is certainly not there."""
        known = self._found.get((module, name))
        if known is None:
            found = self._find(module, name, set())
            known = tuple(found) if len(found) < 2 else tuple(dict.fromkeys(found))
            self._found[module, name] = known
        return known

    def member(self, module: str, path: str) -> tuple[ast.stmt, ...]:
        """The statements that bind a name of a class: `Class.name`; `Class.*` is the class as a whole."""
        found = self._ask(module, path)
        if len(found) == 1 and found[0].kind == "member":
            return statements_of(found[0].text)
        return ()

    def has_module(self, module: str) -> bool:
        """Whether there is such a module, or it is of a package that is not looked at."""
        package = module.partition(".")[0]
        if package not in self.releases:
            return True
        return not any(binding.kind == "missing" for binding in self._ask(module, ""))

    def looks_at(self, module: str) -> bool:
        """Whether a module's package is one of those that are looked at."""
        return module.partition(".")[0] in self.releases

    def _ask(self, module: str, name: str) -> Answer:
        query = self._shelf.query(module, name)
        number = self.asked.get(query)
        if number is None:
            number = self.releases[module.partition(".")[0]].number(module, name)
            self.asked[query] = number
        return self._shelf.answer(number)

    def _find(self, module: str, name: str, seen: set[Query]) -> list[Definition]:
        if not self.looks_at(module):
            return [Definition(kind="foreign", module=module, name=name)]
        if (module, name) in seen:
            return []
        seen.add((module, name))
        found: list[Definition] = []
        for binding in self._ask(module, name):
            if binding.kind in ("class", "function", "assign"):
                found.append(Definition(kind=binding.kind, module=module, name=name, text=binding.text))
            elif binding.kind == "module":
                found.append(Definition(kind="module", module=binding.text))
            elif binding.kind == "import":
                found.extend(self._imported(binding.text, seen))
            elif binding.kind == "star":
                found.extend(self._starred(binding.text, name, seen))
            elif binding.kind == "open":
                found.append(UNKNOWN_DEFINITION)
        return found

    def _imported(self, target: str, seen: set[Query]) -> list[Definition]:
        module, _colon, name = target.partition(":")
        if not name:
            if not self.looks_at(module):
                return [Definition(kind="foreign", module=module)]
            return [Definition(kind="module", module=module)] if self.has_module(module) else []
        return self._find(module, name, seen)

    def _starred(self, module: str, name: str, seen: set[Query]) -> list[Definition]:
        """What `from module import *` gives under a name: anything where it cannot be known."""
        if not self.looks_at(module):
            return [UNKNOWN_DEFINITION] if not name.startswith("_") else []
        public = self._public(module)
        if (name not in public) if public is not None else name.startswith("_"):
            return []
        return self._find(module, name, seen)

    def _public(self, module: str) -> frozenset[str] | None:
        """A module's `__all__` where it is one plain list; None where there is none."""
        texts = [binding.text for binding in self._ask(module, "__all__")]
        statement = tree_of(texts[0]) if len(texts) == 1 else None
        if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
            return None
        try:
            return frozenset(ast.literal_eval(statement.value))
        except (ValueError, TypeError):
            return None


def builtin_definition(name: str) -> tuple[Definition, ...]:
    """The builtin of this name."""
    if hasattr(builtins, name):
        return (Definition(kind="foreign", module="builtins", name=name),)
    return ()
