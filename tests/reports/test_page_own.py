"""The reader's own pair, marked among the cells of a run."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from tests.reports import sample
from tests.reports.page_data import Page

from chatkit_harness.cli.main import main
from chatkit_harness.cli.mine import own_pair
from chatkit_harness.core.errors import HarnessError
from chatkit_harness.reports import Mine
from chatkit_harness.reports.html import html_pieces
from chatkit_harness.reports.view import view
from chatkit_harness.results import Results

PINNED = "openai-chatkit==1.6.5\nopenai-agents==0.24.0\nopenai==2.54.0\n"


def drawn(results: Results, mine: Mine | None = None) -> dict[str, Any]:
    return Page("".join(html_pieces(view(results), mine=mine))).run


def marked(run: dict[str, Any]) -> list[str]:
    return [cell["name"] for cell in run["cells"] if cell["mine"]]


def test_the_cells_of_one_s_own_pair_are_marked_however_they_were_resolved() -> None:
    run = drawn(sample.results(), Mine(chatkit="1.6.5", agents="0.24.0", source="uv.lock"))
    assert marked(run) == [f"chatkit 1.6.5 agents 0.24.0 py3.12 {when}" for when in ("contemporary", "today")]
    assert run["own"] == "chatkit 1.6.5 with agents 0.24.0, as uv.lock has it"


@pytest.mark.parametrize("mine", [None, Mine(chatkit="9.9.9", agents="0.24.0")])
def test_where_nobody_knows_it_or_it_was_not_run_nothing_is_marked(mine: Mine | None) -> None:
    run = drawn(sample.results(), mine)
    assert (marked(run), run["own"]) == ([], None)


def test_a_run_that_was_told_the_pair_keeps_it() -> None:
    results = sample.results()
    told = {"mine": {"chatkit": "1.2.0", "agents": "0.5.1", "source": ""}}
    run = drawn(dataclasses.replace(results, header=dataclasses.replace(results.header, selection=told)))
    assert (len(marked(run)), run["own"]) == (2, "chatkit 1.2.0 with agents 0.5.1")


def test_cells_that_a_file_pinned_are_their_reader_s() -> None:
    cells = [sample.cell(), sample.cell(resolution="uv.lock")]
    run = drawn(sample.results((cells, [sample.case(cell) for cell in cells])))
    assert (marked(run), run["own"]) == (["chatkit 1.2.0 agents 0.5.1 py3.12 uv.lock"], "as uv.lock has it")


def test_a_lock_file_in_the_working_folder_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert own_pair(None) == {}
    Path("pylock.toml").write_text("cut off [")
    Path("requirements.txt").write_text(PINNED)
    found = {"chatkit": "1.6.5", "agents": "0.24.0", "source": "requirements.txt"}
    assert own_pair(None) == found
    assert own_pair("1.2.0:0.5.1") == {"chatkit": "1.2.0", "agents": "0.5.1", "source": ""}
    assert own_pair(None, {"chatkit": "1", "agents": "2", "source": ""})["chatkit"] == "1"


@pytest.mark.parametrize(
    ("word", "cause"),
    [
        ("1.6.5", "neither a pair of releases nor a file"),
        ("nowhere.lock", "neither a pair of releases nor a file"),
        ("1.6.5:newest", "both releases are named by their numbers, and 'newest' is none"),
        ("newest:0.24.0", "both releases are named by their numbers, and 'newest' is none"),
        ("newest:newest", "neither a pair of releases nor a file"),
        ("some.txt", "does not pin both openai-chatkit and openai-agents"),
    ],
)
def test_what_names_no_pair_is_told(
    word: str, cause: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("some.txt").write_text("openai-chatkit==1.6.5\n")
    with pytest.raises(HarnessError, match=cause):
        own_pair(word)


def test_a_report_is_drawn_for_whoever_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    sample.write(tmp_path / "run")
    monkeypatch.setattr("sys.argv", ["chatkit-harness", "report", "run", "--mine", "1.2.0:0.5.1"])
    with pytest.raises(SystemExit):
        main()
    assert len(marked(Page(Path("run/report.html").read_text()).run)) == 2
