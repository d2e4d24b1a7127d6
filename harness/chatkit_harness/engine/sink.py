"""Where a cell's work puts what it finds: straight into a results file, or into a delivery for the host."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from chatkit_harness.core import events
from chatkit_harness.core.errors import HarnessError
from chatkit_harness.core.nouns import CaseResult, Cell
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.results import pack_transcript, store_transcript

from .hearing import Logged


class Sink(Protocol):
    """What a cell tells while it is worked on."""

    def tell(self, event: events.Event) -> None:
        """Something happened."""

    def cell(self, cell: Cell) -> None:
        """A cell has its environment, or its reason for having none."""

    def transcript(self, transcript: Transcript) -> str:
        """Keep a transcript; its digest."""

    def case(self, case: CaseResult) -> None:
        """A case has its outcome."""

    def kept(self, cell: str, cases: Collection[str]) -> None:
        """Cases of a cell, by their ids, have an outcome from before that still holds."""

    def ids(self) -> frozenset[str]:
        """The cases that have their outcome."""

    def complain(self, error: HarnessError) -> None:
        """Something was out of reach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What an order came to: plain data, which any executor can carry.

    `packed` are transcripts (gzip) by digest, where the worker could not write them into the run's folder
    itself; `logs` the ends of cells' standard error by file name. `log` is what the harness itself logged.
    """

    cells: tuple[Cell, ...] = ()
    cases: tuple[CaseResult, ...] = ()
    complaints: tuple[HarnessError, ...] = ()
    packed: Mapping[str, bytes] | None = None
    logs: Mapping[str, str] | None = None
    log: tuple[Logged, ...] = ()


class Tray:
    """Collects a delivery. `folder` is the run's, where this process can write transcripts to; else None."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._cells: list[Cell] = []
        self._cases: list[CaseResult] = []
        self._complaints: list[HarnessError] = []
        self._packed: dict[str, bytes] = {}

    def tell(self, event: events.Event) -> None:
        """The host tells what a delivery holds once it has arrived."""

    def cell(self, cell: Cell) -> None:
        """See Sink."""
        self._cells.append(cell)

    def transcript(self, transcript: Transcript) -> str:
        """See Sink."""
        if self._folder is not None:
            return store_transcript(self._folder, transcript, packed=True)
        digest, content = pack_transcript(transcript)
        self._packed[digest] = content
        return digest

    def case(self, case: CaseResult) -> None:
        """See Sink."""
        self._cases.append(case)

    def kept(self, cell: str, cases: Collection[str]) -> None:
        """The host knew that when it gave the order."""

    def ids(self) -> frozenset[str]:
        """See Sink."""
        return frozenset(case.id for case in self._cases)

    def complain(self, error: HarnessError) -> None:
        """See Sink."""
        self._complaints.append(error)

    def delivery(self, logs: Iterable[Path] = (), *, log: Iterable[Logged] = ()) -> Delivery:
        """All that was collected. The ends of `logs` go along where the host cannot read them itself."""
        told = None
        if self._folder is None:
            told = {path.name: path.read_text("utf-8", "replace")[-20_000:] for path in logs}
        return Delivery(
            cells=tuple(self._cells),
            cases=tuple(self._cases),
            complaints=tuple(self._complaints),
            packed=self._packed if self._folder is None else None,
            logs=told,
            log=tuple(log),
        )
