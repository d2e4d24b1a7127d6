"""Pins as text: what names one version exactly, and what a resolver's answer holds."""

from __future__ import annotations

import re
import threading

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from chatkit_harness.core.errors import SelectionError
from chatkit_harness.core.parsing import undisturbed

_PARSING = threading.Lock()
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;]+)", re.MULTILINE)


def read_pins(text: str) -> dict[str, str]:
    """The `name==version` lines of a requirements file, by normalised name."""
    return {normal(name): version for name, version in _PIN.findall(text)}


def normal(name: str) -> str:
    """A distribution's name in its one spelling."""
    return str(canonicalize_name(name))


def requirement(text: str) -> Requirement:
    """The requirement that a text is. Raises SelectionError for none."""
    try:
        return _parsed(text)
    except InvalidRequirement:
        raise SelectionError(text, "This is no requirement.", "Write a name, or name==1.2.3.") from None


def _parsed(text: str) -> Requirement:
    """The words of markers are read by `ast`; whoever reads many at once waits here."""
    with _PARSING:
        return undisturbed(lambda: Requirement(text))


def exact_version(wanted: Requirement) -> str | None:
    """The one version that a requirement allows; None where it allows several, or an address."""
    clauses = list(wanted.specifier)
    if len(clauses) != 1 or wanted.url:
        return None
    if clauses[0].operator not in ("==", "===") or clauses[0].version.endswith(".*"):
        return None
    return clauses[0].version
