from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from chatkit.store import NotFoundError
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    FileAttachment,
    HiddenContextItem,
    Page,
    Thread,
    ThreadMetadata,
)

from chatkit_harness.reference.context import RequestContext
from chatkit_harness.reference.store import MemoryStore

ANN, BOB = RequestContext(user_id="ann"), RequestContext(user_id="bob")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def thread(thread_id: str = "thr_1") -> ThreadMetadata:
    return ThreadMetadata(id=thread_id, created_at=NOON)


def message(item_id: str, text: str = "hello", thread_id: str = "thr_1") -> AssistantMessageItem:
    content = [AssistantMessageContent(text=text)]
    return AssistantMessageItem(id=item_id, thread_id=thread_id, created_at=NOON, content=content)


async def filled(*item_ids: str) -> MemoryStore:
    store = MemoryStore()
    await store.save_thread(thread(), ANN)
    for item_id in item_ids:
        await store.add_thread_item("thr_1", message(item_id), ANN)
    return store


async def pages(store: MemoryStore, limit: int, order: str) -> list[list[str]]:
    found, after = [], None
    while True:
        page = await store.load_thread_items("thr_1", after, limit, order, ANN)
        found.append([item.id for item in page.data])
        after = page.after
        if not page.has_more:
            return found


async def test_items_keep_their_order_and_come_in_pages() -> None:
    store = await filled("e", "d", "c", "b", "a")
    assert await pages(store, 2, "asc") == [["e", "d"], ["c", "b"], ["a"]]
    assert await pages(store, 2, "desc") == [["a", "b"], ["c", "d"], ["e"]]


async def test_a_full_last_page_has_nothing_behind_it() -> None:
    assert await pages(await filled("a", "b"), 2, "asc") == [["a", "b"]]


async def test_a_cursor_outlives_the_item_it_points_at() -> None:
    store = await filled("a", "b", "c")
    first = await store.load_thread_items("thr_1", None, 2, "asc", ANN)
    await store.delete_thread_item("thr_1", "b", ANN)
    await store.add_thread_item("thr_1", message("d"), ANN)
    rest = await store.load_thread_items("thr_1", first.after, 2, "asc", ANN)
    assert [item.id for item in rest.data] == ["c", "d"]


async def test_a_cursor_that_was_never_given_is_not_found() -> None:
    with pytest.raises(NotFoundError, match="nonsense"):
        await (await filled("a")).load_thread_items("thr_1", "nonsense", 2, "asc", ANN)


async def test_adding_an_item_again_replaces_it_where_it_stands() -> None:
    store = await filled("a", "b")
    await store.add_thread_item("thr_1", message("a", "changed"), ANN)
    page = await store.load_thread_items("thr_1", None, 9, "asc", ANN)
    assert [item.id for item in page.data] == ["a", "b"]
    assert page.data[0] == message("a", "changed")


async def test_what_was_loaded_is_nobodys_but_the_loaders() -> None:
    store = await filled("a")
    loaded = await store.load_item("thr_1", "a", ANN)
    loaded.thread_id = "elsewhere"
    assert await store.load_item("thr_1", "a", ANN) == message("a")


async def test_an_unknown_item_is_not_found_and_deleting_one_is_no_error() -> None:
    store = await filled("a")
    await store.delete_thread_item("thr_1", "never-stored", ANN)
    with pytest.raises(NotFoundError, match="never-stored"):
        await store.load_item("thr_1", "never-stored", ANN)


async def test_an_unknown_thread_is_not_found_in_every_way() -> None:
    store = MemoryStore()
    with pytest.raises(NotFoundError):
        await store.load_thread("thr_1", ANN)
    with pytest.raises(NotFoundError):
        await store.load_thread_items("thr_1", None, 5, "asc", ANN)
    with pytest.raises(NotFoundError):
        await store.add_thread_item("thr_1", message("a"), ANN)
    with pytest.raises(NotFoundError):
        await store.delete_thread("thr_1", ANN)


async def test_somebody_elses_thread_is_not_found() -> None:
    store = await filled("a")
    with pytest.raises(NotFoundError):
        await store.load_thread("thr_1", BOB)
    with pytest.raises(NotFoundError):
        await store.save_thread(thread(), BOB)
    assert (await store.load_threads(9, None, "desc", BOB)).data == []


async def test_a_deleted_thread_is_gone() -> None:
    store = await filled("a")
    await store.delete_thread("thr_1", ANN)
    assert (await store.load_threads(9, None, "asc", ANN)).data == []


async def test_threads_come_in_pages_and_keep_their_metadata() -> None:
    store = MemoryStore()
    for number in range(3):
        await store.save_thread(
            ThreadMetadata(id=f"thr_{number}", created_at=NOON, metadata={"n": number}), ANN
        )
    first = await store.load_threads(2, None, "desc", ANN)
    rest = await store.load_threads(2, first.after, "desc", ANN)
    assert [found.metadata["n"] for found in [*first.data, *rest.data]] == [2, 1, 0]


async def test_a_new_thread_may_arrive_with_its_items() -> None:
    # As chatkit up to 1.0.2 hands it over.
    store = MemoryStore()
    await store.save_thread(Thread(id="thr_1", created_at=NOON, items=Page()), ANN)
    assert type(await store.load_thread("thr_1", ANN)) is ThreadMetadata


async def test_a_new_title_keeps_the_items() -> None:
    store = await filled("a")
    await store.save_thread(ThreadMetadata(id="thr_1", created_at=NOON, title="TSLA"), ANN)
    assert (await store.load_thread("thr_1", ANN)).title == "TSLA"
    assert await pages(store, 9, "asc") == [["a"]]


async def test_the_oldest_thread_leaves_first() -> None:
    store = MemoryStore(max_threads=2)
    for number in range(3):
        await store.save_thread(thread(f"thr_{number}"), ANN)
    assert [found.id for found in (await store.load_threads(9, None, "asc", ANN)).data] == ["thr_1", "thr_2"]


def clock(times: list[float]) -> Callable[[], float]:
    return lambda: times[-1]


async def test_a_thread_that_nobody_writes_to_leaves_with_age() -> None:
    times = [0.0]
    store = MemoryStore(max_age_s=100, clock=clock(times))
    await store.save_thread(thread("old"), ANN)
    await store.save_thread(thread("thr_1"), ANN)
    times.append(80)
    await store.add_thread_item("thr_1", message("a"), ANN)
    times.append(150)
    assert [found.id for found in (await store.load_threads(9, None, "asc", ANN)).data] == ["thr_1"]


async def test_hidden_context_without_content_can_be_read_back() -> None:
    store = await filled()
    hidden = HiddenContextItem(id="h", thread_id="thr_1", created_at=NOON, content=None)
    await store.add_thread_item("thr_1", hidden, ANN)
    assert await store.load_item("thr_1", "h", ANN) == hidden


async def test_attachments_are_kept_until_they_are_deleted() -> None:
    store = MemoryStore()
    attachment = FileAttachment(id="atc_1", name="report.pdf", mime_type="application/pdf")
    await store.save_attachment(attachment, ANN)
    assert await store.load_attachment("atc_1", ANN) == attachment
    await store.delete_attachment("atc_1", ANN)
    with pytest.raises(NotFoundError, match="atc_1"):
        await store.load_attachment("atc_1", ANN)
