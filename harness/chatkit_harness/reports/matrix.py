"""A run's cells as matrices of chatkit releases against agents releases, for runs of many cells.

One matrix a resolution and Python; agents releases that look alike all the way down are told as one run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from chatkit_harness.causes.words import in_order, python_words
from chatkit_harness.reports.rows import Row
from chatkit_harness.reports.text import clean

MANY_CELLS = 24
"""Above so many cells a report shows matrices instead of a row a cell."""

NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The cells of one resolution on one Python; `cells` is keyed by chatkit and agents release."""

    resolution: str
    python: str
    chatkits: tuple[str, ...]
    agents: tuple[str, ...]
    cells: Mapping[tuple[str, str], Row]

    @property
    def title(self) -> str:
        """`today, Python 3.11`."""
        return clean(f"{self.resolution}, Python {self.python}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """Columns that are the same all the way down, as one; `rows` has what is in them, by chatkit release."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Row | None, ...]], ...]


def is_many(rows: Sequence[Row]) -> bool:
    """Whether there are too many cells for a row each."""
    return len(rows) > MANY_CELLS


def matrices(rows: Sequence[Row]) -> tuple[Matrix, ...]:
    """The matrices of a run, in the order in which its rows come to them."""
    found: defaultdict[tuple[str, str], dict[tuple[str, str], Row]] = defaultdict(dict)
    for row in rows:
        cell = row.cell
        found[cell.resolution, python_words(cell)][cell.chatkit or NONE, cell.agents] = row
    return tuple(
        Matrix(
            resolution=resolution,
            python=python,
            chatkits=tuple(in_order({chatkit for chatkit, _ in cells})),
            agents=tuple(in_order({agents for _, agents in cells})),
            cells=cells,
        )
        for (resolution, python), cells in found.items()
    )


def by_state(row: Row | None) -> object:
    """What makes two cells look alike where only signs are shown."""
    return row.state if row else None


def by_cause(row: Row | None) -> object:
    """What makes two cells look alike where causes are shown too."""
    return (row.state, row.causes) if row else None


def folded(matrix: Matrix, alike: Callable[[Row | None], object]) -> Folded:
    """The matrix with runs of columns that look alike drawn together."""
    runs: list[list[str]] = []
    before: list[object] | None = None
    for agents in matrix.agents:
        column = [alike(matrix.cells.get((chatkit, agents))) for chatkit in matrix.chatkits]
        if column == before:
            runs[-1].append(agents)
        else:
            runs.append([agents])
        before = column
    return Folded(
        columns=tuple(span(run[0], run[-1]) for run in runs),
        rows=tuple(
            (chatkit, tuple(matrix.cells.get((chatkit, run[0])) for run in runs))
            for chatkit in matrix.chatkits
        ),
    )


def span(first: str, last: str) -> str:
    """`0.4.0-0.18.2`, or the one release."""
    return clean(first if first == last else f"{first}-{last}")
