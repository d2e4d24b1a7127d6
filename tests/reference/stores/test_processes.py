"""Two processes on one store, and processes that are killed in the middle of their work."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chatkit.store import NotFoundError
from tests.reference.stores.models import ANN, attachment, fill, message, pages, question, thread_pages

from chatkit_harness.reference.stores import RowStore

ROOT = Path(__file__).resolve().parents[3]
Open = Callable[[str], RowStore]
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts processes that are ready to work, and kills what is left of them."""
    running: list[subprocess.Popen[str]] = []

    def one(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-W", "ignore", "-m", "tests.reference.stores.busy_process", *arguments]
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        running.append(process)
        return process

    yield one
    for process in running:
        process.kill()
        process.communicate()


def heard(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == f"{word}\n"


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")


async def test_two_processes_write_at_once(word: str, opened: Open, start: Start) -> None:
    writers = {name: start(word, "append", name, "60") for name in ("x", "y")}
    for process in writers.values():
        heard(process, "ready")
    for process in writers.values():  # the tables are not there yet: both make them
        go(process)
    for process in writers.values():
        assert process.wait(60) == 0
    store = opened(word)
    [items] = await pages(store, 1000, thread_id="shared")
    [threads] = await thread_pages(store, 1000)
    for name in writers:
        expected = [f"{name}-{number:03}" for number in range(60)]
        assert [each for each in items if each[0] == name] == expected
        assert [each for each in threads if each.startswith(f"thr_{name}")] == [
            f"thr_{each}" for each in expected
        ]
    assert (len(items), len(threads)) == (120, 121)


@pytest.mark.parametrize("lines", [1, 2, 7])
async def test_a_process_that_is_killed_in_the_middle_of_a_turn_leaves_it_whole(
    word: str, opened: Open, start: Start, lines: int
) -> None:
    process = start(word, "converse", "thr_1")
    heard(process, "ready")
    assert process.stdout is not None
    done = [process.stdout.readline().strip() for _ in range(lines)]
    process.kill()  # wherever it is by now
    done += process.stdout.read().split()
    store = opened(word)
    [found] = await pages(store, 10_000)
    assert found[: len(done)] == done  # nothing that was said to be done is lost, doubled or moved
    assert len(found) - len(done) <= 1  # it may have been killed before it could say so
    for item_id in found[:-1]:
        assert (await store.load_item("thr_1", item_id, ANN)).id == item_id
        if item_id[0] == "r":
            assert await store.load_item("thr_1", item_id, ANN) == message(item_id, "whole " * 2000)
    asked = [item_id for item_id in found if item_id[0] == "q"]
    assert await store.attachments_of("thr_1", ANN) == [f"atc_{int(each[1:])}" for each in asked]
    await store.add_thread_item("thr_1", message("next"), ANN)  # and it can be written on


@pytest.mark.parametrize("delay_s", [0.0, 0.005])
async def test_a_deletion_that_is_killed_has_happened_or_has_not(
    word: str, opened: Open, start: Start, delay_s: float
) -> None:
    store = opened(word)
    await fill(store, *(f"{number}" for number in range(400)))
    await store.save_attachment(attachment(), ANN)
    await store.add_thread_item("thr_1", question("q", "atc_1"), ANN)
    process = start(word, "delete", "thr_1")
    heard(process, "ready")
    go(process)
    heard(process, "deleting")
    await asyncio.sleep(delay_s)
    process.kill()
    process.wait()
    try:
        [found] = await pages(store, 1000)
    except NotFoundError:
        with pytest.raises(NotFoundError):
            await store.load_attachment("atc_1", ANN)
    else:
        assert len(found) == 401
        assert await store.attachments_of("thr_1", ANN) == ["atc_1"]


async def test_sqlite_stays_sound_whenever_its_process_is_killed(
    tmp_path: Path, opened: Open, start: Start
) -> None:
    path = tmp_path / "store.sqlite3"
    process = start(f"sqlite:{path}", "converse", "thr_1")
    heard(process, "ready")
    process.kill()
    process.wait()
    await opened(f"sqlite:{path}").load_thread("thr_1", ANN)
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    db.close()
