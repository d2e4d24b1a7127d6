"""`chatkit-harness list`: what there is to choose from."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from chatkit_harness.checks import CHECKS, Check
from chatkit_harness.checks.rules import RULES
from chatkit_harness.core.errors import SelectionError, did_you_mean
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.engine.cases import is_built_in
from chatkit_harness.engine.pairs import AGENTS, CHATKIT
from chatkit_harness.engine.plan import chosen_cells, plan_scenarios
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.environments.layers import Layers
from chatkit_harness.gate.findings import RULES as COMPARING
from chatkit_harness.index.index import Index, ProjectPage
from chatkit_harness.index.releases import Release, select
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.interpreters import installed

from . import options
from .coverage import RUN, tell_coverage
from .named import require_named, require_no_selection
from .selection import from_command_line, run_settings
from .sweep import defaults
from .tell import console, print_document

COVERAGE = "coverage"
COMPARED = "gate"
"""What stands for a check where only the comparison of a gate shows it."""
_QUIET = ("what", "source", "style", "cache", "index")
_HEEDED: Mapping[str, Sequence[str]] = {
    "releases": ("chatkit", "agents"),
    "checks": (),
    "rules": (),
    "pythons": (),
}
"""What chooses rows of the lists that are of no selection; the other ones heed what a run does."""
Rows = list[dict[str, Any]]


@click.command()
@click.argument("what", metavar="{releases|cells|scenarios|checks|rules|pythons|coverage}")
@RUN
@click.option("--sweep", is_flag=True, help="As `sweep` takes them: of cells the ones that it would drive.")
@options.selection
@options.part
@options.INDEX
@options.CACHE
@options.FORMAT
def command(what: str, source: Path | None, style: str, *, sweep: bool, **given: Any) -> int:
    """List releases of the index, cells of a selection, scenarios, checks, rules, or Pythons on this machine.

    `rules` says what each name means by which a report, a baseline or a scenario calls a finding.

    `coverage` lists all that the packages of a cell can pass on, and which scenario exercises it, by a RUN
    that was (a folder), or by driving all scenarios on the newest releases as of today.

    \b
    Example:
      chatkit-harness list releases
      chatkit-harness list cells --chatkit minor --agents newest --resolution today
      chatkit-harness list cells --sweep --shard 1/8
      chatkit-harness list scenarios --format json
      chatkit-harness list rules
      chatkit-harness list coverage --pair 1.6.5:0.24.0
      chatkit-harness list coverage reports/20261121-120000 --format json
    """
    if what == COVERAGE:
        return tell_coverage(given, style, source)
    if source is not None:
        raise SelectionError(f"list {what} {source}", "Only coverage is of a run.", "Leave the run out.")
    if what not in LISTINGS:
        raise SelectionError(
            f"list {what}", "There is no such list.", did_you_mean(what, [*LISTINGS, COVERAGE])
        )
    if what in _HEEDED:
        require_no_selection((*_QUIET, *_HEEDED[what]), f"{what} are listed", "Leave it out.")
    require_named(given)
    settings = run_settings({**given, **defaults(given)} if sweep else given)
    rows = LISTINGS[what](settings)
    if style == "json":
        print_document({what: rows})
    else:
        _print_table(rows)
    return 0


def _releases(settings: RunSettings) -> Rows:
    index = Index(Cache(settings.cache), settings.index)
    asked = {CHATKIT: ("chatkit", settings.chatkit), AGENTS: ("agents", settings.agents)}
    return [
        {
            "project": release.project,
            "version": release.version,
            "uploaded": release.uploaded.strftime("%Y-%m-%dT%H:%M:%SZ") if release.uploaded else None,
            "yanked": release.yanked,
            "wheel": release.has_wheel,
        }
        for project, (option, words) in asked.items()
        for release in _chosen(index.project(project), words if from_command_line(option) else None)
    ]


def _chosen(page: ProjectPage, words: str | None) -> Sequence[Release]:
    return page.releases if words is None else select(page.releases, words, project=page.project)


def _cells(settings: RunSettings) -> Rows:
    cache = Cache(settings.cache)
    index = Index(cache, settings.index)
    planned = chosen_cells(settings, index, Layers(cache, index))
    return [
        {
            "id": cell.id,
            "chatkit": cell.pair.chatkit,
            "agents": cell.pair.agents,
            "python": cell.interpreter.version,
            "resolution": cell.resolution,
            "as_of": cell.as_of.strftime("%Y-%m-%dT%H:%M:%SZ") if cell.as_of else None,
        }
        for cell in planned
    ]


def _scenarios(settings: RunSettings) -> Rows:
    return [
        {
            "id": scenario.id,
            "title": scenario.title,
            "turns": len(scenario.turns),
            "paths": ",".join(scenario.paths),
            "from": _origin(scenario),
        }
        for scenario in plan_scenarios(settings)
    ]


def _origin(scenario: Scenario) -> str:
    if is_built_in(scenario):
        return "built in"
    return f"{scenario.source}{' (replaces the built-in one)' if scenario.replaces else ''}"


def _checks(settings: RunSettings) -> Rows:  # noqa: ARG001 - the listings share one signature
    return [{"check": name, "says": _says(check)} for name, check in CHECKS.items()]


def _says(check: Check) -> str:
    """What a check says, by its module; of a module with several, by the function itself: one sentence."""
    alone = getattr(check, "__name__", "check") == "check"
    told = sys.modules[check.__module__].__doc__ if alone else check.__doc__
    paragraph = " ".join((told or "").strip().split("\n\n", maxsplit=1)[0].split())
    return paragraph.split(". ", maxsplit=1)[0].rstrip(".")


def _rules(settings: RunSettings) -> Rows:  # noqa: ARG001 - the listings share one signature
    told = {**{check: RULES[check] for check in CHECKS}, COMPARED: COMPARING}
    return [
        {"rule": rule, "check": check, "says": says}
        for check, rules in told.items()
        for rule, says in sorted(rules.items())
    ]


def _pythons(settings: RunSettings) -> Rows:  # noqa: ARG001 - the listings share one signature
    return [{"version": each.version, "path": each.path} for each in installed()]


LISTINGS: Mapping[str, Callable[[RunSettings], Rows]] = {
    "releases": _releases,
    "cells": _cells,
    "scenarios": _scenarios,
    "checks": _checks,
    "rules": _rules,
    "pythons": _pythons,
}


def _print_table(rows: Rows) -> None:
    """Aligned columns; whole lines where nobody looks at them on a terminal, so that ids can be copied."""
    out = console()
    if not out.is_terminal:
        out = console(width=10_000)
    table = Table(box=None, pad_edge=False)
    for key in rows[0] if rows else ():
        table.add_column(key, overflow="fold")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    with out.capture() as drawn:
        out.print(table)
    click.echo("\n".join(line.rstrip() for line in drawn.get().splitlines()))
