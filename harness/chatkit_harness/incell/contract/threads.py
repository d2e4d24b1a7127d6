"""The list of threads: complete, in order, page by page, with their titles as they are now."""

from __future__ import annotations

from typing import Any, List

from chatkit_harness.incell.exam import Examination

from .bench import Bench
from .handle import Handle, walk
from .same import difference

COUNT = 5


async def threads(exam: Examination, bench: Bench) -> None:
    """Each thread is listed once at every size of page, the newest first or last."""
    store = await bench.open()
    made = [(await bench.filled(store, title=f"thread {number}"))[0] for number in range(COUNT)]
    ids = [thread.id for thread in made]
    for order, expected in (("asc", ids), ("desc", ids[::-1])):
        for size in (1, 2, COUNT - 1, COUNT, COUNT + 1):
            await _pages(exam, store, expected, size, order)
    await _as_they_are(exam, store, made)
    await store.delete_thread(ids[1])
    left = [each.id for each in await _listed(store, ids)]
    exam.require(
        left == [each for each in ids if each != ids[1]],
        "threads-deleted",
        "a deleted thread is still listed, or more is gone",
        left=left,
    )


async def _pages(exam: Examination, store: Handle, expected: List[str], size: int, order: str) -> None:
    found = await walk(store.threads, size, order)
    evidence = {"size": size, "order": order, "stored": expected, "got": found.ids}
    if not exam.require(
        not found.trouble, "threads-end", f"turning the pages ends badly: {found.trouble}", **evidence
    ):
        return
    own = [each for each in found.ids if each in expected]
    exam.require(
        own == expected, "threads", "the pages of threads are not all threads once, in order", **evidence
    )
    largest = max(len(page) for page in found.pages)
    exam.require(
        largest <= size, "threads-end", f"{size} threads were asked for, and {largest} came", **evidence
    )
    exam.require(
        len(found.pages) <= max(1, -(-len(found.ids) // size)),
        "threads-end",
        "a page of threads says that there is more, and there is none",
        **evidence,
    )


async def _as_they_are(exam: Examination, store: Handle, made: List[Any]) -> None:
    thread = made[2]
    thread.title, thread.metadata = "renamed", {"step": 2}
    await store.save_thread(thread)
    listed = {each.id: each for each in await _listed(store, [each.id for each in made])}
    for each in made:
        found = difference(each, listed.get(each.id))
        exam.require(not found, "threads-current", f"a thread is not listed as it is: {found}")
    found = difference(thread, await store.load_thread(thread.id))
    exam.require(not found, "threads-current", f"a renamed thread does not load as it is: {found}")


async def _listed(store: Handle, ids: List[str]) -> List[Any]:
    found = await walk(store.threads, 50, "asc")
    return [each for each in found.all if each.id in ids]
