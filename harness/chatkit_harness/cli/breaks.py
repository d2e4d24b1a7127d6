"""`chatkit-harness breaks`: what a finished run found broken, as a page for people who choose versions."""

from __future__ import annotations

from pathlib import Path

import click

from chatkit_harness.causes import regroup
from chatkit_harness.reports.breaks import breaks
from chatkit_harness.reports.breaks_page import breaks_document, breaks_page
from chatkit_harness.reports.own_breaks import own_breaks
from chatkit_harness.reports.own_pair import Mine
from chatkit_harness.reports.shown import shown_on_purpose
from chatkit_harness.reports.text import count
from chatkit_harness.results import read_results
from chatkit_harness.results.proofs import read_proofs

from . import options
from .chosen_run import chosen_run
from .mine import named_pair
from .tell import print_document, require_page, tell_complaints, tell_page


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
    if style != "json":
        require_page(out)
    pair = named_pair(mine)
    run = read_results(chosen_run(results))
    causes = regroup(run.header, run.cases, run.cells)
    found, shown = breaks(run, causes, read_proofs(run.folder)), shown_on_purpose(run)
    own = own_breaks(run, causes, found, Mine(**pair)) if pair else None
    if own:
        found, shown = own.found, ()
    if style == "json":
        print_document(breaks_document(run, found, shown, own))
    else:
        tell_page(breaks_page(run, found, shown, own), out)
        if out is not None:
            defects = sum(not each.is_an_error for each in shown)
            told = f"{count(len(found), 'break')}, {count(defects, 'defect')} shown on purpose"
            click.echo(f"{told}: {out}", err=True)
    tell_complaints(run.complaints)
    return 3 if run.complaints else 0
