"""`chatkit-harness sweep`: the whole matrix."""

from __future__ import annotations

from typing import Any

import click

from chatkit_harness.engine.pairs import NONE

from . import options
from .named import require_named
from .run import drive
from .tell import follow_log

EVERYTHING = "all"
SCENARIOS = (
    "quote-aapl", "two-turns", "news-tsla", "calendar-nfp", "technical-nvda", "client-tool-selection",
    "unknown-symbol", "market-data-down", "load-nvda", "draw-support-tsla",
)  # fmt: skip
"""What a sweep drives unless told otherwise: each kind of answer once, none that waits for a clock."""


@click.command()
@options.selection
@options.driving
@options.READ_BY
@options.ROLLBACK
@options.MINE
@options.INDEX
@options.CACHE
@options.FORMAT
@options.VERBOSE
def command(**given: Any) -> int:
    """Which versions work together? Drives every pair that can be installed.

    Without options: every openai-chatkit release that holds a module with every openai-agents release that it
    allows, as of their own time and as of today, through ten scenarios on the native path; some minutes on
    two cores, once the packages are there. Cells share packages and are forked from a process that has
    imported what is common; of each cause one failure, and those at the ends of its ranges, are driven again
    in fresh virtual environments before the report is written.

    A sweep that was ended, even by kill -9, goes on with --resume. Cells that cannot be resolved are
    told, and do not change the exit status.

    \b
    Example:
      chatkit-harness sweep
      chatkit-harness sweep --chatkit '>=1.4' --agents minor --resolution today
      chatkit-harness sweep --sample 48 --seed 7 --confirm all
      chatkit-harness sweep --shard 3/8 --out shard-3 && chatkit-harness merge shard-* --out whole
      chatkit-harness sweep --resume reports/20261121-120000
    """
    follow_log(given["verbose"])
    require_named(given)  # before what names nothing is taken for what is not said
    given = {**given, **defaults(given)}
    return drive(given, command="sweep")


def defaults(given: dict[str, Any]) -> dict[str, Any]:
    """What a sweep takes where nothing is said; what is the project's own counts as said."""
    asked = {
        "admitted": not given.get("pair"),
        "isolation": given.get("isolation") or "fork",
        "executor": given.get("executor") or "local",
        "resolution": given.get("resolution") or "contemporary,today",
    }
    # What is said by default makes no claim on a lock file, which has a pair of its own.
    asked["versions_named"] = any(given.get(name) for name in ("pair", "chatkit", "agents"))
    if not given.get("pair"):
        asked["chatkit"] = given.get("chatkit") or EVERYTHING
        asked["agents"] = given.get("agents") or EVERYTHING
    own = any(given.get(name) for name in ("server", "workflow", "answers", "scenarios"))
    if not given.get("scenario") and not own:
        asked["scenario"] = SCENARIOS
    if not given.get("path") and not own:
        # Without chatkit there is only the other path.
        asked["path"] = ("native",) if asked.get("chatkit") != NONE else ("agent_builder",)
    return asked
