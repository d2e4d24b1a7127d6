"""Ids are unique and each thread's own; an item stays where it is when it is saved again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, List

from chatkit_harness.incell.exam import Examination, UnsupportedError

from . import models
from .bench import Bench
from .children import last
from .handle import Handle
from .same import difference

COUNT = 200


async def ids(exam: Examination, bench: Bench) -> None:
    """No id is made twice, by whatever process; one that two threads use belongs to each of them."""
    store = await bench.open()
    thread, _ = await bench.filled(store)
    made = [store.new_thread().id for _ in range(COUNT)]
    exam.require(len(set(made)) == COUNT, "id-unique", "generate_thread_id gives an id twice", ids=made)
    items: List[str] = []
    for kind in ("assistant_message", *models.ID_TYPES):
        items.extend(store.new_id(thread, kind) for _ in range(COUNT))
    twice = sorted({each for each in items if items.count(each) > 1})
    exam.require(not twice, "id-unique", "generate_item_id gives an id twice", ids=twice)
    await _in_two_threads(exam, bench, store)
    if not bench.says_volatile(store):
        await _of_two_processes(exam, bench)


async def _in_two_threads(exam: Examination, bench: Bench, store: Handle) -> None:
    one, (item,) = await bench.filled(store, 1)
    other, _ = await bench.filled(store)
    twin = store.message(other, "the other thread's", id=item.id)
    await store.add(other.id, twin)
    for thread, own in ((one, item), (other, twin)):
        listed = [each for each in await store.items(thread.id) if each.id == own.id]
        found = difference(own, listed[0]) if len(listed) == 1 else f"it is listed {len(listed)} times"
        found = found or difference(own, await store.item(thread.id, own.id))
        exam.require(
            not found,
            "id-own",
            f"an item with an id that another thread uses too is not kept: {found}",
            id=own.id,
        )
    await store.delete_item(other.id, item.id)
    left = [each.id for each in await store.items(one.id)]
    exam.require(
        left == [item.id],
        "id-own",
        "deleting an item deletes the one with its id in another thread, too",
        left=left,
    )


async def _of_two_processes(exam: Examination, bench: Bench) -> None:
    """Two fresh processes: what counts from one in each of them shows."""
    try:
        said = [await child.lines() for child in [bench.child("ids", count=COUNT) for _ in range(2)]]
    except UnsupportedError:
        return
    for kind in ("threads", "items"):
        one, other = [set(last(lines, kind) or ()) for lines in said]
        both = sorted(one & other)
        exam.require(not both, "id-unique", f"two processes make the same ids for {kind}", ids=both)


async def upsert(exam: Examination, bench: Bench) -> None:
    """An item that is saved again is replaced where it stands; saving a thread leaves its items."""
    store = await bench.open()
    thread, items = await bench.filled(store, 5)
    placed, place = [item.id for item in items], _Place(exam, store, thread)
    changed = store.message(thread, "changed", id=placed[2], created_at=items[2].created_at)
    await store.save(thread.id, changed)
    await place.holds(placed, changed, "save_item")
    again = store.message(thread, "added again", id=placed[1], created_at=items[1].created_at)
    await store.add(thread.id, again)
    await place.holds(placed, again, "add_thread_item, called a second time,")
    new = store.message(thread, "saved, and never added")
    await store.save(thread.id, new)
    await place.holds([*placed, new.id], new, "save_item of a new item")
    call = store.new_item("client_tool_call", thread, call_id="c", name="look", arguments={})
    await store.add(thread.id, call)
    answered = call.model_copy(update={"status": "completed", "output": [1]})
    await store.save(thread.id, answered)
    await place.holds([*placed, new.id, call.id], answered, "save_item of a tool's answer")
    thread.title = "another title"
    await store.save_thread(thread)
    kept = [item.id for item in await store.items(thread.id)]
    exam.require(
        kept == [*placed, new.id, call.id],
        "upsert-thread",
        "saving a thread changes its items",
        expected=[*placed, new.id, call.id],
        got=kept,
    )


@dataclass(frozen=True)
class _Place:
    """A thread whose items are to stand as expected."""

    exam: Examination
    store: Handle
    thread: Any

    async def holds(self, expected: List[str], item: Any, what: str) -> None:
        """Whether exactly these items stand there in order, and this one is as it was given."""
        got = [each.id for each in await self.store.items(self.thread.id)]
        words = f"{what} does not leave the items as they stand"
        self.exam.require(got == expected, "upsert", words, expected=expected, got=got)
        found = difference(item, await self.store.item(self.thread.id, item.id))
        self.exam.require(not found, "upsert", f"{what} does not store what it was given: {found}")
