"""`chatkit-harness breaks`: what a finished run found broken, as a page for people who choose versions."""

from __future__ import annotations

from pathlib import Path

import click

from chatkit_harness.causes import group
from chatkit_harness.core.errors import SelectionError, did_you_mean
from chatkit_harness.engine.joined_header import options_for
from chatkit_harness.reports.breaks import breaks
from chatkit_harness.reports.breaks_page import breaks_document, breaks_page
from chatkit_harness.reports.rows import covered
from chatkit_harness.reports.shown import shown_on_purpose
from chatkit_harness.reports.text import count
from chatkit_harness.results import Results, read_results

from . import options
from .folders import newest_run
from .mine import named_pair
from .tell import print_document, tell_complaints, tell_page


@click.command()
@click.argument("results", required=False, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Where the page goes; default: it is printed.")  # fmt: skip
@click.option("--mine", metavar="C:A|FILE",
              help="Only what your own pair shows: releases, or the lock file that pins them.")  # fmt: skip
@options.FORMAT
def command(results: Path | None, out: Path | None, mine: str | None, style: str) -> int:
    """Tell what a run found broken: in which versions, what a user sees, whose line it is, and the way out.

    RESULTS is a run's folder or its results.jsonl; default: the newest run in reports/. Failures are grouped
    by their root anew; of each break the page has the range of versions, what users see of it, the scenarios
    that show it, the lines of the packages that raise, the nearest releases that work, and a command that
    shows it again. Defects that scenarios show on purpose, and that no release fails, have a section of
    their own. With --mine the page has those breaks alone that your own pair shows, under their numbers.
    The exit status is 0, whatever broke; 3 where something of the run could not be done or read.

    \b
    Example:
      chatkit-harness breaks reports/20261121-120000 --out docs/known-breaks.md
      chatkit-harness breaks --mine uv.lock
      chatkit-harness breaks --format json
    """
    pair = named_pair(mine)
    run = read_results(results or newest_run())
    causes = group(run.cases, run.cells, started=run.header.started, options=options_for(run.header))
    found, shown = breaks(run, causes), shown_on_purpose(run)
    if pair:
        own = _cells_of(run, f"{pair['chatkit']}:{pair['agents']}")
        keys = {each.key for each in causes if own & set(covered(each))}
        found, shown = tuple(each for each in found if each.key in keys), ()
    if style == "json":
        print_document(breaks_document(run, found, shown))
    else:
        tell_page(breaks_page(run, found, shown), out)
        if out is not None:
            click.echo(f"{count(len(found), 'break')}, {len(shown)} shown on purpose: {out}", err=True)
    tell_complaints(run.complaints)
    return 3 if run.complaints else 0


def _cells_of(run: Results, pair: str) -> set[str]:
    """The cells of a pair. Raises SelectionError where the run has none."""
    cells = {cell.id: f"{cell.chatkit}:{cell.agents}" for cell in run.cells}
    found = {name for name, each in cells.items() if each == pair}
    if not found:
        near = did_you_mean(pair, sorted(set(cells.values())))
        raise SelectionError(f"--mine {pair}", "The run has no cell of this pair.", near)
    return found
