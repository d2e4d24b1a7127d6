"""A sweep on a Dask cluster: a real scheduler and two workers, one of which is killed in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.command import call
from tests.engine.made_matrix import CONCERNED, UNHARMED, agents, instead, sweep
from tests.made_index import made_index

from chatkit_harness.results import RESULTS_FILE, differences, read_results

pytestmark = pytest.mark.cells
ASKED = ("--chatkit", "1.2.0,1.6.5", "--agents", "0.5.1,0.9.3", "--resolution", "contemporary,today",
         "--scenario", "quote-aapl,two-turns", "--confirm", "none")  # fmt: skip


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    named = os.environ.get("CHATKIT_HARNESS_CACHE")
    return Path(named) if named else tmp_path_factory.mktemp("cache")


class Cluster:
    """A scheduler and workers on loopback, processes of their own; a `nanny` replaces one that dies."""

    def __init__(self, folder: Path, cache: Path, *, workers: int = 2, nanny: bool = False) -> None:
        self._file = folder / "scheduler.json"
        self._environ = {**os.environ, "CHATKIT_HARNESS_CACHE": str(cache)}
        self._folder = folder
        quiet = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
        self._scheduler = self._start("scheduler", *quiet)
        self._nanny = "--nanny" if nanny else "--no-nanny"
        numbers = range(1, workers + 1)
        self.workers = [self._start("worker", "--host", "127.0.0.1", *self._one(n)) for n in numbers]

    def _one(self, number: int) -> list[str]:
        place = self._folder / f"worker-{number}"
        return ["--nthreads", "1", self._nanny, "--no-dashboard", "--local-directory", str(place)]

    def _start(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", what, "--scheduler-file", str(self._file), *options]
        log = (self._folder / f"{what}.log").open("ab")
        with log:
            return subprocess.Popen(command, stdout=log, stderr=log, env=self._environ)

    @property
    def address(self) -> str:
        deadline = time.monotonic() + 60
        while not self._file.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        address: str = json.loads(self._file.read_text())["address"]
        return address.removeprefix("tcp://")

    def close(self) -> None:
        for process in [*self.workers, self._scheduler]:
            if self._nanny == "--nanny":  # killed, it would leave its worker behind
                process.terminate()
            else:
                process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path, cache: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path, cache)
    yield made
    made.close()


def kill_once_something_is_recorded(out: Path, worker: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if (out / RESULTS_FILE).exists() and '"record":"case"' in (out / RESULTS_FILE).read_text():
            worker.send_signal(signal.SIGKILL)
            return
        time.sleep(0.02)


@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_gives_what_one_machine_gives(
    cluster: Cluster, cache: Path, tmp_path: Path
) -> None:
    out = tmp_path / "cluster"
    killer = threading.Thread(target=kill_once_something_is_recorded, args=(out, cluster.workers[0]))
    killer.start()
    said = call("sweep", *ASKED, "--cache", cache, "--out", out, "--executor", f"dask://{cluster.address}")
    killer.join()
    assert said.status in (0, 1), said.err
    assert cluster.workers[0].wait(timeout=10) == -signal.SIGKILL
    call("sweep", *ASKED, "--cache", cache, "--out", tmp_path / "alone")
    assert differences(read_results(tmp_path / "alone"), read_results(out)) == []
    for case in (results := read_results(out)).cases:
        assert case.transcript is not None
        assert results.transcript(case.transcript).scenario == case.scenario


@pytest.mark.slow
def test_a_cell_that_takes_every_worker_along_is_the_only_one_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.chdir(tmp_path)
    kills = agents(CONCERNED, "bad", "import os\nos.kill(os.getppid(), 9)\n")
    cluster = Cluster(tmp_path, tmp_path / "theirs", workers=1, nanny=True)
    pairs = f"1.0.0:{CONCERNED},1.0.0:{UNHARMED},1.1.0:{UNHARMED}"
    try:
        with made_index(instead(kills)) as index:
            there = ("--executor", f"dask://{cluster.address}", "--isolation", "process", "-j", "2")
            swept = sweep(index, tmp_path, *there, "--pair", pairs)
    finally:
        cluster.close()
    assert (swept.status, swept.outcomes()) == (3, {UNHARMED: {"pass"}, CONCERNED: {"error"}})


@pytest.mark.slow
def test_a_scheduler_that_does_not_answer_is_named(cache: Path, tmp_path: Path) -> None:
    said = call(
        "sweep", *ASKED, "--cache", cache, "--out", tmp_path / "no", "--executor", "dask://127.0.0.1:9"
    )
    assert said.status == 3
    assert "No scheduler answers" in said.err


def test_an_unknown_executor_is_answered_with_the_ones_there_are(cache: Path, tmp_path: Path) -> None:
    said = call("sweep", *ASKED, "--cache", cache, "--out", tmp_path / "no", "--executor", "slurm")
    assert said.status == 2
    assert "dask://HOST:PORT" in said.err
