"""Options that are given and name nothing, as an empty variable of a CI job does, or that nobody heeds.

Taken for "not asked", they would drive or judge something else than whoever wrote them meant.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from chatkit_harness.core.errors import SelectionError, UsageError
from chatkit_harness.engine.targets import STORE_WORDS

from .settings import KEYS

_VERSIONS = "Write versions, newest, minor or a range, or leave it out."
OPTIONS = {
    "chatkit": ("--chatkit", "release", _VERSIONS),
    "agents": ("--agents", "release", _VERSIONS),
    "pair": ("--pair", "pair", "Write --pair 1.6.5:newest, or leave it out."),
    "python": ("--python", "Python", "Write versions or paths, or leave it out."),
    "resolution": ("--resolution", "resolution", "Write contemporary, today, or leave it out."),
    "client": ("--client", "release", "Write versions or newest, or leave it out."),
    "widgets_by": ("--widgets-by", "release", _VERSIONS),
    "read_by": ("--read-by", "release", "Write versions, neighbours or all, or leave it out."),
    "scenario": (
        "--scenario",
        "scenario",
        "Write ids, globs, files or groups, or leave it out for all of them.",
    ),
    "checks": ("--check", "check", "Write names of `chatkit-harness list checks`, or leave it out."),
    "path": ("--path", "path", "Write native or agent_builder, or leave it out for both."),
    "store": (
        "--store",
        "store",
        f"Write {', '.join(STORE_WORDS)} or package.module:factory, or leave it out.",
    ),
}
"""Each option's own name, what it names, and the next step."""


def require_named(given: Mapping[str, Any]) -> None:
    """Raise SelectionError for the first option that is given and names nothing."""
    for name, (option, thing, step) in OPTIONS.items():
        value = given.get(name)
        if value is None or value == ():
            continue
        said = value if isinstance(value, str) else ",".join(map(str, value))
        if not any(words([said])):
            raise SelectionError(_where_named(name) or f"{option} '{said}'", f"It names no {thing}.", step)


def _where_named(name: str) -> str | None:
    """The setting of the project that an option's value comes from; None where it was given itself."""
    context = click.get_current_context(silent=True)
    if context is None or context.get_parameter_source(name) is not ParameterSource.DEFAULT_MAP:
        return None
    keys = [key for key, (option, _) in KEYS.items() if option == name]
    return f"{Path.cwd() / 'pyproject.toml'}: tool.chatkit-harness.{keys[0]}" if keys else None


def words(values: Iterable[str]) -> tuple[str, ...]:
    """Comma-separated words of an option that may be repeated."""
    return tuple(part for value in values for part in value.split(",") if part.strip())


def require_no_selection(
    quiet: Collection[str], done: str, step: str = "Leave it out, or leave the folders out."
) -> None:
    """Raise UsageError for an option of the command line that would select what is driven, where nothing is.

    `quiet` are the parameters that select nothing; `done` is what is done instead.
    """
    context = click.get_current_context()
    for parameter in context.command.params:
        name = str(parameter.name)
        if name not in quiet and context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            cause = f"It selects what is driven, and {done} as they are."
            raise UsageError(max(parameter.opts, key=len), cause, step)
