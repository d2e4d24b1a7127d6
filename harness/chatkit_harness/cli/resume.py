"""A run that goes on: asked for as it was, but for what the command line says anew."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

from chatkit_harness.core.errors import ConfigurationError, ResultsError, SelectionError
from chatkit_harness.engine.selection import LEFT_OUT
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.results import RESULTS_FILE, read_header, read_so_far

from .selection import from_command_line

# Each setting with the key of the header's selection, and the options that ask for it.
_TEXT = {
    "chatkit": ("chatkit", "pair"),
    "agents": ("agents", "pair"),
    "python": ("python",),
    "resolution": ("resolution",),
    "clients": ("client",),
    "widgets_by": ("widgets_by",),
    "server": ("server",),
    "server_context": ("server_context",),
    "endpoint": ("endpoint",),
    "upstream": ("upstream",),
    "workflow": ("workflow",),
    "pacing": ("pacing",),
    "time_limit_s": ("time_limit",),
    "memory_limit_mb": ("memory_limit",),
    "isolation": ("isolation",),
    "executor": ("executor",),
    "shard": ("shard",),
    "sample": ("sample",),
    "seed": ("seed",),
    "confirm": ("confirm",),
    "admitted": (),
    "versions_named": ("chatkit", "agents", "pair"),
    "inputs": ("inputs",),
    "mine": ("mine",),
}
_TUPLES = {
    "pairs": ("pair", "chatkit", "agents"),
    "scenarios": ("scenario",),
    "checks": ("checks",),
    "paths": ("path",),
    "extras": ("extras",),
    "stores": ("store",),
    "read_by": ("read_by", "rollback"),
}
_FOLDERS = {
    "data": ("data",),
    "scenario_folder": ("scenarios",),
    "answers": ("answers",),
    "cassettes": ("cassettes",),
    "costs": ("costs",),
}
_KEYS = {"extras": "with"}


def resumed_folder(given: dict[str, Any]) -> Path | None:
    """The folder that a run goes to. Raises SelectionError where two are named."""
    if not given.get("resume"):
        return given.get("out")
    if given.get("out") and given["out"] != given["resume"]:
        raise SelectionError(
            "--out and --resume", "A run goes on in the folder that it lies in.", "Leave out --out."
        )
    folder: Path = given["resume"]
    return folder.parent if folder.name == RESULTS_FILE else folder


def resumed(settings: RunSettings) -> RunSettings:
    """The settings of the run in the folder, with what the command line says anew.

    Raises ConfigurationError where there is no run, or a variable that it had is not set here.
    """
    if not (settings.out / RESULTS_FILE).is_file():
        raise ConfigurationError(
            f"--resume {settings.out}", "There is no run in this folder.", "Name a folder that holds one."
        )
    try:
        selection = read_header(settings.out).selection
    except ResultsError:
        if read_so_far(settings.out) is not None:
            raise
        return settings  # it was ended before it had written what it was asked for
    then: dict[str, Any] = {}
    for names, made in ((_TEXT, _same), (_TUPLES, _tuple), (_FOLDERS, _path)):
        for name, asked_by in names.items():
            key = _KEYS.get(name, name)
            if key in selection and not any(map(from_command_line, asked_by)):
                then[name] = made(selection[key])
    _require_values(selection, settings)
    return dataclasses.replace(settings, **then, env={**_variables(selection), **settings.env})


def _require_values(selection: Any, settings: RunSettings) -> None:
    """Raise where the run had what may be secret, and is kept nowhere, and it is not given again."""
    cause = "The run had this, whose value is kept nowhere."
    for option, key, given in (
        ("--header", "headers", settings.headers),
        ("--other-header", "other_headers", settings.other_headers),
    ):
        for name in selection.get(key, []):
            if name not in given:
                raise ConfigurationError(f"{option} {name}", cause, f"Write {option} '{name}: VALUE' again.")
    server = str(selection.get("server") or "")
    if server.endswith(f"?{LEFT_OUT}") and not from_command_line("server"):
        raise ConfigurationError(f"--server {server}", cause, "Write --server with its query again.")


def _variables(selection: Any) -> dict[str, str]:
    names = [] if from_command_line("env") else selection.get("env", [])
    missing = [name for name in names if name not in os.environ]
    if missing:
        raise ConfigurationError(
            f"--env {missing[0]}",
            "The run had this variable, whose value is kept nowhere, and it is not set here.",
            f"Set it, or write --env {missing[0]}=VALUE.",
        )
    return {name: os.environ[name] for name in names}


def _same(value: Any) -> Any:
    return value


def _tuple(value: Any) -> Any:
    return None if value is None else tuple(value)


def _path(value: Any) -> Any:
    return None if value is None else Path(value)
