"""What a run was asked for, as its header keeps it: enough to ask for the same again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chatkit_harness.core.redaction import redact_text

from .settings import RunSettings


def selection_of(settings: RunSettings) -> dict[str, Any]:
    """The selection as a JSON document. Values of environment variables are left out: they may be secret."""
    return {
        "chatkit": settings.chatkit,
        "agents": settings.agents,
        "pairs": list(settings.pairs),
        "versions_named": settings.versions_named,
        "python": settings.python,
        "resolution": settings.resolution,
        "scenarios": list(settings.scenarios),
        "checks": list(settings.checks) if settings.checks is not None else None,
        "clients": settings.clients,
        "widgets_by": settings.widgets_by,
        "data": _text(settings.data),
        "scenario_folder": _text(settings.scenario_folder),
        "paths": list(settings.paths),
        "server": settings.server and without_query(settings.server),
        "server_context": settings.server_context,
        "endpoint": settings.endpoint,
        "headers": sorted(settings.headers),
        "other_headers": sorted(settings.other_headers),
        "stores": list(settings.stores),
        "read_by": list(settings.read_by),
        "upstream": settings.upstream,
        "workflow": settings.workflow,
        "inputs": dict(settings.inputs),
        "with": list(settings.extras),
        "env": sorted(settings.env),
        "answers": _text(settings.answers),
        "cassettes": _text(settings.cassettes),
        "pacing": settings.pacing,
        "time_limit_s": settings.time_limit_s,
        "memory_limit_mb": settings.memory_limit_mb,
        "isolation": settings.isolation,
        "executor": settings.executor,
        "shard": settings.shard,
        "costs": _text(settings.costs),
        "sample": settings.sample,
        "seed": settings.seed,
        "confirm": settings.confirm,
        "admitted": settings.admitted,
        **({"mine": dict(settings.mine)} if settings.mine else {}),
    }


def options_of(settings: RunSettings) -> list[str]:
    """The command line's words for what is under test and what it is asked, where that is not built in.

    Values of environment variables are left out: a variable that is named alone is taken from the user's own.
    """
    named = {
        "--server": settings.server and without_query(settings.server),
        "--context": settings.server_context,
        "--endpoint": settings.endpoint,
        "--store": ",".join(settings.stores) or None,
        "--read-by": ",".join(settings.read_by) or None,
        "--upstream": settings.upstream,
        "--workflow": settings.workflow,
        "--answers": _text(settings.answers),
        "--cassettes": _text(settings.cassettes),
        "--client": settings.clients,
        "--widgets-by": settings.widgets_by,
        "--data": _text(settings.data),
        "--scenarios": _text(settings.scenario_folder),
    }
    words = [word for option, value in named.items() if value is not None for word in (option, value)]
    for option, values in (
        ("--with", settings.extras),
        ("--input", [f"{name}={value}" for name, value in settings.inputs.items()]),
        ("--env", sorted(settings.env)),
        ("--header", [f"{name}: ..." for name in settings.headers]),
        ("--other-header", [f"{name}: ..." for name in settings.other_headers]),
    ):
        words += [word for value in values for word in (option, value)]
    return words


LEFT_OUT = "..."
"""Stands for what is not told."""
_SECRET = ("--env", "--header", "--other-header")


def told_command(words: Sequence[str]) -> tuple[str, ...]:
    """A command line without what may be secret in it: values of variables and of headers."""
    told: list[str] = []
    for before, word in zip(("", *words), words, strict=False):
        option, equals, value = word.partition("=")
        if before in _SECRET:
            told.append(_name(word))
        elif option in _SECRET and equals:
            told.append(f"{option}={_name(value)}")
        else:
            told.append(redact_text(without_query(word)))
    return tuple(told)


def without_query(server: str) -> str:
    """An address whose query, which may hold a key, is left out; another name as it is."""
    if "://" not in server or "?" not in server:
        return server
    return f"{server.partition('?')[0]}?{LEFT_OUT}"


def _name(word: str) -> str:
    """`NAME` of `NAME=VALUE`, and `NAME: ...` of a header."""
    header, colon, _ = word.partition(":")
    name, equals, _ = word.partition("=")
    if colon and (not equals or len(header) < len(name)):
        return f"{header}: ..."
    return name


def _text(value: object) -> str | None:
    return None if value is None else str(value)
