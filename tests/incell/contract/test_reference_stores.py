"""The reference server's own stores keep every rule of the contract, PostgreSQL as a real server."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.reference.stores.postgres_server import MISSING, binaries, postgres_server

from chatkit_harness.incell.contract import EXAMS, examine
from chatkit_harness.reference.context import create_context
from chatkit_harness.reference.stores import open_store

DURABLE_ONLY = {"two-processes", "crash", "forgets"}
Taken = Callable[[str], Any]


def taker(word: str) -> Taken:
    """Takes an exam with the store that the word names."""
    return lambda exam: examine(exam, functools.partial(open_store, word), create_context)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Taken]:
    programs = binaries()
    if programs is None:
        pytest.skip(MISSING)
    with postgres_server(programs) as server:
        yield taker(server.fresh_address())


@pytest.mark.parametrize("exam", EXAMS)
async def test_the_memory_store_keeps_it(exam: str) -> None:
    answer = await taker("memory")(exam)
    assert answer["breaches"] == []
    assert answer["outcome"] == ("unsupported" if exam in DURABLE_ONLY else "held")


@pytest.mark.parametrize("exam", EXAMS)
async def test_the_sqlite_store_keeps_it(exam: str, tmp_path: Path) -> None:
    answer = await taker(f"sqlite:{tmp_path / 'store.sqlite3'}")(exam)
    assert (answer["outcome"], answer["breaches"]) == ("held", [])


@pytest.mark.parametrize("exam", EXAMS)
async def test_the_postgres_store_keeps_it(exam: str, postgres: Taken) -> None:
    answer = await postgres(exam)
    assert (answer["outcome"], answer["breaches"]) == ("held", [])
