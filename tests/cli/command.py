"""Calls the command line as a user does, inside this process."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass

from chatkit_harness.cli.main import BUG, main


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Exit status, standard output and standard error of one command."""

    status: int
    out: str
    err: str


def call(*arguments: object) -> Said:
    """Run `chatkit-harness ARGUMENTS`; a traceback would be the test's failure."""
    out, err = io.StringIO(), io.StringIO()
    status = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as leaving:
            status = int(leaving.code or 0)
    assert status != BUG, err.getvalue()
    return Said(status=status, out=out.getvalue(), err=err.getvalue())
