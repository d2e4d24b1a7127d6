"""A sweep that goes on: where it was, with what has changed, and with nothing else."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.cli.command import Said, call
from tests.engine.made_matrix import CONCERNED, RELEASES, SCENARIO, chatkit
from tests.made_index import MadeIndex, MadeRelease, made_index

from chatkit_harness.core.data import data_folder
from chatkit_harness.core.nouns import CaseResult
from chatkit_harness.results import RESULTS_FILE, differences, read_header, read_results

BROKEN = MadeRelease(
    project="openai-agents",
    version="0.7.0",
    files={"agents/__init__.py": "raise RuntimeError('not today')\n"},
)
GREETS = """\
id: greets
title: The server of a made release knows nothing of conversations
turns: [{user: hello}]
script: [{say: Hello to you.}]
"""
AGENTS = ("0.5.1", "0.6.0", "0.7.0")
CASES = {
    f"{chatkit}:{agents} {scenario}"
    for chatkit in ("1.0.0", "1.1.0")
    for agents in AGENTS
    for scenario in ("hello", "greets")
}
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder with scenarios, a recording and a cache; `index` serves a matrix, `whole` is its sweep."""

    folder: Path
    index: MadeIndex

    @property
    def whole(self) -> Path:
        """The run that nobody disturbed."""
        return self.folder / "whole"

    @property
    def here(self) -> list[object]:
        """What a resumed run has to be told too."""
        return ["--index", self.index.url, "--cache", self.folder / "cache", "-j", "1"]

    @property
    def asked(self) -> list[object]:
        """What the sweep is asked for."""
        own = ["--scenarios", self.folder / "scenarios", "--cassettes", self.folder / "cassettes"]
        return [*self.here, *own, "--resolution", "today", "--scenario", "hello,greets"]

    def resume(self, run: Path, *options: object) -> Said:
        """Go on with a run."""
        said = call("sweep", *self.here, "--resume", run, *options)
        assert said.status == 1, said.err
        return said

    def resumed(self, tmp_path: Path, *options: object) -> set[str]:
        """Go on with a copy of the whole run, confirming nothing; the cases that were driven again."""
        run = shutil.copytree(self.whole, tmp_path / "run")
        last = max(case.attempt for case in read_results(run).cases)
        self.resume(run, "--confirm", "none", *options)
        return {short(case) for case in read_results(run).cases if case.attempt > last}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("resume")
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "hello.yaml").write_text(SCENARIO)
    (folder / "scenarios" / "greets.yaml").write_text(GREETS)
    record(folder / "scenarios", folder / "cassettes")
    with made_index([*RELEASES, BROKEN]) as index:
        made = Place(folder=folder, index=index)
        said = call("sweep", *made.asked, "--out", made.whole)
        assert said.status == 1, said.err
        yield made


def record(scenarios: Path, cassettes: Path) -> None:
    said = call("record", "--scenarios", scenarios, "--scenario", "greets", "--path", "native",
                "--out", cassettes)  # fmt: skip
    assert said.status == 0, said.err


def short(case: CaseResult) -> str:
    """A case as CASES names it."""
    chatkit, agents = case.cell.split("+")[:2]
    return f"{chatkit.removeprefix('chatkit-')}:{agents.removeprefix('agents-')} {case.scenario}"


def outcomes_written(run: Path) -> int:
    """How many the file holds, those that were superseded included."""
    return (run / RESULTS_FILE).read_text().count('{"record":"case"')


def test_the_matrix_has_passes_and_failures(place: Place) -> None:
    outcomes = {short(case): case.outcome for case in read_results(place.whole).cases}
    assert set(outcomes) == CASES
    passing = {case for case, outcome in outcomes.items() if outcome == "pass"}
    assert passing == {case for case in CASES if "hello" in case and "0.7.0" not in case}


def test_what_was_left_unconfirmed_is_confirmed_by_the_next_part(place: Place, tmp_path: Path) -> None:
    run = tmp_path / "run"
    call("sweep", *place.asked, "--confirm", "none", "--out", run)
    assert not any(case.confirmed for case in read_results(run).cases)
    assert outcomes_written(run) == len(CASES)
    place.resume(run, "--confirm", "causes")
    confirmed = [case for case in read_results(run).cases if case.confirmed]
    assert 0 < len(confirmed) == outcomes_written(run) - len(CASES) < len(CASES)
    assert differences(read_results(place.whole), read_results(run)) == []


def test_nothing_is_looked_at_twice(place: Place, tmp_path: Path) -> None:
    run = shutil.copytree(place.whole, tmp_path / "run")
    assert any(case.confirmed for case in read_results(run).cases)
    before = outcomes_written(run)
    for _ in range(2):
        said = place.resume(run)
        assert outcomes_written(run) == before
        assert f"{len(CASES)} cases ({len(CASES)} kept)" in said.err
    assert differences(read_results(place.whole), read_results(run)) == []


def test_a_shard_stays_the_one_that_it_was(place: Place, tmp_path: Path) -> None:
    run = tmp_path / "run"
    call("sweep", *place.asked, "--shard", "1/2", "--costs", place.whole, "--out", run)
    before = read_header(run)
    place.resume(run)
    assert read_header(run).matrix == before.matrix
    assert read_header(run).selection["costs"] == str(place.whole)


def test_a_contradiction_stays_told(place: Place, tmp_path: Path) -> None:
    uneven = "import sys\nif 'layers' in __file__: raise RuntimeError('not like this')\nimport good\n"
    release = MadeRelease(
        project="openai-agents", version="0.6.0", requires=["good"], files={"agents/__init__.py": uneven}
    )
    others = [each for each in RELEASES if each.project != "openai-agents"]
    scenarios = place.folder / "scenarios"
    with made_index([*others, release]) as index:
        here = ["--index", index.url, "--cache", tmp_path / "cache"]
        asked = [*here, "--resolution", "today", "--scenarios", scenarios, "--scenario", "hello"]
        for words in (
            [*asked, "--confirm", "all", "--out", tmp_path / "run"],
            [*here, "--resume", tmp_path / "run"],
        ):
            said = call("sweep", *words)
            assert said.status == 3
            assert "With shared packages it was fail, in a fresh environment pass, which counts" in said.err
    assert {case.outcome for case in read_results(tmp_path / "run").cases} == {"pass"}


@pytest.mark.slow
def test_what_stands_for_a_cause_after_a_contradiction_is_looked_at_too(place: Place, tmp_path: Path) -> None:
    uneven = "import sys\nif 'layers' in __file__: raise RuntimeError('not like this')\nimport good\n"
    agents = MadeRelease(
        project="openai-agents", version="0.6.0", requires=["good"], files={"agents/__init__.py": uneven}
    )
    parties = [each for each in RELEASES if not each.project.startswith("openai-")]
    with made_index([*parties, agents, *(chatkit(f"1.{minor}.0") for minor in range(5))]) as index:
        said = call(
            "sweep", "--index", index.url, "--cache", tmp_path / "cache", "--resolution", "today",
            "--scenarios", place.folder / "scenarios", "--scenario", "hello", "--out", tmp_path / "run",
        )  # fmt: skip
    assert said.err.count("Confirming ") > 1, said.err
    assert said.err.count("With shared packages it was fail, in a fresh environment pass") == 5
    assert {case.outcome for case in read_results(tmp_path / "run").cases} == {"pass"}


@pytest.mark.parametrize(
    "left",
    [
        pytest.param("", marks=pytest.mark.slow),
        pytest.param('{"record":"hea', marks=pytest.mark.slow),
        '{"record":"header","schema_version":1,',
    ],
)
def test_a_run_that_was_killed_before_its_header_was_whole_is_done(
    place: Place, tmp_path: Path, left: str
) -> None:
    (tmp_path / RESULTS_FILE).write_text(left)
    said = call("sweep", *place.asked, "--confirm", "none", "--resume", tmp_path)
    assert "ended before it had written what it was asked for" in said.err
    results = read_results(tmp_path)
    assert {short(case) for case in results.cases} == CASES
    assert not results.complaints


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("seed", [1])
def test_a_run_that_is_killed_again_and_again_comes_to_the_same(
    place: Place, tmp_path: Path, seed: int
) -> None:
    drawn = random.Random(seed)  # noqa: S311 - no secret
    file, size = tmp_path / "run" / RESULTS_FILE, (place.whole / RESULTS_FILE).stat().st_size
    process, kills = started([*place.asked, "--out", file.parent]), 0
    while killed_beyond(process, file, size_of(file) + drawn.randrange(1, size * 2 // 3)):
        kills += 1
        if drawn.random() < 0.5:  # while a line was being written
            file.write_bytes(file.read_bytes()[: -drawn.randrange(1, 200)])
        process = started([*place.asked, "--resume", file.parent])
    assert kills >= 2
    results = read_results(file)
    assert not results.complaints, results.complaints
    assert differences(read_results(place.whole), results) == []


def started(words: Sequence[object], *, source: Path = ROOT / "harness") -> subprocess.Popen[str]:
    """A sweep in a process of its own, by the harness in that folder."""
    command = [sys.executable, "-m", "chatkit_harness", "sweep", *map(str, words)]
    environ = {**os.environ, "PYTHONPATH": str(source)}
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environ
    )


def ended(process: subprocess.Popen[str]) -> None:
    """Wait for a sweep to end by itself."""
    with process:
        _out, err = process.communicate()
        assert process.returncode == 1, err


def size_of(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def killed_beyond(process: subprocess.Popen[str], file: Path, size: int) -> bool:
    """Kill a sweep once its file has that size; False where it came to its end before."""
    while process.poll() is None:
        if size_of(file) >= size:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            return True
        time.sleep(0.005)
    ended(process)
    return False


def test_other_pins_concern_the_cells_that_have_them(place: Place, tmp_path: Path) -> None:
    before = place.index.releases
    place.index.releases = [*before, MadeRelease(project="bad", version="2.0", files={"bad.py": ""})]
    try:
        again = place.resumed(tmp_path, "--cache", tmp_path / "cache")  # it remembers no choice
    finally:
        place.index.releases = before
    assert again == {case for case in CASES if f":{CONCERNED} " in case}


def test_another_scenario_concerns_its_cases(place: Place, tmp_path: Path) -> None:
    moved = shutil.copytree(place.folder / "scenarios", tmp_path / "moved")
    with (moved / "hello.yaml").open("a") as file:
        file.write("# Nothing that is done.\n")
    assert place.resumed(tmp_path / "one", "--scenarios", moved) == set()
    (moved / "hello.yaml").write_text(SCENARIO.replace("status: ok", "status: well"))
    again = place.resumed(tmp_path / "other", "--scenarios", moved)
    assert again == {case for case in CASES if case.endswith(" hello")}


def test_another_cassette_concerns_its_cases(place: Place, tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "greets.yaml").write_text(GREETS.replace("Hello to you.", "Good morning."))
    record(tmp_path / "scenarios", tmp_path / "cassettes")
    again = place.resumed(tmp_path, "--cassettes", tmp_path / "cassettes")
    assert again == {case for case in CASES if case.endswith(" greets")}


@pytest.mark.slow
def test_another_harness_concerns_every_case(place: Place, tmp_path: Path) -> None:
    source = copied_harness(tmp_path / "copy")
    run = tmp_path / "run"
    asked = [*place.asked, "--agents", "0.6.0", "--confirm", "none"]
    ended(started([*asked, "--out", run], source=source))
    for room, again in (("reports", 0), ("checks", 4)):
        before = outcomes_written(run)
        with (source / "chatkit_harness" / room / "__init__.py").open("a") as file:
            file.write("# Changed.\n")
        ended(started([*place.here, "--resume", run], source=source))
        assert outcomes_written(run) == before + again


def copied_harness(folder: Path) -> Path:
    """The source root of a harness that may be changed, with its data beside it."""
    source = folder / "harness"
    ignored = shutil.ignore_patterns("__pycache__", "_data")
    shutil.copytree(ROOT / "harness" / "chatkit_harness", source / "chatkit_harness", ignore=ignored)
    for name in ("scenarios", "cassettes", "schemas"):
        (folder / name).symlink_to(data_folder(name))
    return source
