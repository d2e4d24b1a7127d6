"""Cells and cases of several runs, each once: what is there twice has to be the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatkit_harness.core.errors import ResultsError
from chatkit_harness.core.nouns import CaseResult, Cell
from chatkit_harness.results import RESULTS_FILE, Results, Shared, case_form, read_results, stored_transcripts

NOTHING: Mapping[str, frozenset[str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """One of the runs that are joined, by the name that the user gave it."""

    name: str
    results: Results
    stored: frozenset[str]

    def is_at(self, path: Path) -> bool:
        """Whether the user could mean this run by the path."""
        return same_run(path, Path(self.name))


def same_run(path: Path, other: Path) -> bool:
    """Whether two paths, each of a run's folder or its results file, are of one run."""
    return _file(path) == _file(other)


def read_parts(sources: Sequence[Path], shared: Shared) -> list[Part]:
    """The runs, each once, shards by their number and others as they were named. Raises ResultsError."""
    parts: list[Part] = []
    for source in sources:
        if not any(part.is_at(source) for part in parts):
            results = read_results(source, shared=shared)
            stored = stored_transcripts(results.folder)
            parts.append(Part(name=str(source), results=results, stored=stored))
    return sorted(parts, key=lambda part: _number(part.results))


def _file(path: Path) -> Path:
    return (path / RESULTS_FILE if path.is_dir() else path).resolve()


def _number(results: Results) -> int:
    shard = results.header.matrix.get("shard")
    return int(shard["index"]) if shard else 0


class Joined:
    """Cells and cases by id, each with the run that it is of.

    Of a cell that differs, all cases are of the preferred run; of a case that differs, the preferred one
    counts. `outdated` are scenarios by run, of which no case of that run counts. Raises ResultsError where
    something differs between two runs neither of which is preferred.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        preferred: Part | None = None,
        outdated: Mapping[str, frozenset[str]] = NOTHING,
    ) -> None:
        self.cells: dict[str, tuple[Cell, Part]] = {}
        self.cases: dict[str, tuple[CaseResult, Part]] = {}
        self._preferred = preferred
        self._differing: set[str] = set()
        self._alike: Counter[tuple[str, str]] = Counter()
        self._outdone: Counter[str] = Counter()
        self._old: Counter[str] = Counter()
        # First the preferred one: it settles what others say otherwise of what it has itself.
        parts = sorted(parts, key=lambda each: each is not preferred)
        for part in parts:
            for cell in part.results.cells:
                self._cell(cell, part)
        for part in parts:
            old = outdated.get(part.name, frozenset())
            for case in part.results.cases:
                if case.scenario in old:
                    self._old[part.name] += 1
                else:
                    self._case(case, part)

    def notes(self) -> Iterator[str]:
        """What was there more than once, one sentence each."""
        for (one, other), count in self._alike.items():
            yield f"{_cases(count)} in {one} and in {other}, alike: kept once."
        for name, count in self._outdone.items():
            yield f"{_cases(count)} of {name} left out: the preferred run has them otherwise."
        for name, count in self._old.items():
            yield f"{_cases(count)} of {name} left out: the preferred run has another scenario of that name."

    def _cell(self, cell: Cell, part: Part) -> None:
        known, holder = self.cells.setdefault(cell.id, (cell, part))
        if holder is part or _pinned(known) == _pinned(cell):
            return
        self._require_preferred(cell.id, "it has other pins, or another Python, in each", holder, part)
        self._differing.add(cell.id)
        if part is self._preferred:
            self.cells[cell.id] = cell, part

    def _case(self, case: CaseResult, part: Part) -> None:
        if case.cell in self._differing and part is not self._preferred:
            self._outdone[part.name] += 1  # under other pins it is another case
            return
        known, holder = self.cases.setdefault(case.id, (case, part))
        if holder is part:
            return
        if _is_same(known, case):
            self._alike[holder.name, part.name] += 1
            better = _rank(case, part) > _rank(known, holder)
        else:
            self._require_preferred(case.id, _difference(known, case), holder, part)
            better = part is self._preferred
            self._outdone[holder.name if better else part.name] += 1
        if better:
            self.cases[case.id] = case, part

    def _require_preferred(self, what: str, told: str, one: Part, other: Part) -> None:
        if self._preferred is not one and self._preferred is not other:
            raise ResultsError(
                f"{one.name} and {other.name}",
                f"They differ over {what}: {told}.",
                f"Say which one counts, for example --prefer {other.name}.",
            )


def _pinned(cell: Cell) -> tuple[object, ...]:
    return cell.chatkit, cell.agents, cell.python, cell.resolution, dict(cell.pins)


def _is_same(one: CaseResult, other: CaseResult) -> bool:
    """Whether both came to the same; what only follows from it may differ: a tool was in time, or was not."""
    if (one.outcome, one.reason, one.findings) == (other.outcome, other.reason, other.findings):
        return True
    return _verdict(one) == _verdict(other)


def _verdict(case: CaseResult) -> dict[str, Any]:
    form = case_form(case)
    return {**form, "findings": [each for each in form["findings"] if each["severity"] != "note"]}


def _difference(one: CaseResult, other: CaseResult) -> str:
    """What two runs say otherwise of one case: what it came to, or else the first field that differs."""
    came_to = [f"{case.outcome}{_rules(case)}" for case in (one, other)]
    if came_to[0] != came_to[1]:
        return f"{came_to[0]} in the first, {came_to[1]} in the second"
    forms = _verdict(one), _verdict(other)
    field = next(name for name in forms[0] if forms[0][name] != forms[1][name])
    said = _findings(*forms) if field == "findings" else [form[field] or "none" for form in forms]
    return f"{came_to[0]} in both, and its {field}: {said[0]:.200} in the first, {said[1]:.200} in the second"


def _findings(*forms: Mapping[str, Any]) -> list[str]:
    """The findings that each has alone, by as much as tells them apart."""
    alone = [
        [each for each in form["findings"] if each not in other["findings"]]
        for form, other in (forms, forms[::-1])
    ]
    for part in ("rule", "severity", "key", "message"):
        said = [", ".join(sorted({str(each[part]) for each in found})) or "none" for found in alone]
        if said[0] != said[1]:
            return said
    return ["in one order", "in another"]


def _rank(case: CaseResult, part: Part) -> tuple[bool, bool, bool, int]:
    """Of two equal cases the better is the one with everything there, then the confirmed, then the later."""
    backed = case.transcript is None or case.transcript in part.stored
    return case.id not in part.results.incomplete, backed, case.confirmed, case.attempt


def _rules(case: CaseResult) -> str:
    """What failed it, in short."""
    rules = list(dict.fromkeys(finding.rule for finding in case.findings if finding.severity == "error"))
    return f" ({', '.join(rules[:3])})" if rules else ""


def _cases(count: int) -> str:
    return "1 case is" if count == 1 else f"{count} cases are"
