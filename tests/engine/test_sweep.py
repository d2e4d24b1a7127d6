"""The matrix on real packages: isolations agree; killed, resumed, sharded and single runs give the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.cli.command import Said, call

from chatkit_harness.core.nouns import CaseResult
from chatkit_harness.results import RESULTS_FILE, Results, differences, read_results

pytestmark = pytest.mark.cells
DRAWN = ("--chatkit", "1.2.0,1.6.5", "--agents", "0.5.1,0.24.0", "--sample", "3", "--seed", "6")
"""Of eight cells, in releases that other tests install too."""
SCENARIOS = ("--scenario", "quote-aapl,two-turns,client-tool-selection")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    named = os.environ.get("CHATKIT_HARNESS_CACHE")
    return Path(named) if named else tmp_path_factory.mktemp("cache")


def sweep(cache: Path, out: Path, *options: object) -> Said:
    return call("sweep", "--cache", str(cache), "--out", str(out), *DRAWN, *SCENARIOS, *options)


@pytest.fixture(scope="module")
def forked(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("forked") / "run"
    said = sweep(cache, out)
    assert said.status in (0, 1), said.err
    return out


def cases(results: Results) -> dict[str, CaseResult]:
    return {case.id: case for case in results.cases}


def test_cells_are_forked_and_each_case_has_an_outcome(forked: Path) -> None:
    results = read_results(forked)
    assert {cell.isolation for cell in results.cells} == {"fork"}
    assert len(results.cases) == 3 * len(results.cells) == 9
    assert {case.outcome for case in results.cases} <= {"pass", "fail"}


@pytest.mark.slow
@pytest.mark.parametrize("isolation", ["process", "venv"])
def test_every_isolation_gives_the_same_outcomes_and_transcripts(
    forked: Path, cache: Path, tmp_path: Path, isolation: str
) -> None:
    sweep(cache, tmp_path / "other", "--isolation", isolation, "--confirm", "none")
    one, other = read_results(forked), read_results(tmp_path / "other")
    assert {cell.isolation for cell in other.cells} == {isolation}
    assert differences(one, other) == []
    for name, case in cases(one).items():
        twin = cases(other)[name]
        assert case.transcript is not None
        assert twin.transcript is not None
        assert differences(one.transcript(case.transcript), other.transcript(twin.transcript)) == []


def test_a_failure_of_each_cause_is_confirmed_in_a_fresh_environment(forked: Path) -> None:
    results = read_results(forked)
    assert results.footer is not None
    causes = [cause for cause in results.footer.causes if cause.reproduce]
    assert causes, "the sample has a red cell"
    assert all(cause.confirmed for cause in causes)
    again = [case for case in results.cases if case.attempt > 1]
    assert {case.outcome for case in again} == {"fail"}
    assert all(case.confirmed for case in again)


def test_a_run_that_goes_on_with_nothing_changed_drives_nothing_again(forked: Path, cache: Path) -> None:
    before = read_results(forked)
    lines = (forked / RESULTS_FILE).read_text().count('"record":"case"')
    call("sweep", "--resume", forked, "--cache", cache)
    assert (forked / RESULTS_FILE).read_text().count('"record":"case"') == lines
    assert differences(before, read_results(forked)) == []


@pytest.mark.slow
def test_a_killed_run_goes_on_where_it_was(forked: Path, cache: Path, tmp_path: Path) -> None:
    out = tmp_path / "killed"
    command = [
        sys.executable,
        "-m",
        "chatkit_harness",
        "sweep",
        "--cache",
        str(cache),
        "--out",
        str(out),
        "-j",
        "1",
    ]
    process = subprocess.Popen([*command, *DRAWN, *SCENARIOS], stderr=subprocess.DEVNULL)
    try:
        wait_for(out / RESULTS_FILE, '"record":"case"', process)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    kept = cases(read_results(out))
    assert 0 < len(kept) < 9
    said = call("sweep", "--resume", out, "--cache", cache)
    assert said.status in (0, 1), said.err
    results = read_results(out)
    assert differences(read_results(forked), results) == []
    driven_again = [name for name, case in kept.items() if cases(results)[name].attempt != case.attempt]
    confirmed = {case.id for case in results.cases if case.confirmed}
    assert set(driven_again) <= confirmed


def wait_for(path: Path, text: str, process: subprocess.Popen[bytes], limit_s: float = 120) -> None:
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline and process.poll() is None:
        if path.exists() and text in path.read_text():
            return
        time.sleep(0.02)
    pytest.fail("no case was recorded in time")


@pytest.mark.slow
def test_shards_merge_into_what_one_machine_gives(forked: Path, cache: Path, tmp_path: Path) -> None:
    shards = [tmp_path / f"shard-{index}" for index in (1, 2)]
    for index, out in enumerate(shards, start=1):
        sweep(cache, out, "--shard", f"{index}/2", "--costs", forked, "--confirm", "none")
    said = call("merge", *shards, "--out", tmp_path / "whole")
    assert said.status in (0, 1), said.err
    assert differences(read_results(forked), read_results(tmp_path / "whole")) == []


@pytest.mark.slow
def test_a_lost_worker_process_harms_no_cell(forked: Path, cache: Path, tmp_path: Path) -> None:
    out = tmp_path / "lost"
    command = [sys.executable, "-m", "chatkit_harness", "sweep", "--cache", str(cache), "--out", str(out)]
    process = subprocess.Popen([*command, *DRAWN, *SCENARIOS], stderr=subprocess.DEVNULL)
    try:
        wait_for(out / RESULTS_FILE, '"record":"header"', process)
        kill_a_worker(process.pid)
        assert process.wait(timeout=300) in (0, 1)
    finally:
        process.kill()
        process.wait()
    assert differences(read_results(forked), read_results(out)) == []


def kill_a_worker(host: int) -> None:
    """Kill one of the host's worker processes, once there is one."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for child in Path(f"/proc/{host}/task/{host}/children").read_text().split():
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(int(child), signal.SIGKILL)
                return
        time.sleep(0.02)
    pytest.fail("no worker process was seen")


def test_results_json_tells_isolation_and_confirmation(forked: Path) -> None:
    document = json.loads((forked / "results.json").read_text())
    assert {cell["isolation"] for cell in document["cells"]} == {"fork"}
    assert any(case["confirmed"] for case in document["cases"])
