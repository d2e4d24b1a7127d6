"""The last page of a long thread is as cheap as the first, counted in work and not by the clock."""

from __future__ import annotations

import inspect
import sys
import threading
import tracemalloc
from dataclasses import dataclass
from typing import Any, Awaitable, Callable, Dict, Optional

from chatkit_harness.incell.exam import Examination

from .bench import Bench
from .handle import Handle

SHORT, LONG, PAGE = 20, 300, 5
"""Items of a short and of a long thread, and of a page of each."""
TEXT = "x" * 1000
"""What each item says, so that reading items that nobody asked for shows in memory."""
TIMES = 3
"""How often a page is measured; the cheapest counts, since the first time may set things up."""


@dataclass(frozen=True)
class Cost:
    """The work for one page: calls, bytes in use at most, and rows read where the store counts them."""

    calls: int
    peak: int
    rows: Optional[int]


class Counter:
    """Counts calls in this thread and in those that start after it was installed."""

    def __init__(self) -> None:
        self.calls, self._counts = 0, False

    def __enter__(self) -> Counter:
        threading.setprofile(self._seen)
        return self

    def __exit__(self, *_error: object) -> None:
        threading.setprofile(None)

    def _seen(self, _frame: Any, event: str, _what: Any) -> None:
        if self._counts and event in ("call", "c_call"):
            self.calls += 1

    async def count(self, work: Callable[[], Awaitable[Any]]) -> int:
        """The calls that a piece of work takes."""
        before = sys.getprofile()
        self.calls, self._counts = 0, True
        sys.setprofile(self._seen)
        try:
            await work()
        finally:
            sys.setprofile(before)
            self._counts = False
        return self.calls


async def page_cost(exam: Examination, bench: Bench) -> None:
    """A page takes about the same work wherever it is in a thread, however long that is."""
    with Counter() as counter:  # before the store is opened, whose threads are to be counted, too
        store = await bench.open()
        costs = await _measured(bench, store, counter)
    base = costs.pop("the first page of a short thread")
    more = LONG - SHORT
    for where, cost in costs.items():
        of_long, of_short = f"{where} of a thread of {LONG} items", f"of one of {SHORT} items"
        shown = {"page": where, "items": LONG, "cost": vars(cost), "short": vars(base)}
        exam.require(
            cost.calls - base.calls < more / 2,
            "page-cost",
            f"{of_long} takes {cost.calls} Python calls, {of_short} {base.calls}: it grows with the thread",
            **shown,
        )
        exam.require(
            cost.peak - base.peak < more * len(TEXT) / 2,
            "page-cost",
            f"{of_long} takes {cost.peak} bytes, {of_short} {base.peak}: it loads more than a page",
            **shown,
        )
        if cost.rows is not None and base.rows is not None:
            exam.require(
                cost.rows - base.rows <= PAGE,
                "page-cost",
                f"{of_long} reads {cost.rows} rows, {of_short} {base.rows}",
                **shown,
            )


async def _measured(bench: Bench, store: Handle, counter: Counter) -> Dict[str, Cost]:
    short, _ = await bench.filled(store, SHORT)
    long, _ = await bench.filled(store)
    for number in range(LONG):
        await store.add(long.id, store.message(long, f"{number} {TEXT}"))
    places = {
        "the first page of a short thread": (short, None, "asc"),
        "the first page": (long, None, "asc"),
        "the last page": (long, await _before_last(store, long, "asc"), "asc"),
        "the newest page": (long, None, "desc"),
        "the oldest page": (long, await _before_last(store, long, "desc"), "desc"),
    }
    costs = {}
    for name, (thread, after, order) in places.items():

        async def read(thread: Any = thread, after: Any = after, order: str = order) -> None:
            await store.page(thread.id, after=after, limit=PAGE, order=order)

        costs[name] = await _cost(store, counter, read)
    return costs


async def _before_last(store: Handle, thread: Any, order: str) -> Optional[str]:
    """The cursor of the last page."""
    after, seen = None, 0
    while seen < LONG - PAGE:
        page = await store.page(thread.id, after=after, limit=min(60, LONG - PAGE - seen), order=order)
        if not page.data or page.after is None:
            break
        after, seen = page.after, seen + len(page.data)
    return after


async def _cost(store: Handle, counter: Counter, work: Callable[[], Awaitable[Any]]) -> Cost:
    calls = min([await counter.count(work) for _ in range(TIMES)])
    before = await _rows(store)
    await work()
    after = await _rows(store)
    peak = min([await _peak(work) for _ in range(TIMES)])
    return Cost(calls, peak, None if before is None or after is None else after - before)


async def _rows(store: Handle) -> Optional[int]:
    """How many rows the store says that it has read so far."""
    method = getattr(store.store, "rows_read", None)
    if not callable(method):
        return None
    value = method()
    return int(await value if inspect.isawaitable(value) else value)


async def _peak(work: Callable[[], Awaitable[Any]]) -> int:
    """The bytes that a piece of work has in use at most."""
    traced = tracemalloc.is_tracing()
    if not traced:
        tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        await work()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        if not traced:
            tracemalloc.stop()
