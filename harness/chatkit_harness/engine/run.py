"""A run, top to bottom: plan, then every cell (resolve, build, drive, check), then causes and reports."""

from __future__ import annotations

import contextlib
import logging
import os
import platform
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from chatkit_harness import __version__
from chatkit_harness.cells.payload import payload
from chatkit_harness.checks import CHECKS
from chatkit_harness.core import events
from chatkit_harness.core.codec import to_document
from chatkit_harness.core.errors import ConfigurationError, did_you_mean
from chatkit_harness.core.redaction import redact_text
from chatkit_harness.environments.layers import Layers
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.uv import end_all
from chatkit_harness.reports import write_reports
from chatkit_harness.results import ResultsWriter, RunHeader, read_results
from chatkit_harness.upstream import ReplayServer

from .cases import paths_of
from .cell import CellRun
from .executors import LOCAL
from .grounds import make_ground
from .locks import Locks
from .matrix import drive_matrix
from .plan import Plan, make_plan
from .plan_cell import PlannedCell
from .recorder import Recorder, now
from .resume import Earlier, earlier
from .selection import options_of, selection_of
from .settings import RunSettings
from .workshop import Workshop

ENFORCEMENT = "audit hook in each cell's process: connections and look-ups other than loopback are refused"
logger = logging.getLogger("chatkit_harness")


def run(settings: RunSettings, listener: events.Listener, cells: Sequence[PlannedCell] | None = None) -> Path:
    """Do the run and return its folder, in which results, transcripts, reports and logs lie.

    `cells` take the place of those that the settings select.

    Raises UsageError and UnavailableError before anything is written where nothing can be run. After
    Ctrl-C what is finished has been written, the footer says so, and KeyboardInterrupt goes on.
    """
    settings = _placed(settings)
    _require_executor(settings.executor)
    cache = Cache(settings.cache)
    index = Index(cache, settings.index)
    plan = make_plan(settings, index, Layers(cache, index), cells)
    before = earlier(settings)
    packed = not _is_live(settings)
    with (
        ResultsWriter(settings.out, packed=packed, resume=settings.resume) as writer,
        _log_file(settings.out),
    ):
        began = time.monotonic()
        recorder = _begun(settings, plan, before, writer, listener)
        interrupted = True
        try:
            if _is_live(settings):
                _all_cells(settings, plan, cache, recorder, before)
            else:
                drive_matrix(settings, plan, cache, recorder, before)
            interrupted = False
        finally:
            # Whatever ended the run, what is finished can be read and drawn.
            writer.footer(recorder.footer(interrupted=interrupted))
            listener(events.RunFinished(seconds=time.monotonic() - began, interrupted=interrupted))
            write_reports(read_results(settings.out), settings.out)
    return settings.out


def _begun(
    settings: RunSettings,
    plan: Plan,
    before: Earlier,
    writer: ResultsWriter,
    listener: events.Listener,
) -> Recorder:
    """The recorder of a run of which the header is written and the plan is told."""
    header = _header(settings, plan)
    writer.header(header)
    listener(events.RunPlanned(cells=len(plan.cells), cases=len(plan.cells) * len(plan.cases)))
    complaints = [each.as_document() for each in plan.complaints]
    recorder = Recorder(writer, listener, complaints, started=header.started, options=options_of(settings))
    recorder.know(before.cells, before.cases)
    for note in [*map(str, plan.complaints), *plan.notes, *before.notes]:
        listener(events.Note(text=note))
    return recorder


def _placed(settings: RunSettings) -> RunSettings:
    """The settings with an executor that can do what they ask for: a process with threads does not fork."""
    if _is_live(settings) and settings.isolation == "fork":
        return replace(settings, executor=LOCAL)
    return settings


def _require_executor(name: str) -> None:
    """Raises ConfigurationError for an executor that there is not, before anything is written."""
    if name not in ("threads", LOCAL) and not name.startswith("dask://"):
        offer = did_you_mean(name, ("threads", LOCAL, "dask://HOST:PORT"))
        raise ConfigurationError(f"--executor {name}", "There is no such executor.", offer)


def _is_live(settings: RunSettings) -> bool:
    """Whether cells run in threads of this process, which sees each event as it happens."""
    return settings.executor == "threads"


def _all_cells(settings: RunSettings, plan: Plan, cache: Cache, recorder: Recorder, before: Earlier) -> None:
    """Every cell, some at a time; Ctrl-C or a bug ends the cells' processes and is raised."""
    logs = settings.out / "workers"
    logs.mkdir(parents=True, exist_ok=True)
    copied = payload(cache)
    with ReplayServer() as upstream:
        shop = Workshop(
            settings=settings,
            cases=plan.cases,
            locks=Locks(cache, plan.index),
            ground=make_ground(settings.isolation, cache, plan.index, copied, settings.env),
            payload=copied,
            upstream=upstream,
            logs=logs,
            cache=cache,
        )
        _in_threads(shop, plan, recorder, before)


def _in_threads(shop: Workshop, plan: Plan, recorder: Recorder, before: Earlier) -> None:
    runs = [CellRun(shop, cell, recorder, kept=before.kept, attempt=before.attempt) for cell in plan.cells]
    pool = ThreadPoolExecutor(max_workers=max(1, shop.settings.jobs), thread_name_prefix="cell")
    futures = [pool.submit(each.run) for each in runs]
    try:
        for future in as_completed(futures):
            future.result()
    except BaseException:
        interrupt_all(shop.ending, runs)
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


class Interruptible(Protocol):
    """What can be ended from another thread."""

    def interrupt(self) -> None:
        """End it now; it may be asked again."""


def interrupt_all(ending: threading.Event, runs: Sequence[Interruptible]) -> None:
    """End every cell's process; whoever presses Ctrl-C again meanwhile does not keep one of them alive."""
    ending.set()
    left = list(runs)
    while left:
        with contextlib.suppress(KeyboardInterrupt):
            end_all()
            while left:
                left[0].interrupt()
                left.pop(0)


def _header(settings: RunSettings, plan: Plan) -> RunHeader:
    return RunHeader(
        harness_version=__version__,
        started=now(),
        command=tuple(redact_text(word) for word in settings.command),
        selection={**selection_of(settings), "paths": list(paths_of(plan.cases))},
        matrix={"cells": [cell.id for cell in plan.cells], "shard": plan.shard, "whole": plan.whole},
        enforcement=ENFORCEMENT,
        pacing=settings.pacing,
        # The parsed scenario is what a recheck reads; the YAML it came from would only say it twice.
        scenarios={scenario.id: {**to_document(scenario), "document": {}} for scenario in plan.scenarios},
        checks=tuple(settings.checks or CHECKS),
        host={
            "python": platform.python_version(),
            "platform": f"{platform.system()} {platform.machine()}",
            "cores": os.cpu_count(),
        },
        index="stale" if plan.complaints else "fresh",
    )


class _LogFile(logging.FileHandler):
    """A log that nobody waits for: what a full disk has no room for is left out."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the base class's name
        """Say nothing: whatever matters is told where it matters."""

    def close(self) -> None:
        """Close the file, with what could be written."""
        with contextlib.suppress(OSError):
            super().close()


@contextlib.contextmanager
def _log_file(folder: Path) -> Iterator[None]:
    """Keep the run's log beside its results, where it can be written."""
    try:
        handler = _LogFile(folder / "run.log", encoding="utf-8")
    except OSError:
        yield
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(message)s"))
    logger.addHandler(handler)
    level = logger.level
    logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        handler.close()
