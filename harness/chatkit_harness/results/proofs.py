"""What was driven after a run to settle which pin decides a break, kept beside its results."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from chatkit_harness.core.codec import CodecError, from_document, to_document
from chatkit_harness.core.errors import ResultsError
from chatkit_harness.results.files import write_whole

PROOFS_FILE = "proofs.json"
SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A pin that has to be moved from its good to its bad version; None where a set lacks it."""

    name: str
    good: str | None
    bad: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnsAt:
    """Where along a distribution's releases it turns; `between` are releases that gave neither answer."""

    axis: str
    last_good: str
    first_bad: str
    between: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What decides between two cells of a run, `good` and `bad`, of which one shows a cause.

    `axis` is what was asked for otherwise in the two: chatkit, agents, or `resolution`, and `case` the case
    by which they are told apart. `changes` is a smallest set of pins that makes it fail, `turns` where along
    each it does. `verified` is whether the bad set with `constraint` was driven, and is good. `driven` is how
    many times a set of pins was driven for it: 0 where the two cells differ in nothing else, and no release
    lies between. `why` says what is to be said of a search that came to no certain end.
    """

    cause: str
    axis: str
    good: str
    bad: str
    case: str
    verdict: Literal["found", "suspected", "unknown"]
    changes: tuple[Moved, ...] = ()
    turns: tuple[TurnsAt, ...] = ()
    constraint: str | None = None
    verified: bool = False
    driven: int = 0
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What a cell shows where one cause hides another: driven with `constraint`, which keeps the first away.

    `cause` is the hidden one and `by` the one that hides it. `shows` is None where the cell told neither, for
    the reason `why`.
    """

    cause: str
    by: str
    cell: str
    case: str
    constraint: str
    shows: bool | None
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proofs:
    """All that was driven after a run to settle what decides its breaks."""

    proofs: tuple[Proof, ...] = ()
    behind: tuple[Behind, ...] = ()

    def of(self, cause: str) -> tuple[Proof, ...]:
        """Those of one cause, by its key; in one order, whichever was found first."""
        own = (each for each in self.proofs if each.cause == cause)
        return tuple(sorted(own, key=lambda each: (each.axis, each.good, each.bad, each.case)))


def write_proofs(folder: Path, found: Proofs) -> None:
    """Keep what was found with the run in the folder. Raises OutputError."""
    document = {"schema_version": SCHEMA_VERSION, **to_document(found)}
    write_whole(folder / PROOFS_FILE, json.dumps(document, indent=2) + "\n")


def read_proofs(folder: Path) -> Proofs:
    """What was found for the run in the folder; nothing where nobody asked.

    Raises ResultsError where the file is not what `write_proofs` writes.
    """
    path = folder / PROOFS_FILE
    step = "Remove it, and make it anew: `chatkit-harness prove`."
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Proofs()
    except (OSError, ValueError):
        raise ResultsError(str(path), "It cannot be read.", step) from None
    if not isinstance(document, dict) or document.get("schema_version") != SCHEMA_VERSION:
        raise ResultsError(str(path), "It was written by another version of chatkit-harness.", step)
    try:
        return from_document(Proofs, document)
    except CodecError as error:
        raise ResultsError(str(path), f"It is not what was written ({error}).", step) from None
