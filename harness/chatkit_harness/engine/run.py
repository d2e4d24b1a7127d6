"""A run, top to bottom: plan, then every cell (resolve, build, drive, check), then causes and reports."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from chatkit_harness.cells.payload import payload
from chatkit_harness.core import events
from chatkit_harness.core.errors import ConfigurationError, did_you_mean
from chatkit_harness.environments.layers import Layers
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.uv import end_all
from chatkit_harness.upstream import ModelElsewhere, ReplayServer

from .cell import CellRun
from .executors import LOCAL
from .grounds import make_ground
from .journal import journal
from .locks import Locks
from .matrix import drive_matrix
from .plan import Plan, make_plan
from .plan_cell import PlannedCell
from .recorder import Recorder
from .resume import Earlier, earlier
from .running import require_answering
from .server_words import is_running
from .settings import RunSettings
from .undriven import require_driven
from .workshop import Workshop


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
    require_driven(settings, plan.own, plan.cases)
    before = earlier(settings)
    if is_running(settings.server):
        require_answering(settings)
    with journal(settings, plan, before, listener, packed=not _is_live(settings)) as recorder:
        if _is_live(settings):
            _all_cells(settings, plan, cache, recorder, before)
        else:
            drive_matrix(settings, plan, cache, recorder, before)
    return settings.out


def _placed(settings: RunSettings) -> RunSettings:
    """The settings with an executor that can do what they ask for: a process with threads does not fork.

    A server that runs elsewhere is one cell, which is nobody's to fork or to send away.
    """
    if is_running(settings.server):
        return replace(settings, executor="threads", isolation="process")
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
    with ReplayServer() as here:
        shop = Workshop(
            settings=settings,
            cases=plan.cases,
            locks=Locks(cache, plan.index),
            ground=make_ground(settings.isolation, cache, plan.index, copied, settings.env),
            payload=copied,
            upstream=ModelElsewhere(settings.upstream) if settings.upstream else here,
            logs=logs,
            cache=cache,
            lanes=max(1, settings.jobs // max(1, len(plan.cells))),
            spare=int(len(plan.cells) == 1 and not settings.jobs_named),
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
