"""From options to settings, the same for every command that selects cells or scenarios."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from chatkit_harness.core.errors import SelectionError
from chatkit_harness.engine.server_words import ASGI, is_running
from chatkit_harness.engine.settings import INSTALLED, RunSettings

from .named import require_named, words

DEFAULTS = RunSettings(out=Path())
NEWEST = ("newest:newest",)


def run_settings(
    given: dict[str, Any], *, pairs: tuple[str, ...] = (), out: Path | None = None
) -> RunSettings:
    """The settings that a command's options ask for; what an option does not say has its default.

    `pairs` is what is meant where no version is named at all. Raises SelectionError where pairs and
    separate versions are both named on the command line, or an option names nothing.
    """
    require_named(given)
    given = _suiting(given)
    if given.get("server_context") and not (given.get("server") or given.get("store")):
        cause = "It makes the context of your own server or store, and none is named."
        raise SelectionError("--context", cause, "Add --server.")
    _require_running(given)
    _require_here(given)
    for name in _ASKED_BY:
        require_asked(name, given.get(name), words(given.get("checks") or ()))
    given = _own_versions(_one_workflow(given))
    chosen = _pairs(given)
    named = given.get("chatkit") or given.get("agents")
    resolution = given.get("resolution")
    if any(given.get(name) for name in ("server", "workflow", "answers")) and not (chosen or named or pairs):
        # What the user runs is asked about as it would be installed today, not on other people's versions.
        pairs, resolution = NEWEST, resolution or "today"
    return RunSettings(
        out=out or Path(),
        chatkit=given.get("chatkit") or DEFAULTS.chatkit,
        agents=given.get("agents") or DEFAULTS.agents,
        pairs=chosen if chosen or named else pairs,
        python=given.get("python"),
        resolution=resolution or DEFAULTS.resolution,
        scenarios=words(given.get("scenario") or ()),
        checks=words(given.get("checks", ())) or None,
        clients=given.get("client"),
        widgets_by=given.get("widgets_by"),
        data=given.get("data"),
        scenario_folder=given.get("scenarios"),
        paths=words(given.get("path") or ()) or DEFAULTS.paths,
        server=given.get("server"),
        server_context=given.get("server_context"),
        endpoint=given.get("endpoint"),
        headers=_headers("--header", given.get("headers") or ()),
        other_headers=_headers("--other-header", given.get("other_headers") or ()),
        stores=words(given.get("store") or ()),
        read_by=_readers(given),
        upstream=given.get("upstream"),
        workflow=given.get("workflow"),
        inputs=_inputs(given.get("inputs") or ()),
        extras=tuple(given.get("extras") or ()),
        env=_environment(given.get("env") or ()),
        answers=given.get("answers"),
        cassettes=given.get("cassettes"),
        versions_named=bool(given.get("versions_named", chosen or named)),
        isolation=given.get("isolation") or DEFAULTS.isolation,
        executor=given.get("executor") or DEFAULTS.executor,
        confirm=given.get("confirm") or DEFAULTS.confirm,
        shard=given.get("shard"),
        costs=given.get("costs"),
        sample=given.get("sample"),
        seed=given.get("seed") or 0,
        resume=bool(given.get("resume")),
        admitted=bool(given.get("admitted")),
        pacing=given.get("pacing", DEFAULTS.pacing),
        time_limit_s=given.get("time_limit", DEFAULTS.time_limit_s),
        memory_limit_mb=given.get("memory_limit", DEFAULTS.memory_limit_mb),
        jobs=given.get("jobs") or os.cpu_count() or 1,
        jobs_named=bool(given.get("jobs")),
        index=given.get("index"),
        cache=given.get("cache"),
        command=tuple(sys.argv[1:]),
    )


_ASKED_BY = {"client": "client", "widgets_by": "widgets"}
"""Options that name releases for one check, and that check."""


def require_asked(name: str, releases: str | None, checks: Iterable[str] | None) -> None:
    """Raise SelectionError for releases of `--client` or `--widgets-by` that no check asks.

    Checks of the command line are the whole wish where the project's settings name the releases.
    """
    others, check = list(checks or ()), _ASKED_BY[name]
    if not releases or not others or check in others:
        return
    if from_command_line(name) or not from_command_line("checks"):
        option = f"--{name.replace('_', '-')}"
        cause = f"Only the check `{check}` asks it, and the checks are {', '.join(others)}."
        step = f"Add --check {check}, or leave {option} out."
        raise SelectionError(f"{option} {releases}", cause, step)


def _readers(given: dict[str, Any]) -> tuple[str, ...]:
    """The words of `--read-by`, and of `--rollback`, which is one of them."""
    named = words(given.get("read_by") or ())
    return tuple(dict.fromkeys([*named, *(["neighbours"] if given.get("rollback") else [])]))


_OF_OTHERS = {
    "module": ("endpoint", "headers", "other_headers", "upstream"),
    "application": ("server_context", "upstream"),
    "running": ("server_context", "endpoint", "pair", "chatkit", "agents", "python"),
}
"""Options that say nothing of a server of that kind, but of one of another kind."""


def unsuited(server: str, *, store: bool = False) -> tuple[str, ...]:
    """The options that have no use with what `--server` names; a store may need a context all the same."""
    kind = "running" if is_running(server) else "application" if server.startswith(ASGI) else "module"
    return tuple(name for name in _OF_OTHERS[kind] if not (store and name == "server_context"))


def _suiting(given: dict[str, Any]) -> dict[str, Any]:
    """The options without those of the project's settings that are about its server of another kind."""
    server = given.get("server")
    if not server or not from_command_line("server"):
        return given
    others = unsuited(server, store=bool(given.get("store")))
    left = [name for name in others if given.get(name) and not from_command_line(name)]
    return {name: value for name, value in given.items() if name not in left}


def _one_workflow(given: dict[str, Any]) -> dict[str, Any]:
    """The options without the workflow, or the saved answers, that the command line's other one replaces."""
    if not (given.get("answers") and given.get("workflow")):
        return given
    named = [name for name in ("answers", "workflow") if from_command_line(name)]
    if len(named) != 1:
        raise SelectionError(
            "--answers and --workflow", "Saved answers take the place of a workflow.", "Name one of the two."
        )
    return {**given, "workflow" if named == ["answers"] else "answers": None}


def _own_versions(given: dict[str, Any]) -> dict[str, Any]:
    """The options without the versions of the project's settings, where an environment has its own."""
    if (given.get("resolution") or "").strip().lower() != INSTALLED:
        return given
    named = ("chatkit", "agents", "pair", "python")
    settings = [name for name in named if given.get(name) and not from_command_line(name)]
    return {name: value for name, value in given.items() if name not in settings}


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


def _require_running(given: dict[str, Any]) -> None:
    """A replaying model elsewhere is for a server elsewhere: a cell has its own."""
    if given.get("upstream") and not is_running(given.get("server")):
        cause = "Only a server that runs already is pointed at it; a cell has a replaying model of its own."
        raise SelectionError("--upstream", cause, "Leave it out, or name --server http://...")


_HERE = ("sweep", "gate", "bisect", "compare", "record", "init", "prove")
"""Commands that choose versions, or record: neither can be done to a server that runs elsewhere."""


def _require_here(given: dict[str, Any]) -> None:
    context = click.get_current_context(silent=True)
    command = context.info_name if context is not None else None
    if command in _HERE and is_running(given.get("server")):
        cause = f"It runs already, on versions of its own, and `{command}` needs a server that it can start."
        step = "Drive it with `chatkit-harness run`, or name its module: --server package.module:factory."
        raise SelectionError(f"--server {given['server']}", cause, step)


_VARIABLE = re.compile(r"\$\{(\w+)\}")


def _headers(option: str, given: Iterable[str]) -> dict[str, str]:
    """Headers by name, of `NAME: VALUE`; their values may be secret, so that no error shows them."""
    found = {}
    for each in given:
        name, colon, value = each.partition(":")
        if not colon or not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", name.strip()):
            step = f"Write {option} 'Authorization: Bearer ...'."
            raise SelectionError(f"{option} …", "It is not NAME: VALUE.", step)
        for variable in _VARIABLE.findall(value):
            if variable not in os.environ:
                step = "Set it, or write the value."
                raise SelectionError(f"{option} {name}", f"${{{variable}}} is not set here.", step)
        plain = _VARIABLE.sub(lambda found: os.environ[found[1]], value).strip()
        if not plain.isprintable() or not plain.isascii():
            raise SelectionError(
                f"{option} {name}", "Its value cannot stand in a header.", "Use plain ASCII."
            )
        found[name.strip()] = plain
    return found


def _environment(given: Iterable[str]) -> dict[str, str]:
    """Variables by `NAME` (the value is ours) or `NAME=VALUE`. Raises SelectionError for what cannot be."""
    found = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not name.isidentifier():
            raise SelectionError(
                f"--env {name}", "It is no name of a variable.", "Write --env SHOP_DATABASE."
            )
        if name.startswith("OPENAI_"):
            raise SelectionError(
                f"--env {name}",
                "In a cell the model is on loopback, and its address and key are set for that.",
                "Leave it out.",
            )
        if not equals and name not in os.environ:
            raise SelectionError(
                f"--env {name}", "It is not set here.", f"Set it, or write --env {name}=VALUE."
            )
        found[name] = value if equals else os.environ[name]
    return found


def from_command_line(name: str) -> bool:
    """Whether the running command was given this option itself, not by the project's settings.

    Where no command runs, whoever asks has told the two apart.
    """
    context = click.get_current_context(silent=True)
    return context is None or context.get_parameter_source(name) is ParameterSource.COMMANDLINE


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
