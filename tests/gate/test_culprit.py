"""What the gate says of who broke it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.cli.command import call
from tests.engine.made_matrix import SCENARIO, SERVER, UNHARMED, agents, chatkit, third
from tests.made_index import MadeRelease, made_index

ANSWER, LESS = '{"status": "ok", "more": 1}', '{"status": "ok"}'
TELLING = SERVER.replace("import agents, common", "import agents, common, answers")
TELLING = TELLING.replace("""b'{"status": "ok"}'""", "answers.BODY")
BREAKS = "raise RuntimeError('dep is broken')\n"


def release(name: str, minor: int, source: str = "") -> MadeRelease:
    return MadeRelease(project=name, version=f"1.{minor}", files={f"{name}/__init__.py": source})


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A project of which the upgrade moves two packages; one of them breaks what imports it from 1.4 on."""
    (tmp_path / "scenarios").mkdir()
    for name in ("hello", "again"):
        (tmp_path / f"scenarios/{name}.yaml").write_text(SCENARIO.replace("hello", name))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHATKIT_HARNESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("CHATKIT_HARNESS_DATA", raising=False)
    deps = [release("dep", n, BREAKS if n > 3 else "") for n in range(1, 8)]
    bystanders = [release("bystander", n) for n in (1, 2)]
    deps.append(release("dep", 8, "raise KeyError('something else')\n"))
    deps.append(
        release("dep", 9, f"import shutil\nshutil.rmtree({str(tmp_path / 'scenarios')!r}, True)\n{BREAKS}")
    )
    answers = [release("answers", n, f"BODY = b'{ANSWER if n < 3 else LESS}'\n") for n in range(1, 5)]
    bystanders += answers
    server = chatkit("1.1.0")
    files = {**server.files, "chatkit/agents.py": TELLING}
    server = replace(server, requires=[*server.requires, "answers"], files=files)
    pair = [chatkit("1.0.0"), server, agents(UNHARMED, "dep"), third("common")]
    with made_index([*pair, *deps, *bystanders]) as index:
        monkeypatch.setenv("CHATKIT_HARNESS_INDEX", index.url)
        for name, dep, bystander in (("old", 1, 1), ("new", 7, 2)):
            lines = [f"openai-agents=={UNHARMED}", "openai-chatkit==1.0.0"]
            lines += [f"dep==1.{dep}", f"bystander==1.{bystander}"]
            Path(f"{name}.txt").write_text("\n".join(lines) + "\n")
        yield


def gate(*more: object) -> dict[str, Any]:
    words = ("--base", "old.txt", "--candidate", "new.txt", "--scenario", "hello,again", "--format", "json")
    document: dict[str, Any] = json.loads(call("gate", *words, *more).out)
    return document


def test_a_new_failure_has_its_culprit_a_proven_constraint_and_a_line_to_reproduce() -> None:
    told = gate("--out", "here")
    assert len(told["problems"]) == 1, "two cases, one cause"
    problem = told["problems"][0]
    culprit = problem["culprit"]
    assert culprit["verdict"] == "found"
    assert culprit["changes"] == [{"name": "dep", "base": "1.1", "candidate": "1.7"}]
    assert culprit["first_bad"] == {"name": "dep", "version": "1.4"}
    assert (culprit["constraint"], culprit["verified"]) == ("dep<1.4", True)
    again = call(*problem["reproduce"].split()[1:], "--out", "again")
    assert again.status == 1


def test_without_a_budget_nobody_looks_and_the_verdict_is_the_same() -> None:
    told = gate("--culprit-budget", 0)
    assert told["verdict"] == "breaks"
    assert told["problems"][0]["culprit"] is None


def test_a_search_that_runs_out_of_time_says_suspected() -> None:
    culprit = gate("--culprit-budget", "0.01")["problems"][0]["culprit"]
    assert culprit["verdict"] == "suspected"
    assert "time" in culprit["text"]


def test_the_settings_say_how_long_a_search_may_take() -> None:
    Path("pyproject.toml").write_text("[tool.chatkit-harness]\nculprit-budget = 0\n")
    assert gate()["problems"][0]["culprit"] is None
    assert gate("--culprit-budget", "0.01")["problems"][0]["culprit"]["verdict"] == "suspected"


def test_trouble_of_the_search_changes_no_verdict() -> None:
    Path("new.txt").write_text(Path("new.txt").read_text().replace("dep==1.7", "dep==1.9"))
    said = call("gate", "--base", "old.txt", "--candidate", "new.txt", "--scenario", "hello", "--out", "here")
    assert not Path("scenarios").exists(), "the search finds no scenarios"
    assert (said.status, "could not be searched for" in said.err) == (1, True), said.err
    assert json.loads(Path("here/gate.json").read_text())["verdict"] == "breaks"


def test_what_the_gate_has_driven_is_not_driven_again() -> None:
    for name, dep in (("old", 3), ("new", 4)):
        pins = f"openai-agents=={UNHARMED}\nopenai-chatkit==1.0.0\ndep==1.{dep}\n"
        Path(f"{name}.txt").write_text(pins)
    words = ("--base", "old.txt", "--candidate", "new.txt", "--scenario", "hello")
    told = [line for line in call("gate", *words).err.splitlines() if "in a fresh environment" in line]
    assert [line.rpartition(" ")[2] for line in told] == ["(known)", "(known)"]


def test_what_fails_with_the_base_too_is_not_searched_for() -> None:
    Path("old.txt").write_text(Path("new.txt").read_text())
    told = gate()
    assert (told["verdict"], told["problems"]) == ("inconclusive", [])


def test_a_change_of_the_wire_has_a_culprit_and_a_line_that_shows_it() -> None:
    for name, minor in (("old", 1), ("new", 4)):
        pins = f"openai-agents=={UNHARMED}\nopenai-chatkit==1.1.0\ndep==1.1\nanswers==1.{minor}\n"
        Path(f"{name}.txt").write_text(pins)
    told = gate("--out", "here")
    (problem,) = told["problems"]
    assert problem["rule"] == "wire/property-gone"
    assert problem["culprit"]["first_bad"] == {"name": "answers", "version": "1.3"}
    assert (problem["culprit"]["constraint"], problem["culprit"]["verified"]) == ("answers<1.3", True)
    assert call(*problem["reproduce"].split()[1:], "--out", "again", "--culprit-budget", 0).status == 1


def test_what_fails_otherwise_than_before_has_a_culprit_too() -> None:
    for name, dep in (("old", 8), ("new", 7)):
        pins = f"openai-agents=={UNHARMED}\nopenai-chatkit==1.0.0\ndep==1.{dep}\nbystander==1.1\n"
        Path(f"{name}.txt").write_text(pins)
    told = gate()
    assert told["summary"]["other_failure"] == 2
    assert told["problems"][0]["culprit"]["changes"][0]["name"] == "dep"


def test_a_candidate_without_chatkit_is_said_to_be() -> None:
    Path("new.txt").write_text(f"openai-agents=={UNHARMED}\ndep==1.1\n")
    told = gate()
    assert told["status"] == 3
    assert "candidate (new.txt) pins no openai-chatkit" in told["doubts"][0]


def test_a_lock_of_another_python_is_named_as_the_user_knows_it() -> None:
    Path("uv.lock").write_text('version = 1\nrequires-python = ">=3.99"\n[[package]]\nname = "a"\n')
    said = call("gate", "--base", "old.txt", "--candidate", "uv.lock", "--out", "here")
    assert said.status == 2
    assert "--candidate uv.lock\n  It was made for Python >=3.99" in said.err


def test_a_lock_that_breaks_its_own_requirements_is_noted() -> None:
    pins = (f"openai-agents=={UNHARMED}", "openai-chatkit==1.0.0", "dep==1.1")
    Path("new.txt").write_text("".join(f"{pin} --hash=sha256:{'0' * 64}\n" for pin in pins))
    told = gate()
    assert "It lacks common" in told["notes"][0]["message"]


def test_a_pair_that_its_lock_does_not_pin_is_told_where_the_pins_come_from() -> None:
    whole = (f"openai-agents=={UNHARMED}", "openai-chatkit==1.0.0", "common==1.0", "dep==1.1", "answers==9")
    Path("whole.txt").write_text("".join(f"{pin} --hash=sha256:{'0' * 64}\n" for pin in whole))
    said = call("run", "--pair", f"1.1.0:{UNHARMED}", "--resolution", "whole.txt", "--scenario", "hello")
    assert said.status == 3
    assert "whole.txt pins it" in said.out
