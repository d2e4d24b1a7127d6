"""What a session is asked for: the project's settings, and what the command line says over them."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

from chatkit_harness.cli.named import words
from chatkit_harness.cli.selection import DEFAULTS, run_settings, unsuited
from chatkit_harness.cli.settings import project_settings
from chatkit_harness.core.errors import ConfigurationError, SelectionError, did_you_mean
from chatkit_harness.engine.server_words import is_running
from chatkit_harness.engine.settings import INSTALLED, Isolation, RunSettings

from .options import VERSIONS, given, names_versions

_FOLDERS = ("scenarios", "answers", "cassettes")
_NOT_OURS = ("data", "scenario", "out", "jobs")
"""What a session of pytest has of its own, or has no use for."""


class RunsAlreadyError(SelectionError):
    """A server that runs was named: whoever starts sessions of pytest has to know of it at once."""


def run_settings_of(config: pytest.Config, out: Path) -> RunSettings:
    """The settings of the session's run; relative paths are as their sources mean them.

    Raises ConfigurationError and SelectionError where a setting, or an option, cannot be used, and of the
    latter RunsAlreadyError for a server that pytest does not drive.
    """
    settings = project_settings(config.rootpath).get("run", {})
    said = _placed(given(config), config.invocation_params.dir, config.rootpath)
    if not names_versions(config):
        said |= {"resolution": INSTALLED}
    if str(said.get("resolution", "")).strip().lower() == INSTALLED:
        # The environment under test is this one, whatever matrix the project runs otherwise.
        settings = {key: value for key, value in settings.items() if key not in VERSIONS}
        said.setdefault("python", sys.executable)
    _require_sense(said)
    if said.get("server"):
        others = unsuited(said["server"], store=bool(said.get("store") or settings.get("store")))
        settings = {key: value for key, value in settings.items() if key not in others}
    _require_not_running(said.get("server") or settings.get("server"))
    if said.get("pair"):
        settings = {key: value for key, value in settings.items() if key not in ("chatkit", "agents")}
    if said.get("chatkit") or said.get("agents"):
        settings = {key: value for key, value in settings.items() if key != "pair"}
    merged = {**settings, **said, "index": os.environ.get("CHATKIT_HARNESS_INDEX") or settings.get("index")}
    for key in _FOLDERS:
        if merged.get(key) is not None:
            merged[key] = config.rootpath / merged[key]
    return run_settings({key: value for key, value in merged.items() if key not in _NOT_OURS}, out=out)


def _require_not_running(server: str | None) -> None:
    if is_running(server):
        raise RunsAlreadyError(
            f"--server {str(server).partition('?')[0]}",
            "pytest drives a server in its own environment; one that runs already is driven by "
            "`chatkit-harness run --server http://...`.",
            "Name its module here: --server package.module:factory, or asgi:package.module:app.",
        )


def scenarios_asked_for(config: pytest.Config) -> tuple[str, ...]:
    """The names and patterns of `--scenario`."""
    return words(given(config).get("scenario", ()))


def _placed(said: Mapping[str, Any], folder: Path, root: Path) -> dict[str, Any]:
    """The options with paths that mean the same in the project's folder as where they were written."""
    placed = dict(said)
    for key in ("python", "resolution", "workflow"):
        if key in placed and folder != root:
            parts = str(placed[key]).split(",")
            placed[key] = ",".join(str(folder / part) if (folder / part).exists() else part for part in parts)
    for key in ("scenarios", "out"):
        if key in placed:
            placed[key] = folder / placed[key]
    return placed


def _require_sense(said: dict[str, Any]) -> None:
    """What the command line's own parser would refuse."""
    for key in ("chatkit", "agents"):
        if said.get("pair") and said.get(key):
            raise SelectionError(
                f"--pair and --{key}",
                "A pair names both versions, so they exclude each other.",
                "Name either pairs, or versions of each package.",
            )
    for path in words(said.get("path") or ()):
        if path not in DEFAULTS.paths:
            offer = did_you_mean(path, DEFAULTS.paths)
            raise SelectionError(f"--path {path}", "There is no such path.", offer)
    if "scenarios" in said and not said["scenarios"].is_dir():
        raise ConfigurationError(
            f"--scenarios {said['scenarios']}", "There is no such folder.", "Check its path."
        )
    kind = said.get("isolation")
    if kind is not None and kind not in get_args(Isolation):
        raise ConfigurationError(
            f"--isolation {kind}", "There is no such isolation.", did_you_mean(kind, get_args(Isolation))
        )
    if "time_limit" in said:
        try:
            said["time_limit"] = float(said["time_limit"])
        except ValueError:
            said["time_limit"] = 0.0
        if not 1 <= said["time_limit"] <= 3600:
            raise ConfigurationError(
                "--chatkit-harness-time-limit", "It is no time from 1 to 3600 seconds.", "Write 30."
            )
