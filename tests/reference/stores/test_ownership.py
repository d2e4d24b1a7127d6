"""Whatever is somebody else's is not found, and so is what nobody has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from chatkit.store import NotFoundError
from tests.reference.stores.models import ANN, BOB, attachment, fill, message, pages, question, thread

from chatkit_harness.reference.context import RequestContext
from chatkit_harness.reference.stores import RowStore

Operation = Callable[[RowStore, RequestContext], Awaitable[Any]]

ON_A_THREAD: dict[str, Operation] = {
    "load_thread": lambda store, who: store.load_thread("thr_1", who),
    "load_thread_items": lambda store, who: store.load_thread_items("thr_1", None, 5, "asc", who),
    "add_thread_item": lambda store, who: store.add_thread_item("thr_1", message("b"), who),
    "save_item": lambda store, who: store.save_item("thr_1", message("a", "changed"), who),
    "load_item": lambda store, who: store.load_item("thr_1", "a", who),
    "delete_thread_item": lambda store, who: store.delete_thread_item("thr_1", "a", who),
    "delete_thread": lambda store, who: store.delete_thread("thr_1", who),
    "attachments_of": lambda store, who: store.attachments_of("thr_1", who),
}
ON_AN_ATTACHMENT: dict[str, Operation] = {
    "load_attachment": lambda store, who: store.load_attachment("atc_1", who),
    "delete_attachment": lambda store, who: store.delete_attachment("atc_1", who),
}
SAVING: dict[str, Operation] = {
    "save_thread": lambda store, who: store.save_thread(thread("thr_1", "mine now"), who),
    "save_attachment": lambda store, who: store.save_attachment(attachment("atc_1", "mine.pdf"), who),
}
ASKING = ON_A_THREAD | ON_AN_ATTACHMENT


@pytest.mark.parametrize("operation", ASKING)
async def test_what_nobody_has_is_not_found(store: RowStore, operation: str) -> None:
    with pytest.raises(NotFoundError):
        await ASKING[operation](store, ANN)


@pytest.mark.parametrize("operation", ASKING | SAVING)
async def test_what_is_somebody_elses_is_not_found_and_stays_as_it_is(
    store: RowStore, operation: str
) -> None:
    await fill(store, "a")
    await store.save_attachment(attachment(), ANN)
    await store.add_thread_item("thr_1", question("q", "atc_1"), ANN)
    with pytest.raises(NotFoundError):
        await (ASKING | SAVING)[operation](store, BOB)
    assert (await store.load_thread("thr_1", ANN)).title is None
    assert await pages(store) == [["a", "q"]]
    assert await store.load_item("thr_1", "a", ANN) == message("a")
    assert await store.load_attachment("atc_1", ANN) == attachment()


async def test_what_is_not_there_and_what_is_somebody_elses_sound_alike(store: RowStore) -> None:
    with pytest.raises(NotFoundError) as nobodys:
        await store.load_thread("thr_1", BOB)
    await fill(store)
    with pytest.raises(NotFoundError) as hers:
        await store.load_thread("thr_1", BOB)
    assert str(nobodys.value) == str(hers.value)


async def test_the_store_tells_whose_something_is(store: RowStore) -> None:
    await fill(store)
    await store.save_attachment(attachment(), BOB)
    assert await store.owner_of("thread", "thr_1") == "ann"
    assert await store.owner_of("attachment", "atc_1") == "bob"
    assert [await store.owner_of(kind, "none\0") for kind in ("thread", "attachment")] == [None, None]


async def test_nobody_hangs_anothers_attachment_on_their_own_thread(store: RowStore) -> None:
    await store.save_attachment(attachment(), BOB)
    await fill(store)
    await store.add_thread_item("thr_1", question("q", "atc_1"), ANN)
    assert await store.attachments_of("thr_1", ANN) == []
    await store.delete_thread("thr_1", ANN)
    assert await store.load_attachment("atc_1", BOB) == attachment()
