"""`chatkit-harness gate`: may this upgrade be merged?"""

from __future__ import annotations

import datetime as dt
import os
import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from chatkit_harness.core.errors import UsageError
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.gate.baseline import FILE, Baseline, read_baseline
from chatkit_harness.gate.compared import Compared
from chatkit_harness.gate.culprit import BUDGET_S, reproducible, with_culprits
from chatkit_harness.gate.document import document
from chatkit_harness.gate.drive import SIDES, Driven, drive, read_compared
from chatkit_harness.gate.github import append_summary, commands, runs_here
from chatkit_harness.gate.latency import BUDGET
from chatkit_harness.gate.markdown import markdown
from chatkit_harness.gate.outputs import OUTPUTS, write_outputs
from chatkit_harness.gate.slower import settled
from chatkit_harness.gate.update import require_reason, require_writable, update_form, updated, write
from chatkit_harness.gate.verdict import Verdict, verdict
from chatkit_harness.gate.words import lines
from chatkit_harness.reports import listener
from chatkit_harness.results import RESULTS_FILE

from . import options
from .folders import claimed, output_folder
from .lines import print_lines
from .scope import as_set_up, scope
from .selection import run_settings
from .tell import console, follow_log, print_document


@click.command()
@click.option("--base", required=True, metavar="SIDE",
              help="What runs today: a lock file, REV:FILE of git, or a pair: 1.6.5:0.24.0.")  # fmt: skip
@click.option("--candidate", required=True, metavar="SIDE", help="What is to run, named likewise.")
@click.option("--baseline", type=click.Path(path_type=Path), metavar="FILE",
              help=f"Findings that are accepted; default: {FILE} where there is one.")  # fmt: skip
@click.option("--update-baseline", "update", is_flag=True,
              help="Write the baseline: accept what breaks now, drop what no longer occurs.")  # fmt: skip
@click.option("--reason", metavar="TEXT", help="Why, for each entry that --update-baseline adds.")
@click.option("--latency-budget", type=click.FloatRange(min=1), default=BUDGET, show_default=True,
              help="How many times the base's processor time a turn may take.")  # fmt: skip
@click.option("--culprit-budget", type=click.FloatRange(min=0), default=BUDGET_S, show_default=True,
              metavar="SECONDS",
              help="How long to look for what made it break; 0: not at all.")  # fmt: skip
@options.gated
@options.INDEX
@options.CACHE
@options.FORMAT
@options.VERBOSE
def command(base: str, candidate: str, latency_budget: float, **given: Any) -> int:
    """Compare an upgrade with what runs today, case by case, each in a fresh environment with its own pins.

    The run's folder holds gate.json, summary.md, gate-junit.xml and gate.sarif. Under GitHub Actions the
    summary goes into the job's, and what breaks is annotated in the candidate's file.

    \b
    Exit status:
      0    safe: nothing breaks that works with the base, but for what the baseline accepts
      1    breaks: a new failure, a wire that older clients cannot read, slower answers, or a baseline
           entry that is expired, no longer occurs, or is for a scenario that is not there
      2    wrong use
      3    nothing is known to break, but not everything could be judged, nothing was compared, or
           something is out of reach
      130  interrupted
    With --update-baseline it is that of the same gate with the baseline that was written.

    \b
    Example:
      chatkit-harness gate --base main:uv.lock --candidate uv.lock
      chatkit-harness gate --base 1.6.5:0.18.1 --candidate 1.6.5:newest --scenario 'quote-*'
      chatkit-harness gate --base old.txt --candidate new.txt --update-baseline --reason 'mended in 2.46'
    """
    follow_log(given["verbose"])
    accepted = _baseline(given)
    pairs_as_of = given.pop("resolution") or "today"
    with (
        output_folder(given["out"]) as out,
        claimed(out, SIDES, answers=(RESULTS_FILE, *OUTPUTS), begun=RESULTS_FILE),
    ):
        settings = run_settings(given, out=out)
        try:
            with listener(console(stderr=True)) as heard:
                driven = drive(settings, base, candidate, heard, pairs_as_of=pairs_as_of)
        except KeyboardInterrupt:
            if (out / RESULTS_FILE).exists():
                shown_by = f"chatkit-harness report {shlex.quote(str(out))}"
                click.echo(f"Interrupted. To see what is finished: {shown_by}", err=True)
            raise
        compared = read_compared(driven, budget=latency_budget, whole=as_set_up(settings))
        compared = replace(compared, scope=scope(settings))
        compared = settled(compared, driven, settings, say=_say)
        done = _updated(given, compared) if given["update"] else None
        if done is not None:
            accepted = _baseline(given)
        answer = reproducible(verdict(compared, accepted, today=_today()), driven, settings)
        told = document(answer, compared, driven, baseline=accepted, update=done)
        # The verdict is there before the search for the culprit begins, however that one ends.
        written = write_outputs(told, out)
        if answer.problems and done is None:
            answer = _with_culprits(answer, compared, driven, settings, budget_s=given["culprit_budget"])
            told = document(answer, compared, driven, baseline=accepted)
            write_outputs(told, out)
    _show(told, given["style"], written)
    return answer.status


def _with_culprits(
    answer: Verdict, compared: Compared, driven: Driven, settings: RunSettings, *, budget_s: float
) -> Verdict:
    """The answer with what made each problem, as far as it is found in time."""
    try:
        return with_culprits(answer, compared, driven, settings, budget_s=budget_s, say=_say)
    except KeyboardInterrupt:
        _say(f"Interrupted while looking for what made it break. The verdict is in {settings.out}.")
        raise


def _baseline(given: dict[str, Any]) -> Baseline:
    """What is accepted; a baseline that is to be written need not exist yet."""
    update, reason = given["update"], given["reason"]
    if reason is not None and not update:
        raise UsageError("--reason", "It is for what --update-baseline adds.", "Add --update-baseline.")
    require_reason(reason)
    file = given["baseline"] or Path(FILE)
    if update:
        require_writable(file)
    if (update or given["baseline"] is None) and not file.exists():
        return Baseline()
    return read_baseline(file)


def _updated(given: dict[str, Any], compared: Compared) -> dict[str, Any]:
    """Write the baseline, and tell what was written."""
    update = updated(given["baseline"] or Path(FILE), compared, today=_today(), reason=given["reason"])
    write(update)
    return update_form(update)


def _say(text: str) -> None:
    click.echo(text, err=True)


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def _show(told: dict[str, Any], style: str, written: Sequence[Path]) -> None:
    as_json = style == "json"
    if as_json:
        print_document(told)
    else:
        print_lines(lines(told))
        names = "  ".join(path.name for path in written)
        print_lines([("", ""), (f"Reports: {written[0].parent}", ""), (f"  {names}", "dim")])
    if runs_here(os.environ):
        for each in commands(told):
            click.echo(each, err=as_json)
        summary = os.environ.get("GITHUB_STEP_SUMMARY")
        trouble = append_summary(markdown(told), Path(summary)) if summary else None
        if trouble:
            click.echo(trouble, err=True)
