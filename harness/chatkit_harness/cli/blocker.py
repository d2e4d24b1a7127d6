"""`chatkit-harness blocker`: every known cause of the import blocker, reproduced, diagnosed and cured."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from chatkit_harness.blocker.document import document
from chatkit_harness.blocker.markdown import markdown
from chatkit_harness.blocker.options import OPTIONS
from chatkit_harness.blocker.recipes import RECIPES, Recipe, chosen
from chatkit_harness.blocker.run import Wanted, interpreter_for, show
from chatkit_harness.blocker.text import text
from chatkit_harness.core.errors import OutputError, SelectionError
from chatkit_harness.core.redaction import redact_strings
from chatkit_harness.results import write_whole

from . import options
from .folders import output_folder
from .named import words
from .tell import follow_log, print_document

DOCUMENT, PAGE, LOG = "blocker.json", "blocker.md", "blocker.log"


@click.command()
@click.option("--cause", multiple=True, metavar="KEY",
              help="Only these causes: a key that doctor gives, an id such as missing-here/python-path, or a "
              "number from 1 to 8; comma-separated. The options are then left out.")  # fmt: skip
@click.option("--python", metavar="VERSION",
              help="A CPython on this machine: 3.12, 3.12.1 or a path; default: 3.12 where there is one, "
              "else the one that runs this.")  # fmt: skip
@click.option("--keep", is_flag=True, help="Leave the throwaway environments where they are, and say where.")
@options.INDEX
@options.CACHE
@options.JOBS
@options.OUT
@options.FORMAT
@options.VERBOSE
def command(cause: tuple[str, ...], keep: bool, style: str, **given: Any) -> int:
    """Reproduce every known cause of the import blocker with the real packages, and cure it.

    The blocker is: cannot import name 'InputGuardrailTripwireTriggered' from 'agents' (unknown location), or
    another message of its kind. Each cause is made in a throwaway environment of openai-chatkit 1.2.0 and
    openai-agents 0.5.1 as of 2025-11-17; shown with its message to the letter; given to doctor; cured as
    doctor says; and driven: a message has to get its widget. Then the options that a team would try.

    \b
    Exit status:
      0    every cause was reproduced, named by doctor, and cured
      1    one was not: it is said which, and what was seen instead
      2    wrong use
      3    the index is out of reach, or a cause cannot be made here
      130  interrupted; what is finished is kept

    \b
    Example:
      chatkit-harness blocker
      chatkit-harness blocker --cause agents-uninstalled,wrong-third-party --python 3.13
      chatkit-harness blocker --cause 4 --keep
    """
    follow_log(given["verbose"])
    recipes = _chosen(cause)
    interpreter = interpreter_for(given["python"])
    with output_folder(given["out"]) as out, _log(out) as worker_log:
        wanted = Wanted(
            interpreter=interpreter,
            recipes=recipes,
            options=OPTIONS if recipes == RECIPES else (),
            log=worker_log,
            index=given["index"],
            cache=given["cache"],
            keep=keep,
            jobs=given["jobs"] or os.cpu_count() or 1,
        )
        found = show(wanted, lambda line: click.echo(line, err=True))
        told = _safe(document(found))
        _write(out / DOCUMENT, json.dumps(told, indent=2) + "\n")
        _write(out / PAGE, markdown(told))
    if style == "json":
        print_document(told)
    else:
        click.echo(text(told), nl=False)
        click.echo(f"\n{out / PAGE}\n{out / DOCUMENT}")
    if found.interrupted:
        raise KeyboardInterrupt
    return int(told["status"])


def _chosen(cause: tuple[str, ...]) -> tuple[Recipe, ...]:
    named = words(cause)
    if cause and not named:
        raise SelectionError("--cause", "No cause is named.", "Write --cause agents-uninstalled.")
    return chosen(named)


def _safe(told: dict[str, Any]) -> dict[str, Any]:
    safe: dict[str, Any] = redact_strings(told, str(told))
    return safe


@contextmanager
def _log(out: Path) -> Iterator[Path]:
    """The log beside what comes out, and a file for what workers write. Raises OutputError."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(out / LOG, encoding="utf-8")
    except OSError as error:
        raise _unwritable(out, error) from None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(message)s"))
    logger = logging.getLogger("chatkit_harness")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield out / "workers.log"
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        handler.close()


def _write(path: Path, content: str) -> None:
    write_whole(Path(os.path.realpath(path)), content)  # a link stays one


def _unwritable(path: Path, error: OSError) -> OutputError:
    return OutputError(str(path), f"It cannot be written ({error.strerror}).", "Name a folder with --out.")
