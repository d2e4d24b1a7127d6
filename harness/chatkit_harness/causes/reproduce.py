"""The command line that shows a case again."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from chatkit_harness.causes.words import python_words
from chatkit_harness.core.nouns import CaseResult, Cell


def command(case: CaseResult, cell: Cell, *, started: str | None = None, options: Sequence[str] = ()) -> str:
    """`chatkit-harness run` for this one case, quoted for a shell.

    What `today` was is over tomorrow: with `started` (ISO 8601 in UTC) that instant stands for it. `options`
    are what else the run was asked for that the case needs, such as a server of one's own.
    """
    words = ["chatkit-harness", "run"]
    if cell.resolution != "running":  # what runs elsewhere has versions of its own, that nobody can name
        words += _versions(cell, started)
    words += ["--scenario", case.scenario, "--path", case.path, *_on_store(options, case.store)]
    return shlex.join(words)


def _versions(cell: Cell, started: str | None) -> list[str]:
    today = cell.resolution == "today" and started is not None
    installed = cell.environment is not None
    return [
        *(() if installed else ("--pair", str(cell.pair))),
        *("--resolution", cell.lock_file or (started if today and started else cell.resolution)),
        *("--python", cell.environment or python_words(cell)),
    ]


def _on_store(options: Sequence[str], store: str) -> list[str]:
    """The options, with the case's own store in the place of all that the run was asked for."""
    words = list(options)
    for place, word in enumerate(words[:-1]):
        if word == "--store":
            words[place + 1] = store
    return words
