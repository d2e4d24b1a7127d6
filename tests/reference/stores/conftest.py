"""The three stores, each empty; PostgreSQL is a real one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from tests.reference.stores.postgres_server import MISSING, PostgresServer, binaries, postgres_server

from chatkit_harness.reference.stores import RowStore, open_store

DURABLE = ("sqlite", "postgres")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    programs = binaries()
    if programs is None:
        pytest.skip(MISSING)
    with postgres_server(programs) as server:
        yield server


def _word(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    if kind == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres")
        return server.fresh_address()
    return f"sqlite:{folder / 'store.sqlite3'}" if kind == "sqlite" else kind


@pytest_asyncio.fixture(params=["memory", *DURABLE])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[RowStore]:
    """An empty store of each kind."""
    opened = open_store(_word(request.param, request, tmp_path))
    yield opened
    await opened.close()


@pytest.fixture(params=DURABLE)
def word(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """What names a store that outlives its process, of each kind."""
    return _word(request.param, request, tmp_path)


@pytest_asyncio.fixture
async def opened() -> AsyncIterator[Callable[[str], RowStore]]:
    """Opens stores by their words, and closes them all in the end."""
    held: list[RowStore] = []

    def one(word: str) -> RowStore:
        held.append(open_store(word))
        return held[-1]

    yield one
    for each in held:
        await each.close()
