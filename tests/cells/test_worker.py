"""A worker's end is never waited for longer than its own: what it has started elsewhere may live on."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.cells.cell_talk import has_ended

from chatkit_harness.cells.worker import Worker
from chatkit_harness.machine.process import SpawnedProcess

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no sessions to leave")

SERVER = """
import json, subprocess, sys, time
daemon = subprocess.Popen(["sleep", "20"], start_new_session=True)
sys.stderr.write("started a daemon\\n")
print(json.dumps({"type": "hello", "pid": daemon.pid}), flush=True)
time.sleep(600)
"""
"""What it starts holds its standard output and its standard error, in a session of its own."""


@pytest.fixture
def process(tmp_path: Path) -> SpawnedProcess:
    return SpawnedProcess([sys.executable, "-c", SERVER], environ=os.environ, cwd=tmp_path)


@pytest.fixture
def worker(process: SpawnedProcess, tmp_path: Path) -> Worker:
    return Worker(process, log=tmp_path / "worker.log")


@pytest.fixture
def daemon(worker: Worker) -> Iterator[int]:
    """The id of what the server has started."""
    pid: int = worker.receive(60)["pid"]
    yield pid
    if not has_ended(pid):
        os.kill(pid, signal.SIGKILL)


def within(limit_s: float, happens: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + limit_s
    while not happens() and time.monotonic() < deadline:
        time.sleep(0.01)
    return happens()


def test_a_daemon_that_holds_its_pipes_is_not_waited_for(
    process: SpawnedProcess, worker: Worker, daemon: int
) -> None:
    worker.kill()
    worker.close()
    assert not has_ended(daemon)
    assert has_ended(process.pid)
    assert worker.last_words() == "started a daemon"
    os.kill(daemon, signal.SIGKILL)
    assert within(60, lambda: process.stdout.closed and process.stderr.closed)
