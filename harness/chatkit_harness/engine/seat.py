"""A cell at work: its worker, started again when it died, and one case after the other driven in it."""

from __future__ import annotations

import dataclasses
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from packaging.version import InvalidVersion, Version

from chatkit_harness.cells.worker import Worker, WorkerGoneError, cell_environment, start_worker
from chatkit_harness.core.codec import from_document, to_document
from chatkit_harness.core.redaction import redact_known
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.core.transcript import CaseEnd, CellFacts, ImportResult, Transcript
from chatkit_harness.environments.environment import Environment
from chatkit_harness.machine.cache import DisturbedError
from chatkit_harness.upstream import Cassette, SessionReport

from .assemble import Assembler
from .case_message import case_message
from .reaching import variables
from .targets import AGENTS_MODULES, NATIVE, StoreChoice, Target, is_loopback, port_of

START_LIMIT_S = 120.0
LANDLOCK = "CHATKIT_HARNESS_LANDLOCK"
"""A variable for cells, with the value `off`: for programs whose ports are opened after they have started."""
GRACE_S = 3.0
"""How much longer than the driver's own limit the host waits before it kills."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Driven:
    """One case's transcript, with the cell's own time and what the host added, in milliseconds.

    Both are None where the case was not driven to its end. Starting a worker belongs to the cell, not to
    the case that happens to be its first.
    """

    transcript: Transcript
    cell_ms: float | None = None
    host_ms: float | None = None


class ModelSession(Protocol):
    """One worker's conversation with a model, case by case."""

    base_url: str

    def begin(
        self, cassette: Cassette | None, words: Sequence[str], *, pacing: float, clock_start: float
    ) -> None:
        """A case begins: this is what the model says in it."""

    def end(self) -> SessionReport:
        """The case is over: what was exchanged."""

    def close(self) -> None:
        """The worker is gone."""


class ModelSource(Protocol):
    """Where a cell's model is: the replay server, or a recording proxy in front of a live one."""

    def open_session(self) -> ModelSession:
        """A session for one worker."""


Launch = Callable[[Mapping[str, str], Path, Path], Worker]
"""Starts a worker, given its variables, its working folder and its log."""


class Seat:
    """Drives cases in one environment. Leave it (it is a context manager) and its process is gone.

    `targets` are all that will be driven in it; `path` and theirs is put first on its import path. `pins` is
    what the cell has to find installed, exactly; None asks for nothing. `environ` are variables besides the
    cell's own. `layers` are folders behind its site-packages, `hidden` distributions that it is not to see.
    `launch` starts the worker, from its variables, working folder and log, where that is not done here: then
    it is who puts layers there. `own_store` is whether a store of the user's is driven in it. `cwd` is where
    its process works; by default in a new folder, which goes with the seat.
    """

    def __init__(
        self,
        environment: Environment,
        payload: Path,
        upstream: ModelSource,
        *,
        log: Path,
        time_limit_s: float,
        memory_limit_mb: int,
        pacing: float,
        targets: Sequence[Target],
        environ: Mapping[str, str] | None = None,
        path: Sequence[Path] = (),
        pins: Mapping[str, str] | None = None,
        layers: Sequence[Path] = (),
        hidden: Sequence[str] = (),
        launch: Launch | None = None,
        own_store: bool = False,
        cwd: Path | None = None,
    ) -> None:
        self._environment = environment
        self._payload = payload
        self._session = upstream.open_session()
        self._log = log
        self._limit_s = time_limit_s
        self._memory_mb = memory_limit_mb
        self._pacing = pacing
        wanted = [module for each in targets for module in (*each.needs, *each.imports)]
        self._modules = list(dict.fromkeys(wanted if targets else AGENTS_MODULES))
        own = [folder for target in targets for folder in target.path]
        self._path = [str(folder) for folder in dict.fromkeys([*path, *own])]
        self._pins = pins
        # Whoever names a server elsewhere wants it to be asked; nothing else runs in that process.
        self._fence = all(target.url is None or is_loopback(target.url) for target in targets)
        # Code of somebody else's may reach what it has on this machine, on ports that nobody here knows of.
        theirs = bool(path or environ or own_store) or any(target.is_own for target in targets)
        unwanted = (environ or {}).get(LANDLOCK) == "off"
        self._landlock = "off" if unwanted else "subprocesses" if theirs else "cell"
        self.held = ""
        """By which means nothing could leave this cell, in words; empty before its process has said so."""
        self._layers = layers
        self._hidden = hidden
        self._launch = launch or self._start
        self._cwd = tempfile.TemporaryDirectory(prefix="chatkit-harness-cell-")
        self.folder = cwd or Path(self._cwd.name)
        """Where its process works."""
        self._environ = dict(environ or {})
        self._reaching = {
            name: value for each in targets if each.url for name, value in variables(each.url).items()
        }
        self._worker: Worker | None = None
        self._facts = CellFacts(python="", platform="")
        self._imports: tuple[ImportResult, ...] = ()
        self._closing = threading.Lock()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the worker and its session; safe from any thread, and twice."""
        with self._closing:
            self._closed = True
            if self._worker is not None:
                self._worker.close()
                self._worker = None
            self._session.close()
            self._cwd.cleanup()

    def interrupt(self) -> None:
        """Kill the worker at once, and let none be started; the case in hand ends as signalled."""
        self._closed = True
        if self._worker is not None:
            self._worker.kill()

    def drive(
        self,
        scenario: Scenario,
        cassette: Cassette | None,
        target: Target,
        path: str = NATIVE,
        *,
        store: StoreChoice | None = None,
        extras: Sequence[Path] = (),
    ) -> Driven:
        """One case, whatever becomes of the process: what came before its end is in the transcript.

        What headers say of who asks is in it nowhere, though a server may have said it back. Raises
        DisturbedError where the cell finds other distributions than its lock names, BuildError where
        its process cannot be started.
        """
        driven = self._driven(scenario, cassette, target, path, store=store, extras=extras)
        if not target.secrets:
            return driven
        document = redact_known(to_document(driven.transcript), target.secrets)
        return dataclasses.replace(driven, transcript=from_document(Transcript, document))

    def _driven(
        self,
        scenario: Scenario,
        cassette: Cassette | None,
        target: Target,
        path: str,
        *,
        store: StoreChoice | None,
        extras: Sequence[Path],
    ) -> Driven:
        assembler = Assembler()
        known: dict[str, Any] = {"scenario": scenario.id, "path": path, "server": target.name}
        try:
            worker = self._ready()
        except WorkerGoneError as gone:
            # A process that never greeted says nothing about the versions in it.
            ended = _ended(gone) if self._facts.python else {**_ended(gone), "ended": "unreadable"}
            return Driven(transcript=assembler.transcript(**known, **self._so_far(target), **ended))
        if not all(each.ok for each in self._imported(target)):
            return Driven(transcript=assembler.transcript(**known, **self._so_far(target)))
        worker.secrets = target.secrets
        started = time.monotonic()
        words = [turn.said for turn in scenario.turns if turn.said is not None]
        self._session.begin(cassette, words, pacing=self._pacing, clock_start=started)
        ended = {}
        try:
            message = case_message(scenario, target, path, started, self._limit_s, store=store, extras=extras)
            self._converse(worker, message, started, assembler)
        except WorkerGoneError as gone:
            self._worker = None
            ended = _ended(gone)
            if gone.how == "timeout":
                ended["ended_at_ms"] = round((time.monotonic() - started) * 1000, 3)
        report = self._session.end()
        if assembler.driver_failure is not None:
            ended = {"ended": "unreadable", "last_words": assembler.driver_failure.message}
        transcript = assembler.transcript(
            **known,
            **self._so_far(target),
            exchanges=report.exchanges,
            cassette=report.facts,
            notes=tuple(f"model on loopback: {stray}" for stray in report.strays),
            **ended,
        )
        spent = (time.monotonic() - started) * 1000
        cell_ms = assembler.cell_ms
        return Driven(
            transcript=transcript, cell_ms=cell_ms, host_ms=spent - cell_ms if cell_ms is not None else None
        )

    def _so_far(self, target: Target) -> dict[str, Any]:
        return {"cell": self._facts, "imports": self._imported(target)}

    def _imported(self, target: Target) -> tuple[ImportResult, ...]:
        """How importing went, as far as this target needs it: a workflow has no use for chatkit."""
        needed = {*target.needs, *target.imports}
        return tuple(each for each in self._imports if each.module in needed)

    def _ready(self) -> Worker:
        """The running worker, or a new one that has greeted and imported."""
        if self._worker is None:
            self._facts, self._imports = CellFacts(python="", platform=""), ()
            environ = {**cell_environment(self._session.base_url), **self._reaching, **self._environ}
            self._worker = self._launch(environ, self.folder, self._log)
            if self._closed:  # interrupted between the last look and this process
                self._worker.kill()
            try:
                self._greet(self._worker)
            except WorkerGoneError:
                self._worker = None
                raise
        return self._worker

    def _start(self, environ: Mapping[str, str], cwd: Path, log: Path) -> Worker:
        return start_worker(
            self._environment.python,
            self._payload,
            environ=environ,
            cwd=cwd,
            log=log,
            layers=self._layers,
            hidden=self._hidden,
        )

    def _greet(self, worker: Worker) -> None:
        hello = _expect(worker, "hello", START_LIMIT_S)
        self._facts = CellFacts(python=hello["python"], platform=hello["platform"], pins=hello["pins"])
        self._require_pins(worker)
        worker.send(
            "setup",
            modules=self._modules,
            memory_limit_mb=self._memory_mb,
            fence=self._fence,
            landlock=self._landlock,
            ports=[port_of(self._session.base_url)],
            path=self._path,
        )
        imported = _expect(worker, "imported", START_LIMIT_S)
        self._imports = tuple(from_document(ImportResult, each) for each in imported["modules"])
        self.held = _expect(worker, "ready", START_LIMIT_S).get("held", "")

    def _require_pins(self, worker: Worker) -> None:
        if self._pins is None or _spelled_alike(self._facts.pins) == _spelled_alike(self._pins):
            return
        worker.kill()
        self._worker = None
        differ = sorted(set(_spelled_alike(self._facts.pins)) ^ set(_spelled_alike(self._pins)))
        raise DisturbedError(
            str(self._environment.folder),
            f"It does not hold what its lock says ({differ[0][0]} differs).",
            "Delete this folder and run again."
            if self._environment.ours
            else "Run again when nobody installs anything there.",
        )

    def _converse(
        self, worker: Worker, message: Mapping[str, Any], started: float, assembler: Assembler
    ) -> None:
        worker.send("case", **message)
        deadline = started + self._limit_s + GRACE_S
        while not assembler.ended:
            assembler.take(worker.receive(deadline - time.monotonic()))


def _spelled_alike(pins: Mapping[str, str]) -> set[tuple[str, str]]:
    """Pins whose versions are written as packaging writes them: a METADATA file may say 1.0.0-rc1."""
    spelled = set()
    for name, told in pins.items():
        version = str(told)  # a METADATA file that is cut off tells none
        try:
            spelled.add((name, str(Version(version))))
        except InvalidVersion:
            spelled.add((name, version))
    return spelled


def _expect(worker: Worker, kind: str, limit_s: float) -> dict[str, Any]:
    message = worker.receive(limit_s)
    if message["type"] != kind:
        worker.kill()
        raise WorkerGoneError(
            "unreadable", exit_code=None, signal_name=None, last_words=f"expected {kind}, got {message}"[:500]
        )
    return message


def _ended(gone: WorkerGoneError) -> dict[str, Any]:
    how: CaseEnd = gone.how  # type: ignore[assignment]  # WorkerGoneError names the same four ends
    return {
        "ended": how,
        "exit_code": gone.exit_code,
        "signal": gone.signal_name,
        "last_words": gone.last_words,
    }
