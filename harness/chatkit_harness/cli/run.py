"""`chatkit-harness run`: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from chatkit_harness.engine.run import run
from chatkit_harness.reports import listener, print_report, result_document
from chatkit_harness.results import RESULTS_FILE, exit_status, read_results

from . import options
from .folders import output_folder
from .selection import run_settings
from .tell import console, follow_log, print_document

REPORTS = ("report.html", "summary.md", "junit.xml", "results.json", "comparison.md", "comparison.json")


@click.command()
@options.selection
@click.option("--check", "checks", multiple=True, metavar="NAME", help="Only these checks.")
@click.option("--pacing", type=click.FloatRange(0, 100), default=0.0, show_default=True,
              help="0: the model answers at once; 1: as slowly as it was recorded.")  # fmt: skip
@click.option("--time-limit", type=click.FloatRange(1, 3600), default=30.0, show_default=True,
              metavar="SECONDS", help="A case that takes longer is ended.")  # fmt: skip
@click.option("--memory-limit", type=click.IntRange(0), default=4096, show_default=True, metavar="MB",
              help="Private memory of a cell's process; 0 sets no bound.")  # fmt: skip
@click.option("-j", "--jobs", type=click.IntRange(1), metavar="N",
              help="Cells at once; default: one a core.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR",
              help="Where results, reports and logs go; default: reports/TIME.")  # fmt: skip
@options.INDEX
@options.CACHE
@options.FORMAT
@options.VERBOSE
def command(**given: Any) -> int:
    """Drive scenarios in real environments and say which cells work.

    Without options: openai-chatkit 1.2.0 and the newest, with openai-agents 0.5.1 and the newest, each
    resolved as of its own time and as of today, all scenarios. A red cell is a finding about those
    versions, not a malfunction of the harness.

    \b
    Example:
      chatkit-harness run
      chatkit-harness run --chatkit 1.2.0,1.6.5 --agents newest:3 --python 3.11,3.13
      chatkit-harness run --pair 1.6.5:0.24.0 --resolution today --scenario 'quote-*' --format json
    """
    follow_log(given["verbose"])
    with output_folder(given["out"]) as out:
        try:
            with listener(console(stderr=True)) as heard:
                run(run_settings(given, out=out), heard)
        except KeyboardInterrupt:
            if (out / RESULTS_FILE).exists():
                click.echo(
                    f"Interrupted. What is finished is kept; to see it: chatkit-harness report {out}",
                    err=True,
                )
            raise
    return show(out, given["style"])


def show(source: Path, style: str, *, reports: Path | None = None) -> int:
    """Print what a run came to, and where its reports lie (beside it by default); the exit status.

    A run that was cut short is judged as far as it got: this command was not interrupted.
    """
    results = read_results(source)
    folder = reports or results.folder
    if style == "json":
        print_document(result_document(results))
    else:
        print_report(results, console(), [folder / name for name in REPORTS if (folder / name).exists()])
    return exit_status(results, interrupted_is=None)
