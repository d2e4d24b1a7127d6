"""`list`, `report` and `recheck` on what is there without any cell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.command import call
from tests.reports.sample import write

from chatkit_harness.checks import CHECKS
from chatkit_harness.checks.rules import RULES
from chatkit_harness.gate.findings import RULES as COMPARING

ROOT = Path(__file__).parents[2]


def test_checks_and_pythons_and_scenarios_are_listed_for_people_and_scripts() -> None:
    for what, name in (("checks", "widgets"), ("scenarios", "quote-aapl")):
        assert name in call("list", what).out
        document = json.loads(call("list", what, "--format", "json").out)
        assert name in json.dumps(document[what])
    assert json.loads(call("list", "pythons", "--format", "json").out)["pythons"]


def test_what_a_check_says_is_one_whole_sentence() -> None:
    says = {
        row["check"]: row["says"]
        for row in json.loads(call("list", "checks", "--format", "json").out)["checks"]
    }
    assert says["imports"].endswith("and what the doctor says of an environment that the user made")
    assert says["latency"].endswith("and how often the model is asked")
    assert not [each for each in says.values() if "\n" in each or ". " in each]


def test_each_rule_is_listed_with_its_check_and_what_it_says() -> None:
    rows = json.loads(call("list", "rules", "--format", "json").out)["rules"]
    told = [*RULES.values(), COMPARING]
    assert {row["rule"]: row["says"] for row in rows} == {rule: each[rule] for each in told for rule in each}
    names = [*CHECKS, "gate"]
    assert rows == sorted(rows, key=lambda row: (names.index(row["check"]), row["rule"]))
    assert {row["check"] for row in rows if row["rule"].startswith(("upstream/", "wire/"))} == {"run", "gate"}


def test_rules_are_listed_one_a_line_for_people() -> None:
    lines = call("list", "rules").out.splitlines()
    assert lines[0].split() == ["rule", "check", "says"]
    assert len(lines) == 1 + sum(map(len, [*RULES.values(), COMPARING]))
    (line,) = (line for line in lines if line.startswith("run/asked-too-soon "))
    assert line.endswith(RULES["run"]["run/asked-too-soon"])


def test_a_slip_of_the_pen_for_rules_gets_the_list() -> None:
    said = call("list", "rule")
    assert (said.status, "'rules'" in said.err) == (2, True)
    assert "rules" in call("list", "--help").out


@pytest.mark.parametrize(
    ("what", "option"),
    [
        ("rules", ("--scenario", "quote-aapl")),
        ("checks", ("--pair", "9:9")),
        ("checks", ("--header", "a: b")),
        ("pythons", ("--sweep",)),
        ("releases", ("--shard", "1/8")),
    ],
)
def test_an_option_that_a_list_does_not_heed_is_refused(what: str, option: tuple[str, ...]) -> None:
    said = call("list", what, *option)
    assert said.status == 2
    assert said.err.splitlines()[0] == f"Error: {option[0]}"
    assert f"{what} are listed as they are" in said.err


def test_a_run_that_was_cut_is_drawn_as_far_as_it_got(tmp_path: Path) -> None:
    folder = write(tmp_path / "run").folder
    lines = (folder / "results.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "results.jsonl").write_bytes(b"".join(lines[:-2]) + lines[-2][:40])
    said = call("report", folder, "--out", tmp_path / "drawn")
    assert said.status in (1, 3)
    assert "cut" in said.out or "end" in said.out
    assert (tmp_path / "drawn" / "report.html").is_file()


def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "run").folder
    text = (folder / "results.jsonl").read_text().replace('"schema_version":1', '"schema_version":99', 1)
    (folder / "results.jsonl").write_text(text)
    for command in ("report", "recheck"):
        said = call(command, folder)
        assert said.status == 2
        assert "newer" in said.err


@pytest.mark.parametrize("command", ["report", "recheck"])
def test_without_a_run_it_says_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    said = call(command)
    assert said.status == 2
    assert "chatkit-harness run" in said.err


@pytest.mark.parametrize("command", ["report", "recheck", "breaks"])
def test_which_run_is_the_newest_is_told_where_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path("reports/older"))
    os.utime("reports/older/results.jsonl", (1, 1))
    write(Path("reports/newer"))
    told = f"The newest run: {Path('reports/newer')}\n"
    said = call(command)
    assert (told in said.err, told in said.out) == (True, False)
    assert "The newest run" not in call(command, "reports/older").err


def test_help_has_an_example_for_every_command() -> None:
    for command in ("run", "record", "recheck", "report", "list", "schemas"):
        said = call(command, "--help")
        assert said.status == 0
        assert "Example:\n" in said.out


@pytest.mark.parametrize("command", [["nox", "--list"], ["tox", "list"]], ids=["nox", "tox"])
def test_the_pairs_are_listed_without_network(command: list[str]) -> None:
    listed = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert "chatkit-1.2.0-agents-newest" in listed
