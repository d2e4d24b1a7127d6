"""Items come in the order in which they were added, and backwards."""

from __future__ import annotations

from typing import Any, List

from chatkit_harness.incell.exam import Examination

from . import models
from .bench import Bench
from .handle import Handle


async def order(exam: Examination, bench: Bench) -> None:
    """Ascending is the order of adding, descending its reverse, also among items of one time."""
    store = await bench.open()
    thread, items = await bench.filled(store, 7)
    await _both_ways(exam, store, thread, [item.id for item in items], "their times of creation grow")
    thread, _ = await bench.filled(store)
    at = models.moment()
    ids = sorted((store.new_id(thread) for _ in range(7)), reverse=True)
    for number in (1, 4):  # neither by id nor against it
        ids[number], ids[number + 1] = ids[number + 1], ids[number]
    same = [store.message(thread, "at once", id=each, created_at=at) for each in ids]
    await store.add(thread.id, *same)
    await _both_ways(exam, store, thread, ids, "their times of creation are equal")


async def _both_ways(exam: Examination, store: Handle, thread: Any, ids: List[str], when: str) -> None:
    ways = {"asc": ("in the order in which they were added", ids), "desc": ("the last one first", ids[::-1])}
    for way, (words, expected) in ways.items():
        page = await store.page(thread.id, limit=100, order=way)
        got = [item.id for item in page.data]
        exam.require(
            got == expected,
            "order",
            f'items do not come {words} with order "{way}", when {when}',
            added=ids,
            got=got,
        )
        first = await store.page(thread.id, limit=1, order=way)
        exam.require(
            [item.id for item in first.data] == expected[:1],
            "order",
            f'a page of one item does not begin where order "{way}" begins, when {when}',
            added=ids,
            got=[item.id for item in first.data],
        )
