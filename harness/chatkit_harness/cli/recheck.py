"""`chatkit-harness recheck`: today's checks over yesterday's transcripts."""

from __future__ import annotations

from pathlib import Path

import click

from chatkit_harness.engine.plan import scenario_folders
from chatkit_harness.engine.recheck import recheck
from chatkit_harness.reports import listener
from chatkit_harness.scenarios.catalogue import load_all

from . import options
from .chosen_run import chosen_run
from .folders import output_folder, require_new
from .named import require_named, words
from .run import show
from .selection import require_asked
from .tell import console


@click.command()
@click.argument("results", type=click.Path(path_type=Path), required=False)
@click.option("--check", "checks", multiple=True, metavar="NAME", help="Only these checks.")
@options.CLIENT
@options.WIDGETS_BY
@click.option("--today", is_flag=True, help="Expect what the scenarios say today, not what they said then.")
@options.SCENARIOS
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR",
              help="Where the new results go; default: reports/TIME.")  # fmt: skip
@options.FORMAT
def command(
    *,
    results: Path | None,
    checks: tuple[str, ...],
    client: str | None,
    widgets_by: str | None,
    today: bool,
    scenarios: Path | None,
    out: Path | None,
    style: str,
) -> int:
    """Judge the transcripts of a finished run again; nothing is driven.

    RESULTS is a run's folder or its results.jsonl; default: the newest run in reports/. Which cases fail now
    and did not before is told by itself, as is what fails no longer.

    \b
    Example:
      chatkit-harness recheck reports/20261120-120000 --check widgets
      chatkit-harness recheck --client 1.5.0,newest
      chatkit-harness recheck --widgets-by 1.2.0,newest
    """
    require_named({"client": client, "checks": checks, "widgets_by": widgets_by})
    require_asked("client", client, words(checks))
    require_asked("widgets_by", widgets_by, words(checks))
    source = chosen_run(results)
    require_new(out)
    with output_folder(out) as folder:
        with listener(console(stderr=True)) as heard:
            judged = recheck(
                source,
                folder,
                heard,
                checks=words(checks) or None,
                clients=client,
                widgets_by=widgets_by,
                scenarios=load_all(scenario_folders(scenarios), named=scenarios),
                as_today=today,
            )
        return show(judged, style)
