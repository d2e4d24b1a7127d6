"""What each store does, seen through chatkit's own methods."""

from __future__ import annotations

import pytest
from chatkit.store import NotFoundError
from chatkit.types import HiddenContextItem, Page, Thread, ThreadMetadata
from tests.reference.stores.models import ANN, BOB, NOON, fill, message, pages, thread, thread_pages

from chatkit_harness.reference.stores import RowStore


async def test_items_keep_their_order_and_come_in_pages(store: RowStore) -> None:
    await fill(store, "e", "d", "c", "b", "a")
    assert await pages(store, 2, "asc") == [["e", "d"], ["c", "b"], ["a"]]
    assert await pages(store, 2, "desc") == [["a", "b"], ["c", "d"], ["e"]]


async def test_a_full_last_page_has_nothing_behind_it(store: RowStore) -> None:
    assert await pages(await fill(store, "a", "b"), 2) == [["a", "b"]]


async def test_a_page_is_neither_repeated_nor_shifted_by_what_is_written_meanwhile(store: RowStore) -> None:
    await fill(store, "a", "b", "c", "d")
    first = await store.load_thread_items("thr_1", None, 2, "desc", ANN)
    await store.add_thread_item("thr_1", message("e"), ANN)
    await store.save_item("thr_1", message("a", "again"), ANN)
    rest = await store.load_thread_items("thr_1", first.after, 2, "desc", ANN)
    assert [item.id for item in [*first.data, *rest.data]] == ["d", "c", "b", "a"]


async def test_a_cursor_outlives_the_item_it_points_at(store: RowStore) -> None:
    await fill(store, "a", "b", "c")
    first = await store.load_thread_items("thr_1", None, 2, "asc", ANN)
    await store.delete_thread_item("thr_1", "b", ANN)
    await store.add_thread_item("thr_1", message("d"), ANN)
    rest = await store.load_thread_items("thr_1", first.after, 2, "asc", ANN)
    assert [item.id for item in rest.data] == ["c", "d"]


async def test_a_number_is_never_given_twice(store: RowStore) -> None:
    await fill(store, "a", "b", "c")
    first = await store.load_thread_items("thr_1", None, 2, "asc", ANN)
    for gone in ("b", "c"):
        await store.delete_thread_item("thr_1", gone, ANN)
    await store.add_thread_item("thr_1", message("d"), ANN)
    rest = await store.load_thread_items("thr_1", first.after, 2, "asc", ANN)
    assert [item.id for item in rest.data] == ["d"]


@pytest.mark.parametrize("after", ["nonsense", "-1", "", "1.5", "٣", "9" * 30, "a' OR '1'='1"])
async def test_a_cursor_that_was_never_given_is_not_found(store: RowStore, after: str) -> None:
    await fill(store, "a")
    with pytest.raises(NotFoundError, match="cursor"):
        await store.load_thread_items("thr_1", after, 2, "asc", ANN)


@pytest.mark.parametrize(("limit", "shown"), [(0, 1), (-5, 1), (10**30, 3)])
async def test_a_limit_that_makes_no_sense_is_brought_into_bounds(
    store: RowStore, limit: int, shown: int
) -> None:
    await fill(store, "a", "b", "c")
    assert len((await store.load_thread_items("thr_1", None, limit, "asc", ANN)).data) == shown


async def test_adding_an_item_again_replaces_it_where_it_stands(store: RowStore) -> None:
    await fill(store, "a", "b")
    await store.add_thread_item("thr_1", message("a", "changed"), ANN)
    page = await store.load_thread_items("thr_1", None, 9, "asc", ANN)
    assert [item.id for item in page.data] == ["a", "b"]
    assert page.data[0] == message("a", "changed")


async def test_saving_an_item_that_is_new_appends_it(store: RowStore) -> None:
    await fill(store, "a")
    await store.save_item("thr_1", message("b"), ANN)
    assert await pages(store) == [["a", "b"]]


async def test_two_threads_may_hold_items_of_the_same_id(store: RowStore) -> None:
    await fill(store, "a", thread_id="thr_1")
    await fill(store, "a", "b", thread_id="thr_2")
    await store.save_item("thr_2", message("a", "mine", "thr_2"), ANN)
    await store.delete_thread_item("thr_2", "b", ANN)
    assert await store.load_item("thr_1", "a", ANN) == message("a")
    assert await store.load_item("thr_2", "a", ANN) == message("a", "mine", "thr_2")


async def test_what_was_loaded_is_nobodys_but_the_loaders(store: RowStore) -> None:
    await fill(store, "a")
    loaded = await store.load_item("thr_1", "a", ANN)
    loaded.thread_id = "elsewhere"
    assert await store.load_item("thr_1", "a", ANN) == message("a")


async def test_an_unknown_item_is_not_found_and_deleting_one_is_no_error(store: RowStore) -> None:
    await fill(store, "a")
    await store.delete_thread_item("thr_1", "never-stored", ANN)
    with pytest.raises(NotFoundError, match="never-stored"):
        await store.load_item("thr_1", "never-stored", ANN)


async def test_a_deleted_thread_is_gone_with_its_items(store: RowStore) -> None:
    await fill(store, "a")
    await store.delete_thread("thr_1", ANN)
    assert await thread_pages(store) == [[]]
    await store.save_thread(thread(), ANN)
    assert await pages(store) == [[]]


async def test_threads_come_in_pages_in_the_order_of_their_creation(store: RowStore) -> None:
    for number in range(5):
        await store.save_thread(thread(f"thr_{number}"), ANN)
    await store.save_thread(thread("thr_0", "a new title"), ANN)
    assert await thread_pages(store, 2) == [["thr_0", "thr_1"], ["thr_2", "thr_3"], ["thr_4"]]
    assert await thread_pages(store, 2, "desc") == [["thr_4", "thr_3"], ["thr_2", "thr_1"], ["thr_0"]]


async def test_a_threads_metadata_is_kept(store: RowStore) -> None:
    saved = ThreadMetadata(id="thr_1", created_at=NOON, metadata={"of": {"the": ["server", "\0", "Ü"]}})
    await store.save_thread(saved, ANN)
    assert await store.load_thread("thr_1", ANN) == saved


async def test_a_new_thread_may_arrive_with_its_items(store: RowStore) -> None:
    # As chatkit up to 1.0.2 hands it over.
    await store.save_thread(Thread(id="thr_1", created_at=NOON, items=Page()), ANN)
    assert type(await store.load_thread("thr_1", ANN)) is ThreadMetadata


async def test_a_new_title_keeps_the_items(store: RowStore) -> None:
    await fill(store, "a")
    await store.save_thread(thread("thr_1", "TSLA"), ANN)
    assert (await store.load_thread("thr_1", ANN)).title == "TSLA"
    assert await pages(store) == [["a"]]


async def test_hidden_context_without_content_can_be_read_back(store: RowStore) -> None:
    await fill(store)
    hidden = HiddenContextItem(id="h", thread_id="thr_1", created_at=NOON, content=None)
    await store.add_thread_item("thr_1", hidden, ANN)
    assert await store.load_item("thr_1", "h", ANN) == hidden


async def test_ids_are_never_given_twice(store: RowStore) -> None:
    made = {store.generate_item_id("message", thread(), ANN) for _ in range(1000)}
    made |= {store.generate_thread_id(ANN) for _ in range(1000)}
    assert len(made) == 2000
    assert {each[:4] for each in made} == {"msg_", "thr_"}
    assert min(map(len, made)) > 20  # chatkit's own 32 random bits meet again after some 60,000 threads


async def test_a_closed_store_may_be_closed_again(store: RowStore) -> None:
    await fill(store, "a")
    await store.close()
    await store.close()


async def test_a_store_can_be_made_ready_before_anybody_asks(store: RowStore) -> None:
    await store.ready()
    await store.ready()
    assert await pages(await fill(store, "a")) == [["a"]]


async def test_what_no_database_can_hold_is_not_found(store: RowStore) -> None:
    with pytest.raises(NotFoundError):
        await store.load_thread("thr_\0", ANN)
    with pytest.raises(NotFoundError):
        await store.load_thread("thr_\udc80", ANN)


async def test_each_user_has_threads_of_their_own(store: RowStore) -> None:
    await store.save_thread(thread("hers"), ANN)
    await store.save_thread(thread("his"), BOB)
    assert await thread_pages(store, context=ANN) == [["hers"]]
    assert await thread_pages(store, context=BOB) == [["his"]]
