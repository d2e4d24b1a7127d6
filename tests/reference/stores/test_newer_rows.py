"""Rows that a newer chatkit has written: the rest goes on, and they stay as they are."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from chatkit.types import Page, ThreadItem, ThreadMetadata
from tests.reference.stores.models import ANN, attachment, fill, message, pages, thread_pages

from chatkit_harness.reference.stores import RowStore, UnreadableRowError

NEWER = json.dumps({"id": "b", "thread_id": "thr_1", "type": "hologram", "secret": "of the user"})
Change = Callable[[str, str, str], None]
Open = Callable[[str], RowStore]


def rewrite(word: str, table: str, row_id: str, model: str) -> list[str]:
    """Put a model into the rows of that id behind the store's back, and give back what all rows hold then."""
    change = f"UPDATE chatkit_{table} " + "SET model = %s WHERE id = %s"
    look = "SELECT model " + f"FROM chatkit_{table} ORDER BY number"
    kind, _, path = word.partition(":")
    if kind == "sqlite":
        with sqlite3.connect(path) as db:
            db.execute(change.replace("%s", "?"), (model, row_id))
            found = db.execute(look).fetchall()
        db.close()
    else:
        with psycopg.connect(word) as server:
            server.execute(change, (model, row_id))
            found = server.execute(look).fetchall()
    return [each for (each,) in found]


async def test_a_page_has_the_type_of_its_models(opened: Open, word: str) -> None:
    """One without could not be written by a process that has only read them, under pydantic 2.12."""
    store = await fill(opened(word), "a")
    of_items: type = Page[ThreadItem]
    of_threads: type = Page[ThreadMetadata]
    assert isinstance(await store.load_thread_items("thr_1", None, 5, "asc", ANN), of_items)
    assert isinstance(await store.load_threads(5, None, "asc", ANN), of_threads)


async def test_a_page_shows_the_rest_and_the_log_names_the_row(
    word: str, opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    store = await fill(opened(word), "a", "b", "c")
    rewrite(word, "items", "b", NEWER)
    assert await pages(store, 2) == [["a"], ["c"]]
    [record] = caplog.records
    assert record.levelno == logging.ERROR
    for named in ("'thr_1'", "item 'b'", "'hologram'", "by chatkit 1."):
        assert named in record.getMessage()
    assert "of the user" not in caplog.text


async def test_asking_for_the_row_itself_is_an_error_that_names_it(word: str, opened: Open) -> None:
    store = await fill(opened(word), "a", "b")
    rewrite(word, "items", "b", NEWER)
    with pytest.raises(UnreadableRowError, match=r"item 'b' of thread 'thr_1' \(type 'hologram'\)") as error:
        await store.load_item("thr_1", "b", ANN)
    assert (error.value.kind, error.value.row_id, error.value.thread_id) == ("item", "b", "thr_1")
    assert error.value.type == "hologram"


async def test_the_row_stays_as_it_is_whatever_is_done_around_it(word: str, opened: Open) -> None:
    store = await fill(opened(word), "a", "b", "c")
    rewrite(word, "items", "b", NEWER)
    await store.save_item("thr_1", message("a", "changed"), ANN)
    await store.delete_thread_item("thr_1", "c", ANN)
    await pages(store)
    assert NEWER in rewrite(word, "items", "nobody", "")


@pytest.mark.parametrize("broken", ["", "{", "[]", "null", '{"type": 3}', "[" * 5000])
async def test_a_row_that_is_no_model_at_all_is_no_worse(word: str, opened: Open, broken: str) -> None:
    store = await fill(opened(word), "a", "b")
    rewrite(word, "items", "b", broken)
    assert await pages(store) == [["a"]]
    with pytest.raises(UnreadableRowError, match="item 'b' of thread 'thr_1' cannot be read"):
        await store.load_item("thr_1", "b", ANN)


async def test_a_page_of_nothing_but_such_rows_still_leads_on(word: str, opened: Open) -> None:
    store = await fill(opened(word), "b", "c")
    rewrite(word, "items", "b", NEWER)
    assert await pages(store, 1) == [[], ["c"]]


async def test_a_thread_that_cannot_be_read_hides_none_of_the_others(word: str, opened: Open) -> None:
    store = await fill(opened(word), "a")
    await fill(store, thread_id="thr_2")
    rewrite(
        word, "threads", "thr_1", '{"id": "thr_1", "created_at": "2026-11-20", "status": {"type": "frozen"}}'
    )
    assert await thread_pages(store) == [["thr_2"]]
    with pytest.raises(UnreadableRowError, match="thread 'thr_1'"):
        await store.load_thread("thr_1", ANN)
    assert await pages(store) == [["a"]]
    await store.delete_thread("thr_1", ANN)


async def test_an_attachment_that_cannot_be_read_is_named_too(word: str, opened: Open) -> None:
    store = opened(word)
    await store.save_attachment(attachment(), ANN)
    rewrite(word, "attachments", "atc_1", '{"id": "atc_1", "type": "film"}')
    with pytest.raises(UnreadableRowError, match=r"attachment 'atc_1' \(type 'film'\)"):
        await store.load_attachment("atc_1", ANN)


async def test_fields_that_a_newer_release_added_do_no_harm(word: str, opened: Open) -> None:
    store = await fill(opened(word), "a")
    newer: dict[str, Any] = json.loads(message("a").model_dump_json()) | {"mood": "sunny"}
    rewrite(word, "items", "a", json.dumps(newer))
    assert await store.load_item("thr_1", "a", ANN) == message("a")


def test_the_newer_row_is_really_newer() -> None:
    from chatkit.types import ThreadItem
    from pydantic import TypeAdapter, ValidationError

    with pytest.raises(ValidationError, match="hologram"):
        TypeAdapter(ThreadItem).validate_json(NEWER)
