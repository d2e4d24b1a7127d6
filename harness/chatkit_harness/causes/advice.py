"""What a run itself shows about a way out: the green cell nearest to a red one, and how they differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from chatkit_harness.core.nouns import CaseResult, Cell

# Where the traceback does not say, these are the likeliest to matter: what the pair stands on directly.
_CLOSE = ("openai", "pydantic", "pydantic-core", "mcp", "httpx", "httpx2", "starlette", "jinja2", "griffe")
_SHOWN = 5


class Greens:
    """The passing cases of a run, to be found by what they have in common with a failing one."""

    def __init__(self, cases: Iterable[CaseResult], cells: Mapping[str, Cell]) -> None:
        self._cells = cells
        self._found: defaultdict[tuple[str, ...], list[Cell]] = defaultdict(list)
        self._flawed: set[str] = set()
        for case in cases:
            cell = cells.get(case.cell)
            if case.outcome not in ("pass", "skipped"):
                self._flawed.add(case.cell)
            if case.outcome == "pass" and cell is not None:
                self._found[_question(case, cell)].append(cell)

    def advice(self, cases: Iterable[CaseResult], suspects: Sequence[str]) -> str | None:
        """A sentence naming a cell of the same pair and Python in which one of `cases` passes, or None.

        `suspects` are distributions to name first among the pins that differ.
        """
        for case in cases:
            red = self._cells.get(case.cell)
            greens = self._found.get(_question(case, red)) if red else None
            if red and greens:
                green = min(greens, key=self._rank)
                # Of a cell that is red for another reason no more may be said than of this case.
                what = (
                    "This case passes with the same pair"
                    if green.id in self._flawed
                    else "The same pair passes"
                )
                return f"{what} as resolved {green.resolution}{_difference(green, red, suspects)}"
        return None

    def _rank(self, cell: Cell) -> tuple[bool, bool, str]:
        return cell.id in self._flawed, cell.resolution != "contemporary", cell.resolution


def _difference(green: Cell, red: Cell, suspects: Sequence[str]) -> str:
    differing = _differing(green, red, suspects)
    if not differing:
        return ", with the very same pins: the difference is outside of the packages."
    more = f" and {len(differing) - _SHOWN} more" if len(differing) > _SHOWN else ""
    return f"; pins that differ: {', '.join(differing[:_SHOWN])}{more}."


def _question(case: CaseResult, cell: Cell) -> tuple[str, ...]:
    """What a case asks, but for the resolution of its cell."""
    minor = ".".join(cell.python.split(".")[:2])
    return str(cell.pair), minor, case.path, case.scenario, case.server, case.store, case.client


def _differing(green: Cell, red: Cell, suspects: Sequence[str]) -> list[str]:
    names = {n for n in {*green.pins, *red.pins} if green.pins.get(n) != red.pins.get(n)}
    first = [*suspects, *_CLOSE]
    ranked = sorted(names, key=lambda n: (first.index(n) if n in first else len(first), n))
    return [f"{n} {green.pins.get(n, 'absent')} -> {red.pins.get(n, 'absent')}" for n in ranked]
