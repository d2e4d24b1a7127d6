"""Options that several commands share, each declared once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from .index_address import index_address

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
    "such as '>=1.4,<1.6'; all; none for a cell without it; comma-separated.",
)
AGENTS = click.option("--agents", metavar="VERSIONS", help="openai-agents releases, worded likewise.")
PAIR = click.option(
    "--pair", multiple=True, metavar="C:A", help="A chatkit and an agents release that belong together."
)
PYTHON = click.option(
    "--python",
    metavar="VERSIONS",
    help="CPythons on this machine: 3.12, 3.12.1, a path or an environment's folder; comma-separated.",
)
RESOLUTION = click.option(
    "--resolution",
    metavar="WORDS",
    help="How the rest is pinned: contemporary (the index as it stood 24 hours after the younger of the "
    "pair), today, lowest (the oldest pins of the pair's time), an instant such as 2025-11-17T00:00:00Z, "
    "a lock file (uv.lock, pylock.toml, requirements, pip freeze), or installed (what stands in the "
    "environment of --python, used as it is); comma-separated.",
)
SCENARIO = click.option(
    "--scenario",
    "scenario",
    multiple=True,
    metavar="NAME",
    help="Only these scenarios: ids, globs, files, or "
    "the groups everyday, catalogue, faults, conformance, store.",
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
    "default: both; of a sweep native.",
)
SERVER = click.option(
    "--server",
    metavar="NAME",
    help="Your own server. package.module:NAME is a ChatKitServer's factory, class or instance in this "
    "checkout, whose dependencies go into each cell; dist/shop-1.0-py3-none-any.whl:package.module:NAME one "
    "in a wheel; asgi:package.module:app an application, asked at --endpoint; http://... one that "
    "runs already. Default: the reference server. A scenario with a server of its own is driven on that one; "
    "where no case would be driven on yours, the run is refused.",
)
ENDPOINT = click.option(
    "--endpoint", metavar="PATH", help="The path of an application's ChatKit endpoint; default: /chatkit."
)
HEADER = click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="'NAME: VALUE'",
    help="A header with each request to a server that is asked over HTTP, such as who asks. ${VARIABLE} in "
    "it is taken from the environment.",
)
OTHER_HEADER = click.option(
    "--other-header",
    "other_headers",
    multiple=True,
    metavar="'NAME: VALUE'",
    help="Likewise for a second user, who must not see what the first one says.",
)
STORE = click.option(
    "--store",
    "store",
    multiple=True,
    metavar="WORDS",
    help="What threads are kept in: memory, sqlite, postgres (its address from --env DATABASE_URL), or "
    "package.module:NAME, a Store of your own in this checkout; comma-separated. The rules that stores have "
    "to keep are put to the test, and the reference server is driven on it.",
)
READ_BY = click.option(
    "--read-by",
    "read_by",
    multiple=True,
    metavar="VERSIONS",
    help="openai-chatkit releases that read the threads of each cell, in other processes and from the same "
    "store: a version, newest, or neighbours (the releases before and after the cell's own, as far as there "
    "are any); C:A where agents is to be another, too; comma-separated. The reference server keeps them in "
    "SQLite then.",
)
ROLLBACK = click.option(
    "--rollback", is_flag=True, help="The same as --read-by neighbours: may a release be taken back?"
)
UPSTREAM = click.option(
    "--upstream",
    metavar="URL",
    help="The replaying model that a server which runs is pointed at: the address that `chatkit-harness "
    "upstream` gives.",
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
    help="A further package in each cell, such as pyyaml or 'pandas<3'; openai==2.30.0 takes the place of "
    "what the resolution chooses.",
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
    callback=index_address,
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
PACING = click.option(
    "--pacing",
    type=click.FloatRange(0, 100),
    default=0.0,
    show_default=True,
    help="0: the model answers at once; 1: as slowly as it was recorded.",
)
TIME_LIMIT = click.option(
    "--time-limit",
    type=click.FloatRange(1, 3600),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="A case that takes longer is ended.",
)
MEMORY_LIMIT = click.option(
    "--memory-limit",
    type=click.IntRange(0),
    default=4096,
    show_default=True,
    metavar="MB",
    help="Private memory of a cell's process; 0 sets no bound.",
)
JOBS = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="Processes at once; default: one a core; on several cores one more for a single cell of 400 cases.",
)
OUT = click.option(
    "--out",
    type=_path(),
    metavar="DIR",
    help="Where results, reports and logs go; default: reports/TIME.",
)
CHECK = click.option("--check", "checks", multiple=True, metavar="NAME", help="Only these checks.")
CLIENT = click.option(
    "--client",
    "client",
    metavar="VERSIONS",
    help="Releases of the client (npm: @openai/chatkit) by which the check `client` judges what goes out, "
    "worded as those of --chatkit; what one of them does not declare fails a case. They cost no cell. "
    "Default: newest, and only as a warning.",
)
WIDGETS_BY = click.option(
    "--widgets-by",
    metavar="VERSIONS",
    help="openai-chatkit releases by whose schemas the check `widgets` judges what goes out besides those of "
    "the cell's own release, worded as those of --chatkit. They cost no cell.",
)
ISOLATION = click.option(
    "--isolation",
    type=click.Choice(["fork", "process", "venv"]),
    help="How cells are kept apart. venv: a virtual environment and a process of its own; process: packages "
    "that cells share, a process of its own; fork: a child of a process that has imported what is common.",
)
CONFIRM = click.option(
    "--confirm",
    type=click.Choice(["none", "causes", "all"]),
    default="causes",
    show_default=True,
    help="Which failures of cells that share packages are driven again in fresh virtual environments: of "
    "each cause one, and the ends of its ranges; or all.",
)
EXECUTOR = click.option(
    "--executor",
    metavar="NAME",
    help="Where cells run: local (processes on this machine), threads, or dask://HOST:PORT.",
)
SHARD = click.option(
    "--shard", metavar="I/N", help="Only this part of the cells, such as 2/8; `merge` joins the parts."
)
COSTS = click.option(
    "--costs",
    type=_path(),
    metavar="RESULTS",
    help="An earlier run, by whose recorded costs the shards are balanced: give every shard the same one.",
)
SAMPLE = click.option(
    "--sample", type=click.IntRange(1), metavar="N", help="Only so many cells, drawn by --seed."
)
SEED = click.option("--seed", type=int, default=0, show_default=True, help="Which cells --sample draws.")
RESUME = click.option(
    "--resume",
    type=_path(),
    metavar="DIR",
    help="Go on with the run in this folder, as it was asked for; options given here beat what it had. What "
    "has an outcome, and rests on nothing that has changed since, is not driven again.",
)
MINE = click.option(
    "--mine",
    metavar="C:A|FILE",
    help="Your own pair, which the report marks: a chatkit and an agents release, or the lock file that pins "
    "them; default: that of uv.lock, pylock.toml or requirements.txt in the working folder.",
)
VERBOSE = click.option("-v", "--verbose", is_flag=True, help="Show the run's log as it is written.")


_CELLS = (CHATKIT, AGENTS, PAIR, PYTHON, RESOLUTION)
_SCENARIOS = (SCENARIO, SCENARIOS, DATA, PATHS)
_TARGETS = (
    SERVER, CONTEXT, ENDPOINT, HEADER, OTHER_HEADER, STORE, UPSTREAM, WORKFLOW, INPUT, CASSETTES, WITH, ENV,
)  # fmt: skip


def selection(function: F) -> F:
    """The options that select cells, scenarios and what is under test, worded alike everywhere."""
    return _all(function, (*_CELLS, *_SCENARIOS, *_TARGETS, ANSWERS))


def targets(function: F) -> F:
    """The options that say what is under test, for commands that drive it without a matrix."""
    return _all(function, (PATHS, *_TARGETS))


_HOW = (ISOLATION, CONFIRM, EXECUTOR, SHARD, COSTS, SAMPLE, SEED, RESUME)
_JUDGES = (CHECK, CLIENT, WIDGETS_BY)
_LIMITS = (PACING, TIME_LIMIT, MEMORY_LIMIT, JOBS, OUT)


def part(function: F) -> F:
    """The options that take a part of the cells."""
    return _all(function, (SHARD, COSTS, SAMPLE, SEED))


def gated(function: F) -> F:
    """The options of commands that name their versions themselves."""
    return _all(function, (PYTHON, RESOLUTION, *_SCENARIOS, *_TARGETS, *_JUDGES, TIME_LIMIT, JOBS, OUT))


def driving(function: F) -> F:
    """The options that say how and where cells are driven."""
    return _all(function, (*_JUDGES, *_LIMITS, *_HOW))


def _all(function: F, options: tuple[Callable[[F], F], ...]) -> F:
    for option in reversed(options):
        function = option(function)
    return function
