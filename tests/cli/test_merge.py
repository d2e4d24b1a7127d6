"""`merge` on the command line: exit statuses, what is printed, and what `report` says of several runs."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from tests.cli.command import call
from tests.engine.test_merge import CASES, CELLS, contrary, header, shards, write

from chatkit_harness.results import read_results


def passing(folder: Path, index: int, of: int) -> Path:
    """A shard in which nothing fails."""
    cells = [cell for cell in CELLS if "0.24.0" in cell.id][index - 1 :: of]
    cases = [case for case in CASES if case.cell in {cell.id for cell in cells}]
    return write(folder / f"green-{index}", cells, cases, header(cells, {"index": index, "of": of}))


def test_the_exit_status_is_that_of_the_merged_run(tmp_path: Path) -> None:
    failing = call("merge", *shards(tmp_path, 2), "--out", tmp_path / "red")
    assert failing.status == 1
    assert "64 cases" in failing.out
    green = [passing(tmp_path, index, 2) for index in (1, 2)]
    assert call("merge", *green, "--out", tmp_path / "green").status == 0


def test_a_missing_shard_is_told_and_the_rest_is_merged(tmp_path: Path) -> None:
    said = call("merge", passing(tmp_path, 1, 3), "--out", tmp_path / "part")
    assert said.status == 3
    assert "PARTLY MERGED: shards 2/3, 3/3 are missing." in said.out
    assert "INTERRUPTED" not in said.out
    page = call("breaks", tmp_path / "part").out
    assert "- **unfinished**: without shards 2/3, 3/3 of the plan" in page
    assert len(read_results(tmp_path / "part").cases) > 0


def test_many_missing_shards_are_told_as_ranges(tmp_path: Path) -> None:
    said = call("merge", passing(tmp_path, 3, 9), passing(tmp_path, 5, 9), "--out", tmp_path / "part")
    named = "shards 1/9, 2/9, 4/9, 6/9 to 9/9"
    assert f"PARTLY MERGED: {named} are missing." in said.out
    assert f"There are no results of {named}: what" in " ".join((said.out + said.err).split())


def test_a_shard_says_that_it_is_one(tmp_path: Path) -> None:
    said = call("report", passing(tmp_path, 1, 3))
    assert "This is shard 1/3 of the plan" in said.out


def test_one_document_is_printed_for_scripts(tmp_path: Path) -> None:
    said = call("merge", *shards(tmp_path, 3), "--out", tmp_path / "whole", "--format", "json")
    document = json.loads(said.out)
    assert (len(document["cells"]), len(document["cases"])) == (8, 64)
    assert document["run"]["complaints"] == []


def test_runs_that_differ_are_wrong_use_until_one_is_preferred(tmp_path: Path) -> None:
    paths = [write(tmp_path / "one", CELLS, CASES), contrary(tmp_path)]
    said = call("merge", *paths, "--out", tmp_path / "whole")
    assert said.status == 2
    assert CASES[0].id in said.err
    assert not (tmp_path / "whole").exists()
    said = call("merge", *paths, "--out", tmp_path / "whole", "--prefer", paths[0])
    assert said.status == 1
    assert "alike: kept once" in said.err


def test_two_versions_of_the_harness_say_why_not(tmp_path: Path) -> None:
    one = write(tmp_path / "one", CELLS[:1], CASES[:8])
    told = dataclasses.replace(header(CELLS[1:2]), harness_version="0.0.9")
    said = call("merge", one, write(tmp_path / "two", CELLS[1:2], CASES[8:16], told), "--format", "json")
    assert said.status == 2
    assert "different versions" in json.loads(said.out)["error"]["cause"]


@pytest.mark.parametrize("what", ["nowhere", "notes.txt"])
def test_what_is_no_run_is_named(tmp_path: Path, what: str) -> None:
    (tmp_path / "notes.txt").write_text("shopping list\n")
    one = write(tmp_path / "one", CELLS[:1], CASES[:8])
    said = call("merge", one, tmp_path / what, "--out", tmp_path / "whole")
    assert said.status == 2
    assert what in said.err


def test_without_runs_it_is_wrong_use() -> None:
    assert call("merge").status == 2


def test_help_has_an_example() -> None:
    said = call("merge", "--help")
    assert said.status == 0
    assert "Example:\n" in said.out
    assert "--prefer" in said.out


def test_a_report_of_several_runs_says_how_to_merge_them(tmp_path: Path) -> None:
    paths = shards(tmp_path, 2)
    said = call("report", *paths)
    assert said.status == 2
    assert f"chatkit-harness merge {paths[0]} {paths[1]} --out DIR" in said.err
    assert call("report", paths[0], "--out", tmp_path / "drawn").status in (0, 1)
