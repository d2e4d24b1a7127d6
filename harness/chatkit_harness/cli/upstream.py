"""`chatkit-harness upstream`: the replaying model by itself."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import click

from chatkit_harness.core.errors import CassetteError
from chatkit_harness.core.scenario import Expectation, Scenario, on_path
from chatkit_harness.engine.cassettes import cassette_for
from chatkit_harness.engine.plan import plan_scenarios
from chatkit_harness.engine.targets import NATIVE
from chatkit_harness.upstream import Cassette, Interaction, Piece, StandingModel

from . import options
from .selection import run_settings
from .tell import follow_log


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=9000, show_default=True,
              help="0 takes any that is free.")  # fmt: skip
@options.SCENARIO
@options.SCENARIOS
@options.DATA
@options.PACING
@options.FORMAT
@options.VERBOSE
def command(port: int, style: str, verbose: bool, **given: Any) -> int:
    """Play the model for a server that runs elsewhere, until Ctrl-C: no key, no network, no model.

    Start the server with the OPENAI_BASE_URL that is printed, and any OPENAI_API_KEY. Then
    `chatkit-harness run --server http://... --upstream http://127.0.0.1:PORT` drives it, and says case by
    case what the model answers. While no run does, a request is answered from whichever of the scenarios fits
    the user's newest words. It listens on this machine only.

    \b
    Example:
      chatkit-harness upstream --port 9000
      OPENAI_BASE_URL=http://127.0.0.1:9000/v1 OPENAI_API_KEY=any uvicorn shop.app:app --port 8000
      chatkit-harness run --server http://127.0.0.1:8000/chatkit --upstream http://127.0.0.1:9000
    """
    follow_log(verbose)
    settings = run_settings({**given})
    pieces = list(_pieces(settings))
    with StandingModel(port, pieces, pacing=settings.pacing) as model:
        told = {"url": model.url, "base_url": model.base_url, "scenarios": len(pieces)}
        if style == "json":
            click.echo(json.dumps(told))
        else:
            click.echo(
                f"The replaying model answers at {model.url}, with the words of {len(pieces)} scenarios."
            )
            click.echo(f"  The server under test: OPENAI_BASE_URL={model.base_url} OPENAI_API_KEY=any")
            click.echo(f"  The run that drives it: --upstream {model.url}")
            click.echo("  Ctrl-C ends it.")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            if style == "text":
                click.echo("Ended.")
    return 0


def _pieces(settings: Any) -> Iterator[Piece]:
    """What can be played of the scenarios; those whose words were never recorded are left out."""
    for scenario in plan_scenarios(settings):
        if NATIVE not in scenario.paths or scenario.unreadable or scenario.unplayable or scenario.exam:
            continue
        there = on_path(scenario, NATIVE)
        try:
            cassette = cassette_for(there)
        except CassetteError:
            continue
        if cassette is not None:
            # With the tags in them: so the model hears them, and so they stand in the cassette.
            words = tuple(turn.said for turn in there.turns if turn.said is not None)
            if words:
                failing = frozenset(_failing(there, cassette))
                elsewhere = there.server != "reference"
                yield Piece(
                    cassette=cassette, words=words, title=there.title, elsewhere=elsewhere, failing=failing
                )


def _failing(scenario: Scenario, cassette: Cassette) -> Iterator[str]:
    """The words at which something goes wrong, in the model or around it."""
    always = _is_error(scenario.expect) or any(map(_breaks, cassette.interactions))
    for turn in scenario.turns:
        context = {**scenario.context, **turn.context}
        fails = always or _is_error(turn.expect) or context.get("faults") or context.get("hours_later")
        if turn.said is not None and fails:
            yield turn.said


def _is_error(expected: Expectation | None) -> bool:
    return expected is not None and bool(expected.error or expected.findings)


def _breaks(answer: Interaction) -> bool:
    """Whether the model itself does not answer as it should."""
    return bool(answer.status != 200 or answer.cut or answer.without or answer.fault)
