"""Defects that a scenario shows on purpose, and that were caught: told, though nothing is wrong."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from chatkit_harness.core.nouns import Finding
from chatkit_harness.reports.text import clean, clip, count, first_few
from chatkit_harness.results import Results


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """One defect: what it is, by which scenarios it is shown, and the cells in which it was caught."""

    what: str
    scenarios: tuple[str, ...]
    cells: int

    def __str__(self) -> str:
        return f"{self.what} ({first_few(self.scenarios)}) in {count(self.cells, 'cell')}"


def is_expected(finding: Finding) -> bool:
    """Whether the scenario expects the finding."""
    return finding.evidence.get("expected") is True


def severity_words(finding: Finding) -> str:
    """`error`, `warning`, `note`, or `expected` for what the scenario shows on purpose."""
    return "expected" if is_expected(finding) else finding.severity


def caught(results: Results) -> tuple[Caught, ...]:
    """The expected findings of a run, each defect once, the one that most cells show first.

    Releases differ in how a defect comes to light (one sends what another drops), so that findings of
    several rules may be one defect here: what they are about counts.
    """
    cells: defaultdict[str, set[str]] = defaultdict(set)
    scenarios: defaultdict[str, set[str]] = defaultdict(set)
    for case in results.cases:
        for what in {_what(finding) for finding in case.findings if is_expected(finding)}:
            cells[what].add(case.cell)
            scenarios[what].add(clean(case.scenario))
    ordered = sorted(cells, key=lambda what: (-len(cells[what]), what))
    return tuple(
        Caught(what=what, scenarios=tuple(sorted(scenarios[what])), cells=len(cells[what]))
        for what in ordered
    )


def _what(finding: Finding) -> str:
    """`Card.status.icon 'newspaper'` where the value is the fault, else with the rule in words."""
    names = [finding.evidence.get(part) for part in ("component", "prop")]
    rule = finding.rule.rpartition("/")[2].replace("-", " ")
    value = finding.evidence.get("value")
    if not isinstance(names[0], str):
        return clip(f"{rule}: {finding.message}", 120)
    name = ".".join(part for part in names if isinstance(part, str) and part)
    by_value = isinstance(value, str) and finding.key.endswith(f"={value}")
    return clip(f"{name} '{value}'" if by_value else f"{name} {rule}", 120)
