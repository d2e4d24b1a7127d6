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
from pathlib import Path
from typing import Protocol

from chatkit_harness import __version__
from chatkit_harness.cells.cache import Cache
from chatkit_harness.cells.index import Index
from chatkit_harness.cells.uv import end_all
from chatkit_harness.checks import CHECKS
from chatkit_harness.core import events
from chatkit_harness.core.codec import to_document
from chatkit_harness.core.redaction import redact_text
from chatkit_harness.reports import write_reports
from chatkit_harness.results import ResultsWriter, RunHeader, read_results
from chatkit_harness.upstream import ReplayServer

from .cases import paths_of
from .cell import CellRun, Workshop
from .plan import Plan, make_plan
from .recorder import Recorder, now
from .settings import RunSettings

ENFORCEMENT = "audit hook in each cell's process: connections and look-ups other than loopback are refused"
logger = logging.getLogger("chatkit_harness")


def run(settings: RunSettings, listener: events.Listener) -> Path:
    """Do the run and return its folder, in which results, transcripts, reports and logs lie.

    Raises UsageError and UnavailableError before anything is written where nothing can be run. After
    Ctrl-C what is finished has been written, the footer says so, and KeyboardInterrupt goes on.
    """
    cache = Cache(settings.cache)
    plan = make_plan(settings, Index(cache, settings.index))
    with ResultsWriter(settings.out) as writer, _log_file(settings.out):
        began = time.monotonic()
        writer.header(_header(settings, plan))
        listener(events.RunPlanned(cells=len(plan.cells), cases=len(plan.cells) * len(plan.cases)))
        recorder = Recorder(writer, listener, [each.as_document() for each in plan.complaints])
        for complaint in plan.complaints:
            listener(events.Note(text=str(complaint)))
        for note in plan.notes:
            listener(events.Note(text=note))
        interrupted = True
        try:
            with ReplayServer() as upstream:
                _all_cells(Workshop.open(settings, plan, cache, upstream), plan, recorder)
            interrupted = False
        finally:
            # Whatever ended the run, what is finished can be read and drawn.
            writer.footer(recorder.footer(interrupted=interrupted))
            listener(events.RunFinished(seconds=time.monotonic() - began, interrupted=interrupted))
            write_reports(read_results(settings.out), settings.out)
    return settings.out


def _all_cells(workshop: Workshop, plan: Plan, recorder: Recorder) -> None:
    """Every cell, some at a time; Ctrl-C or a bug ends the cells' processes and is raised."""
    runs = [CellRun(workshop, cell, recorder) for cell in plan.cells]
    pool = ThreadPoolExecutor(max_workers=max(1, workshop.settings.jobs), thread_name_prefix="cell")
    futures = [pool.submit(each.run) for each in runs]
    try:
        for future in as_completed(futures):
            future.result()
    except BaseException:
        interrupt_all(workshop.ending, runs)
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
        selection={
            "chatkit": settings.chatkit,
            "agents": settings.agents,
            "pairs": list(settings.pairs),
            "python": settings.python,
            "resolution": settings.resolution,
            "scenarios": list(settings.scenarios),
            "paths": list(paths_of(plan.cases)),
            "server": settings.server,
            "workflow": settings.workflow,
            "answers": str(settings.answers.name) if settings.answers else None,
            "with": list(settings.extras),
        },
        matrix={"cells": [cell.id for cell in plan.cells]},
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


@contextlib.contextmanager
def _log_file(folder: Path) -> Iterator[None]:
    """Keep the run's log beside its results."""
    handler = logging.FileHandler(folder / "run.log", encoding="utf-8")
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
