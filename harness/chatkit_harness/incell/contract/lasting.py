"""Whether a store is durable at all: what is saved with one handle is there for another, and later."""

from __future__ import annotations

from typing import Any, Dict, List

from chatkit_harness.incell.exam import Examination

from . import models
from .bench import Bench
from .children import last
from .handle import Handle
from .outcome import attempt, supported
from .same import difference, plain_difference

NOTHING_SHOWN = (
    "{where} finds nothing of what was stored: if the store is meant to live in one process only, "
    "set `durable = False` on its class; else two workers of a server would not see each other's threads"
)


async def lasts(exam: Examination, bench: Bench, store: Handle) -> bool:
    """Whether the store, opened again, has what this handle stores: a breach where it has not.

    Raises UnsupportedError where the store says that it is not durable.
    """
    bench.require_durable(store)
    thread, _ = await bench.filled(store)
    again = await bench.open()
    found = await attempt(again.load_thread(thread.id))
    return exam.require(
        found.error is None and found.value is not None,
        "durable",
        NOTHING_SHOWN.format(where="the store, opened a second time,"),
        answer=found.told,
    )


async def forgets(exam: Examination, bench: Bench) -> None:
    """A store that is opened anew has everything, in this process and in another."""
    store = await bench.open()
    if not await lasts(exam, bench, store):
        return
    thread, items = await bench.filled(store, 4, title="kept", metadata={"kept": True})
    items[1] = store.message(thread, "changed", id=items[1].id, created_at=items[1].created_at)
    await store.save(thread.id, items[1])
    await store.delete_item(thread.id, items[2].id)
    del items[2]
    attachment = models.attachment(store.new_id(thread))
    attaches = await supported(store.save_attachment(attachment))
    await bench.shut(store)
    await _other_process(exam, bench, thread, items)
    again = await bench.open()
    again.remember("thread", thread.id)
    found = difference(thread, await again.load_thread(thread.id))
    exam.require(not found, "durable", f"a thread is another when the store is opened anew: {found}")
    listed = {each.id for each in (await again.threads(limit=100)).data}
    exam.require(thread.id in listed, "durable", "a thread is no longer listed when the store is opened anew")
    _compare(exam, items, await again.items(thread.id))
    if attaches:
        kept = await attempt(again.attachment(attachment.id))
        found = kept.told if kept.error else plain_difference(attachment, kept.value)
        exam.require(not found, "durable", f"an attachment is another when the store is opened anew: {found}")


def _compare(exam: Examination, items: List[Any], got: List[Any]) -> None:
    expected = [item.id for item in items]
    ids = [item.id for item in got]
    if exam.require(
        ids == expected,
        "durable",
        "the items are others when the store is opened anew",
        expected=expected,
        got=ids,
    ):
        for item, each in zip(items, got, strict=True):
            found = difference(item, each)
            exam.require(not found, "durable", f"an item is another when the store is opened anew: {found}")


async def _other_process(exam: Examination, bench: Bench, thread: Any, items: List[Any]) -> None:
    said = await bench.child("read", thread=thread.id).lines()
    if not answered(exam, said, "durable"):
        return
    title = (last(said, "thread") or {}).get("title")
    exam.require(title == "kept", "durable", "another process finds another thread", title=title)
    got = last(said, "items") or []
    expected = [item.model_dump(mode="json") for item in items]
    exam.require(
        [_essence(each) for each in got] == [_essence(each) for each in expected],
        "durable",
        "another process finds other items",
        expected=[item.id for item in items],
        got=[item["id"] for item in got],
    )


def answered(exam: Examination, said: List[Dict[str, Any]], rule: str) -> bool:
    """Whether a child did its work: a breach where the store would not let it."""
    raised = last(said, "raised")
    if raised is None:
        ended = said[-1].get("ended", "")
        return exam.require(not ended, rule, f"another process could not work on the store: {ended}")
    if raised.startswith("NotFoundError") and last(said, "doing") == "load_thread()":
        return exam.require(False, rule, NOTHING_SHOWN.format(where="another process"))
    doing = last(said, "doing")
    return exam.require(False, rule, f"in another process, {f'{doing} raised ' if doing else ''}{raised}")


def _essence(item: Dict[str, Any]) -> Dict[str, Any]:
    return {key: value for key, value in item.items() if key != "created_at"}
