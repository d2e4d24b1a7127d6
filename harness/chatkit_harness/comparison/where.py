"""In which cells something is so, in the fewest words: `with agents 0.5.1 today` rather than a list."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import combinations
from math import prod

from chatkit_harness.comparison.nouns import Pairing, Reason, ScenarioComparison

_FEW = 3
_Part = tuple[str, ...]


def same_reason(one: Reason, other: Reason) -> bool:
    """Whether two cells' reasons are one: of speed, the figures may differ a little."""
    alike = (one.about, one.favours) == (other.about, other.favours)
    return alike and (one.about == "speed" or one.words == other.words)


def cells_of(scenario: ScenarioComparison, reason: Reason) -> str:
    """In which cells a reason holds; empty where in all that could be judged."""
    unknown = reason.about == "unknown"
    known = [each for each in scenario.pairings if unknown or each.verdict != "cannot be told"]
    held = [each for each in known if any(same_reason(mine, reason) for mine in each.reasons)]
    return where(all_cells(held), all_cells(known))


def all_cells(pairings: Iterable[Pairing]) -> list[str]:
    """Every cell that pairings speak for."""
    return [cell for each in pairings for cell in each.cells]


def where(cells: Sequence[str], among: Sequence[str]) -> str:
    """These cells among those; empty where it is all of them, or where there is but one."""
    if not cells or set(cells) >= set(among):
        return ""
    return in_words(set(cells), list(dict.fromkeys(among)))


def in_words(chosen: Collection[str], everything: Collection[str]) -> str:
    """The chosen cells by what they alone have in common, else by their names."""
    if len(chosen) == len(everything) > 1:
        return "in any cell"
    parts = {cell: tuple(cell.split("+")) for cell in everything}
    lengths = {len(each) for each in parts.values()}
    if len(lengths) == 1 and len(everything) > 1:
        for size in range(1, min(lengths) + (len(chosen) > 1)):
            for places in combinations(range(min(lengths)), size):
                kinds = {_at(parts[cell], places) for cell in chosen}
                alike = {cell for cell in everything if _at(parts[cell], places) in kinds}
                held = [_at(parts[cell], places) for cell in everything if cell in chosen]
                columns = [list(dict.fromkeys(kind[n] for kind in held)) for n in range(size)]
                if alike == set(chosen) and len(kinds) == prod(map(len, columns)):
                    return f"with {' '.join(map(_either, columns))}"
    few = sorted(chosen)[:_FEW]
    rest = len(chosen) - len(few)
    return f"in {', '.join(map(cell_name, few))}{f' and {rest} more' if rest > 0 else ''}"


def cell_name(cell: str) -> str:
    """A cell's id as people say it: `chatkit 1.6.5 agents 0.24.0 py3.12 today`."""
    return " ".join(_plain(part) for part in cell.split("+"))


def _at(parts: _Part, places: Sequence[int]) -> _Part:
    return tuple(parts[place] for place in places)


def _either(parts: Sequence[str]) -> str:
    """`agents 0.5.1, 0.9.3 or 0.14.8`: the name of what it is but once."""
    told = [_plain(part) for part in parts]
    name = told[0].partition(" ")[0]
    if all(each.startswith(f"{name} ") for each in told):
        told[1:] = [each.partition(" ")[2] for each in told[1:]]
    return " or ".join(filter(None, (", ".join(told[:-1]), told[-1])))


def _plain(part: str) -> str:
    return part.replace("-", " ", 1) if part.startswith(("chatkit-", "agents-")) else part
