"""What the doctor says of an environment of the user's own in which the server cannot be imported."""

from __future__ import annotations

import logging
import shlex
import threading
from pathlib import Path

from uv import find_uv_bin

from chatkit_harness.core.transcript import Diagnosis, Transcript
from chatkit_harness.doctor.consult import consult
from chatkit_harness.doctor.nouns import CannotExamineError, Report

from .installed import shown

logger = logging.getLogger(__name__)


class Doctor:
    """Asked of one environment at the first import that fails; it takes some seconds.

    Environments that the harness made itself are as their lock says: what fails there is the versions' doing.
    """

    def __init__(self) -> None:
        self._found: Diagnosis | None = None
        self._asked = False
        self._lock = threading.Lock()

    def said(self, python: Path, transcript: Transcript) -> Diagnosis | None:
        """What is wrong there, where a module could not be imported."""
        if all(result.ok for result in transcript.imports):
            return None
        with self._lock:  # cases are driven side by side
            if not self._asked:
                self._asked = True
                self._found = _diagnosis(python)
        return self._found


def _diagnosis(python: Path) -> Diagnosis | None:
    try:
        report = consult(str(python), str(Path.cwd()), uv=own_uv())
    except CannotExamineError as error:
        logger.info("the doctor cannot examine %s: %s", python, error)
        return None
    return _first(report, f"chatkit-harness doctor --python {shlex.quote(shown(python))}")


def _first(report: Report, command: str) -> Diagnosis | None:
    """The cause that the doctor names first; None where everything is healthy."""
    if report.verdict == "healthy":
        return None
    if not report.causes:
        return Diagnosis(key="unknown", title="The doctor knows no cause of this.", command=command)
    cause = report.causes[0]
    cure = tuple(shlex.join(each) for each in cause.cure.commands)
    return Diagnosis(key=cause.key, title=cause.title, cure=cure, command=command)


def own_uv() -> str:
    """The uv that came with the harness; none where it is missing."""
    try:
        return find_uv_bin()
    except FileNotFoundError:
        return ""
