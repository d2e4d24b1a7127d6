"""`chatkit-harness record`: cassettes, from a script or from a live model."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

import click

from chatkit_harness.core.codec import to_document
from chatkit_harness.core.errors import SelectionError
from chatkit_harness.engine.record import (
    Recorded,
    destination,
    plan_recordings,
    record_live,
    record_script,
)

from . import options
from .selection import NEWEST, run_settings
from .tell import follow_log, print_document

OPENAI_API = "https://api.openai.com/v1"
SHORTEST_KEY = 12


@click.command()
@options.SCENARIO
@options.SCENARIOS
@options.targets
@click.option(
    "--live", is_flag=True, help="Record a live model; without it the scenario's script is rendered."
)
@click.option("--base-url", metavar="URL", envvar="OPENAI_BASE_URL",
              help="The API, up to and with /v1; default: OpenAI's. Also from OPENAI_BASE_URL.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR",
              help="Where cassettes go; default: where each scenario looks for its own.")  # fmt: skip
@click.option(
    "--replace", is_flag=True, help="Let a recording or a script's rendering replace a live recording."
)
@options.PAIR
@options.PYTHON
@options.RESOLUTION
@options.INDEX
@options.CACHE
@options.FORMAT
@options.VERBOSE
def command(**given: Any) -> int:
    """Write a scenario's cassette.

    From its script: rendered to the events of the API, labelled as a script. With --live: the scenario is
    driven in one cell (the newest pair, unless --pair says otherwise) and the API's answers are kept,
    chunk by chunk with their times. OPENAI_API_KEY goes to the API and to no file. Each path has a
    cassette of its own; --workflow and --server record your own.

    \b
    Example:
      chatkit-harness record --scenario quote-aapl
      OPENAI_API_KEY=... chatkit-harness record --scenario quote-aapl --live
      chatkit-harness record --workflow export.py --path agent_builder --scenario news-tsla --live
    """
    follow_log(given["verbose"])
    if not given["scenario"]:
        raise SelectionError(
            "--scenario", "No scenario is named.", "Name one or more, or '*' for all of them."
        )
    settings = run_settings({**given, "resolution": given["resolution"] or "today"}, pairs=NEWEST)
    if not given["path"] and (settings.server is None) != (settings.workflow is None):
        # Who names one side only means that one: the other is not to be recorded with the built-in one.
        settings = dataclasses.replace(settings, paths=("native" if settings.server else "agent_builder",))
    live = _live_api(given["base_url"]) if given["live"] else None
    asked = plan_recordings(settings, live=live is not None)
    recorded = []
    for case in asked.cases:
        path = destination(case, given["out"])
        if live is not None:
            done = record_live(
                settings,
                case,
                path,
                own=asked.own,
                base_url=live[0],
                api_key=live[1],
                replace=given["replace"],
            )
        else:
            done = record_script(case, path, replace=given["replace"])
        recorded.append(done)
        if given["style"] == "text":
            _say(done)
    if given["style"] == "json":
        print_document({"recorded": [{**to_document(each), "path": str(each.path)} for each in recorded]})
    return 1 if any(each.troubles for each in recorded) else 0


def _live_api(base_url: str | None) -> tuple[str, str]:
    """The API's base URL and the key for it, which has to be there before any cell is built."""
    key = os.environ.get("OPENAI_API_KEY", "").strip()
    if not key:
        raise SelectionError(
            "OPENAI_API_KEY",
            "It is not set, and a live API wants a key.",
            "Set it; for a server of your own that asks for none, make up a word of 12 letters or more.",
        )
    if len(key) < SHORTEST_KEY:
        raise SelectionError(
            "OPENAI_API_KEY",
            f"It has {len(key)} characters. A key is taken out of all that is recorded, and so short a one "
            "would take words of the model with it.",
            "For a server of your own that asks for none, any made-up word of 12 letters or more will do.",
        )
    if not (key.isascii() and key.isprintable()):
        raise SelectionError(
            "OPENAI_API_KEY", "It holds characters that no header can carry.", "Set it again, without them."
        )
    return base_url or OPENAI_API, key


def _say(done: Recorded) -> None:
    what = "rendered from its script" if done.origin == "script" else "recorded from the live model"
    counted = f"{done.interactions} interactions, {done.chunks} chunks"
    click.echo(
        f"{done.scenario} ({done.on}): {'unchanged' if done.unchanged else what}, {counted}: {done.path}"
    )
    if done.hint:
        click.echo(f"  {done.hint}")
    for trouble in done.troubles:
        click.echo(f"  went wrong: {trouble}", err=True)
    for surprise in done.surprises:
        click.echo(f"  not as the scenario expects: {surprise}", err=True)
