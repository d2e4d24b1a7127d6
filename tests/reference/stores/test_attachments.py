"""Attachments' metadata: kept until they are deleted, and gone with their thread."""

from __future__ import annotations

import pytest
from chatkit.store import NotFoundError
from tests.reference.stores.models import ANN, attachment, fill, message, question

from chatkit_harness.reference.stores import RowStore


async def with_attachments(store: RowStore, *attachment_ids: str) -> RowStore:
    for attachment_id in attachment_ids:
        await store.save_attachment(attachment(attachment_id), ANN)
    return await fill(store)


async def test_attachments_are_kept_until_they_are_deleted(store: RowStore) -> None:
    await store.save_attachment(attachment(), ANN)
    assert await store.load_attachment("atc_1", ANN) == attachment()
    await store.delete_attachment("atc_1", ANN)
    with pytest.raises(NotFoundError, match="atc_1"):
        await store.load_attachment("atc_1", ANN)


async def test_an_attachment_that_is_saved_again_is_replaced(store: RowStore) -> None:
    await store.save_attachment(attachment(), ANN)
    await store.save_attachment(attachment("atc_1", "second.pdf"), ANN)
    assert (await store.load_attachment("atc_1", ANN)).name == "second.pdf"


async def test_attachments_leave_with_the_thread_whose_messages_hold_them(store: RowStore) -> None:
    await with_attachments(store, "atc_1", "atc_2", "unsent")
    await store.add_thread_item("thr_1", question("q", "atc_2", "atc_1"), ANN)
    assert await store.attachments_of("thr_1", ANN) == ["atc_1", "atc_2"]
    await store.delete_thread("thr_1", ANN)
    assert await store.load_attachment("unsent", ANN) == attachment("unsent")
    for gone in ("atc_1", "atc_2"):
        with pytest.raises(NotFoundError):
            await store.load_attachment(gone, ANN)


async def test_attachments_of_a_deleted_message_leave_with_the_thread(store: RowStore) -> None:
    await with_attachments(store, "atc_1")
    await store.add_thread_item("thr_1", question("q", "atc_1"), ANN)
    await store.delete_thread_item("thr_1", "q", ANN)
    assert await store.attachments_of("thr_1", ANN) == ["atc_1"]


async def test_an_attachment_in_two_threads_leaves_with_the_second(store: RowStore) -> None:
    await with_attachments(store, "atc_1")
    await fill(store, thread_id="thr_2")
    await store.add_thread_item("thr_1", question("q", "atc_1"), ANN)
    await store.add_thread_item("thr_2", question("q", "atc_1", thread_id="thr_2"), ANN)
    assert await store.attachments_of("thr_1", ANN) == []
    await store.delete_thread("thr_1", ANN)
    assert await store.attachments_of("thr_2", ANN) == ["atc_1"]
    await store.delete_thread("thr_2", ANN)
    with pytest.raises(NotFoundError):
        await store.load_attachment("atc_1", ANN)


async def test_a_deleted_attachment_hangs_on_nothing_any_more(store: RowStore) -> None:
    await with_attachments(store, "atc_1")
    await store.add_thread_item("thr_1", question("q", "atc_1"), ANN)
    await store.delete_attachment("atc_1", ANN)
    assert await store.attachments_of("thr_1", ANN) == []
    assert (await store.load_item("thr_1", "q", ANN)).id == "q"


async def test_a_thread_without_attachments_has_none(store: RowStore) -> None:
    await fill(store, "a")
    await store.add_thread_item("thr_1", message("b"), ANN)
    assert await store.attachments_of("thr_1", ANN) == []
