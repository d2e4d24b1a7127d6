"""One message, driven in a throwaway environment by its own interpreter, and judged by the checks."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from chatkit_harness.cells.payload import payload
from chatkit_harness.checks import CHECKS, reading, run_checks
from chatkit_harness.checks.exceptions import root, short_type
from chatkit_harness.checks.judge import judge
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.scenario import on_path
from chatkit_harness.core.transcript import Raised, Transcript
from chatkit_harness.engine.cassettes import cassette_for
from chatkit_harness.engine.parse import parsed
from chatkit_harness.engine.seat import Seat
from chatkit_harness.engine.targets import CHATKIT_MODULES, NATIVE, Target
from chatkit_harness.environments.environment import Environment
from chatkit_harness.machine.cache import Cache
from chatkit_harness.scenarios.load import load_scenario
from chatkit_harness.upstream import ReplayServer

from .bench import Bench
from .nouns import Talk
from .story import PROGRAM, SCENARIO

JUDGED_BY = tuple(name for name in CHECKS if name != "latency")
"""How long an answer takes says nothing of a cause, and much of how busy the machine is."""
_LIMIT_S = 60.0
_MEMORY_MB = 4096


class Driver:
    """Drives the scenario in one environment after the other. A context manager: it has the model.

    The server is the project's own program, which imports what the team's does. `interrupt` ends what is
    driven now, from any thread.
    """

    def __init__(self, cache: Cache, log: Path) -> None:
        scenario = load_scenario(data_folder("scenarios") / f"{SCENARIO}.yaml")
        self._scenario = on_path(scenario, NATIVE)
        self._cassette = cassette_for(self._scenario)
        self._payload = payload(cache)
        self._ending = cache.ending
        self._log = log
        self._upstream = ReplayServer()
        self._lock = threading.Lock()
        self._seats: set[Seat] = set()

    def __enter__(self) -> Self:
        self._upstream.__enter__()
        return self

    def __exit__(self, *_details: object) -> None:
        self._upstream.__exit__(None, None, None)

    def talk(self, bench: Bench) -> Talk:
        """What becomes of the message in this environment. Raises BuildError where nothing can be started."""
        target = Target(
            name=f"the project's {PROGRAM}",
            kind="server",
            module=PROGRAM.removesuffix(".py"),
            attribute="create_server",
            imports=CHATKIT_MODULES,
        )
        with self._seated(bench, target) as seat:
            driven = seat.drive(self._scenario, self._cassette, target)
        transcript = parsed(driven.transcript)
        found = run_checks(transcript, self._scenario, JUDGED_BY)
        judgement = judge(transcript, self._scenario, found, names=JUDGED_BY)
        return Talk(
            outcome=judgement.outcome,
            reason=judgement.reason or "",
            raised=_raised(transcript),
            widget=_widget(transcript),
            text=_text(transcript),
            findings=tuple(each.key for each in judgement.findings if each.severity == "error"),
        )

    @contextlib.contextmanager
    def _seated(self, bench: Bench, target: Target) -> Iterator[Seat]:
        environment = Environment(folder=bench.venv, python=bench.python, reused=False)
        with Seat(
            environment,
            self._payload,
            self._upstream,
            log=self._log,
            time_limit_s=_LIMIT_S,
            memory_limit_mb=_MEMORY_MB,
            pacing=0.0,
            targets=[target],
            # The cell's own Python is isolated: what comes first for the program comes first here, too.
            path=bench.ahead,
        ) as seat:
            with self._lock:
                self._seats.add(seat)
            if self._ending.is_set():
                seat.interrupt()
            try:
                yield seat
            finally:
                with self._lock:
                    self._seats.discard(seat)

    def interrupt(self) -> None:
        """End what is driven now."""
        with self._lock:
            for seat in self._seats:
                seat.interrupt()


def _raised(transcript: Transcript) -> str:
    """The first exception that the message met, as the last lines of a traceback say it."""
    failed = [each.raised for each in transcript.imports if each.raised is not None]
    failed += [turn.raised for turn in transcript.turns if turn.raised is not None]
    failed += [record.raised for record in transcript.log if record.raised is not None]
    return _said(root(failed[0])) if failed else ""


def _said(raised: Raised) -> str:
    return f"{short_type(raised)}: {raised.message}"


def _widget(transcript: Transcript) -> tuple[str, ...]:
    """The words of the first widget that came."""
    found = [item for turn in transcript.turns for item in reading.widgets(turn)]
    return tuple(reading.widget_words(found[0].document.get("widget")).splitlines()) if found else ()


def _text(transcript: Transcript) -> str:
    return "\n".join(text for turn in transcript.turns for text in reading.assistant_texts(turn))
