"""The gate on the command line, over made releases in real environments."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.command import Said, call
from tests.engine.made_matrix import CONCERNED, SCENARIO, UNHARMED, instead, third
from tests.made_index import MadeIndex, made_index

GOOD, BAD = f"1.0.0:{UNHARMED}", f"1.0.0:{CONCERNED}"
BROKEN = third("bad", files={"bad/__init__.py": "raise RuntimeError('bad is broken')\n"})


@pytest.fixture(scope="module")
def broken() -> Iterator[MadeIndex]:
    """An index in which the newer agents release needs a package that breaks its import."""
    with made_index(instead(BROKEN)) as index:
        yield index


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for what that index has: environments are made once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def served(tmp_path: Path, broken: MadeIndex, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project of its own for each test, and that index."""
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios/hello.yaml").write_text(SCENARIO)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHATKIT_HARNESS_CACHE", str(cache))
    monkeypatch.setenv("CHATKIT_HARNESS_INDEX", broken.url)
    monkeypatch.delenv("CHATKIT_HARNESS_DATA", raising=False)


def gate(base: str, candidate: str, *more: object) -> Said:
    return call("gate", "--base", base, "--candidate", candidate, "--scenario", "hello", *more)


def answer(base: str, candidate: str, *more: object) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(gate(base, candidate, "--format", "json", *more).out)
    return document


@pytest.mark.usefixtures("served")
def test_an_upgrade_that_breaks_is_told_with_what_breaks() -> None:
    said = gate(GOOD, BAD)
    assert said.status == 1
    assert said.out.startswith("BREAKS: the candidate breaks ")
    assert "bad is broken" in said.out
    assert f"openai-agents {UNHARMED} -> {CONCERNED}" in said.out


@pytest.mark.usefixtures("served")
def test_a_downgrade_that_mends_is_safe() -> None:
    found = answer(BAD, GOOD)
    assert (found["verdict"], found["status"]) == ("safe", 0)
    assert found["summary"]["fixed"] == 1


@pytest.mark.usefixtures("served")
def test_the_same_on_both_sides_is_safe_and_a_base_that_fails_says_nothing() -> None:
    assert gate(GOOD, GOOD).status == 0
    broken = answer(BAD, BAD)
    assert (broken["verdict"], broken["status"], broken["base_is_broken"]) == ("inconclusive", 3, True)


@pytest.mark.usefixtures("served")
def test_files_are_sides_too() -> None:
    Path("old.txt").write_text(f"openai-chatkit==1.0.0\nopenai-agents=={UNHARMED}\n")
    Path("new.txt").write_text(f"openai-chatkit==1.1.0\nopenai-agents=={UNHARMED}\n")
    found = answer("old.txt", "new.txt")
    assert found["verdict"] == "safe"
    assert found["pins"] == [{"name": "openai-chatkit", "base": "1.0.0", "candidate": "1.1.0"}]


@pytest.mark.usefixtures("served")
def test_what_the_baseline_accepts_passes_and_what_no_longer_occurs_fails() -> None:
    borne = {"reason": "known", "expires": "2199-01-01"}
    found = [each for problem in answer(GOOD, BAD)["problems"] for each in problem["findings"]]
    entries = [{"rule": each["rule"], "key": each["key"], **borne} for each in found]
    Path("chatkit-baseline.yaml").write_text(json.dumps({"schema_version": 1, "accepted": entries}))
    assert answer(GOOD, BAD)["verdict"] == "safe"
    stale = answer(GOOD, GOOD, "--scenario", "hello")
    assert stale["verdict"] == "safe", "a part of the scenarios cannot show that a finding is gone"


@pytest.mark.usefixtures("served")
def test_a_candidate_without_pins_is_never_safe() -> None:
    Path("none.txt").write_text(f"openai-chatkit==1.0.0\nopenai-agents=={UNHARMED}\nghost==9.9\n")
    found = answer(GOOD, "none.txt")
    assert found["status"] == 3
    assert "ghost" in " ".join(found["doubts"])


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(
    ("base", "told"),
    [("main:uv.lock", "in no git repository"), ("uv.lok", "There is no such file"), ("1.0.0:9.9", "9.9")],
)
def test_a_side_that_names_nothing_is_wrong_use(base: str, told: str) -> None:
    said = gate(base, GOOD)
    assert said.status == 2
    assert told in said.err
    assert "Traceback" not in said.err


@pytest.mark.usefixtures("served")
def test_the_run_s_own_causes_are_reproduced_by_the_pins_of_their_side() -> None:
    gate(GOOD, BAD, "--out", "here", "--culprit-budget", 0)
    (cause,) = json.loads(Path("here/results.json").read_text())["causes"]
    assert "--resolution here/sides/candidate.txt" in cause["reproduce"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
@pytest.mark.usefixtures("served", "heeds_ctrl_c")
def test_an_interrupted_gate_tells_how_to_see_a_folder_with_a_blank(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "chatkit_harness", "gate", "--base", GOOD, "--candidate", BAD]
    command += ["--scenario", "hello", "--jobs", "1", "--out", "my gate"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not (tmp_path / "my gate/results.jsonl").exists():
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    said, _none = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "what is finished: chatkit-harness report 'my gate'\n" in said
