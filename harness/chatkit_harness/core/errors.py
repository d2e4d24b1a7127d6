"""Every error that a user may meet, each tied to a step of the way of the data.

    HarnessError                   anything told to the user without a traceback
    ├── UsageError         exit 2  what was asked for cannot be asked for
    │   ├── SelectionError         plan: unknown version, scenario, check or interpreter
    │   │   └── (engine.installed) NotInstalledError  or an environment without what is to be driven
    │   ├── ConfigurationError     plan: settings in pyproject.toml, or a flag's value
    │   ├── ScenarioError          plan: a scenario file that cannot be read or is not valid
    │   ├── CassetteError          plan: a cassette that is cut or not valid
    │   │   └── MissingCassetteError      or was never recorded
    │   └── ResultsError           recheck, report: a results file that cannot be read
    └── UnavailableError   exit 3  nothing is known to be wrong with the thing under test
        ├── IndexUnreachableError  resolve: the package index does not answer
        ├── UnresolvableError      resolve: no set of pins exists (told as a result of the cell)
        ├── BuildError             build: an environment could not be made
        │   └── (machine.cache) DisturbedError  or somebody else changed it meanwhile
        ├── IsolationError         confirm: a fresh environment contradicts a shared one
        └── OutputError            results, reports: what was found cannot be written

A handled error prints three sentences and no traceback. A bug is not an error of this kind: it crashes.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import ClassVar


class HarnessError(Exception):
    """What failed, why, and what to do next.

    `culprit` names the thing at fault (a file with its line, a flag, a version); `cause` is one
    sentence; `next_step` is an instruction that can be followed as it stands.
    """

    code: ClassVar[str] = "harness"
    exit_status: ClassVar[int] = 3

    def __init__(self, culprit: str, cause: str, next_step: str) -> None:
        super().__init__(f"{culprit}: {cause} {next_step}".strip())
        self.culprit = culprit
        self.cause = cause
        self.next_step = next_step

    def __reduce__(self) -> tuple[type[HarnessError], tuple[str, str, str]]:
        """Errors travel between the processes of a run."""
        return type(self), (self.culprit, self.cause, self.next_step)

    def as_document(self) -> dict[str, str]:
        """The error as a JSON object with code, culprit, cause and next_step."""
        return {
            "code": self.code,
            "culprit": self.culprit,
            "cause": self.cause,
            "next_step": self.next_step,
        }


class UsageError(HarnessError):
    """What was asked for cannot be asked for."""

    code = "usage"
    exit_status = 2


class SelectionError(UsageError):
    """A name or version that selects nothing."""

    code = "selection"


class ConfigurationError(UsageError):
    """A setting that cannot be used."""

    code = "configuration"


class ScenarioError(UsageError):
    """A scenario that cannot be read or is not valid."""

    code = "scenario"


class CassetteError(UsageError):
    """A cassette that is missing, cut or not valid."""

    code = "cassette"


class MissingCassetteError(CassetteError):
    """A cassette that was never recorded, or lies elsewhere."""


class ResultsError(UsageError):
    """A results file that cannot be read."""

    code = "results"


class UnavailableError(HarnessError):
    """Something outside the thing under test is out of reach."""

    code = "unavailable"


class IndexUnreachableError(UnavailableError):
    """The package index does not answer, and nothing cached can stand in."""

    code = "index-unreachable"


class UnresolvableError(UnavailableError):
    """No set of pins satisfies what the releases declare."""

    code = "unresolvable"


class BuildError(UnavailableError):
    """An environment could not be made."""

    code = "build"


class IsolationError(UnavailableError):
    """A cell in a fresh environment came to another outcome than the one that shared packages."""

    code = "isolation"


class OutputError(UnavailableError):
    """What was found cannot be written where it was asked for."""

    code = "output"


def nearest(wrong: str, valid: Iterable[str], *, limit: int = 3) -> list[str]:
    """The valid names most like the wrong one, best first; empty where none is alike."""
    return difflib.get_close_matches(wrong, list(valid), n=limit, cutoff=0.6)


def did_you_mean(wrong: str, valid: Iterable[str]) -> str:
    """A sentence that offers the nearest valid name, or lists the valid ones."""
    names = list(valid)
    close = nearest(wrong, names, limit=1)
    if close:
        return f"Did you mean {close[0]!r}?"
    if not names:
        return "There are none."
    shown = ", ".join(sorted(names)[:12])
    return f"Valid: {shown}{', …' if len(names) > 12 else ''}."
