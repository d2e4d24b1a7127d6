"""The options, worded as those of `chatkit-harness run`; a name that another plugin has is left to it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PREFIX = "--chatkit-harness-"
RESULTS = "chatkit_harness_results"
"""The attribute of a report that says where the results are: it travels between the processes of xdist."""
VERSIONS = ("chatkit", "agents", "pair", "python", "resolution")
"""The options that take the place of the environment that pytest runs in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An option; `key` is what `chatkit-harness run` calls its value, `many` whether it may be repeated.

    One that is only `ours` has no short name: other plugins have such options of their own.
    """

    name: str
    key: str
    metavar: str
    help: str
    many: bool = False
    ours: bool = False

    @property
    def dest(self) -> str:
        """The name of its value in pytest's configuration."""
        return f"chatkit_harness_{self.key}"


OPTIONS = (
    Option(name="chatkit", key="chatkit", metavar="VERSIONS",
           help="openai-chatkit releases: 1.6.5, newest, newest:3, minor, '>=1.4,<1.6', none; with commas."),
    Option(name="agents", key="agents", metavar="VERSIONS", help="openai-agents releases, worded likewise."),
    Option(name="pair", key="pair", metavar="C:A", many=True,
           help="A chatkit and an agents release that belong together."),
    Option(name="python", key="python", metavar="VERSIONS",
           help="CPythons on this machine (3.12, a path), or with --resolution installed an environment."),
    Option(name="resolution", key="resolution", metavar="WORDS",
           help="How the rest is pinned: contemporary, today, lowest, an instant, a lock file, or installed "
           "(the environment as it stands); default: installed, in the environment that runs pytest."),
    Option(name="path", key="path", metavar="NAME", many=True,
           help="native or agent_builder; default: both."),
    Option(name="scenario", key="scenario", metavar="NAME", many=True,
           help="Of the scenarios that are collected only these (ids, globs)."),
    Option(name="scenarios", key="scenarios", metavar="DIR",
           help="The project's scenarios; default: the folder of [tool.chatkit-harness], or ./scenarios."),
    Option(name="server", key="server", metavar="NAME",
           help="Your own server: MODULE:NAME, a wheel, asgi:MODULE:APP; default: that of "
           "[tool.chatkit-harness], or the reference server."),
    Option(name="endpoint", key="endpoint", metavar="PATH",
           help="The path of an application's ChatKit endpoint; default: /chatkit."),
    Option(name="header", key="headers", metavar="'NAME: VALUE'", many=True,
           help="A header with each request to an application."),
    Option(name="other-header", key="other_headers", metavar="'NAME: VALUE'", many=True,
           help="Likewise for a second user."),
    Option(name="store", key="store", metavar="WORDS", many=True,
           help="What threads are kept in: memory, sqlite, postgres, or MODULE:NAME."),
    Option(name="context", key="server_context", metavar="MODULE:NAME",
           help="What makes the request context of your server."),
    Option(name="workflow", key="workflow", metavar="FILE[:FUNCTION]",
           help="Your own workflow as Agent Builder exports it."),
    Option(name="with", key="extras", metavar="REQUIREMENT", many=True,
           help="A further package in each cell; in an installed environment one that it has to see."),
    Option(name="env", key="env", metavar="NAME[=VALUE]", many=True,
           help="An environment variable for your server or workflow."),
    Option(name="isolation", key="isolation", metavar="NAME",
           help="How cells with versions of their own are kept apart: venv (default) or process."),
    Option(name="time-limit", key="time_limit", metavar="SECONDS", ours=True,
           help="A conversation that takes longer is ended; default: 30."),
    Option(name="out", key="out", metavar="DIR", ours=True,
           help="Where results and reports go; default: below pytest's cache, for the last three sessions."),
)  # fmt: skip


def add_options(parser: pytest.Parser, words: Sequence[str]) -> None:
    """Each option under a name that is surely free, and under its short one where that is written and free.

    A short name that nobody writes is left alone: a conftest.py that is found later may want to have it.
    """
    group = parser.getgroup("chatkit-harness", "ChatKit scenarios")
    shown = not {"--help", "-h"}.isdisjoint(words)
    written = {word.partition("=")[0] for word in words}
    short = [f"--{each.name}" for each in OPTIONS if not each.ours]
    wanted = [name for name in short if shown or name in written]
    free = set(wanted) - taken_names(parser, wanted)
    for each in OPTIONS:
        names = [f"--{each.name}"] if not each.ours and f"--{each.name}" in free else []
        named: dict[str, Any] = {"action": "append" if each.many else "store", "default": None}
        group.addoption(
            *names, PREFIX + each.name, dest=each.dest, metavar=each.metavar, help=each.help, **named
        )


def taken_names(parser: pytest.Parser, names: list[str]) -> set[str]:
    """Those of the names that the parser knows by now: what it does not know it leaves over."""
    if not names:
        return set()
    unknown = _left_over(parser, names)
    if unknown is None:  # one of them is known and takes no such value
        found = {name: _left_over(parser, [name]) for name in names}
        unknown = [name for name, left in found.items() if left]
    return set(names) - set(unknown)


def _left_over(parser: pytest.Parser, names: list[str]) -> list[str] | None:
    try:
        _, left = parser.parse_known_and_unknown_args([f"{name}=1" for name in names])
    except (Exception, SystemExit):  # noqa: BLE001 - whatever a stranger's option does with a value
        return None
    return [each.partition("=")[0] for each in left]


def given(config: pytest.Config) -> dict[str, Any]:
    """What was given on the command line (or in addopts), by the keys of `chatkit-harness run`."""
    values = {each.key: getattr(config.option, each.dest, None) for each in OPTIONS}
    return {key: value for key, value in values.items() if value is not None}


def ambiguous(config: pytest.Config) -> str | None:
    """An option whose value pytest took for a folder of the project before it knew the option; or None.

    It looks for the project above all paths among its arguments, also where an unknown option owns them.
    """
    words, here = config.invocation_params.args, config.invocation_params.dir
    names = {name for each in OPTIONS for name in (f"--{each.name}", PREFIX + each.name)}
    for option, value in itertools.pairwise(map(str, words)):
        path = here / Path(value).expanduser()
        if option in names and path.exists() and not path.is_relative_to(here):
            return (
                f"{option} {value}: pytest takes this path for one of the project's.\nWrite {option}={value}"
            )
    return None


def names_versions(config: pytest.Config) -> bool:
    """Whether the environment that pytest runs in is not what is meant."""
    return any(getattr(config.option, f"chatkit_harness_{key}", None) is not None for key in VERSIONS)
