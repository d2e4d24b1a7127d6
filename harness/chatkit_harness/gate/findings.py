"""In which cases each finding is new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .changes import CaseKey
from .verdict import Compared

Name = tuple[str, str]
"""Rule and key of a finding."""

FAILURE: Name = ("gate/failure", "gate/failure")
"""What stands for a case that fails without saying why: it is no more like another one than any failure."""


def cases_by_finding(compared: Compared) -> Mapping[Name, Sequence[CaseKey]]:
    """The cases of each finding that the base lacks, of what changed on the wire too."""
    found: dict[Name, list[CaseKey]] = {}
    for change in compared.changes:
        names = [(each.rule, each.key) for each in change.new]
        if not names and change.kind in ("new_failure", "other_failure"):
            names = [FAILURE]
        for name in names:
            found.setdefault(name, []).append(change.key)
    for wire in compared.wire:
        found.setdefault((f"wire/{wire.change.what}", wire.change.key), []).extend(wire.cases)
    return found
