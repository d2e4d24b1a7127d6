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
    "such as '>=1.4,<1.6'; none for a cell without it; comma-separated.",
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
PATHS = click.option(
    "--path",
    "path",
    multiple=True,
    metavar="NAME",
    help="native (ChatKit) or agent_builder (a workflow, and a frontend that reads its answers); "
    "default: both.",
)
SERVER = click.option(
    "--server",
    metavar="MODULE:NAME",
    help="Your own ChatKitServer: the factory, class or instance NAME of package.module in this checkout, "
    "whose dependencies go into each cell. Default: the reference server.",
)
CONTEXT = click.option(
    "--context",
    "server_context",
    metavar="MODULE:NAME",
    help="What makes the request context of your server from a scenario's context; default: create_context "
    "beside the server, else the plain values.",
)
WORKFLOW = click.option(
    "--workflow",
    metavar="FILE[:FUNCTION]",
    help="Your own workflow as Agent Builder exports it, run unchanged (run_workflow unless FUNCTION is "
    "named). Default: the built-in one, a demonstration.",
)
INPUT = click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="NAME=VALUE",
    help="A further field of the workflow's input; a scenario's context gives such fields too.",
)
ANSWERS = click.option(
    "--answers",
    type=_path(),
    metavar="DIR",
    help="Answers saved from the hosted workflow, in the place of a driven one: SCENARIO.txt for the first "
    "turn, SCENARIO.2.txt for the second.",
)
CASSETTES = click.option(
    "--cassettes",
    type=_path(),
    metavar="DIR",
    help="Recordings of your own, played instead of a scenario's: SCENARIO.yaml and "
    "SCENARIO.agent-builder.yaml. With --server or --workflow, ./cassettes is looked through by itself.",
)
WITH = click.option(
    "--with",
    "extras",
    multiple=True,
    metavar="REQUIREMENT",
    help="A further package in each cell, such as pyyaml or 'pandas<3'.",
)
ENV = click.option(
    "--env",
    "env",
    multiple=True,
    metavar="NAME[=VALUE]",
    help="An environment variable for your server or workflow; a cell gets none of yours by itself. Without "
    "a value, yours is passed on.",
)
DATA = click.option(
    "--data",
    type=_path(),
    metavar="DIR",
    envvar="CHATKIT_HARNESS_DATA",
    help="A folder of recorded Responses streams (*.yaml, also in its real_streams folder), each played "
    "through the probe server, and of Agent Builder answers (*.txt, *.json, also in agent_builder), each "
    "said by the model. Also from CHATKIT_HARNESS_DATA.",
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


_CELLS = (CHATKIT, AGENTS, PAIR, PYTHON, RESOLUTION)
_SCENARIOS = (SCENARIO, SCENARIOS, DATA, PATHS)
_TARGETS = (SERVER, CONTEXT, WORKFLOW, INPUT, CASSETTES, WITH, ENV)


def selection(function: F) -> F:
    """The options that select cells, scenarios and what is under test, worded alike everywhere."""
    return _all(function, (*_CELLS, *_SCENARIOS, *_TARGETS, ANSWERS))


def targets(function: F) -> F:
    """The options that say what is under test, for commands that drive it without a matrix."""
    return _all(function, (PATHS, *_TARGETS))


def _all(function: F, options: tuple[Callable[[F], F], ...]) -> F:
    for option in reversed(options):
        function = option(function)
    return function
