"""`chatkit-harness list coverage`: what a cell's packages can pass on, and which scenario exercises it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
from rich.progress import Progress

from chatkit_harness.core.errors import SelectionError
from chatkit_harness.core.nouns import Cell
from chatkit_harness.engine.coverage import CellCoverage, Ground, coverage, ground_in
from chatkit_harness.engine.run import run
from chatkit_harness.engine.targets import NATIVE
from chatkit_harness.reports import listener
from chatkit_harness.results import read_results

from .coverage_words import coverage_lines
from .folders import output_folder
from .lines import print_lines
from .named import require_named, require_no_selection, words
from .selection import NEWEST, from_command_line, run_settings
from .tell import console, print_document, tell_complaints

_OF_A_RUN = ("what", "source", "style", "cache", "index")
"""What may be said beside a run that was."""


def tell_coverage(given: dict[str, Any], style: str, source: Path | None) -> int:
    """Print the coverage of a run that was, or of one that is done for it.

    The sums come first, then every kind, of cells in which all is alike once; a document has every cell.
    0, whatever is left open; 3 where a part of the results, or a cell's packages, cannot be read, or a cell
    drove nothing natively, so that more may be exercised. Raises UsageError for a selection beside a run that
    was, and for a run without a native case.
    """
    if source is not None:
        require_no_selection(_OF_A_RUN, "finished runs are told")
        return _tell(source, given, style)
    require_named(given)
    _require_native(given)
    with output_folder(None) as out:
        # What is driven today is what a user would install today.
        # A workflow of the project's settings has no part in the one path that is asked.
        asked = {**given, "path": ("native",), "workflow": None}
        asked["resolution"] = given.get("resolution") or "today"
        settings = run_settings(asked, pairs=NEWEST, out=out)
        with listener(console(stderr=True)) as heard:
            run(settings, heard)
        return _tell(out, given, style)


def _require_native(given: dict[str, Any]) -> None:
    """Raise SelectionError for another path of the command line: what an answer of its shows is no kind."""
    asked = words(given["path"])
    if asked and asked != (NATIVE,) and from_command_line("path"):
        cause = "What a cell can pass on is what its chatkit gives to a client: the native path alone."
        raise SelectionError(f"--path {','.join(asked)}", cause, "Leave it out.")


def _tell(source: Path, given: dict[str, Any], style: str) -> int:
    results = read_results(source)
    with _progress(len(results.cells)) as heard:
        ground_of = ground_in(given.get("cache"), given.get("index"))
        found = coverage(results, lambda cell: heard(ground_of, cell))
    if style == "json":
        print_document({"coverage": [_document(each) for each in found]})
    else:
        print_lines((line, "") for line in coverage_lines(found))
    tell_complaints(results.complaints)
    return 3 if results.complaints or any(each.unreadable for each in found) else 0


@contextlib.contextmanager
def _progress(cells: int) -> Iterator[Callable[[Callable[[Cell], Ground], Cell], Ground]]:
    """How far it is, on a terminal: each cell's packages are installed and asked, which takes seconds."""
    shown = console(stderr=True)
    with Progress(console=shown, transient=True, disable=not shown.is_terminal) as progress:
        task = progress.add_task("reading packages", total=cells)

        def heard(ground_of: Callable[[Cell], Ground], cell: Cell) -> Ground:
            try:
                return ground_of(cell)
            finally:
                progress.advance(task)

        yield heard


def _document(found: CellCoverage) -> dict[str, Any]:
    return {
        "cell": found.cell.id,
        "unreadable": found.unreadable,
        "failing": list(found.failing),
        "spaces": [
            {
                "space": space,
                "kinds": len(kinds),
                "exercised": sum(1 for each in kinds if each.exercised_by),
                "by_hand": sum(1 for each in kinds if each.by_hand),
            }
            for space, kinds in found.by_space().items()
        ],
        "kinds": [
            {
                "kind": each.kind,
                "exercised_by": list(each.exercised_by),
                "seen_in": list(each.seen_in),
                "by_hand": each.by_hand,
                "gap": not each.exercised_by,
                "failing": list(each.failing),
                "skipped": [{"scenario": name, "reason": why} for name, why in each.skipped.items()],
            }
            for each in found.kinds
        ],
    }


RUN = click.argument("source", metavar="[RUN]", type=click.Path(path_type=Path), required=False)
