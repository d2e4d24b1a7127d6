"""The store in memory stays within its bounds."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from chatkit.store import NotFoundError
from tests.reference.stores.models import ANN, attachment, fill, message, question, thread, thread_pages

from chatkit_harness.reference.stores import MemoryStore


def clock(times: list[float]) -> Callable[[], float]:
    return lambda: times[-1]


async def test_the_oldest_thread_leaves_first_with_what_hangs_on_it() -> None:
    store = MemoryStore(max_threads=2)
    await store.save_attachment(attachment(), ANN)
    await fill(store, thread_id="thr_0")
    await store.add_thread_item("thr_0", question("q", "atc_1", thread_id="thr_0"), ANN)
    for number in (1, 2):
        await store.save_thread(thread(f"thr_{number}"), ANN)
    assert await thread_pages(store) == [["thr_1", "thr_2"]]
    with pytest.raises(NotFoundError):
        await store.load_attachment("atc_1", ANN)


async def test_a_thread_that_nobody_writes_to_leaves_with_age() -> None:
    times = [0.0]
    store = MemoryStore(max_age_s=100, clock=clock(times))
    await store.save_thread(thread("old"), ANN)
    await store.save_thread(thread("thr_1"), ANN)
    times.append(80)
    await store.add_thread_item("thr_1", message("a"), ANN)
    times.append(150)
    assert await thread_pages(store) == [["thr_1"]]


async def test_attachments_that_nobody_sends_leave_first() -> None:
    store = MemoryStore(max_attachments=2)
    for number in range(3):
        await store.save_attachment(attachment(f"atc_{number}"), ANN)
    assert (await store.load_attachment("atc_1", ANN)).id == "atc_1"
    with pytest.raises(NotFoundError):
        await store.load_attachment("atc_0", ANN)


async def test_a_thread_that_comes_later_leaves_later() -> None:
    times = [0.0]
    store = MemoryStore(max_age_s=100, clock=clock(times))
    seen = []
    for now in (0, 60, 101, 161, 300):
        times.append(now)
        await store.save_thread(thread(f"at {now}"), ANN)
        seen += await thread_pages(store)
    assert seen == [["at 0"], ["at 0", "at 60"], ["at 60", "at 101"], ["at 101", "at 161"], ["at 300"]]


async def test_another_process_does_not_see_it() -> None:
    assert MemoryStore.durable is False
