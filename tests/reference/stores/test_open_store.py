"""The words that name a store."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.reference.stores.models import fill, pages
from tests.reference.stores.postgres_server import PostgresServer

from chatkit_harness.reference.server import create_server
from chatkit_harness.reference.stores import MemoryStore, RowStore, StoreUnavailableError, open_store

HIDDEN = "s3cr3t-w0rd"


def test_memory_is_a_word() -> None:
    assert isinstance(open_store("memory"), MemoryStore)


async def test_sqlite_is_a_file_in_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = await fill(open_store("sqlite"), "a")
    await store.close()
    again = open_store(f"sqlite:{tmp_path / 'chatkit.sqlite3'}")
    assert await pages(again) == [["a"]]
    await again.close()


async def test_postgres_is_where_the_environment_says(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", postgres.fresh_address())
    first, second = open_store("postgres"), open_store("postgres")
    await fill(first, "a")
    assert await pages(second) == [["a"]]
    await first.close()
    await second.close()


@pytest.mark.parametrize("value", [None, "", "mysql://somewhere"])
def test_postgres_without_an_address_says_so(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    if value is not None:
        monkeypatch.setenv("DATABASE_URL", value)
    with pytest.raises(ValueError, match="DATABASE_URL, which"):
        open_store("postgres")


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("sqlit", "did you mean sqlite"),
        ("", "take one of memory, sqlite"),
        ("sqlite:", "sqlite:PATH"),
        ("sqlite::memory:", "`memory`"),
        (f"mysql://ann:{HIDDEN}@host/db", "take one of"),
        (f"postgresql://ann:{HIDDEN}@@host/db", "%40"),
        (f"postgresql://ann:{HIDDEN}/@host/db", "%2F"),
        (f"postgresql://ann:{HIDDEN}?@host/db", "%3F"),
        (f"postgresql://ann:{HIDDEN}%ZZ@host/db", "cannot be read"),
    ],
)
def test_a_word_that_names_none_is_refused_without_its_secrets(word: str, says: str) -> None:
    with pytest.raises(ValueError, match="store") as refusal:
        open_store(word)
    assert says in str(refusal.value)
    assert HIDDEN not in str(refusal.value)


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg_pool", None)
    with pytest.raises(StoreUnavailableError, match=r"pip install 'psycopg\[binary,pool\]'"):
        open_store("postgresql://somewhere/db")


async def test_the_server_keeps_its_threads_where_it_is_told(tmp_path: Path) -> None:
    kept = create_server({"store": f"sqlite:{tmp_path / 'a.sqlite3'}"}).store
    assert isinstance(kept, RowStore)
    assert await pages(await fill(kept, "a")) == [["a"]]
    await kept.close()
    mine = MemoryStore()
    assert create_server({"store": mine}).store is mine
