"""`chatkit-harness report`: draws a finished run again."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from chatkit_harness.core.errors import UsageError
from chatkit_harness.reports import Mine, write_reports
from chatkit_harness.results import read_results

from . import options
from .chosen_run import chosen_run
from .folders import require_writable
from .mine import own_pair
from .run import show


@click.command()
@click.argument("results", nargs=-1, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR",
              help="Where the reports go; default: beside the results.")  # fmt: skip
@options.MINE
@options.FORMAT
def command(results: tuple[Path, ...], out: Path | None, mine: str | None, style: str) -> int:
    """Draw report.html, summary.md, junit.xml and results.json of a run again, and print its table.

    RESULTS is a run's folder or its results.jsonl; default: the newest run in reports/. A run that was
    cut short is drawn as far as it got. The exit status is the run's own: 1 where something failed in it.
    Several runs are one report once `merge` has joined them.

    \b
    Example:
      chatkit-harness report reports/20261120-120000
      chatkit-harness report reports/20261120-120000 --mine uv.lock
    """
    if len(results) > 1:
        raise UsageError(
            f"{len(results)} runs",
            "A report is of one run.",
            f"Join them first: chatkit-harness merge {shlex.join(map(str, results))} --out DIR",
        )
    source = chosen_run(results[0] if results else None)
    require_writable(out)
    run = read_results(source)
    told = own_pair(mine, run.header.selection.get("mine"))
    own = Mine(**told) if told else None
    write_reports(run, out or run.folder, mine=own)
    return show(run, style, reports=out, mine=own)
