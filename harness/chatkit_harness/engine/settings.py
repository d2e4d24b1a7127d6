"""What a run was asked for, parsed once at the edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Isolation = Literal["fork", "process", "venv"]
Confirm = Literal["none", "causes", "all"]

INSTALLED = "installed"
"""The resolution of an environment that is used as it stands."""

DEFAULT_CHATKIT = "1.2.0,newest"
DEFAULT_AGENTS = "0.5.1,newest"
DEFAULT_RESOLUTION = "contemporary,today"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """A selection as the command line words it, and where and how to run it.

    `pairs` (`C:A` each) replaces the product of `chatkit` and `agents`. `time_limit_s` bounds one case;
    `memory_limit_mb` the private memory of a cell's process (0: no bound). `jobs` is how many processes
    of cells run at once, `jobs_named` whether somebody said so. `server` (`package.module:factory`),
    `server_context` (`package.module:function`) and `workflow` (`FILE[:FUNCTION]`) put the user's own in the
    place of the built-in ones; `inputs` are further fields of the workflow's input, `extras` further
    requirements of each cell, `env` further variables of its environment (their values may be secret).
    `answers` holds what a hosted workflow said; `cassettes` the user's own recordings.

    `server` may be an application (`asgi:package.module:app`, asked at `endpoint`) or the address of one that
    runs, too; `headers` tell those who asks, and `other_headers` that somebody else does (their values may be
    secret). `stores` is what threads are kept in: words of the reference server, or `package.module:factory`.
    `upstream` is the address of a replaying model for a server that runs.

    `read_by` are the chatkit releases (or `C:A` pairs, or `neighbours`) that read what each cell has written.

    `clients` are the releases of the client that widgets are judged by, in the words of `chatkit`;
    `widgets_by` chatkit releases whose schemas judge them besides the cell's own.

    `isolation` is how a cell is kept apart (`venv`, `process`, `fork`), `executor` where cells run
    (`threads`, `local` processes, or `dask://HOST:PORT`), `shard` the part of the plan that this run does
    (`2/8`), balanced by what the results file `costs` recorded. `sample` draws so many cells by `seed`.
    `confirm` says which failures are driven again in fresh environments: `none`, `causes` or `all`. `resume`
    goes on with the run in `out`. With `reads_code` each cell tells, too, what reading its releases' code
    alone says that they lack: seconds for releases that were never read before.
    """

    out: Path
    chatkit: str = DEFAULT_CHATKIT
    agents: str = DEFAULT_AGENTS
    pairs: tuple[str, ...] = ()
    python: str | None = None
    resolution: str = DEFAULT_RESOLUTION
    scenarios: tuple[str, ...] = ()
    checks: tuple[str, ...] | None = None
    clients: str | None = None
    widgets_by: str | None = None
    data: Path | None = None
    scenario_folder: Path | None = None
    paths: tuple[str, ...] = ("native", "agent_builder")
    server: str | None = None
    server_context: str | None = None
    endpoint: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    other_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    stores: tuple[str, ...] = ()
    read_by: tuple[str, ...] = ()
    upstream: str | None = None
    workflow: str | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    extras: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    answers: Path | None = None
    cassettes: Path | None = None
    pacing: float = 0.0
    time_limit_s: float = 30.0
    memory_limit_mb: int = 4096
    jobs: int = 2
    jobs_named: bool = True
    index: str | None = None
    cache: Path | None = None
    command: tuple[str, ...] = ()
    versions_named: bool = True
    """Whether the versions above were asked for, or are defaults that a lock file's own pair replaces."""
    isolation: Isolation = "venv"
    executor: str = "threads"
    shard: str | None = None
    costs: Path | None = None
    sample: int | None = None
    seed: int = 0
    confirm: Confirm = "causes"
    resume: bool = False
    reads_code: bool = True
    mine: Mapping[str, str] = field(default_factory=dict)
    """The reader's own pair, which reports mark: `chatkit`, `agents`, and the `source` that says so."""
    admitted: bool = False
    """Only pairs of which each release admits the other, as a sweep asks for them."""
