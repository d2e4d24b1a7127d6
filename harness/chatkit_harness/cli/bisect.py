"""`chatkit-harness bisect`: which change made it fail, and what avoids it."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from chatkit_harness.bisect.document import document, written
from chatkit_harness.bisect.hunt import SIDES, Hunt, Wish, hunt
from chatkit_harness.bisect.log import Log
from chatkit_harness.bisect.nouns import Step
from chatkit_harness.bisect.words import lines, step
from chatkit_harness.core.errors import ResultsError, SelectionError
from chatkit_harness.engine.selection import options_of
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.results import RESULTS_FILE, write_whole

from . import options
from .folders import claimed, output_folder
from .selection import from_command_line, run_settings
from .tell import follow_log, print_document

BISECT_FILE = "bisect.json"
_ASKED = ("good", "bad", "pair", "axis", "finding", "scenario", "path", "resolution", "python")
"""What makes it another search."""


@click.command()
@click.option("--good", metavar="END",
              help="What works: a lock file, REV:FILE, a pair, or a resolution of --pair.")  # fmt: skip
@click.option("--bad", metavar="END", help="What fails, named likewise.")
@click.option("--pair", metavar="C:A", help="The pair that both resolutions are of.")
@click.option("--axis", metavar="NAME",
              help="date, chatkit, agents, or a distribution to walk along; default: whatever differs, pared "
              "down to the smallest set of packages that makes it fail.")  # fmt: skip
@click.option("--finding", metavar="TEXT", help="Which failure is meant, where several are new.")
@click.option("--repeat", type=click.IntRange(1, 20), default=2, show_default=True,
              help="How often each end is driven before it is believed.")  # fmt: skip
@click.option("--resume", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Go on with the search in this folder, as it was asked for.")  # fmt: skip
@options.gated
@options.INDEX
@options.CACHE
@options.FORMAT
@options.VERBOSE
def command(resume: Path | None, **given: Any) -> int:
    """Find which package, and which release of it, made a scenario fail, and a constraint that avoids it.

    Drives the good and the bad end, then sets of pins between them: what differs is pared down to the
    smallest set that makes it fail, each of that set is walked along its releases, and the constraint that
    follows is resolved and driven before it is told. A set for which no pins exist counts as neither.

    \b
    Exit status:
      0    found, and the constraint was proven
      2    wrong use
      3    not settled: the good end fails, the bad one does not, the search came to no certain end, or
           something is out of reach
      130  interrupted; --resume goes on

    \b
    Example:
      chatkit-harness bisect --pair 1.2.0:0.5.1 --good contemporary --bad today
      chatkit-harness bisect --good main:uv.lock --bad uv.lock --scenario 'quote-*'
      chatkit-harness bisect --pair 1.2.0:0.5.1 --good contemporary --bad today --axis date
    """
    follow_log(given["verbose"])
    out = resume or given["out"]
    with output_folder(out) as folder:
        log = Log(folder)
        if resume is not None:
            given = _resumed(folder, log, given)
        wish = _wish(given)
        settings = run_settings({**given, "pair": (), "resolution": None}, out=folder)
        with _kept_for_it(folder, log, given, resume=resume is not None):
            try:
                done = hunt(settings, wish, log, _tell, _say)
            except KeyboardInterrupt:
                if log.path.exists():
                    again = f"chatkit-harness bisect --resume {shlex.quote(str(folder))}"
                    click.echo(f"Interrupted. Go on: {again}", err=True)
                raise
            told = _kept(folder, done, settings)
    if given["style"] == "json":
        print_document(told)
    else:
        click.echo("\n".join(lines(told)))
    return int(told["status"])


def _wish(given: dict[str, Any]) -> Wish:
    for name in ("good", "bad"):
        if not given[name]:
            raise SelectionError(
                f"--{name}", "It is not given.", f"Add --{name}: a lock file or a resolution."
            )
    axis = {"chatkit": "openai-chatkit", "agents": "openai-agents"}.get(given["axis"], given["axis"])
    return Wish(
        good=given["good"],
        bad=given["bad"],
        pair=given["pair"],
        axis=axis,
        finding=given["finding"],
        repeat=given["repeat"],
        pairs_as_of=given["resolution"] or "today",
    )


def _tell(told: Step) -> None:
    click.echo(step(told), err=True)


def _say(text: str) -> None:
    click.echo(text, err=True)


def _selection(given: dict[str, Any]) -> dict[str, Any]:
    """What was asked for, as the log keeps it; values of variables may be secret and are left out."""
    kept = {name: value for name, value in given.items() if name not in ("style", "verbose", "out")}
    kept["env"] = [each.partition("=")[0] for each in given.get("env") or ()]
    return json.loads(json.dumps(kept, default=str))  # type: ignore[no-any-return]  # an object goes in


def _resumed(folder: Path, log: Log, given: dict[str, Any]) -> dict[str, Any]:
    """The options of the search in the folder, and those of the command line that say how to go on with it.

    Raises SelectionError where the command line asks for another search.
    """
    then, ctx = log.go_on(), click.get_current_context()
    asked = _selection(given)
    for name in _ASKED:
        if from_command_line(name) and asked[name] != then.get(name):
            was = f"--{name} {_told(then[name])}" if then.get(name) else f"no --{name}"
            raise SelectionError(
                f"--{name} {_told(asked[name])}",
                f"The search in {folder} was asked for with {was}.",
                "Name another folder with --out, and leave out --resume.",
            )
    params = {param.name: param for param in ctx.command.params}
    found = dict(given)
    for name, value in then.items():
        if name in params and name in given and not from_command_line(name):
            many = isinstance(value, list)
            found[name] = tuple(value) if many else params[name].type_cast_value(ctx, value)
    return found


def _told(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


@contextlib.contextmanager
def _kept_for_it(folder: Path, log: Log, given: dict[str, Any], *, resume: bool) -> Iterator[None]:
    """The folder of a search; nothing that was found is lost to a second one in it."""
    if resume:
        yield
        return
    with contextlib.suppress(OSError):  # which is told where it is to be written
        if log.path.exists():
            raise ResultsError(
                str(log.path),
                "There is a search here already.",
                f"Go on with it: --resume {shlex.quote(str(folder))}; or name another.",
            )
    with claimed(folder, SIDES, answers=(RESULTS_FILE, BISECT_FILE), begun=log.path.name):
        log.begin(_selection(given))
        yield


def _kept(folder: Path, done: Hunt, settings: RunSettings) -> dict[str, Any]:
    """Write the result and the sets on both sides of the turn; the document."""
    lock = folder / "first-bad.txt"
    told = document(done, lock=str(lock), options=tuple(options_of(settings)))
    sides = {lock: done.found.bad, folder / "last-good.txt": done.found.good}
    texts = {path: written(pins) for path, pins in sides.items() if pins is not None}
    for path, text in {**texts, folder / BISECT_FILE: json.dumps(told, indent=2) + "\n"}.items():
        write_whole(Path(os.path.realpath(path)), text)  # a link stays one
    return told
