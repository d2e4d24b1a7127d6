"""What an executor's process does with an order: drive its cells, and hand back what was found."""

from __future__ import annotations

import atexit
import pickle
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

from chatkit_harness.cells.payload import payload
from chatkit_harness.core.errors import OutputError
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.upstream import ReplayServer

from .cell import CellRun
from .grounds import Ground, make_ground
from .hearing import heard
from .locks import Locks
from .order import Common, Order
from .settings import Isolation
from .sink import Delivery, Tray
from .workshop import Workshop


class Bench:
    """What a process keeps from order to order: the model on loopback, and what cells are started from."""

    def __init__(self, common: Common) -> None:
        self.common = common
        self.cache = Cache(common.cache)
        self.index = Index(self.cache, common.index)
        self.upstream = ReplayServer()
        self.upstream.__enter__()
        self.payload = payload(self.cache)
        self.locks = Locks(self.cache, self.index)
        self._grounds: dict[Isolation, Ground] = {}

    def ground(self, isolation: Isolation) -> Ground:
        """What cells of that isolation are started from."""
        if isolation not in self._grounds:
            environ = self.common.settings.env
            self._grounds[isolation] = make_ground(isolation, self.cache, self.index, self.payload, environ)
        return self._grounds[isolation]

    def close(self) -> None:
        """End what was started."""
        for ground in self._grounds.values():
            ground.close()
        self.upstream.__exit__(None, None, None)


_own = threading.local()
_open: list[Bench] = []
"""A bench a thread: a process of a cluster may have several threads, and cells of a bench take turns."""


def work(order: Order) -> Delivery:
    """Drive an order's cells, one after the other; whatever becomes of one, the next ones are driven."""
    bench = _bench_of(order)
    with tempfile.TemporaryDirectory(prefix="chatkit-harness-logs-") as scratch:
        folder = bench.common.folder
        logs = Path(scratch) if folder is None else folder / "workers"
        _make(logs)
        tray = Tray(folder)
        shop = Workshop(
            settings=replace(bench.common.settings, isolation=order.isolation),
            cases=bench.common.cases,
            locks=bench.locks,
            ground=bench.ground(order.isolation),
            payload=bench.payload,
            upstream=bench.upstream,
            logs=logs,
            cache=bench.cache,
        )
        with heard() as log:
            for cell in order.cells:
                run = CellRun(
                    shop, cell.planned, tray,
                    lock=cell.lock, kept=cell.kept, only=cell.only, attempt=order.attempt,
                )  # fmt: skip
                run.run()
        return tray.delivery(sorted(logs.glob("*.log")) if folder is None else (), log=log)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        step = "Free space there, and go on with --resume."
        raise OutputError(str(folder), f"It cannot be made ({error.strerror}).", step) from None


def _bench_of(order: Order) -> Bench:
    """This thread's bench for the run that the order belongs to."""
    known: tuple[str, Bench] | None = getattr(_own, "bench", None)
    if known is not None and known[0] == order.key:
        return known[1]
    if known is not None:
        _open.remove(known[1])
        known[1].close()
    common: Common = pickle.loads(order.common)  # noqa: S301 - it comes from the run that we work for
    bench = Bench(common)
    _open.append(bench)
    _own.bench = order.key, bench
    return bench


def close_benches() -> None:
    """End what this process keeps."""
    while _open:
        _open.pop().close()
    _own.__dict__.clear()


atexit.register(close_benches)
