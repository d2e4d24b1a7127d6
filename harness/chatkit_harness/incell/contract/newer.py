"""A newer chatkit has written rows that this one does not know: the others are still to be had."""

from __future__ import annotations

from functools import partial
from typing import Any, Dict

from chatkit.types import ThreadItemBase, ThreadMetadata
from pydantic import Field

from chatkit_harness.incell.exam import Examination, UnsupportedError

from .bench import Bench
from .handle import Handle, walk
from .outcome import Outcome, attempt
from .same import difference

KIND = "kind_of_a_later_release"


class LaterItem(ThreadItemBase):
    """An item as a later release might have it."""

    type: str = KIND
    content: Dict[str, Any] = Field(default_factory=lambda: {"later": [1, 2]})


class LaterThread(ThreadMetadata):
    """A thread in a state that a later release might have."""

    status: Any = None


async def newer_rows(exam: Examination, bench: Bench) -> None:
    """Pages show what this release knows; loading what it does not know is an error that names it."""
    store = await bench.open()
    thread, items = await bench.filled(store, 2)
    later = LaterItem(id=store.new_id(thread), thread_id=thread.id, created_at=items[0].created_at)
    refused = await attempt(store.add(thread.id, later))
    if refused.error is not None:
        raise UnsupportedError(f"the store takes only items that this release knows ({refused.told})")
    items.append(store.message(thread, "after it"))
    await store.add(thread.id, items[-1])
    plain, known = await bench.filled(store, 4)
    for order in ("asc", "desc"):
        for size in (1, 2, 10):
            if len(set((await walk(partial(store.page, plain.id), size, order)).ids)) != len(known):
                continue  # it does not page at that size at all, which is another exam's to tell
            expected = [item.id for item in (items if order == "asc" else items[::-1])]
            asked = {"size": size, "order": order, "expected": expected}
            came = await attempt(walk(partial(store.page, thread.id), size, order))
            _judge(exam, came, later.id, asked)
    await _alone(exam, store, thread.id, later)
    await _listed(exam, bench, store)


def _judge(exam: Examination, came: Outcome, later_id: str, asked: Dict[str, Any]) -> None:
    if not exam.require(
        came.error is None,
        "newer-page",
        f"an item that this release does not know takes the whole page with it: {came.told}",
        **asked,
    ):
        return
    got = [each for each in came.value.ids if each != later_id]
    exam.require(
        got == asked["expected"],
        "newer-page",
        "beside an item that this release does not know, the others are not all there once",
        got=got,
        **asked,
    )


async def _alone(exam: Examination, store: Handle, thread_id: str, later: Any) -> None:
    came = await attempt(store.item(thread_id, later.id))
    if came.error is None:
        exam.require(
            came.value is not None and not difference(later, came.value),
            "newer-item",
            f"an item that this release does not know is loaded as something else, silently: {came.told}",
        )
        return
    words = str(came.error)
    exam.require(
        later.id in words or KIND in words,
        "newer-item",
        f"the error for an item that this release does not know does not name it: {came.told}",
    )
    exam.require(
        not came.not_found,
        "newer-item",
        f"an item that this release does not know is said not to be there: {came.told}",
    )


async def _listed(exam: Examination, bench: Bench, store: Handle) -> None:
    """The same for a thread in a state that this release does not know."""
    before, _ = await bench.filled(store)
    later = LaterThread(id=store.new_thread().id, created_at=before.created_at, status={"type": KIND})
    store.remember("thread", later.id)
    if (await attempt(store.save_thread(later))).error is not None:
        return
    after, _ = await bench.filled(store)
    came = await attempt(walk(store.threads, 50, "desc"))
    if not exam.require(
        came.error is None,
        "newer-page",
        f"a thread in a state that this release does not know takes the whole list with it: {came.told}",
    ):
        return
    got = [each for each in came.value.ids if each in (before.id, after.id)]
    exam.require(
        got == [after.id, before.id],
        "newer-page",
        "beside a thread in a state that this release does not know, the others are not all listed once",
        got=got,
    )
