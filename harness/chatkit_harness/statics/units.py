"""The pieces that a release's source is read in: which may use another package, what each lacks."""

from __future__ import annotations

import ast
import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from .environment import Stores
from .guards import Guards
from .releases import Release
from .source import SourceFile, Unit, parse
from .statements import Reader
from .world import World

_SILENCED = re.compile(r"#\s*(type|pyright|mypy):\s*ignore")
_STORES = re.compile(r"\bself\.(\w+)\s*(?::[^=\n]*)?=(?!=)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A lack inside a unit; `line` counts from the unit's first. `kind` is `import` or a `nouns.Kind`."""

    kind: str
    name: str
    argument: str
    line: int
    guarded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A unit's statements, `shift` lines later than in its text; `silenced` lines are not judged."""

    statements: list[ast.stmt]
    shift: int
    silenced: frozenset[int]
    stores: Stores


class Pieces:
    """The trees of the units that were read last."""

    def __init__(self, size: int = 100) -> None:
        self._size = size
        self._known: OrderedDict[tuple[bytes, bool], _Piece] = OrderedDict()

    def get(self, release: Release, module: str, unit: Unit) -> _Piece:
        """A unit's tree."""
        key = (unit.digest, bool(unit.owner))
        found = self._known.pop(key, None) or _piece(release.source(module, unit))
        self._known[key] = found
        if len(self._known) > self._size:
            self._known.popitem(last=False)
        return found


def users(own: Release, targets: frozenset[str]) -> Iterator[tuple[str, Unit]]:
    """The units of a release that may use a target, each with its module.

    Of chatkit all are looked at; of agents those modules that its import brings in.
    """
    if own.package == "chatkit":
        for module in own.modules():
            source = own.file(module)
            yield from ((module, unit) for unit in (source.units if source else ()))
        return
    for module in sorted({each for target in targets for each in own.imported(target)}):
        source = own.file(module)
        if source is not None:
            yield from ((module, unit) for unit in _mentioning(own, module, source, targets))


def read_unit(
    own: Release, module: str, unit: Unit, *, world: World, targets: frozenset[str], pieces: Pieces
) -> frozenset[Found]:
    """What a unit lacks of the targets."""
    piece = pieces.get(own, module, unit)
    found: set[Found] = set()
    guards = Guards()

    def report(kind: str, name: str, argument: str, node: ast.AST, by_data: bool) -> None:
        first = getattr(node, "lineno", 1) - 1 - piece.shift
        last = getattr(node, "end_lineno", None) or first + 1 + piece.shift
        if kind != "import" and not piece.silenced.isdisjoint(range(first, last - piece.shift)):
            return
        guarded = by_data or guards.cover(kind)
        found.add(Found(kind=kind, name=name, argument=argument, line=first, guarded=guarded))

    reader = Reader(
        world=world,
        module=module,
        package=own.parent(module),
        owner=unit.owner,
        targets=targets,
        report=report,
        guards=guards,
        stores=piece.stores,
    )
    reader.read(piece.statements)
    reader.close()
    return frozenset(found)


def _piece(text: str) -> _Piece:
    silenced = frozenset(n for n, line in enumerate(text.splitlines()) if _SILENCED.search(line))
    indented = text[:1].isspace()
    indent = text[: len(text) - len(text.lstrip())] if indented else ""
    for ending in ("", f"{indent} pass\n"):  # the first lines of a class lack a body
        tree = parse(f"if 1:\n{text}{ending}" if indented else f"{text}{ending}")
        if tree is not None and tree.body:
            only = tree.body[0]
            body = only.body if indented and isinstance(only, ast.If) else tree.body
            return _Piece(statements=body, shift=int(indented), silenced=silenced, stores=Stores())
    return _Piece(statements=[], shift=0, silenced=silenced, stores=Stores())


def _mentioning(own: Release, module: str, source: SourceFile, targets: frozenset[str]) -> Iterator[Unit]:
    """The units of a module that mention what it imports of the targets, or an attribute that holds such."""
    names = {
        name
        for name, bounds in source.names.items()
        if any(bound.kind == "import" and _package(bound.target) in targets for bound in bounds)
    }
    pattern = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, names | targets)))})\b")
    texts = {unit: own.source(module, unit) for unit in source.units}
    held: dict[str, set[str]] = {}
    for unit, text in texts.items():
        if "def __init__(" in text and pattern.search(text):
            held.setdefault(unit.owner, set()).update(_STORES.findall(text))
    for unit, text in texts.items():
        attributes = held.get(unit.owner, ())
        if pattern.search(text) or any(f"self.{each}" in text for each in attributes):
            yield unit


def _package(target: str) -> str:
    return target.partition(":")[0].partition(".")[0]
