"""Stores that cannot be opened, reached or written say which one and why, and no secret."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from tests.reference.stores.models import ANN, fill, message, pages, thread
from tests.reference.stores.postgres_server import PostgresServer

from chatkit_harness.reference.stores import RowStore, StoreUnavailableError
from chatkit_harness.reference.stores.sqlite import SQLiteStore

Open = Callable[[str], RowStore]
HIDDEN = "s3cr3t_w0rd"


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


async def test_a_server_that_is_not_there_is_named_without_the_password(
    closed_port: int, opened: Open
) -> None:
    store = opened(f"postgresql://ann:{HIDDEN}@127.0.0.1:{closed_port}/market")
    with pytest.raises(StoreUnavailableError, match=f"127.0.0.1:{closed_port}/market") as error:
        await store.ready()
    assert HIDDEN not in str(error.value)
    assert error.value.__suppress_context__


@pytest.fixture
def rude_server() -> Iterator[tuple[int, list[object]]]:
    """A port that hangs up on everybody, and who has called."""
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def hang_up() -> None:
            while True:
                try:
                    caller, address = listening.accept()
                except OSError:
                    return
                calls.append(address)
                caller.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        yield listening.getsockname()[1], calls
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


async def test_a_server_that_fails_is_not_asked_once_for_each_who_waits(
    rude_server: tuple[int, list[object]], opened: Open
) -> None:
    port, calls = rude_server
    store = opened(f"postgresql://127.0.0.1:{port}/market?sslmode=disable&gssencmode=disable")
    asked = [store.load_thread("thr_1", ANN) for _ in range(100)]
    results = await asyncio.gather(*asked, return_exceptions=True)
    assert {type(each) for each in results} == {StoreUnavailableError}
    assert 1 <= len(calls) < 50


async def test_what_the_server_says_is_told_without_the_password(
    postgres: PostgresServer, opened: Open
) -> None:
    address = postgres.address().replace("@", f":{HIDDEN}@", 1).replace("search_path", HIDDEN)
    with pytest.raises(StoreUnavailableError, match=r"\*\*\*") as error:
        await opened(address).ready()
    assert HIDDEN not in str(error.value)


async def test_a_connection_that_the_server_has_cut_is_replaced(
    postgres: PostgresServer, opened: Open
) -> None:
    address = postgres.fresh_address()
    store = await fill(opened(address), "a")
    with psycopg.connect(postgres.address(), autocommit=True) as db:
        db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    assert await pages(store) == [["a"]]


async def test_a_user_who_may_not_make_tables_may_use_them(postgres: PostgresServer, opened: Open) -> None:
    address = postgres.fresh_address()
    await fill(opened(address), "a")
    schema = address.rpartition("%3D")[2]
    with psycopg.connect(postgres.address(), autocommit=True) as db:
        db.execute(f"CREATE ROLE {schema}_user LOGIN; GRANT USAGE ON SCHEMA {schema} TO {schema}_user")
        db.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {schema}_user")
    store = opened(address.replace(f"//{postgres.user}@", f"//{schema}_user@"))
    await store.add_thread_item("thr_1", message("b"), ANN)
    assert await pages(store) == [["a", "b"]]


async def test_tables_of_a_later_release_are_left_alone(word: str, opened: Open) -> None:
    await fill(opened(word), "a")
    kind, _, path = word.partition(":")
    if kind == "sqlite":
        db = sqlite3.connect(path)
        db.execute("PRAGMA user_version = 7")
        db.close()
    else:
        with psycopg.connect(word) as server:
            server.execute("UPDATE chatkit_schema SET version = 7")
    with pytest.raises(StoreUnavailableError, match="has schema 7; this release knows 1"):
        await opened(word).load_thread("thr_1", ANN)


async def test_a_file_that_is_no_database_is_named(tmp_path: Path, opened: Open) -> None:
    (tmp_path / "notes.txt").write_text("these are notes and no database" * 50)
    with pytest.raises(StoreUnavailableError, match=r"notes\.txt cannot be used: file is not a database"):
        await opened(f"sqlite:{tmp_path / 'notes.txt'}").ready()


async def test_a_folder_that_is_not_there_is_no_reason_to_hang(tmp_path: Path, opened: Open) -> None:
    with pytest.raises(StoreUnavailableError, match="unable to open"):
        await opened(f"sqlite:{tmp_path / 'no' / 'store.sqlite3'}").ready()


async def test_a_writer_that_never_ends_is_not_waited_for_without_end(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "store.sqlite3", busy_s=0.05)
    await fill(store, "a")
    other = sqlite3.connect(tmp_path / "store.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailableError, match="database is locked"):
        await store.save_thread(thread("thr_2"), ANN)
    assert await pages(store) == [["a"]]  # readers do not wait for writers
    other.execute("ROLLBACK")
    await store.save_thread(thread("thr_2"), ANN)
    await store.close()
    other.close()


async def test_a_closed_store_says_so(word: str, opened: Open) -> None:
    store = await fill(opened(word), "a")
    await store.close()
    with pytest.raises(StoreUnavailableError, match="has been closed"):
        await store.load_thread("thr_1", ANN)
