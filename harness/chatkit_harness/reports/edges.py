"""Where a break begins and ends on each axis, as far as a run has tested."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from chatkit_harness.causes.table import AGENTS, CHATKIT, pins_of
from chatkit_harness.causes.words import version_key
from chatkit_harness.core.nouns import Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The cells beyond an edge that pass, and how many of them differ from a failing one in nothing else.

    `failing` are scenarios of the break that all of them fail for another reason. `stopped` are further cells
    beyond that edge which fail most of the scenarios for another reason: by the breaks `stopped_by`, where
    these are known, and of these first the one that stops most cells.
    """

    cells: int = 0
    alone: int = 0
    failing: tuple[str, ...] = ()
    stopped: int = 0
    stopped_by: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Where a break begins and ends on one axis, as far as the run has tested.

    `works_up_to` and `works_from` are the nearest releases outside that pass the same scenarios, None where
    none was tested; `inside` is how many cells between the first and the last release pass all the same,
    since it takes more than this axis.
    """

    name: str
    first: str
    last: str
    works_up_to: str | None
    works_from: str | None
    below: Side
    above: Side
    inside: int


def edge_of(
    name: str,
    *,
    red: Sequence[Cell],
    green: Sequence[Cell],
    stopped: Sequence[Cell],
    failing: Callable[[Iterable[str]], tuple[str, ...]],
    breaks_of: Callable[[Iterable[str]], tuple[int, ...]],
) -> Edge | None:
    """The edge on one axis; None where nothing outside passes.

    `failing` says which scenarios of the break all of some cells fail for another reason, `breaks_of`
    by which breaks cells do.
    """
    bad, good = _versions(name, red), _versions(name, green)
    if not bad or not good:
        return None
    first, last = min(bad.values(), key=version_key), max(bad.values(), key=version_key)
    below = {cell: each for cell, each in good.items() if version_key(each) < version_key(first)}
    above = {cell: each for cell, each in good.items() if version_key(each) > version_key(last)}
    if not below and not above:
        return None
    inside = len(good) - len(below) - len(above)
    others = {asked_besides(name, cell) for cell in red}
    alone = {cell.id for cell in green if asked_besides(name, cell) in others}
    # The nearest release that a failing cell works with if nothing else changes; without one, any.
    up_to = max((below[each] for each in below.keys() & alone or below), key=version_key, default=None)
    start = min((above[each] for each in above.keys() & alone or above), key=version_key, default=None)
    below = {cell: each for cell, each in below.items() if up_to and version_key(each) <= version_key(up_to)}
    above = {cell: each for cell, each in above.items() if start and version_key(each) >= version_key(start)}
    held = _versions(name, stopped)
    under = [cell for cell, each in held.items() if up_to and version_key(each) <= version_key(up_to)]
    over = [cell for cell, each in held.items() if start and version_key(each) >= version_key(start)]

    def side(cells: Mapping[str, str], others: Sequence[str]) -> Side:
        return Side(
            cells=len(cells),
            alone=len(alone & set(cells)),
            failing=failing(cells),
            stopped=len(others),
            stopped_by=breaks_of(others),
        )

    return Edge(
        name=name,
        first=first,
        last=last,
        works_up_to=up_to,
        works_from=start,
        below=side(below, under),
        above=side(above, over),
        inside=inside,
    )


def proven(edge: Edge) -> Edge:
    """An edge with nothing but the sides that were proven by changing nothing else."""
    return replace(
        edge,
        works_up_to=edge.works_up_to if edge.below.alone else None,
        works_from=edge.works_from if edge.above.alone else None,
        below=edge.below if edge.below.alone else Side(),
        above=edge.above if edge.above.alone else Side(),
    )


def unproven(edge: Edge) -> Edge:
    """The edge of a pin with which others moved: none of its cells shows that it is this one."""
    return replace(edge, below=replace(edge.below, alone=0), above=replace(edge.above, alone=0))


def asked_besides(name: str, cell: Cell) -> tuple[str | None, ...]:
    """What was asked for besides what a pin stands for: a resolution chooses third parties."""
    asked = {CHATKIT: cell.chatkit, AGENTS: cell.agents, "Python": cell.python, "": cell.resolution}
    asked.pop(name if name in asked else "")
    return tuple(asked.values())


def _versions(name: str, cells: Iterable[Cell]) -> dict[str, str]:
    """The version of each cell that has one."""
    pins = {cell.id: pins_of(cell).get(name) for cell in cells}
    return {cell: version for cell, version in pins.items() if version is not None}
