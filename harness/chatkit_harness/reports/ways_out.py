"""Which versions avoid a break: conditions that no failing cell fulfils and that cells were driven under."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from chatkit_harness.causes.table import AGENTS, CHATKIT
from chatkit_harness.reports.edges import Edge, Side
from chatkit_harness.reports.text import count, listed

_MOST = 4
_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """A constraint such as `openai-agents>=0.20.0`, and the cells that fulfil it."""

    constraint: str
    side: Side
    is_of_the_pair: bool = True

    @property
    def driven(self) -> str:
        """`driven: 8 cells pass, 4 of them with all else asked for alike; 2 more fail by another break`.

        Who asks for the same pair at another time gets other third parties, and not only this one.
        """
        side = self.side
        alone = "with more than this changed"
        if side.alone and self.is_of_the_pair:
            alone = f"{side.alone:,} of them with all else asked for alike"
        elif side.alone:
            alone = f"{side.alone:,} of them of a failing pair, where other pins differ too"
        told = f"driven: {count(side.cells, 'cell')} {'passes' if side.cells == 1 else 'pass'}, {alone}"
        if not side.stopped:
            return told
        return f"{told}; {side.stopped:,} more {'fails' if side.stopped == 1 else 'fail'} by {_others(side)}"


def ways_out(edges: Iterable[Edge]) -> Iterator[WayOut]:
    """Those of a break; where one was proven by changing nothing else, only those that were."""
    sides = [
        WayOut(
            constraint=f"{edge.name}{sign}{version}",
            side=side,
            is_of_the_pair=edge.name in (CHATKIT, AGENTS),
        )
        for edge in edges
        for sign, version, side in ((">=", edge.works_from, edge.above), ("<=", edge.works_up_to, edge.below))
        if version is not None
    ]
    proven = [each for each in sides if each.side.alone]
    yield from (proven or sides)[:_MOST]


def _others(side: Side) -> str:
    """The breaks that lie beyond that edge, where they are known."""
    rest = len(side.stopped_by) - _NAMED
    named = [*map(str, side.stopped_by[:_NAMED]), *([f"{rest} more"] if rest > 0 else [])]
    if not named:
        return "another break"
    return f"break {named[0]}" if len(named) == 1 else f"breaks {listed(named)}"
