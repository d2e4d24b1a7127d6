"""Options that several commands share, each declared once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def _path(**checks: bool) -> Any:
    return click.Path(path_type=Path, **checks)


FORMAT = click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="text for people; json prints one document on standard output.",
)
CHATKIT = click.option(
    "--chatkit",
    metavar="VERSIONS",
    help="openai-chatkit releases: versions, newest, newest:N, minor (the last of each minor), or a range "
    "such as '>=1.4,<1.6'; comma-separated.",
)
AGENTS = click.option("--agents", metavar="VERSIONS", help="openai-agents releases, worded likewise.")
PAIR = click.option(
    "--pair", multiple=True, metavar="C:A", help="A chatkit and an agents release that belong together."
)
PYTHON = click.option(
    "--python", metavar="VERSIONS", help="CPythons on this machine: 3.12, 3.12.1 or a path; comma-separated."
)
RESOLUTION = click.option(
    "--resolution",
    metavar="WORDS",
    help="How the rest is pinned: contemporary (the index as it stood 24 hours after the younger of the "
    "pair), today, or an instant such as 2025-11-17T00:00:00Z; comma-separated.",
)
SCENARIO = click.option(
    "--scenario", "scenario", multiple=True, metavar="NAME", help="Only these scenarios (globs, or files)."
)
SCENARIOS = click.option(
    "--scenarios",
    type=_path(),
    metavar="DIR",
    help="The project's own scenarios; default: ./scenarios where there is one. Built-in ones follow.",
)
DATA = click.option(
    "--data",
    type=_path(),
    metavar="DIR",
    envvar="CHATKIT_HARNESS_DATA",
    help="A folder of recorded Responses streams (*.yaml, also in its real_streams folder), each played "
    "through the probe server. Also from CHATKIT_HARNESS_DATA.",
)
INDEX = click.option(
    "--index",
    metavar="URL",
    envvar="CHATKIT_HARNESS_INDEX",
    help="The package index; default: the one that uv or pip is configured with. Also from "
    "CHATKIT_HARNESS_INDEX.",
)
CACHE = click.option(
    "--cache",
    type=_path(),
    metavar="DIR",
    envvar="CHATKIT_HARNESS_CACHE",
    help="Where environments and answers of the index are kept. Also from CHATKIT_HARNESS_CACHE.",
)
VERBOSE = click.option("-v", "--verbose", is_flag=True, help="Show the run's log as it is written.")


def selection(function: F) -> F:
    """The options that select cells and scenarios, worded alike everywhere."""
    for option in reversed((CHATKIT, AGENTS, PAIR, PYTHON, RESOLUTION, SCENARIO, SCENARIOS, DATA)):
        function = option(function)
    return function
