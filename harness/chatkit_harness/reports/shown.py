"""Defects that scenarios show on purpose (`expect.findings`): nothing fails by them, and users see them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chatkit_harness.causes import range_words
from chatkit_harness.causes.order import cell_key
from chatkit_harness.causes.ranges import ranges
from chatkit_harness.causes.table import PinTable
from chatkit_harness.core.nouns import CaseResult, Cell, Finding
from chatkit_harness.reports.break_words import seen
from chatkit_harness.reports.text import shares_packages
from chatkit_harness.results import Results

_OF_AN_ERROR = frozenset({"run/error-event", "run/logged-exception", "run/raised", "run/tool-error"})
_OF_A_TOOL = frozenset({"run/logged-exception", "run/tool-error"})
_UNMET = "expect/finding-missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What one scenario shows as it expects to: `seen` is what users see, in how many of its cases.

    `reason` is the scenario's description. `cells` have it, of `driven` of which it is known; `ranges` say
    which. `is_an_error` is whether all of it is an error that the scenario wants told, or a tool that it
    has fail.
    """

    scenario: str
    title: str
    seen: tuple[tuple[str, int], ...]
    reason: str
    cases: int
    cells: int
    driven: int
    ranges: tuple[str, ...]
    is_an_error: bool
    rules: tuple[str, ...]
    confirmed: bool


def shown_on_purpose(results: Results) -> tuple[Shown, ...]:
    """What scenarios expect as findings and what occurred of it: those of most cells first, errors last."""
    run = _Run(results)
    by_scenario: dict[str, list[CaseResult]] = {}
    for case in results.cases:
        if run.shows(case.scenario):
            by_scenario.setdefault(case.scenario, []).append(case)
    found = [told for name, cases in by_scenario.items() if (told := run.told(name, cases)) is not None]
    return tuple(sorted(found, key=lambda each: (each.is_an_error, -each.cells, each.scenario)))


class _Run:
    def __init__(self, results: Results) -> None:
        self._scenarios = results.header.scenarios
        self._cells = {cell.id: cell for cell in results.cells}
        self._table = PinTable(sorted(results.cells, key=cell_key))

    def shows(self, scenario: str) -> bool:
        """Whether a scenario has a defect to show."""
        return any(each.get("findings") for each in self._expectations(scenario))

    def told(self, name: str, cases: Sequence[CaseResult]) -> Shown | None:
        """None where it occurred nowhere."""
        those = [case for case in cases if _known(case) and _expected(case)]
        if not those:
            return None
        reds: dict[str, int] = {}
        for case in those:
            reds[case.cell] = reds.get(case.cell, 0) + 1
        known = {case.cell for case in cases if _known(case)}
        driven = {case.cell for case in cases if case.outcome in ("pass", "fail")}
        rules = {finding.rule for case in those for finding in _expected(case)}
        document = self._document(name)
        return Shown(
            scenario=name,
            title=str(document.get("title") or name),
            seen=tuple(seen((_as_errors(case) for case in those), raised=False)),
            reason=" ".join(str(document.get("description") or "").split()),
            cases=len(those),
            cells=len(reds),
            driven=len(known),
            ranges=self._ranges(reds, [self._cells[each] for each in driven if each in self._cells]),
            is_an_error=rules <= _OF_A_TOOL or (rules <= _OF_AN_ERROR and self._wants_error(name)),
            rules=tuple(sorted(rules)),
            confirmed=any(case.confirmed and self._shares(case.cell) for case in those),
        )

    def _shares(self, cell: str) -> bool:
        """Whether a cell shares packages; where it does not, nothing of it is driven again."""
        return cell in self._cells and shares_packages(self._cells[cell])

    def _ranges(self, reds: Mapping[str, int], driven: Iterable[Cell]) -> tuple[str, ...]:
        """No range goes over cells in which something else went wrong, so that nobody knows."""
        named = [cell for cell in sorted(driven, key=cell_key) if cell.resolution != "running"]
        return range_words.in_words(ranges(reds, named, self._table, ()), named) if named else ()

    def _wants_error(self, scenario: str) -> bool:
        """Whether it has an error told, takes one as well as an answer, or has the model's API fail."""
        asked = list(self._expectations(scenario))
        told = [found for each in asked for found in each.get("findings") or ()]
        findings = [found for found in told if isinstance(found, Mapping)]
        script = self._document(scenario).get("script") or ()
        faulty = any(isinstance(answer, Mapping) and answer.get("fault") for answer in script)
        either = bool(findings) and all(each.get("optional") for each in findings)
        return faulty or either or any(each.get("error") for each in asked)

    def _document(self, scenario: str) -> Mapping[str, Any]:
        document = self._scenarios.get(scenario)
        return document if isinstance(document, Mapping) else {}

    def _expectations(self, scenario: str) -> Iterator[Mapping[str, Any]]:
        """What is expected of the whole conversation, of its turns and on the other path."""
        document = self._document(scenario)
        for each in (document, document.get("agent_builder"), *(document.get("turns") or ())):
            expect = each.get("expect") if isinstance(each, Mapping) else None
            if isinstance(expect, Mapping):
                yield expect


def _expected(case: CaseResult) -> list[Finding]:
    """What occurred as the scenario expects it."""
    return [each for each in case.findings if each.evidence.get("expected") is True]


def _known(case: CaseResult) -> bool:
    """Whether a case tells if its cell has the defect: an error for another reason looks like one meant."""
    errors = {each.rule for each in case.findings if each.severity == "error"}
    return case.outcome == "pass" or errors == {_UNMET}


def _as_errors(case: CaseResult) -> CaseResult:
    """The case with nothing but what it shows, as if nobody had expected that."""
    return replace(case, findings=tuple(replace(each, severity="error") for each in _expected(case)))
