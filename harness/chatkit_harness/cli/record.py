"""`chatkit-harness record`: cassettes, from a script or from a live model."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from chatkit_harness.core.codec import to_document
from chatkit_harness.core.errors import SelectionError
from chatkit_harness.engine.plan import plan_scenarios
from chatkit_harness.engine.record import Recorded, destination, record_live, record_script
from chatkit_harness.engine.settings import RunSettings

from . import options
from .tell import print_document


@click.command()
@options.SCENARIO
@options.SCENARIOS
@click.option(
    "--live", is_flag=True, help="Record a live model; without it the scenario's script is rendered."
)
@click.option("--base-url", metavar="URL", envvar="OPENAI_BASE_URL",
              help="The live API, up to and with /v1. Also from OPENAI_BASE_URL.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR",
              help="Where cassettes go; default: where each scenario looks for its own.")  # fmt: skip
@options.PAIR
@options.PYTHON
@options.RESOLUTION
@options.INDEX
@options.CACHE
@options.FORMAT
def command(**given: Any) -> int:
    """Write a scenario's cassette.

    From its script: rendered to the events of the API, labelled as a script. With --live: the scenario is
    driven in one cell (the newest pair, unless --pair says otherwise) and the API's answers are kept,
    chunk by chunk with their times. OPENAI_API_KEY goes to the API and to no file.

    \b
    Example:
      chatkit-harness record --scenario quote-aapl
      OPENAI_API_KEY=... chatkit-harness record --scenario quote-aapl --live
    """
    if not given["scenario"]:
        raise SelectionError(
            "--scenario", "No scenario is named.", "Name one or more, or '*' for all of them."
        )
    settings = _settings(given)
    scenarios = plan_scenarios(settings)
    recorded = []
    for scenario in scenarios:
        path = destination(scenario, given["out"])
        if given["live"]:
            done = record_live(
                settings,
                scenario,
                path,
                base_url=_base_url(given["base_url"]),
                api_key=os.environ.get("OPENAI_API_KEY"),
            )
        else:
            done = record_script(scenario, path)
        recorded.append(done)
        if given["style"] == "text":
            _say(done)
    if given["style"] == "json":
        print_document({"recorded": [{**to_document(each), "path": str(each.path)} for each in recorded]})
    return 1 if any(each.troubles for each in recorded) else 0


def _base_url(given: str | None) -> str:
    if not given:
        raise SelectionError(
            "--base-url", "The live API is not named.", "Set OPENAI_BASE_URL, or pass --base-url URL."
        )
    return given


def _settings(given: dict[str, Any]) -> RunSettings:
    return RunSettings(
        out=Path(),
        pairs=tuple(given["pair"]) or ("newest:newest",),
        python=given["python"],
        resolution=given["resolution"] or "today",
        scenarios=tuple(part for name in given["scenario"] for part in name.split(",") if part),
        scenario_folder=given["scenarios"],
        index=given["index"],
        cache=given["cache"],
    )


def _say(done: Recorded) -> None:
    what = "rendered from its script" if done.origin == "script" else "recorded from the live model"
    click.echo(
        f"{done.scenario}: {what}, {done.interactions} interactions, {done.chunks} chunks: {done.path}"
    )
    for trouble in done.troubles:
        click.echo(f"  went wrong: {trouble}", err=True)
