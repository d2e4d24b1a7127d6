"""A run's folder while it is written: from its header to its footer and reports."""

from __future__ import annotations

import contextlib
import logging
import os
import platform
import time
from collections.abc import Iterator

from chatkit_harness import __version__
from chatkit_harness.causes.reproduce import options_of_run
from chatkit_harness.checks import CHECKS
from chatkit_harness.core import events
from chatkit_harness.core.codec import to_document
from chatkit_harness.reports import write_reports
from chatkit_harness.results import ResultsWriter, RunHeader, read_results

from .cases import paths_of
from .plan import Plan
from .recorder import Recorder, now
from .resume import Earlier
from .selection import selection_of, told_command
from .settings import RunSettings

ENFORCEMENT = "audit hook in each cell, and Landlock (TCP) where its kernel has it"
"""What is meant to hold, before the first cell has told what does."""
logger = logging.getLogger("chatkit_harness")


@contextlib.contextmanager
def journal(
    settings: RunSettings, plan: Plan, before: Earlier, listener: events.Listener, *, packed: bool
) -> Iterator[Recorder]:
    """The recorder of a run; whatever ends the run, what is finished can be read and drawn."""
    with ResultsWriter(settings.out, packed=packed, resume=settings.resume) as writer, _log_file(settings):
        began = time.monotonic()
        recorder = _begun(settings, plan, before, writer, listener)
        interrupted = True
        try:
            yield recorder
            interrupted = False
        finally:
            writer.footer(recorder.footer(interrupted=interrupted))
            listener(events.RunFinished(seconds=time.monotonic() - began, interrupted=interrupted))
            write_reports(read_results(settings.out), settings.out)


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
    options = options_of_run(header.selection)
    recorder = Recorder(writer, listener, complaints, started=header.started, options=options)
    recorder.know(before.cells, before.cases)
    for note in [*map(str, plan.complaints), *plan.notes, *before.notes]:
        listener(events.Note(text=note))
    return recorder


def _brought(plan: Plan) -> dict[str, list[str]]:
    """What the projects of the user's own put into every cell; an environment that stands has its own."""
    own = plan.own
    if all(cell.standing is not None or cell.running for cell in plan.cells):
        return {}
    brought = [each for each in own.requirements if each not in own.asked]
    return {"brought": brought} if brought else {}


def _header(settings: RunSettings, plan: Plan) -> RunHeader:
    return RunHeader(
        harness_version=__version__,
        started=now(),
        command=told_command(settings.command),
        selection={**selection_of(settings), "paths": list(paths_of(plan.cases)), **_brought(plan)},
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
def _log_file(settings: RunSettings) -> Iterator[None]:
    """Keep the run's log beside its results, where it can be written."""
    try:
        handler = _LogFile(settings.out / "run.log", encoding="utf-8")
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
