"""Many writers at once, in one process: nothing is lost, doubled or passed over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tests.reference.stores.models import ANN, fill, message, pages, thread, thread_pages

from chatkit_harness.reference.stores import RowStore


async def reread(load: Callable[[str | None], Awaitable[Any]], writing: asyncio.Future[Any]) -> list[str]:
    """Follow the pages while others write, to the very end: what a reader has seen, in order."""
    seen: list[str] = []
    after: str | None = None
    while True:
        await asyncio.sleep(0)  # a store that never waits would let nobody write
        last = writing.done()
        page = await load(after)
        if page.has_more:
            seen += [each.id for each in page.data]
            after = page.after
        elif last:
            return seen + [each.id for each in page.data]


async def test_fifty_tasks_lose_nothing_and_double_nothing(store: RowStore) -> None:
    await fill(store)

    async def write(writer: int) -> None:
        for turn in range(4):
            await store.add_thread_item("thr_1", message(f"{writer}-{turn}"), ANN)
            await store.save_item("thr_1", message(f"{writer}-{turn}", "again"), ANN)

    await asyncio.gather(*(write(writer) for writer in range(50)))
    [found] = await pages(store, 1000)
    assert sorted(found) == sorted(f"{writer}-{turn}" for writer in range(50) for turn in range(4))
    for writer in range(50):
        own = [each for each in found if each.startswith(f"{writer}-")]
        assert own == sorted(own)


async def test_a_reader_misses_no_item_that_was_written_while_it_read(store: RowStore) -> None:
    await fill(store)
    writes = [store.add_thread_item("thr_1", message(f"{number}"), ANN) for number in range(300)]
    writing = asyncio.gather(*writes)
    seen = await reread(lambda after: store.load_thread_items("thr_1", after, 3, "asc", ANN), writing)
    await writing
    assert [seen] == await pages(store, 1000)
    assert len(seen) == 300


async def test_a_reader_misses_no_thread_that_was_created_while_it_read(store: RowStore) -> None:
    writing = asyncio.gather(*(store.save_thread(thread(f"{number}"), ANN) for number in range(300)))
    seen = await reread(lambda after: store.load_threads(3, after, "asc", ANN), writing)
    await writing
    assert [seen] == await thread_pages(store, 1000)
    assert len(seen) == 300


async def test_one_thread_is_made_once_by_many_who_save_it(store: RowStore) -> None:
    await asyncio.gather(*(store.save_thread(thread(), ANN) for _ in range(20)))
    assert await thread_pages(store) == [["thr_1"]]


async def test_deleting_a_thread_that_is_being_written_leaves_nothing_of_it(store: RowStore) -> None:
    await fill(store)
    writes = [store.add_thread_item("thr_1", message(f"{number}"), ANN) for number in range(40)]
    results = await asyncio.gather(
        *writes[:20], store.delete_thread("thr_1", ANN), *writes[20:], return_exceptions=True
    )
    assert {type(each).__name__ for each in results} <= {"NoneType", "NotFoundError"}
    await store.save_thread(thread(), ANN)
    assert await pages(store) == [[]]


async def test_threads_of_the_process_may_share_a_store(store: RowStore) -> None:
    await fill(store)

    def write(writer: int) -> None:
        async def some() -> None:
            for turn in range(10):
                await store.add_thread_item("thr_1", message(f"{writer}-{turn}"), ANN)

        asyncio.run(some())

    await asyncio.gather(*(asyncio.to_thread(write, writer) for writer in range(4)))
    [found] = await pages(store, 1000)
    assert sorted(found) == sorted(f"{writer}-{turn}" for writer in range(4) for turn in range(10))


async def test_the_loop_goes_on_while_the_store_works(store: RowStore) -> None:
    await fill(store)
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            beats += 1
            await asyncio.sleep(0)

    heart = asyncio.ensure_future(beat())
    for number in range(20):
        await store.add_thread_item("thr_1", message(f"{number}"), ANN)
    heart.cancel()
    assert beats > 0 or not store.durable
