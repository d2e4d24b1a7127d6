"""The command line that shows a case again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from chatkit_harness.causes.needed import BROUGHT, needed
from chatkit_harness.causes.words import python_words
from chatkit_harness.core.nouns import CaseResult, Cell


def command(case: CaseResult, cell: Cell, *, started: str | None = None, options: Sequence[str] = ()) -> str:
    """`chatkit-harness run` for this one case, quoted for a shell.

    What `today` was is over tomorrow: with `started` (ISO 8601 in UTC) that instant stands for it, or the one
    that the cell itself names where runs of several days were merged. `options` are what else the run was
    asked for, such as a server of one's own; the line has those that the case needs.
    """
    words = ["chatkit-harness", "run", *versions(cell, started)]
    words += ["--scenario", case.scenario, "--path", case.path, *needed(options, case)]
    return shlex.join(words)


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
    BROUGHT: "brought",
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
