"""`chatkit-harness run`: the main job."""

from __future__ import annotations

import datetime as dt
import logging
import os
import sys
from pathlib import Path
from typing import Any

import click

from chatkit_harness.engine.run import run
from chatkit_harness.engine.settings import (
    DEFAULT_AGENTS,
    DEFAULT_CHATKIT,
    DEFAULT_RESOLUTION,
    RunSettings,
)
from chatkit_harness.reports import listener, print_report, result_document
from chatkit_harness.results import RESULTS_FILE, exit_status, read_results

from . import options
from .tell import console, print_document

REPORTS = Path("reports")


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
    settings = _settings(given)
    if given["verbose"]:
        _log_to_stderr()
    try:
        with listener(console(stderr=True)) as heard:
            folder = run(settings, heard)
    except KeyboardInterrupt:
        if (settings.out / RESULTS_FILE).exists():
            click.echo(
                f"Interrupted. What is finished is kept; to see it: chatkit-harness report {settings.out}",
                err=True,
            )
        raise
    return show(folder, given["style"])


def show(source: Path, style: str, *, reports: Path | None = None) -> int:
    """Print what a run came to, and where its reports lie (beside it by default); the exit status."""
    results = read_results(source)
    folder = reports or results.folder
    if style == "json":
        print_document(result_document(results))
    else:
        names = ("report.html", "summary.md", "junit.xml", "results.json")
        print_report(results, console(), [folder / name for name in names])
    return exit_status(results)


def default_out() -> Path:
    """A folder of this run's own, named by its time."""
    stamp = dt.datetime.now().strftime("%Y%m%d-%H%M%S")  # noqa: DTZ005 - a folder's name, in the user's own time
    folder = REPORTS / stamp
    number = 2
    while folder.exists():
        folder = REPORTS / f"{stamp}-{number}"
        number += 1
    return folder


def _settings(given: dict[str, Any]) -> RunSettings:
    return RunSettings(
        out=given["out"] or default_out(),
        chatkit=given["chatkit"] or DEFAULT_CHATKIT,
        agents=given["agents"] or DEFAULT_AGENTS,
        pairs=tuple(part for pair in given["pair"] for part in pair.split(",") if part),
        python=given["python"],
        resolution=given["resolution"] or DEFAULT_RESOLUTION,
        scenarios=tuple(part for name in given["scenario"] for part in name.split(",") if part),
        checks=tuple(part for name in given["checks"] for part in name.split(",") if part) or None,
        data=given["data"],
        scenario_folder=given["scenarios"],
        pacing=given["pacing"],
        time_limit_s=given["time_limit"],
        memory_limit_mb=given["memory_limit"],
        jobs=given["jobs"] or os.cpu_count() or 1,
        index=given["index"],
        cache=given["cache"],
        command=tuple(sys.argv[1:]),
    )


def _log_to_stderr() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logger = logging.getLogger("chatkit_harness")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
