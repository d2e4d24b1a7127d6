"""Which names of other packages a release's source mentions, and which names a module offers."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

from .environment import path
from .guards import Guards, caught
from .nouns import Place, Provided, Use
from .releases import Release, Shelf
from .source import absolute, parse
from .world import World


def uses(
    folder: Path, *, package: str = "chatkit", of: Iterable[str] = ("agents", "openai")
) -> tuple[Use, ...]:
    """Every name of the packages `of` that the source of `package` in `folder` imports or reaches, sorted.

    Names are dotted and as they are spelt: `agents.models.openai_responses._HEADERS_OVERRIDE`.
    """
    release = Release(folder, package, Shelf())
    found: set[Use] = set()
    for module in release.modules():
        place = release.path(module)
        tree = parse(place[0].read_text(encoding="utf-8-sig", errors="replace")) if place else None
        if tree is not None:
            reader = _Mentions(release.relative(module), release.parent(module), frozenset(of))
            reader.visit(tree)
            found |= reader.found
    return tuple(sorted(found))


def provides(folder: Path, module: str) -> Provided:
    """The names that a module of a release offers: what it binds, imports or holds as a submodule."""
    package = module.partition(".")[0]
    shelf = Shelf()
    release = Release(folder, package, shelf)
    source = release.file(module)
    if source is None:
        return Provided(there=False)
    world = World({package: release}, shelf)
    names = {*source.names, *source.quoted, *release.children(module)}
    is_open = source.open
    for star in source.stars:
        inner = provides(folder, star) if release.holds(star) and star != module else Provided(open=True)
        names.update(name for name in inner.names if world.find(module, name))
        is_open = is_open or inner.open
    return Provided(names=frozenset(names), open=is_open)


class _Mentions(ast.NodeVisitor):
    """Collects the names of the targets in one file."""

    def __init__(self, file: str, package: str, targets: frozenset[str]) -> None:
        self.found: set[Use] = set()
        self._file, self._package, self._targets = file, package, targets
        self._guards = Guards()
        self._modules: dict[str, str] = {}

    def visit_Import(self, node: ast.Import) -> None:
        """`import agents.items as x`."""
        for alias in node.names:
            top = alias.name.partition(".")[0]
            if top in self._targets:
                self._modules[alias.asname or top] = alias.name if alias.asname else top
                self._tell(alias.name, node, "import")

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """`from agents.items import x`."""
        module = absolute(self._package, node.module, node.level)
        if module.partition(".")[0] in self._targets:
            for alias in node.names:
                self._modules[alias.asname or alias.name] = f"{module}.{alias.name}"
                self._tell(module if alias.name == "*" else f"{module}.{alias.name}", node, "import")

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """`agents.items.x`: the longest chain alone."""
        first, _dot, rest = (path(node) or "").partition(".")
        if first in self._modules and rest:
            self._tell(f"{self._modules[first]}.{rest}", node, "name")
        else:
            self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        """A test of a version, or for a type checker, guards what is below it."""
        self.visit(node.test)
        for body, positive in ((node.body, True), (node.orelse, False)):
            with self._guards.below(node.test, positive=positive):
                self._all(body)

    def visit_Try(self, node: ast.Try) -> None:
        """What is caught guards the body alone."""
        with self._guards.catching(caught(node.handlers)):
            self._all(node.body)
        self._all([*node.handlers, *node.orelse, *node.finalbody])

    def _all(self, nodes: Iterable[ast.AST]) -> None:
        for each in nodes:
            self.visit(each)

    def _tell(self, name: str, node: ast.stmt | ast.expr, kind: str) -> None:
        place = Place(file=self._file, line=node.lineno)
        self.found.add(Use(name=name, place=place, guarded=self._guards.cover(kind)))
