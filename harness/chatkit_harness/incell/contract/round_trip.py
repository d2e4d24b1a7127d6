"""What is stored comes back as it was, whatever is in it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any, List

from chatkit.types import Page, Thread

from chatkit_harness.incell.exam import Examination

from .bench import Bench
from .handle import Handle
from .kinds import STATES, TEXT, samples
from .same import difference

_HALF_PAST = timezone(timedelta(hours=5, minutes=30))
TIMES = [
    datetime(2026, 3, 29, 2, 30, 0, 123456, tzinfo=timezone.utc),
    datetime(2026, 3, 29, 2, 30, 0, 1, tzinfo=_HALF_PAST),
    datetime(2026, 10, 25, 2, 30, 59, 999999),  # noqa: DTZ001  # chatkit itself makes times without a zone
    datetime(2026, 10, 25, 2, 30, 59, tzinfo=timezone(-timedelta(hours=3))),
]
"""Times of creation: with and without microseconds, with and without a zone."""
MEGABYTE = "0123456789 株価 é 🚀\n" * 45_000


async def round_trip(exam: Examination, bench: Bench) -> None:
    """Threads and items of every kind come back with every field."""
    store = await bench.open()
    await _threads(exam, store)
    thread, _ = await bench.filled(store)
    await _items(exam, store, thread, samples(store, thread), "item-kept")
    times = [store.message(thread, f"at {at.isoformat()}", created_at=at) for at in TIMES]
    await _items(exam, store, thread, times, "time-kept")
    long = store.message(thread, MEGABYTE)
    await _items(exam, store, thread, [long], "long-text-kept")
    odd = [
        store.message(thread, text)
        for text in ("", " ", "a\x00b", "\\u0000", "null", "\ufeff\uffff\U0010ffff")
    ]
    await _items(exam, store, thread, odd, "odd-text-kept")


async def _threads(exam: Examination, store: Handle) -> None:
    nested = {"text": TEXT, "nested": {"list": [1, 2.5, None, True, {"deep": TEXT}]}, "": "", "big": 2**60}
    for state in STATES:
        thread = store.new_thread(
            title=TEXT, status=state, metadata=nested, allowed_image_domains=["example.com"]
        )
        await _thread(exam, store, thread, "thread-kept")
    for at in TIMES:
        await _thread(exam, store, store.new_thread(created_at=at), "time-kept")
    await _thread(exam, store, store.new_thread(), "thread-kept")
    await _bare(exam, store)


async def _bare(exam: Examination, store: Handle) -> None:
    """A thread is loaded without its items: chatkit adds a page of them, and cannot add a second one.

    Up to chatkit 1.0.2 a new thread is saved with a page of items, and a server may do so on any release.
    """
    thread = store.new_thread()
    whole = Thread(**thread.model_dump(), items=Page(data=[store.message(thread, TEXT)]))
    await store.save_thread(whole)
    loaded = await store.load_thread(thread.id)
    exam.require(
        "items" not in loaded.model_dump(),
        "thread-bare",
        "a thread that was saved with a page of items comes back with it, and chatkit cannot show it",
    )


async def _thread(exam: Examination, store: Handle, thread: Any, rule: str) -> None:
    await store.save_thread(thread)
    found = difference(thread, await store.load_thread(thread.id))
    exam.require(not found, rule, f"a thread does not come back as it was saved: {found}")


async def _items(exam: Examination, store: Handle, thread: Any, items: List[Any], rule: str) -> None:
    await store.add(thread.id, *items)
    listed = {item.id: item for item in await store.items(thread.id)}
    for item in items:
        shown = f"{item.type} ({type(item).__name__})"
        found = difference(item, await store.item(thread.id, item.id))
        exam.require(not found, rule, f"a {shown} does not come back from load_item as it was: {found}")
        found = difference(item, listed.get(item.id))
        exam.require(not found, rule, f"a {shown} does not come back in a page as it was: {found}")
