"""Where threads are kept: in memory, in a SQLite file, or in PostgreSQL.

store = open_store("sqlite:market.sqlite3")
server = MarketChatKitServer(store, FixtureMarketData())
...
await store.close()
"""

from __future__ import annotations

import os
from difflib import get_close_matches

from .base import RowStore
from .errors import StoreAddressError, StoreClosedError, StoreError, StoreUnavailableError, UnreadableRowError
from .memory import MemoryStore

FILE = "chatkit.sqlite3"
"""The file of the store `sqlite` in the folder in which the process works."""
WORDS = ("memory", "sqlite", "sqlite:PATH", "postgres", "postgresql://...")


def open_store(word: str) -> RowStore:
    """The store that a word names; its file or its connections are opened at the first use (or `ready()`).

    `memory` is bounded and goes with the process; `sqlite` is the file `chatkit.sqlite3` in the working
    folder, `sqlite:PATH` another one; `postgresql://...` is a database's address, and `postgres` the address
    that DATABASE_URL holds. Raises ValueError for another word, StoreAddressError (one of both kinds) for an
    address that is none, and StoreUnavailableError where PostgreSQL's driver is missing.
    """
    kind, colon, rest = word.partition(":")
    if word == "memory":
        return MemoryStore()
    if kind == "sqlite" and (rest or not colon):
        from .sqlite import SQLiteStore  # some Pythons are built without SQLite

        return SQLiteStore(rest or FILE)
    if word == "postgres":
        return _postgres(_database_url())
    if kind in ("postgresql", "postgres") and rest.startswith("//"):
        return _postgres(word)
    raise ValueError(f"there is no store {_shown(word)!r}: take one of {', '.join(WORDS)}{_nearest(kind)}")


def _postgres(address: str) -> RowStore:
    from .postgres import PostgresStore  # psycopg is no part of what chatkit needs

    return PostgresStore(address)


def _database_url() -> str:
    address = os.environ.get("DATABASE_URL", "")
    if not address.startswith(("postgresql://", "postgres://")):
        state = "holds no such address" if address else "is not set"
        raise StoreAddressError(
            f"the store postgres is at DATABASE_URL, which {state}: postgresql://USER@HOST/DATABASE"
        )
    return address


def _shown(word: str) -> str:
    """The word without what may be a user and a password."""
    kind, slashes, rest = word.partition("://")
    return f"{kind}{slashes}..." if slashes and rest else word


def _nearest(kind: str) -> str:
    close = get_close_matches(kind, ("memory", "sqlite", "postgres", "postgresql"), 1)
    return f" (did you mean {close[0]}?)" if close else ""


__all__ = [
    "MemoryStore",
    "RowStore",
    "StoreAddressError",
    "StoreClosedError",
    "StoreError",
    "StoreUnavailableError",
    "UnreadableRowError",
    "open_store",
]
