"""`chatkit-harness gate`: may this upgrade be merged?"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import click

from chatkit_harness.gate.baseline import FILE, Baseline, read_baseline
from chatkit_harness.gate.document import document
from chatkit_harness.gate.drive import drive, read_compared
from chatkit_harness.gate.latency import BUDGET
from chatkit_harness.gate.markdown import markdown
from chatkit_harness.gate.verdict import verdict
from chatkit_harness.gate.words import lines
from chatkit_harness.reports import listener

from . import options
from .folders import output_folder
from .selection import run_settings
from .tell import console, follow_log, print_document

GATE_FILE = "gate.json"


@click.command()
@click.option("--base", required=True, metavar="SIDE",
              help="What runs today: a lock file, REV:FILE of git, or a pair: 1.6.5:0.24.0.")  # fmt: skip
@click.option("--candidate", required=True, metavar="SIDE", help="What is to run, named likewise.")
@click.option("--baseline", type=click.Path(path_type=Path), metavar="FILE",
              help=f"Findings that are accepted; default: {FILE} where there is one.")  # fmt: skip
@click.option("--latency-budget", type=click.FloatRange(min=1), default=BUDGET, show_default=True,
              help="How many times the base's processor time a turn may take.")  # fmt: skip
@options.gated
@options.INDEX
@options.CACHE
@options.FORMAT
@options.VERBOSE
def command(base: str, candidate: str, baseline: Path | None, latency_budget: float, **given: Any) -> int:
    """Compare an upgrade with what runs today, case by case, each in a fresh environment with its own pins.

    \b
    Exit status:
      0    safe: nothing breaks that works with the base
      1    breaks: a new failure, a wire that older clients cannot read, slower answers, or a baseline
           entry that is expired or no longer occurs
      2    wrong use
      3    nothing is known to break, but not everything could be judged, or nothing was compared
      130  interrupted

    \b
    Example:
      chatkit-harness gate --base main:uv.lock --candidate uv.lock
      chatkit-harness gate --base 1.6.5:0.18.1 --candidate 1.6.5:newest --scenario 'quote-*'
    """
    follow_log(given["verbose"])
    accepted = _baseline(baseline)
    pairs_as_of = given.pop("resolution") or "today"
    with output_folder(given["out"]) as out:
        settings = run_settings(given, out=out)
        with listener(console(stderr=True)) as heard:
            driven = drive(settings, base, candidate, heard, pairs_as_of=pairs_as_of)
        compared = read_compared(driven, budget=latency_budget, whole=not settings.scenarios)
        answer = verdict(compared, accepted, today=dt.datetime.now(dt.UTC).date())
        told = document(answer, compared, driven)
        (out / GATE_FILE).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
        (out / "summary.md").write_text(markdown(told), encoding="utf-8")
    if given["style"] == "json":
        print_document(told)
    else:
        click.echo("\n".join(lines(told)))
    return answer.status


def _baseline(path: Path | None) -> Baseline:
    found = path or Path(FILE)
    if path is None and not found.is_file():
        return Baseline()
    return read_baseline(found)
