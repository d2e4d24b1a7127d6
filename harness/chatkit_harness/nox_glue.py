"""Sessions for somebody's noxfile, one for each pair of openai-chatkit and openai-agents.

A noxfile says `from chatkit_harness.nox_glue import compat` and `compat()`; docs/nox-and-tox.md has the rest.
"""

from __future__ import annotations

import importlib.metadata
import shlex
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nox
from packaging.version import Version

from chatkit_harness.cli.sessions import (
    PROJECT_FILE,
    PROJECT_SETTING,
    TAG,
    PairSession,
    pair_sessions,
    project_pairs,
)
from chatkit_harness.core.errors import ConfigurationError, HarnessError

OLDEST = "2024.4.15"
"""The first nox whose sessions can be left out by default."""


def compat(
    pairs: str | Iterable[str] | None = None,
    *,
    python: str | Iterable[str] | None = None,
    resolution: str | Iterable[str] | None = None,
    server: str | None = None,
    options: str | Iterable[str] = (),
    name: str = "",
    default: bool = True,
) -> tuple[str, ...]:
    """Add a session for each pair to the noxfile that calls this; their names, in order.

    `pairs` are worded as `chatkit-harness run --pair` takes them ("1.6.5:0.24.0", "1.6.5:newest"), and
    are by default those of `[tool.chatkit-harness]` in the pyproject.toml beside the noxfile. No index is
    asked: `newest` is looked up when the session runs. `python`, `resolution` and `server` are the
    options of `run` by these names, `options` any others; what is not said here comes from the same
    settings. What stands behind `--` on nox's command line goes to `run` too, last.

    A session is called `chatkit-1.6.5-agents-0.24.0`, with `name` and a hyphen before that where one is
    given, and is tagged `compat`. With `default=False` it runs only when it is asked for. It has no
    environment of its own: the Python that runs nox runs the harness.

    A setting that cannot be used ends nox with three sentences and status 2.
    """
    try:
        _new_enough()
        given = {"python": python, "resolution": resolution, "server": server}
        words = [
            f"--{key}={','.join(_texts(key, value))}" for key, value in given.items() if value is not None
        ]
        words += _split(options) if isinstance(options, str) else _texts("options", options)
        found = _sessions(pairs, prefix=f"{name}-" if name else "")
        for each in found:
            _add(each, words, default=default)
    except HarnessError as error:
        from chatkit_harness.cli.tell import tell_error

        tell_error(error)
        sys.exit(error.exit_status)
    return tuple(each.name for each in found)


def _sessions(pairs: str | Iterable[str] | None, *, prefix: str) -> tuple[PairSession, ...]:
    if pairs is not None:
        where = "compat(pairs=...)"
        found = pair_sessions(_texts("pairs", pairs), where=where, prefix=prefix)
    else:
        where = f"{PROJECT_FILE}: {PROJECT_SETTING}"
        found = pair_sessions(project_pairs(Path.cwd()), where=where, prefix=prefix)
    if not found:
        step = f'Write compat(pairs=["1.6.5:newest"]), or pairs for [tool.chatkit-harness] in {PROJECT_FILE}.'
        raise ConfigurationError(where, "No pair is named.", step)
    return found


def _add(pair: PairSession, options: list[str], *, default: bool) -> None:
    """Register one session. Raises ConfigurationError where the noxfile has one of that name."""
    if pair.name in nox.registry.get():
        raise ConfigurationError(
            f"session {pair.name}",
            "The noxfile has a session of that name already.",
            'Give these a name of their own: compat(name="other").',
        )

    def drive(session: nox.Session) -> None:
        # Only --force-python gives a session without an environment a Python.
        forced = ["--python", session.python] if isinstance(session.python, str) else []
        words = [*options, *forced, *session.posargs]
        session.run(*pair.command(words, called=session.name), external=True)

    drive.__doc__ = pair.description
    # python=False: it is the harness that installs and isolates, so an environment of nox's would stay empty.
    nox.session(name=pair.name, python=False, tags=[TAG], default=default)(drive)


def _texts(argument: str, value: Any) -> list[str]:
    """One text or several, as a list; noxfiles are seldom type-checked."""
    listed = [value] if isinstance(value, str) else value
    if isinstance(listed, Iterable) and all(isinstance(each, str) for each in listed):
        return list(listed)
    raise ConfigurationError(
        f"compat({argument}=...)",
        f"{value!r} cannot stand here.",
        'Write text in quotes, or a list of such: ["one", "two"].',
    )


def _split(options: str) -> list[str]:
    try:
        return shlex.split(options)
    except ValueError as error:
        raise ConfigurationError(
            "compat(options=...)", f"{options!r} cannot be read: {error}.", "Write it as on a shell."
        ) from None


def _new_enough() -> None:
    installed = importlib.metadata.version("nox")
    if Version(installed) < Version(OLDEST):
        raise ConfigurationError(
            f"nox {installed}", "Its sessions lack what compat() needs.", f"Install nox>={OLDEST}."
        )
