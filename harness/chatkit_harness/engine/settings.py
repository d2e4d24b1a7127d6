"""What a run was asked for, parsed once at the edge."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DEFAULT_CHATKIT = "1.2.0,newest"
DEFAULT_AGENTS = "0.5.1,newest"
DEFAULT_RESOLUTION = "contemporary,today"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """A selection as the command line words it, and where and how to run it.

    `pairs` (`C:A` each) replaces the product of `chatkit` and `agents`. `time_limit_s` bounds one case;
    `memory_limit_mb` the private memory of a cell's process (0: no bound). `jobs` is how many cells run
    at once.
    """

    out: Path
    chatkit: str = DEFAULT_CHATKIT
    agents: str = DEFAULT_AGENTS
    pairs: tuple[str, ...] = ()
    python: str | None = None
    resolution: str = DEFAULT_RESOLUTION
    scenarios: tuple[str, ...] = ()
    checks: tuple[str, ...] | None = None
    data: Path | None = None
    scenario_folder: Path | None = None
    pacing: float = 0.0
    time_limit_s: float = 30.0
    memory_limit_mb: int = 4096
    jobs: int = 2
    index: str | None = None
    cache: Path | None = None
    command: tuple[str, ...] = ()
