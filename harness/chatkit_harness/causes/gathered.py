"""Groups of failures that are one cause each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from chatkit_harness.causes.alike import alike, place
from chatkit_harness.causes.asked import Asked
from chatkit_harness.causes.gathered_group import Group, Key
from chatkit_harness.causes.kin import kin
from chatkit_harness.causes.root import Root, unavailable, without_pins
from chatkit_harness.checks.exams import KINDS
from chatkit_harness.checks.exceptions import normalised
from chatkit_harness.core.nouns import Cell

_SAID = 300


def gathered(groups: Mapping[Key, Group], cells: Iterable[Cell], asked: Asked) -> list[Group]:
    """One group a cause: folded where only the definer is not known, joined where they always go together."""
    found = _folded(groups)
    for cell in cells:
        lost = _lost(cell) if cell.id not in asked else None
        if lost is not None:
            kind, root = lost
            key = (root.key, None, 0)
            found.setdefault(key, Group(key)).add_cell(cell.id, kind, root)
    said = [group for group in found.values() if group.question]
    others = [group for group in found.values() if not group.question]
    return [*_joined(_said_alike(kin(others, asked))), *alike(said, asked)]


def _folded(groups: Mapping[Key, Group]) -> dict[Key, Group]:
    """Groups by key; one whose definer no case could tell is part of the one that is like it but for that."""
    definers: defaultdict[str, list[str]] = defaultdict(list)
    for name, definer, _ in groups:
        if definer is not None:
            definers[name].append(definer)
    found = dict(groups)
    for name, known in definers.items():
        unknown = found.pop((name, None, 0), None) if len(known) == 1 else None
        if unknown is not None:
            found[name, known[0], 0].take(unknown)
    return found


def _said_alike(groups: Iterable[Group]) -> Iterator[Group]:
    """Breaches of one rule that exams tell in the same words are one cause, whichever exams these are."""
    first: dict[tuple[str, str], Group] = {}
    for group in sorted(groups, key=lambda each: each.name):
        root = group.root
        if root.rule is None or root.rule.partition("/")[0] not in KINDS:
            yield group
        else:
            said = root.rule, normalised(root.said, _SAID)
            if said in first:
                first[said].take(group)
            else:
                first[said] = group
    yield from first.values()


def _joined(groups: Iterable[Group]) -> Iterator[Group]:
    """Breaches in exams of one kind that show in the very same cases are one cause."""
    together: defaultdict[tuple[object, ...], list[Group]] = defaultdict(list)
    for group in groups:
        rule = group.root.rule
        if rule is None or not group.failed:
            yield group
        else:
            together[rule.partition("/")[0], frozenset(group.failed)].append(group)
    for found in together.values():
        one, *others = sorted(found, key=place)
        one.companions = others
        yield one


def _lost(cell: Cell) -> tuple[str, Root] | None:
    if cell.unresolvable:
        return "unresolvable", without_pins(cell.unresolvable)
    return ("error", unavailable(cell.unavailable)) if cell.unavailable else None
