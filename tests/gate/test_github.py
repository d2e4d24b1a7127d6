"""The gate under GitHub Actions."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.gate.answers import FOUND, answer, case, crowd, liar, problem

from chatkit_harness.gate.github import append_summary, commands, harmless, runs_here


def test_a_problem_is_an_error_at_the_line_to_change() -> None:
    broken = problem(culprit={**FOUND, "text": "openai<2.45.0 avoids it."}, title="100%: a, b")
    (told,) = commands(answer(problems=[broken], cases=[case("new_failure")]))
    assert told == (
        "::error file=deploy/requirements.txt,line=3,title=run/exception%3A 100%25%3A a%2C b::It raised."
        "%0Acases: quote%0Aopenai<2.45.0 avoids it.%0Areproduce: chatkit-harness run --scenario quote"
    )


def test_pairs_have_no_file() -> None:
    (told,) = commands(answer(problems=[problem(place=None)], cases=[case("new_failure")]))
    assert told.startswith("::error title=run/exception%3A It raised.::")


def test_the_baseline_is_told_at_its_own_line_and_doubts_are_warnings() -> None:
    place = {"file": "chatkit-baseline.yaml", "line": 7}
    note = {"message": "nobody has said yet why", "place": place}
    stale = {"message": "'boom' no longer occurs.", "place": place}
    told = list(commands(answer(baseline=[stale], doubts=["No index."], notes=[note])))
    assert told == [
        "::error file=chatkit-baseline.yaml,line=7,title=baseline::'boom' no longer occurs.",
        "::warning title=not judged::No index.",
        "::notice file=chatkit-baseline.yaml,line=7,title=worth knowing::nobody has said yet why",
    ]


def test_nothing_that_a_server_says_becomes_a_command() -> None:
    told = list(commands(liar()))
    assert len(told) == 4
    for line in told:
        assert "\n" not in line
        assert line.startswith(("::error ", "::warning ", "::notice "))
        assert "\x1b" not in line


@pytest.mark.parametrize("line", ["::error::x", "  ::stop-commands::x", "a ##[add-mask]b"])
def test_output_that_looks_like_a_command_is_none(line: str) -> None:
    assert not harmless(line).lstrip().startswith("::")
    assert "##[" not in harmless(line)


def test_ordinary_output_stays_as_it_is() -> None:
    line = "1. run/exception: std::vector ## [x]"
    assert harmless(line) == line


def test_more_than_github_shows_are_counted() -> None:
    told = list(commands(crowd()))
    assert len(told) == 20
    assert told[9] == "::error title=chatkit-harness gate::19,991 more errors: see the job's summary."


def test_the_summary_is_added_to_what_other_steps_wrote(tmp_path: Path) -> None:
    path = tmp_path / "summary"
    path.write_text("# Tests\n")
    assert append_summary("## Gate\n", path) is None
    assert path.read_text() == "# Tests\n\n## Gate\n"


def test_a_summary_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    assert "cannot be written" in (append_summary("x", tmp_path) or "")
    (tmp_path / "full").write_bytes(b"x" * 1024 * 1024)
    assert "is full" in (append_summary("x", tmp_path / "full") or "")


@pytest.mark.parametrize(("value", "here"), [("true", True), ("false", False), ("", False)])
def test_only_github_itself_is_github(value: str, here: bool) -> None:
    assert runs_here({"GITHUB_ACTIONS": value}) is here
    assert not runs_here({})
