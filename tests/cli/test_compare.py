"""`compare` over finished runs, which needs no cell, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from tests.cli.command import call
from tests.comparison.build import LEVELS, Run, answer, native, workflow
from tests.reports import sample

SAID = "Tesla trades at $408.92."
SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "comparison.schema.json").read_text())


def run(folder: Path, here: tuple[str, ...] = LEVELS, there: tuple[str, ...] = LEVELS) -> Path:
    Run(folder).both("draw", native(SAID, (), here), workflow(answer(SAID, (), there))).results()
    return folder


def test_the_exit_status_says_whether_anything_breaks(tmp_path: Path) -> None:
    assert call("compare", run(tmp_path / "equal")).status == 0
    assert call("compare", run(tmp_path / "better", there=())).status == 0
    broken = call("compare", run(tmp_path / "broken", here=()))
    assert broken.status == 1
    assert "SOMETHING BREAKS" in broken.out


def test_a_run_of_one_path_is_an_empty_comparison_and_says_what_is_missing(tmp_path: Path) -> None:
    said = call("compare", sample.write(tmp_path).folder)
    assert said.status == 3
    assert "no scenario was driven on both paths" in said.out


def test_scripts_get_one_document(tmp_path: Path) -> None:
    said = call("compare", run(tmp_path), "--format", "json")
    document = json.loads(said.out)
    Draft202012Validator(SCHEMA).validate(document)
    assert document["scenarios"][0]["verdict"] == "equal"


def test_an_assumption_is_labelled_wherever_it_shows(tmp_path: Path) -> None:
    said = call("compare", run(tmp_path), "--assume", "ttft=600ms,tps=80")
    assert "An assumption, which nobody measured: the model takes 600 ms to the first token" in " ".join(
        said.out.split()
    )
    document = json.loads(call("compare", tmp_path, "--assume", "ttft=0.6s,tps=80", "--format", "json").out)
    Draft202012Validator(SCHEMA).validate(document)
    assert document["assumption"] == "600 ms to the first token, then 80 tokens a second"
    assert "~" not in call("compare", tmp_path).out


def test_two_runs_are_joined_and_written_where_asked(tmp_path: Path) -> None:
    Run(tmp_path / "a").add("draw", native(SAID)).results()
    Run(tmp_path / "b").add("draw", workflow(answer(SAID), saved=True)).results()
    said = call("compare", tmp_path / "a", tmp_path / "b", "--out", tmp_path / "out")
    assert said.status == 0
    assert "Two runs, joined by scenario" in said.out
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "comparison.html",
        "comparison.json",
        "comparison.md",
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--scenario", "draw"], "--scenario"),
        (["--assume", "tftt=1s,tps=80"], "Did you mean 'ttft'?"),
        (["--pair", "1.6.5:newest"], "--pair"),
        (["--path", "native"], "takes both paths"),
    ],
)
def test_what_selects_means_nothing_for_finished_runs(
    tmp_path: Path, arguments: list[str], told: str
) -> None:
    said = call("compare", run(tmp_path), *arguments)
    assert said.status == 2
    assert told in said.err


def test_three_runs_are_one_too_many(tmp_path: Path) -> None:
    folder = run(tmp_path)
    said = call("compare", folder, folder, folder)
    assert said.status == 2
    assert "one run, or two" in said.err


def test_a_folder_without_a_run_is_told(tmp_path: Path) -> None:
    said = call("compare", tmp_path)
    assert said.status == 2
    assert "results.jsonl" in said.err


def test_the_help_documents_the_exit_status_and_has_an_example() -> None:
    said = call("compare", "--help")
    assert said.status == 0
    assert "Example:\n" in said.out
    assert "1    something breaks by moving" in said.out
