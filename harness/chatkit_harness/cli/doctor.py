"""`chatkit-harness doctor`: why ChatKit cannot be imported in an environment, and what cures it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from chatkit_harness.core.errors import OutputError, UnavailableError, UsageError
from chatkit_harness.core.redaction import redact_strings
from chatkit_harness.doctor.consult import consult
from chatkit_harness.doctor.document import document
from chatkit_harness.doctor.nouns import CannotExamineError, Report
from chatkit_harness.doctor.single_file import MARK, single_file
from chatkit_harness.doctor.text import text
from chatkit_harness.engine.diagnosis import own_uv

from . import options
from .tell import print_document, put


@click.command()
@click.option("--python", metavar="PATH",
              help="The patient: an interpreter, or an environment's folder; default: the active one, "
              "else .venv here, else the Python that runs this.")  # fmt: skip
@click.option("--cwd", type=click.Path(path_type=Path, file_okay=False, exists=True), metavar="DIR",
              help="The folder that your program starts in; default: this one.")  # fmt: skip
@click.option("--try", "statements", multiple=True, metavar="STATEMENT",
              help="A line of yours that fails, such as 'import shop.server': it is tried too.")  # fmt: skip
@click.option("--fix", is_flag=True, help="Apply the cures, say what they change, and examine again.")
@click.option("--write", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write the single-file form, to carry into an environment where nothing can be installed: "
              "`python FILE` examines the Python that runs it.")  # fmt: skip
@options.FORMAT
def command(write: Path | None, style: str, **given: Any) -> int:
    """Say why ChatKit cannot be imported in an environment, or fails there, and what cures it.

    Looks at the environment of --python from outside, and has its interpreter try the imports in a process
    of its own: nothing needs to be installed there, and nothing is changed without --fix. Each cause comes
    with the message to the letter, the evidence on the disk, the command that cures it, and what it changes.

    \b
    Exit status:
      0    healthy
      1    something is wrong: a cause, or a trouble that is not known (it prints what to send)
      2    wrong use: no such folder, or --write names a file that is something else
      3    could not examine, or the file of --write cannot be written
      130  interrupted

    \b
    Example:
      chatkit-harness doctor --python .venv
      chatkit-harness doctor --python .venv/bin/python --cwd backend --try 'import shop.server'
      chatkit-harness doctor --python .venv --fix
      chatkit-harness doctor --write chatkit-doctor.py
    """
    if write is not None:
        return _write(write)
    try:
        report = consult(
            given["python"] or _at_hand(),
            str((given["cwd"] or Path()).absolute()),
            statements=given["statements"],
            cure=given["fix"],
            uv=own_uv(),
            tell=lambda line: click.echo(line, err=True),
        )
    except CannotExamineError as error:
        raise UnavailableError(error.culprit, error.cause, error.next_step) from None
    _show(report, style)
    return report.status


def _at_hand() -> str:
    """The environment that somebody who names none most likely means: seldom that of the harness itself."""
    active = os.environ.get("VIRTUAL_ENV")
    if active and Path(active).is_dir():
        return active
    return ".venv" if Path(".venv").is_dir() else sys.executable


def _show(report: Report, style: str) -> None:
    if style == "json":
        whole = document(report)
        print_document(redact_strings(whole, str(whole)))
    else:
        click.echo(text(report), nl=False)


def _write(path: Path) -> int:
    """Write the single-file form; a file that is none is not replaced."""
    try:
        if path.exists() and MARK not in path.read_text(encoding="utf-8", errors="replace")[:200]:
            raise UsageError(str(path), "This file is something else.", "Name another file.")
        put(single_file(path.name).encode(), path)
    except OSError as error:
        raise OutputError(
            str(path), f"It cannot be written ({error.strerror}).", "Name another file."
        ) from None
    click.echo(f"Written: {path}. In the patient: python {path.name}")
    return 0
