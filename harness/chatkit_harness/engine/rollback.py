"""Threads that one cell has written, read by other releases from the same store."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from chatkit_harness.checks import exceptions
from chatkit_harness.core.errors import HarnessError
from chatkit_harness.core.scenario import AskPlan, Expectation, Scenario, TurnPlan
from chatkit_harness.core.transcript import Reading, Transcript, Turn
from chatkit_harness.upstream import Cassette

from .cases import PlannedCase
from .cassettes import always
from .grounds import Ground, make_ground
from .plan_cell import PlannedCell
from .seat import Seat
from .targets import CATALOGUE, NATIVE
from .workshop import Workshop

PAGE = 100
"""How many items are read at a time, as after a case."""
READ = 2
"""How many requests read a thread, before it is gone on with."""
READING_PART = "messages/read"
"""Of the catalogue: it can be imported in every release, and tells a model of whatever a thread may hold."""
QUESTION = "Is all of that still there?"
ANSWER = "It is."

logger = logging.getLogger("chatkit_harness.rollback")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """A cell that reads: its seat, or why it has none."""

    planned: PlannedCell
    seat: Seat | None = None
    refused: str | None = None


class Readers:
    """The cells that read what the cases in one seat write; started with the first thread that there is.

    They share the seat's working folder, where a store that is named without one keeps its file. Leave it (it
    is a context manager) and their processes are gone.
    """

    def __init__(
        self, shop: Workshop, planned: PlannedCell, folder: Path, cases: Sequence[PlannedCase]
    ) -> None:
        self._shop = shop
        self._planned = planned
        self._folder = folder
        self._targets = [case.target for case in cases]
        self._open = ExitStack()
        self._ground: Ground | None = None
        self._readers: list[_Reader] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def interrupt(self) -> None:
        """Kill their processes at once."""
        for reader in self._readers or ():
            if reader.seat is not None:
                reader.seat.interrupt()

    def read(self, case: PlannedCase, transcript: Transcript, extras: Sequence[Path]) -> Transcript:
        """The transcript with what the others made of its thread, where it has one that outlives its cell."""
        thread = transcript.stored.thread if transcript.stored is not None else None
        identity = (thread or {}).get("id")
        built_in = case.target.kind == "module"
        if not self._planned.readers or case.path != NATIVE or not isinstance(identity, str):
            return transcript
        if built_in and case.store is None:  # such as the probe's, which is in memory
            return transcript
        # All read it before the first of them goes on with it: none is to see what another has done to it.
        read = [self._reading(each, case, identity, extras) for each in self._started()]
        told = [
            self._going_on(*each, case, identity, extras) for each in zip(self._started(), read, strict=True)
        ]
        notes = (*transcript.notes, *map(_noted, told))
        return replace(transcript, readings=tuple(told), notes=notes)

    def _started(self) -> list[_Reader]:
        if self._readers is None:
            self._readers = []
            for planned in _with_itself(self._planned):
                try:
                    self._readers.append(_Reader(planned=planned, seat=self._seated(planned)))
                except (HarnessError, OSError) as error:
                    why = error.cause if isinstance(error, HarnessError) else str(error)
                    logger.info("%s cannot read: %s", planned.id, why)
                    self._readers.append(_Reader(planned=planned, refused=why))
        return self._readers

    def _seated(self, planned: PlannedCell) -> Seat:
        shop, settings = self._shop, self._shop.settings
        if self._ground is None:
            # Of its own: one that forks would give up what the cell that writes was forked from.
            kind: Any = "venv" if settings.isolation == "venv" else "process"
            self._ground = make_ground(kind, shop.cache, shop.locks.index, shop.payload, settings.env)
            self._open.callback(self._ground.close)
        lock = shop.locks.lock(planned)
        place = self._ground.place(lock.pins, planned.interpreter)
        seat = Seat(
            place.environment,
            shop.payload,
            shop.upstream,
            log=shop.logs / f"{self._planned.id}.read-by.{planned.id}.log",
            time_limit_s=settings.time_limit_s,
            memory_limit_mb=settings.memory_limit_mb,
            pacing=0,
            pins=lock.pins,
            targets=self._targets,
            environ=settings.env,
            layers=place.layers,
            hidden=place.hidden,
            cwd=self._folder,
        )
        return self._open.enter_context(seat)

    def _reading(self, reader: _Reader, case: PlannedCase, thread: str, extras: Sequence[Path]) -> Reading:
        pair = reader.planned.pair
        reading = Reading(
            cell=reader.planned.id, chatkit=pair.chatkit, agents=pair.agents, refused=reader.refused
        )
        if reader.seat is None or self._shop.ending.is_set():
            return reading
        found = self._driven(reader.seat, _asking(case.scenario, reading_asks(thread)), case, extras)
        log = tuple(record.message for record in found.log)
        return replace(reading, refused=_ended(found), turns=found.turns, log=log)

    def _going_on(
        self, reader: _Reader, reading: Reading, case: PlannedCase, thread: str, extras: Sequence[Path]
    ) -> Reading:
        """The reading with what became of one more message, where the thread was read at all."""
        seat = reader.seat
        if seat is None or self._shop.ending.is_set() or not _went_well(reading.turns, READ - 1):
            return reading
        scenario = _asking(case.scenario, going_on_asks(thread))
        found = self._driven(seat, scenario, case, extras)
        fails_alone = False
        if not _went_well(found.turns, 1):
            alone = self._driven(seat, replace(scenario, turns=(TurnPlan(user=QUESTION),)), case, extras)
            fails_alone = not _went_well(alone.turns, 0)
        log = tuple(record.message for record in found.log)
        return replace(
            reading, turns=(*reading.turns, *found.turns), fails_alone=fails_alone, log=(*reading.log, *log)
        )

    def _driven(
        self, seat: Seat, scenario: Scenario, case: PlannedCase, extras: Sequence[Path]
    ) -> Transcript:
        cassette: Cassette = always(scenario)
        driven = seat.drive(scenario, cassette, case.target, NATIVE, store=case.kept_in, extras=extras)
        return driven.transcript


def _with_itself(planned: PlannedCell) -> list[PlannedCell]:
    """Those that read a cell's threads; first itself, which shows what is no matter of releases."""
    return [replace(planned, readers=()), *(each for each in planned.readers if each.pair != planned.pair)]


def reading_asks(thread: str) -> tuple[AskPlan, ...]:
    """How a thread is read: as a client opens it, and its items by themselves."""
    return (AskPlan(type="threads.get_by_id", params={"thread_id": thread}), _page(thread))


def going_on_asks(thread: str) -> tuple[AskPlan, ...]:
    """How a thread is gone on with: its items, one more message of the user, and its items after it."""
    input_ = {
        "content": [{"type": "input_text", "text": QUESTION}],
        "attachments": [],
        "inference_options": {},
    }
    said = AskPlan(type="threads.add_user_message", params={"thread_id": thread, "input": input_})
    return (_page(thread), said, _page(thread))


def _page(thread: str) -> AskPlan:
    return AskPlan(type="items.list", params={"thread_id": thread, "limit": PAGE, "order": "asc"})


def _asking(written: Scenario, asks: Sequence[AskPlan]) -> Scenario:
    """The scenario's server and user with these requests, and a model that says one thing."""
    context = {**written.context, **(written.turns[-1].context if written.turns else {})}
    options = dict(written.options)
    if written.server == CATALOGUE.name:
        # The part may be one that the other release cannot even import; and by chat completions agents cannot
        # tell a model of the answers that chatkit has converted, wherever they are stored.
        options = {**options, "part": READING_PART, "api": "responses"}
    return replace(
        written,
        id=f"{written.id}/read-back",
        options=options,
        context=context,
        turns=tuple(TurnPlan(ask=each) for each in asks),
        model=None,
        answer=None,
        exam=None,
        script=({"say": ANSWER},),
        expect=Expectation(),
    )


def _went_well(turns: Sequence[Turn], number: int) -> bool:
    """Whether a turn was answered: it ended by itself, and no event of it tells an error."""
    if number >= len(turns):
        return False
    turn = turns[number]
    return turn.end == "done" and not any((each.data or {}).get("type") == "error" for each in turn.events)


def _noted(reading: Reading) -> str:
    who = f"chatkit {reading.chatkit} with agents {reading.agents}"
    if reading.refused is not None:
        return f"not read by {who}: {reading.refused}"
    if not _went_well(reading.turns, READ - 1):
        return f"not readable by {who}"
    page = reading.turns[READ - 1].response
    items = page.get("data") if isinstance(page, dict) else None
    return f"read by {who}: {len(items) if isinstance(items, list) else 'no'} items"


def _ended(transcript: Transcript) -> str | None:
    """Why nobody could be asked; None where somebody could."""
    if transcript.turns:
        return None
    failed = next((each for each in transcript.imports if not each.ok), None)
    if failed is not None:
        return f"{failed.module} cannot be imported there"
    raised = next((each.raised for each in transcript.log if each.raised is not None), None)
    words = transcript.last_words.strip().splitlines()
    why = exceptions.title(raised) if raised is not None else words[-1][:300] if words else "it left no word"
    return f"its server could not be made ready: {why}"
