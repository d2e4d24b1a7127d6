"""`chatkit-harness compare`: the Agent Builder path against the native path."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from chatkit_harness.comparison import Assumption, Comparison, parse_assumption
from chatkit_harness.comparison import compare as compare_paths
from chatkit_harness.core.errors import UsageError
from chatkit_harness.engine.answers import saved_answers
from chatkit_harness.engine.cases import is_built_in
from chatkit_harness.engine.plan import plan_scenarios
from chatkit_harness.engine.run import run
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.reports import (
    comparison_document,
    listener,
    print_comparison,
    write_comparison,
    write_reports,
)
from chatkit_harness.results import RESULTS_FILE, read_results

from . import options
from .folders import output_folder
from .named import require_no_selection
from .selection import from_command_line, run_settings
from .tell import console, follow_log, print_document

BOTH = ("native", "agent_builder")
_BESIDE = ("comparison.md", "comparison.json", "report.html")


@click.command()
@click.argument("results", nargs=-1, type=click.Path(path_type=Path))
@options.selection
@click.option("--pacing", type=click.FloatRange(0, 100), default=0.0, show_default=True,
              help="0: the model answers at once; 1: as slowly as it was recorded.")  # fmt: skip
@click.option("--time-limit", type=click.FloatRange(1, 3600), default=30.0, show_default=True,
              metavar="SECONDS", help="A case that takes longer is ended.")  # fmt: skip
@click.option("-j", "--jobs", type=click.IntRange(1), metavar="N",
              help="Processes at once; default: one a core.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR",
              help="Where reports go; default: reports/TIME, of finished runs nowhere.")  # fmt: skip
@click.option("--assume", metavar="ttft=TIME,tps=NUMBER",
              help="How quick a model is taken to be where nobody measured one, such as ttft=600ms,tps=80: "
              "the time to its first token, and tokens a second then.")  # fmt: skip
@options.INDEX
@options.CACHE
@options.FORMAT
@options.VERBOSE
def command(results: tuple[Path, ...], **given: Any) -> int:
    """Compare the Agent Builder path with the native path: should we move, and what breaks?

    Without RESULTS every scenario that has both paths is driven on both, in the cells that `run` would
    take, and compared; scenarios of the page's own requests are driven for their times alone. With one
    run's folder (or its results.jsonl) that run is compared; with two, the native path of the one with the
    Agent Builder path of the other, joined by scenario. Nothing is driven then.

    The verdict of a scenario is native better, equal, Agent Builder better, mixed or cannot be told, with
    its reasons: first whether each path answers, then the facts that a user reads, the chart commands and
    the defects, then speed where the model's time is known from recordings on both sides. There is no score.
    With --assume a user's wait is shown for scripts, too, labelled as assumed; no verdict is drawn from it.

    \b
    Exit status:
      0    everything could be compared, and nothing breaks by moving
      1    something breaks by moving: an answer, facts or chart commands are lost, or native fails
      2    wrong use
      3    something could not be judged, or no scenario was driven on both paths
      130  interrupted

    \b
    Example:
      chatkit-harness compare
      chatkit-harness compare --pair 1.6.5:newest --resolution today --scenario 'draw-*'
      chatkit-harness compare reports/20261120-120000
      chatkit-harness compare reports/native reports/hosted --format json
    """
    follow_log(given["verbose"])
    if from_command_line("path"):
        raise UsageError("--path", "A comparison takes both paths.", "Leave it out.")
    assumption = None if given["assume"] is None else parse_assumption(given["assume"])
    if results:
        return _finished(results, assumption, given)
    with output_folder(given["out"]) as out:
        settings = _both_paths(run_settings(given, out=out))
        try:
            with listener(console(stderr=True)) as heard:
                run(settings, heard)
        except KeyboardInterrupt:
            if (out / RESULTS_FILE).exists():
                folder = shlex.quote(str(out))
                click.echo(
                    f"Interrupted. What is finished is kept; to see it: chatkit-harness compare {folder}; "
                    f"to go on before that: chatkit-harness run --resume {folder}",
                    err=True,
                )
            raise
        found = read_results(out)
        comparison = compare_paths(found, assumption=assumption)
        if assumption is not None:  # what the run drew knows of none
            write_reports(found, out, comparison=comparison)
        return _show(comparison, given["style"], [out / name for name in _BESIDE])


def _both_paths(settings: RunSettings) -> RunSettings:
    """The settings for both paths and, where no scenario is named, for the scenarios that have both."""
    settings = dataclasses.replace(settings, paths=BOTH)
    if len(settings.stores) > 1:
        cause = "The native path is compared once, on one store."
        raise UsageError(f"--store {','.join(settings.stores)}", cause, "Name one of them.")
    if settings.scenarios:
        return settings
    known = plan_scenarios(settings)
    both = [each.id for each in known if set(BOTH) <= set(each.paths)]
    calls = [each.id for each in known if any(turn.http for turn in each.turns)]
    if (
        settings.answers is not None
    ):  # what was saved says which questions were asked, besides the project's own
        own = [each.id for each in known if each.id in both and not is_built_in(each)]
        both = [*own, *saved_answers(settings.answers, [each.id for each in known])]
    if not both:
        raise UsageError(
            "the selection",
            "None of the scenarios is for both paths, so that there is nothing to compare.",
            "Write `paths: [native, agent_builder]` in a scenario; see `chatkit-harness list scenarios`.",
        )
    # The page's own requests have no other path: they are driven for the figures of the documents.
    figures = () if settings.server is not None else calls
    return dataclasses.replace(settings, scenarios=tuple(dict.fromkeys([*both, *figures])))


def _finished(results: tuple[Path, ...], assumption: Assumption | None, given: dict[str, Any]) -> int:
    """Compare what lies there already."""
    if len(results) > 2:
        raise UsageError(
            f"{len(results)} folders",
            "A comparison takes one run, or two.",
            "Name the run of the native path and the run of the Agent Builder path.",
        )
    require_no_selection(
        {"results", "out", "style", "verbose", "cache", "index", "assume"}, "finished runs are compared"
    )
    runs = [read_results(path) for path in results]
    comparison = compare_paths(*runs, assumption=assumption)
    written = write_comparison(comparison, given["out"]) if given["out"] else []
    return _show(comparison, given["style"], written)


def _show(comparison: Comparison, style: str, reports: Sequence[Path]) -> int:
    if style == "json":
        print_document(comparison_document(comparison))
    else:
        print_comparison(comparison, console(), reports)
    return comparison.status
