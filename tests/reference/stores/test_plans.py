"""The last page of a long thread costs what the first one does, by the databases' own accounts."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.reference.stores.models import ANN, fill, message, thread
from tests.reference.stores.postgres_server import PostgresServer

from chatkit_harness.reference.stores import RowStore, open_store, postgres_sql

LONG = 20_000
SHOWN = 20
Open = Callable[[str], RowStore]


class Meter(sqlite3.Connection):
    """Counts the steps of SQLite's machine, and keeps what was asked."""

    steps = 0
    asked: list[str] = []  # noqa: RUF012 - what all connections of a test were asked

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.set_progress_handler(self._step, 1)
        self.set_trace_callback(type(self).asked.append)

    def _step(self) -> int:
        type(self).steps += 1
        return 0


@pytest.fixture
def meter(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Meter]]:
    """Every connection to SQLite is a meter."""
    plain = sqlite3.connect

    def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
        return plain(*arguments, factory=Meter, **options)

    monkeypatch.setattr(sqlite3, "connect", connect)
    yield Meter
    Meter.asked.clear()
    Meter.steps = 0


@pytest.fixture(scope="module")
def long_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file in which one thread is long, among many short ones of the same user."""
    import asyncio

    path = tmp_path_factory.mktemp("long") / "store.sqlite3"
    asyncio.run(_begin(f"sqlite:{path}"))
    with sqlite3.connect(path) as db:
        rows = [(f"msg_{number}", _model(f"msg_{number}")) for number in range(LONG)]
        db.executemany("INSERT INTO chatkit_items (thread, id, model) VALUES (1, ?, ?)", rows)
        others = [(f"thr_o{number}", "ann", _thread(f"thr_o{number}")) for number in range(3000)]
        db.executemany("INSERT INTO chatkit_threads (id, owner, model) VALUES (?, ?, ?)", others)
    db.close()
    return path


async def _begin(word: str) -> None:
    store = await fill(open_store(word))
    await store.close()


def _model(item_id: str) -> str:
    return message(item_id).model_dump_json()


def _thread(thread_id: str) -> str:
    return thread(thread_id).model_dump_json()


async def cost(meter: type[Meter], load: Callable[[], Any]) -> tuple[int, list[str]]:
    """The steps that a page takes, and the statements that it asks."""
    meter.steps = 0
    meter.asked.clear()
    await load()
    return meter.steps, list(meter.asked)


@pytest.mark.parametrize(("order", "last"), [("asc", str(LONG - 5)), ("desc", "6")])
async def test_sqlite_walks_no_further_for_the_last_page(
    long_file: Path, meter: type[Meter], opened: Open, order: str, last: str
) -> None:
    store = opened(f"sqlite:{long_file}")
    await store.load_thread("thr_1", ANN)

    async def load(after: str | None) -> None:
        page = await store.load_thread_items("thr_1", after, SHOWN, order, ANN)
        assert page.has_more is (after is None)
        assert len(page.data) == (SHOWN if after is None else 5)

    first, _ = await cost(meter, lambda: load(None))
    end, _ = await cost(meter, lambda: load(last))
    assert 0 < end <= 2 * first < 100 * SHOWN


@pytest.fixture(params=["as it is", "analysed"])
def known_file(request: pytest.FixtureRequest, long_file: Path) -> Path:
    """With and without what SQLite knows of its tables."""
    db = sqlite3.connect(long_file)
    db.execute("ANALYZE" if request.param == "analysed" else "SELECT 1")
    db.close()
    return long_file


@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_sqlite_finds_pages_by_an_index_and_sorts_nothing(
    known_file: Path, meter: type[Meter], opened: Open, order: str
) -> None:
    store = opened(f"sqlite:{known_file}")
    await store.load_thread("thr_1", ANN)
    _, of_items = await cost(meter, lambda: store.load_thread_items("thr_1", "5000", SHOWN, order, ANN))
    _, of_threads = await cost(meter, lambda: store.load_threads(SHOWN, "1500", order, ANN))
    for statement, index in ((of_items[-1], "items_in_order"), (of_threads[-1], "threads_of_owner")):
        plan = _sqlite_plan(known_file, statement)
        assert f"USING INDEX chatkit_{index} (" in plan[0]
        assert not [step for step in plan if "SCAN" in step or "TEMP B-TREE" in step]


async def test_sqlite_lists_the_last_threads_as_cheaply(
    long_file: Path, meter: type[Meter], opened: Open
) -> None:
    store = opened(f"sqlite:{long_file}")
    await store.load_thread("thr_1", ANN)
    first, _ = await cost(meter, lambda: store.load_threads(SHOWN, None, "desc", ANN))
    last, _ = await cost(meter, lambda: store.load_threads(SHOWN, "6", "desc", ANN))
    assert 0 < last <= 2 * first


def _sqlite_plan(path: Path, statement: str) -> list[str]:
    db = sqlite3.connect(path)
    try:
        return [each[-1] for each in db.execute(f"EXPLAIN QUERY PLAN {statement}")]
    finally:
        db.close()


@pytest.fixture(scope="module")
def long_database(postgres: PostgresServer) -> str:
    """Likewise; PostgreSQL has not looked at the tables yet (no ANALYZE), as after a busy day."""
    import asyncio

    address = postgres.fresh_address()
    asyncio.run(_begin(address))
    with psycopg.connect(address) as db:
        db.execute(
            "INSERT INTO chatkit_items (thread, id, model)"
            " SELECT 1, 'msg_' || n, %s FROM generate_series(1, %s) n",
            (_model("msg_1"), LONG),
        )
        db.execute(
            "INSERT INTO chatkit_threads (id, owner, model)"
            " SELECT 'thr_o' || n, 'ann', %s FROM generate_series(1, 3000) n",
            (_thread("thr_o"),),
        )
    return address


@pytest.fixture(params=["as it is", "analysed"])
def planned(request: pytest.FixtureRequest, long_database: str) -> str:
    """With and without what PostgreSQL knows of its tables."""
    if request.param == "analysed":
        with psycopg.connect(long_database, autocommit=True) as db:
            db.execute("ANALYZE")
    return long_database


ITEMS = {"thread": "thr_1", "owner": "ann"}
PAGES: dict[str, tuple[Callable[[bool], str], dict[str, Any], int]] = {
    "items": (postgres_sql.items, ITEMS, LONG),
    "threads": (postgres_sql.threads, {"owner": "ann"}, 3001),
}


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("listed", PAGES)
def test_postgres_reads_no_more_rows_for_the_last_page(planned: str, listed: str, descending: bool) -> None:
    statement, values, size = PAGES[listed]
    first = {**values, "beyond": 2**63 - 1 if descending else 0, "count": SHOWN + 1}
    last = {**first, "beyond": SHOWN if descending else size - SHOWN}
    at_first, at_last = (_postgres_plan(planned, statement(descending), each) for each in (first, last))
    assert 0 < _rows(at_last) <= _rows(at_first) <= SHOWN + 2
    for plan in (at_first, at_last):
        assert not {"Sort", "Seq Scan", "Bitmap Heap Scan"} & {node["Node Type"] for node in _nodes(plan)}


def _postgres_plan(address: str, statement: str, values: dict[str, Any]) -> dict[str, Any]:
    with psycopg.connect(address) as db:
        db.execute(postgres_sql.SETTINGS)
        found = db.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values).fetchone()
    assert found is not None
    plan: dict[str, Any] = found[0][0]["Plan"]
    return plan


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for part in plan.get("Plans", ()) for node in _nodes(part))]


def _rows(plan: dict[str, Any]) -> int:
    """Rows that were fetched from tables: those that were shown, and those that were thrown away."""
    scans = [node for node in _nodes(plan) if "Scan" in node["Node Type"]]
    return sum(
        node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) for node in scans
    )
