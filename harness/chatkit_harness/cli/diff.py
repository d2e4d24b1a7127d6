"""`chatkit-harness diff`: what became of one run's cases in another run."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import click
from rich.progress import Progress

from chatkit_harness.bisect.log import FILE as SEARCH
from chatkit_harness.core.errors import ResultsError
from chatkit_harness.gate.difference import WIRE_UP_TO, difference
from chatkit_harness.gate.difference_document import difference_document
from chatkit_harness.gate.difference_words import difference_lines
from chatkit_harness.results import RESULTS_FILE, Results, Shared, read_results

from . import options
from .lines import print_lines
from .tell import console, print_document

_LARGEST = 200_000_000
_DRAWN = {
    "results.json": "the document that is drawn from a run",
    "gate.json": "a gate's answer",
    "gate.sarif": "a gate's answer",
    "comparison.json": "a comparison of two paths",
    "report.html": "a report that is drawn from a run",
    "summary.md": "a summary that is drawn from a run",
    "junit.xml": "a report that is drawn from a run",
    "gate-junit.xml": "a gate's answer",
    "run.log": "a run's log",
    SEARCH: "the log of a search",
    "bisect.json": "the result of a search",
}
"""What else lies in a run's folder, and could be taken for its results."""


@click.command()
@click.argument("base", type=click.Path(path_type=Path))
@click.argument("candidate", type=click.Path(path_type=Path))
@click.option("--base-cell", metavar="ID", help="Only this cell of the base: its id, or a pattern.")
@click.option("--candidate-cell", metavar="ID", help="The cell of the candidate that it is compared with.")
@click.option("--wire/--no-wire", default=None,
              help="Whether transcripts are compared too; default: where that is at most "
              f"{WIRE_UP_TO:,} cases.")  # fmt: skip
@options.FORMAT
def command(
    *,
    base: Path,
    candidate: Path,
    base_cell: str | None,
    candidate_cell: str | None,
    wire: bool | None,
    style: str,
) -> int:
    """Compare two finished runs, case by case; nothing is driven.

    BASE and CANDIDATE are folders of `run`, `sweep`, `gate` or `merge`, or a results.jsonl in one; runs that
    were cut short are compared as far as they got. A cell is compared with the one of the same id; where each
    run has one cell only, these two are. To compare two cells of one run, name it twice, and the cells.

    What changed on the wire, and what got slower, is told and fails nothing: `gate` judges that.

    \b
    Exit status:
      0    nothing fails that did not fail before
      1    a case fails that passed, or fails for another reason than before
      2    wrong use
      3    nothing fails newly, but something has no verdict that had one, could not be judged, or nothing
           could be compared
      130  interrupted

    \b
    Example:
      chatkit-harness diff reports/20261120-120000 reports/20261121-090000
      chatkit-harness diff monday tuesday --format json
      chatkit-harness diff run run --base-cell '*contemporary' --candidate-cell '*today'
    """
    shared = Shared()
    runs = [_read(path, shared) for path in (base, candidate)]
    with _progress() as heard:
        found = difference(*runs, base_cell=base_cell, candidate_cell=candidate_cell, wire=wire, heard=heard)
    told = difference_document(found)
    if style == "json":
        print_document(told)
    else:
        print_lines(difference_lines(told))
    return found.status


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """How far it is, and how long it will take, on a terminal."""
    shown = console(stderr=True)
    with Progress(console=shown, transient=True, disable=not shown.is_terminal) as progress:
        task = progress.add_task("comparing", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _read(path: Path, shared: Shared) -> Results:
    """A run. Raises ResultsError, saying what a file is that is none."""
    try:
        return read_results(path, shared=shared)
    except ResultsError as error:
        if (path / SEARCH).is_file() and not (path / RESULTS_FILE).exists():
            step = "Name the folder of a run, sweep, gate or merge."
            raise ResultsError(str(path), "It holds a search of bisect, no run.", step) from None
        what = _what_it_is(path)
        if what is None:
            raise
        beside = path.parent / RESULTS_FILE
        step = f"Name {beside if beside.is_file() else f'the {RESULTS_FILE} of a run'} in its place."
        raise ResultsError(error.culprit, f"It is no results file, but {what}.", step) from None


def _what_it_is(path: Path) -> str | None:
    """What a file is that is no results file, where that can be seen."""
    if not path.is_file():
        return None
    if path.name in _DRAWN:
        return _DRAWN[path.name]
    try:
        if path.stat().st_size > _LARGEST:
            return None
        data = path.read_bytes()
    except OSError:
        return None
    if not data.strip():
        return "empty"
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if isinstance(document, dict) and {"turns", "path", "scenario"} <= document.keys():
        return "one transcript"
    return None
