"""What a run tells while it goes on; whoever listens draws it, the engine does not know who that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chatkit_harness.core.nouns import CaseResult, Cell, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlanned:
    """The plan stands: so many cells, so many cases in all of them."""

    cells: int
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CellStarted:
    """Work on a cell begins, with choosing its pins."""

    cell_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellResolved:
    """A cell has its pins, or its reason for having none."""

    cell: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesKept:
    """Cases of a cell have the outcome that an earlier part of the run gave them; `outcomes` by case id.

    Told once the cell's pins are known; of these cases no CaseFinished comes.
    """

    cell_id: str
    outcomes: Mapping[str, Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellBuilt:
    """A cell's environment stands; `reused` when it stood already."""

    cell_id: str
    seconds: float
    reused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFinished:
    """A case has its outcome."""

    case: CaseResult


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFinished:
    """Every case of a cell has its outcome; `seconds` is the wall time since CellStarted."""

    cell_id: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished:
    """The run is over, by itself or by Ctrl-C."""

    seconds: float
    interrupted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something worth a line that belongs to no case."""

    text: str


Event = (
    RunPlanned
    | CellStarted
    | CellResolved
    | CasesKept
    | CellBuilt
    | CaseFinished
    | CellFinished
    | RunFinished
    | Note
)

Listener = Callable[[Event], None]
"""Called for every event, possibly from several threads; it must not raise."""
