"""From options to settings, the same for every command that selects cells or scenarios."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from chatkit_harness.core.errors import SelectionError
from chatkit_harness.engine.settings import RunSettings

DEFAULTS = RunSettings(out=Path())


def run_settings(
    given: dict[str, Any], *, pairs: tuple[str, ...] = (), out: Path | None = None
) -> RunSettings:
    """The settings that a command's options ask for; what an option does not say has its default.

    `pairs` is what is meant where no version is named at all. Raises SelectionError where pairs and
    separate versions are both named on the command line.
    """
    if given.get("server_context") and not given.get("server"):
        raise SelectionError(
            "--context", "It makes the context of your own server, and none is named.", "Add --server."
        )
    if given.get("answers") and given.get("workflow"):
        raise SelectionError(
            "--answers and --workflow", "Saved answers take the place of a workflow.", "Name one of the two."
        )
    chosen = _pairs(given)
    named = given.get("chatkit") or given.get("agents")
    return RunSettings(
        out=out or Path(),
        chatkit=given.get("chatkit") or DEFAULTS.chatkit,
        agents=given.get("agents") or DEFAULTS.agents,
        pairs=chosen if chosen or named else pairs,
        python=given.get("python"),
        resolution=given.get("resolution") or DEFAULTS.resolution,
        scenarios=words(given.get("scenario", ())),
        checks=words(given.get("checks", ())) or None,
        data=given.get("data"),
        scenario_folder=given.get("scenarios"),
        paths=words(given.get("path") or ()) or DEFAULTS.paths,
        server=given.get("server"),
        server_context=given.get("server_context"),
        workflow=given.get("workflow"),
        inputs=_inputs(given.get("inputs") or ()),
        extras=tuple(given.get("extras") or ()),
        answers=given.get("answers"),
        cassettes=given.get("cassettes"),
        pacing=given.get("pacing", DEFAULTS.pacing),
        time_limit_s=given.get("time_limit", DEFAULTS.time_limit_s),
        memory_limit_mb=given.get("memory_limit", DEFAULTS.memory_limit_mb),
        jobs=given.get("jobs") or os.cpu_count() or 1,
        index=given.get("index"),
        cache=given.get("cache"),
        command=tuple(sys.argv[1:]),
    )


def words(values: Iterable[str]) -> tuple[str, ...]:
    """Comma-separated words of an option that may be repeated."""
    return tuple(part for value in values for part in value.split(",") if part)


def _inputs(given: Iterable[str]) -> dict[str, str]:
    """`NAME=VALUE` of an option that may be repeated. Raises SelectionError for anything else."""
    found = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name.isidentifier():
            raise SelectionError(
                f"--input {each}", "It is not NAME=VALUE.", "Write --input customer_id=42, for example."
            )
        found[name] = value
    return found


def from_command_line(name: str) -> bool:
    """Whether the running command was given this option itself, not by the project's settings."""
    return click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE


def _pairs(given: dict[str, Any]) -> tuple[str, ...]:
    """The pairs that count: versions on the command line beat pairs of the project's settings."""
    pairs = words(given.get("pair", ()))
    versions = [name for name in ("chatkit", "agents") if name in given and from_command_line(name)]
    if not pairs or not versions:
        return pairs
    if from_command_line("pair"):
        raise SelectionError(
            f"--pair and --{versions[0]}",
            "A pair names both versions, so they exclude each other.",
            "Name either pairs, or versions of each package.",
        )
    return ()
