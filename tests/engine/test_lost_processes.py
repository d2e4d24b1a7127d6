"""Processes that are lost while they work, and second looks without a verdict: what was found stands."""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import suppress
from pathlib import Path

import pytest
from tests.engine.made_matrix import CONCERNED, SCENARIO, UNHARMED, Swept, agents, chatkit, instead, sweep
from tests.made_index import MadeIndex, made_index

from chatkit_harness.engine.executors import opened
from chatkit_harness.engine.slots import LostProcessError

pytestmark = pytest.mark.skipif(not hasattr(os, "getppid"), reason="cells cannot kill who started them")

KILLS = "import os\nif {when}: os.kill(os.getppid(), 9)\n"
"""Part of a cell that kills the process which works on it."""
APART = ("--isolation", "process", "-j", "2")
ONE_OF_FIVE = ",".join([f"1.0.0:{CONCERNED}", *(f"1.{n}.0:{UNHARMED}" for n in range(4))])
ONE = ("--pair", f"1.0.0:{CONCERNED}", "--scenario", "hello.yaml,wrong.yaml")
FAILING = SCENARIO.replace("hello", "wrong").replace("status: 200", "status: 201")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a cache of its own, and a uv that does not wait long."""
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wrong.yaml").write_text(FAILING)
    return tmp_path


@pytest.fixture
def index() -> Iterator[MadeIndex]:
    with made_index(instead(chatkit("1.2.0"), chatkit("1.3.0"))) as served:
        yield served


def killing(index: MadeIndex, when: object = True) -> None:
    """Let the cells concerned kill who works on them, if that is so."""
    index.releases = instead(
        chatkit("1.2.0"), chatkit("1.3.0"), agents(CONCERNED, "bad", KILLS.format(when=when))
    )


def by_scenario(swept: Swept) -> dict[str, str]:
    return {case.scenario: case.outcome for case in swept.results.cases}


def test_a_cell_that_always_takes_its_process_along_is_the_only_one_given_up(
    place: Path, index: MadeIndex
) -> None:
    killing(index)
    swept = sweep(index, place, *APART, "--pair", ONE_OF_FIVE)
    assert (swept.status, swept.outcomes()) == (3, {UNHARMED: {"pass"}, CONCERNED: {"error"}})
    assert len(swept.results.cells) == 5
    assert "was lost again and again" in swept.reasons()


@pytest.mark.slow
def test_a_second_look_that_takes_its_process_along_changes_nothing_that_was_found(
    place: Path, index: MadeIndex
) -> None:
    killing(index, "'layers' not in __file__")
    swept = sweep(index, place, *APART, *ONE)
    assert (swept.status, by_scenario(swept)) == (1, {"hello": "pass", "wrong": "fail"})
    assert [(cell.isolation, cell.unavailable) for cell in swept.results.cells] == [("process", None)]
    assert "What was found with shared packages stands: 1 case could not be driven again" in swept.err


def test_a_failure_stands_where_no_fresh_environment_can_be_had(
    place: Path, index: MadeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sweep(index, place, *APART, *ONE, "--confirm", "none", name="first").status == 1
    monkeypatch.setenv("UV_CACHE_DIR", str(place / "another"))
    index.spoiled.update(bad=500)
    swept = sweep(index, place, *APART, *ONE)
    assert (swept.status, by_scenario(swept)) == (1, {"hello": "pass", "wrong": "fail"})
    assert "What was found with shared packages stands: 1 case could not be driven again" in swept.err


@pytest.mark.slow
def test_what_a_run_found_before_it_went_on_outlives_a_lost_process(place: Path, index: MadeIndex) -> None:
    killing(index, f"os.path.exists({str(place / 'mark')!r})")
    assert sweep(index, place, *APART, *ONE[:2]).status == 0
    (place / "mark").touch()
    swept = sweep(index, place, *APART, "--resume", place / "run", "--scenario", "hello.yaml,wrong.yaml")
    assert (swept.status, by_scenario(swept)) == (3, {"hello": "pass", "wrong": "error"})
    assert [(cell.isolation, cell.unavailable) for cell in swept.results.cells] == [("process", None)]


def test_a_process_that_is_lost_takes_no_other_call_along() -> None:
    with opened("local", 2) as pool:
        before = [pool.submit(math.sqrt, n) for n in range(10)]
        lost = pool.submit(os._exit, 9)
        after = [pool.submit(math.sqrt, n) for n in range(10)]
        assert isinstance(lost.exception(timeout=60), LostProcessError)
        assert [each.result(timeout=60) for each in [*before, *after]] == [
            math.sqrt(n) for n in range(10)
        ] * 2


def test_a_process_that_was_lost_while_it_had_nothing_to_do_is_nobodys_trouble() -> None:
    with opened("local", 1) as pool:
        one = pool.submit(os.getpid).result(timeout=60)
        os.kill(one, signal.SIGKILL)
        while multiprocessing.active_children():
            time.sleep(0.01)
        assert pool.submit(os.getpid).result(timeout=60) != one


def _hears_ctrl_c() -> bool:
    return signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_ctrl_c_while_a_process_starts_is_left_to_the_host(capfd: pytest.CaptureFixture[str]) -> None:
    with opened("local", 1) as pool:
        answer = pool.submit(_hears_ctrl_c)
        while not (started := multiprocessing.active_children()):
            time.sleep(0.001)
        for _ in range(10):
            os.kill(int(started[0].pid or 0), signal.SIGINT)
            time.sleep(0.01)
        assert answer.result(timeout=60), "what it starts would be deaf to it"
    assert "Traceback" not in capfd.readouterr().err


def test_ctrl_c_after_a_process_was_lost_ends_the_others_at_once() -> None:
    began = time.monotonic()
    with suppress(KeyboardInterrupt), opened("local", 2) as pool:
        other = pool.submit(time.sleep, 600)
        wait([pool.submit(os._exit, 9)])
        raise KeyboardInterrupt
    assert multiprocessing.active_children() == []
    assert isinstance(other.exception(timeout=60), LostProcessError)
    assert time.monotonic() - began < 60


def _raise_what_cannot_be_sent() -> None:
    raise ValueError(threading.Lock())


def test_what_a_call_raises_is_told_also_where_it_cannot_be_sent() -> None:
    with opened("local", 1) as pool:
        error = pool.submit(_raise_what_cannot_be_sent).exception(timeout=60)
    assert isinstance(error, RuntimeError)
    assert "ValueError: <unlocked _thread.lock" in str(error)


class _UnreadableError(Exception):
    def __init__(self, one: str, _other: str) -> None:
        super().__init__(one)


def _raise_what_cannot_be_read() -> None:
    raise _UnreadableError("one", "other")


def test_what_a_call_raises_is_told_also_where_it_cannot_be_read_again() -> None:
    with opened("local", 1) as pool:
        error = pool.submit(_raise_what_cannot_be_read).exception(timeout=60)
    assert isinstance(error, RuntimeError)
    assert "_UnreadableError: one" in str(error)


def test_what_a_call_raises_is_raised_with_where_it_was() -> None:
    with opened("local", 1) as pool:
        error = pool.submit(math.sqrt, -1).exception(timeout=60)
    assert isinstance(error, ValueError)
    assert "Traceback" in error.__notes__[0]
