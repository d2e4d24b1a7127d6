"""`chatkit-harness list`: what there is to choose from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.table import Table

from chatkit_harness.cells.cache import Cache
from chatkit_harness.cells.index import Index
from chatkit_harness.cells.interpreters import installed
from chatkit_harness.checks import CHECKS
from chatkit_harness.engine.plan import AGENTS, CHATKIT, make_plan, plan_scenarios
from chatkit_harness.engine.settings import DEFAULT_AGENTS, DEFAULT_CHATKIT, DEFAULT_RESOLUTION, RunSettings

from . import options
from .tell import console, print_document

Rows = list[dict[str, Any]]


@click.command()
@click.argument("what", type=click.Choice(["releases", "cells", "scenarios", "checks", "pythons"]))
@options.selection
@options.INDEX
@options.CACHE
@options.FORMAT
def command(what: str, style: str, **given: Any) -> int:
    """List releases of the index, cells of a selection, scenarios, checks, or Pythons on this machine.

    \b
    Example:
      chatkit-harness list releases
      chatkit-harness list cells --chatkit minor --agents newest --resolution today
      chatkit-harness list scenarios --format json
    """
    settings = RunSettings(
        out=Path(),
        chatkit=given["chatkit"] or DEFAULT_CHATKIT,
        agents=given["agents"] or DEFAULT_AGENTS,
        pairs=tuple(given["pair"]),
        python=given["python"],
        resolution=given["resolution"] or DEFAULT_RESOLUTION,
        scenarios=tuple(given["scenario"]),
        data=given["data"],
        scenario_folder=given["scenarios"],
        index=given["index"],
        cache=given["cache"],
    )
    rows = {"releases": _releases, "cells": _cells, "scenarios": _scenarios, "checks": _checks,
            "pythons": _pythons}[what](settings)  # fmt: skip
    if style == "json":
        print_document({what: rows})
    else:
        _print_table(rows)
    return 0


def _releases(settings: RunSettings) -> Rows:
    index = Index(Cache(settings.cache), settings.index)
    return [
        {
            "project": release.project,
            "version": release.version,
            "uploaded": release.uploaded.strftime("%Y-%m-%dT%H:%M:%SZ") if release.uploaded else None,
            "yanked": release.yanked,
            "wheel": release.has_wheel,
        }
        for project in (CHATKIT, AGENTS)
        for release in index.project(project).releases
    ]


def _cells(settings: RunSettings) -> Rows:
    plan = make_plan(settings, Index(Cache(settings.cache), settings.index))
    return [
        {
            "id": cell.id,
            "chatkit": cell.pair.chatkit,
            "agents": cell.pair.agents,
            "python": cell.interpreter.version,
            "resolution": cell.resolution,
            "as_of": cell.as_of.strftime("%Y-%m-%dT%H:%M:%SZ") if cell.as_of else None,
        }
        for cell in plan.cells
    ]


def _scenarios(settings: RunSettings) -> Rows:
    return [
        {
            "id": scenario.id,
            "title": scenario.title,
            "turns": len(scenario.turns),
            "paths": ", ".join(scenario.paths),
        }
        for scenario in plan_scenarios(settings)
    ]


def _checks(settings: RunSettings) -> Rows:  # noqa: ARG001 - the listings share one signature
    return [
        {"check": name, "says": (check.__module__ and _first_sentence(check.__module__)) or ""}
        for name, check in CHECKS.items()
    ]


def _first_sentence(module: str) -> str:
    import sys

    return (sys.modules[module].__doc__ or "").strip().split("\n", maxsplit=1)[0].rstrip(".")


def _pythons(settings: RunSettings) -> Rows:  # noqa: ARG001 - the listings share one signature
    return [{"version": each.version, "path": each.path} for each in installed()]


def _print_table(rows: Rows) -> None:
    table = Table(box=None, pad_edge=False)
    for key in rows[0] if rows else ():
        table.add_column(key)
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    console().print(table)
