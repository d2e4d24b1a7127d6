"""Who waits for whom: a writer elsewhere is in the middle of its own work."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from tests.reference.stores.models import ANN, fill, message, pages, thread, thread_pages
from tests.reference.stores.postgres_server import PostgresServer

from chatkit_harness.reference.stores import RowStore, postgres_sql

Open = Callable[[str], RowStore]
SOON_S = 0.1
"""Long enough for what does not wait at all; what does wait is let go only after it."""


@contextmanager
def held(word: str) -> Iterator[None]:
    """While somebody else holds what a writer of the thread needs."""
    kind, _, path = word.partition(":")
    if kind == "sqlite":
        db = sqlite3.connect(path, isolation_level=None)
        db.execute("BEGIN IMMEDIATE")
        yield
        db.close()
    else:
        with psycopg.connect(word) as server:
            server.execute(postgres_sql.LOCK_THREAD, {"thread": "thr_1", "owner": "ann"})
            yield


async def test_whoever_leaves_hears_of_it_when_what_they_began_is_written(word: str, opened: Open) -> None:
    store = await fill(opened(word))
    with held(word):
        leaving = asyncio.ensure_future(store.add_thread_item("thr_1", message("begun"), ANN))
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.wait([leaving], timeout=SOON_S)
        assert not leaving.done()
    await asyncio.wait([leaving])
    assert leaving.cancelled()
    assert await pages(store) == [["begun"]]


async def test_an_item_gets_its_number_after_those_that_are_being_written(
    postgres: PostgresServer, opened: Open
) -> None:
    address = postgres.fresh_address()
    store = await fill(opened(address))
    first = {"thread": "thr_1", "owner": "ann", "item": "a", "model": message("a").model_dump_json()}
    with psycopg.connect(address) as server:
        server.execute(postgres_sql.PUT_ITEM, first)
        second = asyncio.ensure_future(store.add_thread_item("thr_1", message("b"), ANN))
        await asyncio.wait([second], timeout=SOON_S)
        assert await pages(store) == [[]]  # a reader who saw b now would never see a
    await second
    assert await pages(store) == [["a", "b"]]


async def test_a_thread_gets_its_number_after_those_that_are_being_created(
    postgres: PostgresServer, opened: Open
) -> None:
    address = postgres.fresh_address()
    store = opened(address)
    await store.ready()
    first = {"id": "a", "owner": "ann", "model": thread("a").model_dump_json()}
    with psycopg.connect(address) as server:
        server.execute(postgres_sql.LOCK_OWNER, first)
        server.execute(postgres_sql.upsert("chatkit_threads"), first)
        second = asyncio.ensure_future(store.save_thread(thread("b"), ANN))
        await asyncio.wait([second], timeout=SOON_S)
        assert await thread_pages(store) == [[]]
    await second
    assert await thread_pages(store) == [["a", "b"]]
