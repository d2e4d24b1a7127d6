"""What a run was asked for, as its header keeps it: enough to ask for the same again."""

from __future__ import annotations

from typing import Any

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
        "data": _text(settings.data),
        "scenario_folder": _text(settings.scenario_folder),
        "paths": list(settings.paths),
        "server": settings.server,
        "server_context": settings.server_context,
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
    }


def options_of(settings: RunSettings) -> list[str]:
    """The command line's words for what is under test and what it is asked, where that is not built in.

    Values of environment variables are left out: a variable that is named alone is taken from the user's own.
    """
    named = {
        "--server": settings.server,
        "--context": settings.server_context,
        "--workflow": settings.workflow,
        "--answers": _text(settings.answers),
        "--cassettes": _text(settings.cassettes),
        "--data": _text(settings.data),
        "--scenarios": _text(settings.scenario_folder),
    }
    words = [word for option, value in named.items() if value is not None for word in (option, value)]
    for option, values in (
        ("--with", settings.extras),
        ("--input", [f"{name}={value}" for name, value in settings.inputs.items()]),
        ("--env", sorted(settings.env)),
    ):
        words += [word for value in values for word in (option, value)]
    return words


def _text(value: object) -> str | None:
    return None if value is None else str(value)
