"""A range of cells in a line: `agents 0.4.0 to 0.18.2 but not 0.9.1 with chatkit 1.2.0, as of today`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from chatkit_harness.causes.ranges import Bounds, Range, slice_of
from chatkit_harness.causes.words import in_order
from chatkit_harness.core.nouns import Cell

_MOST_LINES = 6
_MOST_HOLES = 3
_MOST_RUNS = 6
_RESOLVED = {"today": "as of today"}


def in_words(found: Sequence[Range], tested: Iterable[Cell]) -> tuple[str, ...]:
    """A line for each range, the last one for those that are too many; one for all where none is large.

    What lies inside of a range is told as one span where no tested release in it lacks the cause.
    """
    cells = list(tested)
    covered = [cell for cell in cells if any(each.covers(cell) for each in found)]
    rest = [cell for cell in covered if not any(each.covers(cell) for each in found[:_MOST_LINES])]
    if rest and (len(rest) * 2 > len(covered) or len(covered) < 3 * len(found)):
        return (_scattered(covered, cells),)
    several = len({slice_of(cell)[0] for cell in cells}) > 1
    lines = [_line(each, cells, several=several) for each in found[:_MOST_LINES]]
    if rest:
        lines.append(f"and {len(rest):,} more cell{'s' if len(rest) > 1 else ''}, without a pattern")
    return tuple(lines)


def _scattered(covered: Collection[Cell], cells: Collection[Cell]) -> str:
    agents = in_order({cell.agents for cell in covered})
    chatkits = in_order({cell.chatkit for cell in covered if cell.chatkit})
    told = f"agents {agents[0]} to {agents[-1]}"
    told += f" with chatkit {chatkits[0]} to {chatkits[-1]}" if chatkits else ""
    return f"{len(covered):,} of {len(cells):,} cells without a pattern, between {told}"


def _line(found: Range, cells: Iterable[Cell], *, several: bool) -> str:
    near = [cell for cell in cells if slice_of(cell) in found.slices]
    agents = {cell.agents for cell in near if cell.chatkit in found.chatkit}
    chatkits = {cell.chatkit for cell in near if cell.agents in found.agents and cell.chatkit}
    told = f"agents {releases(found.agents, agents)} {_with_chatkit(found, chatkits)}"
    if found.bounds is not None:
        bounds = _bounds(found.bounds)
        told += f" and {bounds}" if found.chatkit != (None,) else f", with {bounds}"
    return f"{told}, {' and '.join(_slices(found, several=several))}"


def _with_chatkit(found: Range, tested: Collection[str]) -> str:
    named = [release for release in found.chatkit if release is not None]
    if not named:
        return "without chatkit"
    told = f"with chatkit {releases(named, tested)}"
    return f"{told} or without" if len(named) < len(found.chatkit) else told


def releases(chosen: Collection[str], tested: Collection[str]) -> str:
    """Releases as spans of what was tested: `0.4.0 to 0.18.2 but not 0.9.1`; a few are listed."""
    named = in_order(chosen)
    if len(named) <= 3:
        return ", ".join(named)
    every = in_order({*chosen, *tested})
    span = every[every.index(named[0]) : every.index(named[-1]) + 1]
    holes = [each for each in span if each not in chosen]
    whole = f"{named[0]} to {named[-1]}"
    if not holes:
        return whole
    if len(holes) <= _MOST_HOLES and len(holes) < len(named):
        return f"{whole} but not {', '.join(holes)}"
    runs = list(_runs(span, chosen))
    told = ", ".join(runs[:_MOST_RUNS])
    return f"{told} and more up to {named[-1]}" if len(runs) > _MOST_RUNS else told


def _runs(span: Sequence[str], chosen: Collection[str]) -> Iterator[str]:
    run: list[str] = []
    for each in [*span, None]:
        if each is not None and each in chosen:
            run.append(each)
        elif run:
            yield run[0] if len(run) == 1 else f"{run[0]} to {run[-1]}"
            run = []


def _bounds(bounds: Bounds) -> str:
    if bounds.low is not None and bounds.high is not None:
        one = bounds.low == bounds.high
        return f"{bounds.name} {bounds.low}" if one else f"{bounds.name} {bounds.low} to {bounds.high}"
    if bounds.low is not None:
        return f"{bounds.name} >= {bounds.low}"
    if bounds.high is not None:
        return f"{bounds.name} <= {bounds.high}"
    return f"{bounds.name}"


def _slices(found: Range, *, several: bool) -> Iterator[str]:
    """`contemporary and as of today`; with several Pythons in the run, on which."""
    by_resolutions: dict[tuple[str, ...], list[str]] = {}
    for python in dict.fromkeys(part[0] for part in found.slices):
        told = tuple(part[1] for part in found.slices if part[0] == python)
        by_resolutions.setdefault(told, []).append(python)
    for resolutions, pythons in by_resolutions.items():
        told_as = " and ".join(_resolved(each) for each in resolutions)
        yield f"{told_as} on Python {' and '.join(pythons)}" if several else told_as


def _resolved(resolution: str) -> str:
    return _RESOLVED.get(resolution) or (f"as of {resolution}" if resolution[:1].isdigit() else resolution)
