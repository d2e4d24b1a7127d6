"""Where what a command makes is to go is looked at before runs are read, which may take minutes."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.command import call
from tests.reports import sample

UNREAD = "not a results file"
"""What is said of the run once it is read."""


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A run that complains as soon as it is read."""
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "results.jsonl").write_text("[]\n", "utf-8")
    return folder


@pytest.mark.parametrize("command", ["breaks", "merge", "recheck", "report"])
def test_a_place_that_can_be_written_is_no_trouble(broken: Path, tmp_path: Path, command: str) -> None:
    said = call(command, broken, "--out", tmp_path / "new")
    assert (said.status, UNREAD in said.err) == (2, True)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("command", ["breaks", "merge", "recheck", "report"])
def test_below_a_file_nothing_can_be_made(broken: Path, tmp_path: Path, command: str) -> None:
    (tmp_path / "notes").write_text("x", "utf-8")
    said = call(command, broken, "--out", tmp_path / "notes" / "new")
    assert said.status == 3
    assert "It cannot be written" in said.err or "The page cannot be written" in said.err
    assert f"{tmp_path / 'notes'} is no folder" in said.err
    assert UNREAD not in said.err


def test_a_page_goes_into_a_folder_that_is_there(broken: Path, tmp_path: Path) -> None:
    said = call("breaks", broken, "--out", tmp_path / "docs" / "page.md")
    assert (said.status, f"{tmp_path / 'docs'} is no folder" in said.err) == (3, True)


@pytest.mark.parametrize("command", ["merge", "recheck"])
def test_a_folder_with_a_run_is_not_taken_for_another(broken: Path, tmp_path: Path, command: str) -> None:
    sample.write(tmp_path / "kept")
    said = call(command, broken, "--out", tmp_path / "kept")
    assert (said.status, "holds another run" in said.err) == (2, True)


def test_a_page_may_be_put_over_an_older_one_and_on_standard_output(tmp_path: Path) -> None:
    sample.write(tmp_path / "run")
    (tmp_path / "page.md").write_text("older", "utf-8")
    assert call("breaks", tmp_path / "run", "--out", tmp_path / "page.md").status == 0
    assert (tmp_path / "page.md").read_text("utf-8") != "older"
    assert call("breaks", tmp_path / "run", "--out", "/dev/null").status == 0


def test_which_run_is_preferred_is_one_of_those_that_are_named(broken: Path, tmp_path: Path) -> None:
    said = call("merge", broken, "--prefer", tmp_path / "brokn", "--out", tmp_path / "new")
    assert said.status == 2
    assert "none of the runs that are merged" in said.err
    assert UNREAD not in said.err


def test_a_release_that_there_is_not_is_told_before_the_run_is_read(broken: Path) -> None:
    said = call("recheck", broken, "--client", "9.9.9")
    assert (said.status, "has no such release" in said.err) == (2, True)
