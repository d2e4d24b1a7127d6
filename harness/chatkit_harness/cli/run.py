"""`chatkit-harness run`: the main job."""

from __future__ import annotations

import dataclasses
import shlex
from pathlib import Path
from typing import Any

import click

from chatkit_harness.core.events import Event
from chatkit_harness.engine.run import run
from chatkit_harness.reports import Mine, document_pieces, listener, print_report
from chatkit_harness.results import Results, exit_status, read_results

from . import options
from .folders import output_folder
from .mine import own_pair
from .resume import resumed, resumed_folder
from .selection import from_command_line, require_asked, run_settings
from .tell import console, follow_log

REPORTS = ("report.html", "summary.md", "junit.xml", "results.json", "comparison.md", "comparison.json")


@click.command()
@options.selection
@options.driving
@options.READ_BY
@options.ROLLBACK
@options.MINE
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
    return drive(given)


def drive(given: dict[str, Any], *, command: str = "run") -> int:
    """Do the run that the options ask for, or go on with one, and show what it came to."""
    with output_folder(resumed_folder(given)) as out:
        settings = run_settings(given, out=out)
        if given["resume"]:
            settings = resumed(settings)
            for name, releases in (("client", settings.clients), ("widgets_by", settings.widgets_by)):
                if from_command_line(name):  # beside the checks that the run had
                    require_asked(name, releases, settings.checks)
        settings = dataclasses.replace(settings, mine=own_pair(given.get("mine"), settings.mine))
        begun = False

        def hear(event: Event) -> None:
            nonlocal begun
            begun = True
            heard(event)

        try:
            with listener(console(stderr=True)) as heard:
                run(settings, hear)
        except BaseException:
            if begun:  # else the folder may hold another run
                folder = shlex.quote(str(out))
                click.echo(
                    f"What is finished is kept. To go on: chatkit-harness {command} --resume {folder}; "
                    f"to see it: chatkit-harness report {folder}",
                    err=True,
                )
            raise
    return show(read_results(out), given["style"])


def show(results: Results, style: str, *, reports: Path | None = None, mine: Mine | None = None) -> int:
    """Print what a run came to, and where its reports lie (beside it by default); the exit status.

    A run that was cut short is judged as far as it got: this command was not interrupted.
    """
    folder = reports or results.folder
    # A sweep names no cell: those that cannot be resolved are told, and nobody waited for them.
    named = () if results.header.selection.get("admitted") else None
    if style == "json":
        for piece in document_pieces(results):
            click.echo(piece, nl=False)
    else:
        print_report(results, console(), [folder / n for n in REPORTS if (folder / n).exists()], mine=mine)
    return exit_status(results, named=named, interrupted_is=None)
