"""The header says by which means nothing could leave, as the cells found it."""

from __future__ import annotations

from pathlib import Path

from chatkit_harness.core.nouns import Cell
from chatkit_harness.results import ResultsWriter, RunHeader, read_results

BOTH, ALONE = "audit hook and Landlock (TCP)", "audit hook only (the kernel has no Landlock: Linux 5.15)"


def cell(number: int, held: str) -> Cell:
    return Cell(id=f"c{number}", chatkit="1", agents="1", python="3.12", resolution="today", held=held)


def enforcement(folder: Path, *held: str) -> str:
    with ResultsWriter(folder) as writer:
        writer.header(RunHeader(harness_version="1", started="2025-01-01T00:00:00Z", enforcement="meant"))
        for number, each in enumerate(held):
            writer.cell(cell(number, each))
    return read_results(folder).header.enforcement


def test_what_all_cells_found_is_told_once(tmp_path: Path) -> None:
    assert enforcement(tmp_path, BOTH, "", BOTH) == BOTH


def test_cells_that_differ_are_counted(tmp_path: Path) -> None:
    assert enforcement(tmp_path, ALONE, BOTH, BOTH) == f"{BOTH} in 2 cells; {ALONE} in 1 cell"


def test_before_a_cell_has_told_the_header_says_what_is_meant(tmp_path: Path) -> None:
    assert enforcement(tmp_path, "") == "meant"
