"""The command line that shows a case again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from chatkit_harness.causes.words import python_words
from chatkit_harness.core.nouns import CaseResult, Cell


def command(case: CaseResult, cell: Cell, *, started: str | None = None, options: Sequence[str] = ()) -> str:
    """`chatkit-harness run` for this one case, quoted for a shell.

    What `today` was is over tomorrow: with `started` (ISO 8601 in UTC) that instant stands for it, or the one
    that the cell itself names where runs of several days were merged. `options` are what else the run was
    asked for that the case needs, such as a server of one's own.
    """
    words = ["chatkit-harness", "run", *versions(cell, started)]
    words += [
        "--scenario",
        case.scenario,
        "--path",
        case.path,
        *_on_store(options_of_case(options, case.scenario, case.path), case.store),
    ]
    return shlex.join(words)


RECORDED = ("recorded-streams", "answers")
"""The groups of scenarios that are made of what lies in the folder that `--data` names: no other reads it."""


def is_recorded(scenario: str) -> bool:
    """Whether there is a scenario of that id only where `--data` names the folder that it is made of."""
    return scenario.partition("/")[0] in RECORDED and "/" in scenario


_NAMED = {
    "--server": "server",
    "--context": "server_context",
    "--endpoint": "endpoint",
    "--store": "stores",
    "--read-by": "read_by",
    "--upstream": "upstream",
    "--workflow": "workflow",
    "--answers": "answers",
    "--cassettes": "cassettes",
    "--client": "clients",
    "--widgets-by": "widgets_by",
    "--data": "data",
    "--scenarios": "scenario_folder",
}
_EACH = {
    "--with": "with",
    "--input": "inputs",
    "--env": "env",
    "--header": "headers",
    "--other-header": "other_headers",
}
_HEADERS = ("--header", "--other-header")


def options_of_run(selection: Mapping[str, Any]) -> tuple[str, ...]:
    """What a run was asked for beside its cells and cases, as its header keeps it, in words for a shell.

    Values of variables and of headers are in no header: a variable is taken from the user's own, and `...`
    stands for a header's.
    """
    words: list[str] = []
    for option, key in _NAMED.items():
        value = selection.get(key)
        if value:
            words += [option, ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)]
    for option, key in _EACH.items():
        for each in _each(option, selection.get(key)):
            words += [option, each]
    return tuple(words)


def _each(option: str, value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [f"{name}={given}" for name, given in value.items()]
    given = [str(each) for each in value] if isinstance(value, list | tuple) else []
    return [f"{each}: ..." for each in given] if option in _HEADERS else given


def versions(cell: Cell, started: str | None = None) -> tuple[str, ...]:
    """The words that name a cell: none for a server that runs elsewhere, whose versions nobody can name."""
    return () if cell.resolution == "running" else tuple(_versions(cell, started))


def _versions(cell: Cell, started: str | None) -> list[str]:
    today = (cell.as_of or started) if cell.resolution == "today" else None
    installed = cell.environment is not None
    return [
        *(() if installed else ("--pair", str(cell.pair))),
        *("--resolution", cell.lock_file or today or cell.resolution),
        *("--python", cell.environment or python_words(cell)),
    ]


def options_of_case(options: Sequence[str], scenario: str, path: str) -> list[str]:
    """Of what a run was asked for, in words, that which one case of it takes.

    Only on the native path are there threads that others can read, and only what was recorded is read from a
    folder of recordings.
    """
    unneeded = [
        *(() if path == "native" else ("--read-by",)),
        *(() if is_recorded(scenario) else ("--data",)),
    ]
    return without(options, *unneeded)


def without(options: Sequence[str], *left_out: str) -> list[str]:
    """The options but those, with what each of them is given."""
    before = ("", *options)
    return [
        word
        for earlier, word in zip(before, options, strict=False)
        if word not in left_out and earlier not in left_out
    ]


def _on_store(options: Sequence[str], store: str) -> list[str]:
    """The options, with the case's own store in the place of all that the run was asked for."""
    words = list(options)
    for place, word in enumerate(words[:-1]):
        if word == "--store":
            words[place + 1] = store
    return words
