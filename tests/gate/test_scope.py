"""What of a project a gate looked at: nothing else is said to be gone from the baseline."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.command import Said, call
from tests.engine.made_matrix import SCENARIO
from tests.gate.test_gate import GOOD, broken, cache, served

__all__ = ["broken", "cache", "served"]

HEAD = "schema_version: 1\naccepted:\n"
ENTRY = "  - {{rule: {rule}, key: boom, {where}reason: known, expires: 2099-12-31}}\n"


def gate(*more: object) -> Said:
    return call("gate", "--base", GOOD, "--candidate", GOOD, *more)


def entry(where: str = "scenario: hello, ", rule: str = "run/raised") -> str:
    return ENTRY.format(where=where, rule=rule)


def baseline(*entries: str) -> Path:
    path = Path("chatkit-baseline.yaml")
    path.write_text(HEAD + "".join(entries))
    return path


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(
    ("entries", "words", "status"),
    [
        ([entry()], [], 1),
        ([entry("")], ["--path", "native"], 0),
        ([entry(rule="widgets/empty")], ["--check", "run"], 0),
        ([entry("scenario: helo, ")], ["--scenarios", "other"], 0),
        ([entry("scenario: hello, path: agent_builder, ")], [], 1),
    ],
)
def test_only_what_was_looked_for_is_gone(entries: list[str], words: list[str], status: int) -> None:
    Path("other").mkdir()
    Path("other/hello.yaml").write_text(SCENARIO)
    before = baseline(*entries).read_text()
    said = gate("--scenario", "hello", *words)
    assert said.status == status, said.out + said.err
    assert status == 0 or "chatkit-baseline.yaml:3: " in said.out
    if status == 0:
        assert gate("--scenario", "hello", *words, "--update-baseline").status == 0
        assert Path("chatkit-baseline.yaml").read_text() == before


@pytest.mark.usefixtures("served")
def test_settings_say_what_the_project_is() -> None:
    Path("other").mkdir()
    Path("other/hello.yaml").write_text(SCENARIO)
    Path("pyproject.toml").write_text('[tool.chatkit-harness]\nscenarios = "other"\n')
    baseline(entry("scenario: helo, "))
    assert "Did you mean 'hello'?" in gate("--scenario", "hello").out
    assert gate("--scenario", "hello", "--scenarios", "scenarios").status == 0


@pytest.mark.usefixtures("served")
def test_a_rule_that_no_check_has_is_wrong_use_before_anything_is_driven() -> None:
    baseline(entry(rule="run/rased"))
    said = gate("--scenario", "hello")
    assert (said.status, "Did you mean 'run/raised'?" in said.err) == (2, True)
    assert "chatkit-baseline.yaml:3" in said.err
    assert not Path("reports").exists()
