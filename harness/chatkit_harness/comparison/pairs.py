"""Which case of the one path is held against which case of the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from packaging.version import InvalidVersion, Version

from chatkit_harness.core.nouns import CaseResult, Cell
from chatkit_harness.results import Results

SAME_CELL = "the same cell"
SAME_AGENTS = "the same openai-agents, Python and resolution; the cells differ in chatkit"
BY_SCENARIO = "the same scenario; the cells differ"
_NO_RELEASE = Version("0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case, and the run that it belongs to."""

    result: CaseResult
    run: Results

    @property
    def cell(self) -> Cell | None:
        """The cell of the case, where the run knows it."""
        return next((cell for cell in self.run.cells if cell.id == self.result.cell), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A case of each path that belong together, and by what."""

    native: Case
    agent_builder: Case
    joined: str


def cases_of(run: Results, path: str) -> list[Case]:
    """The cases of a run on one path, in its order."""
    return [Case(result=each, run=run) for each in run.cases if each.path == path]


def driven(case: Case) -> bool:
    """Whether there is anything to compare: what was skipped or had no pins says nothing of the path."""
    return case.result.outcome in ("pass", "fail")


def pairs_of(native: Iterable[Case], agent_builder: Iterable[Case]) -> Iterator[Pair]:
    """Each native case with its partner, scenario by scenario.

    The partner is of the same cell; where that cell has none (a workflow needs no chatkit, saved answers
    no cell at all) of one that is alike, else of any.
    """
    there: defaultdict[str, list[Case]] = defaultdict(list)
    for case in agent_builder:
        there[case.result.scenario].append(case)
    for case in native:
        partners = there[case.result.scenario]
        found = _partner(case, partners)
        if found is not None:
            yield found


def in_age(pairs: Iterable[Pair]) -> list[Pair]:
    """Pairs from the oldest releases to the newest, in whatever order their cells were named."""
    told = list(pairs)
    runs = {id(pair.native.run): pair.native.run for pair in told}
    cells = {cell.id: cell for run in runs.values() for cell in run.cells}
    return sorted(told, key=lambda pair: _age(cells.get(pair.native.result.cell)))


def _age(cell: Cell | None) -> tuple[Version, Version]:
    """What is no release (a server that runs elsewhere, a cell without chatkit) comes before all that are."""
    return (_version(cell.chatkit), _version(cell.agents)) if cell is not None else (_NO_RELEASE, _NO_RELEASE)


def _version(word: str | None) -> Version:
    try:
        return Version(word or "")
    except InvalidVersion:
        return _NO_RELEASE


def _partner(native: Case, partners: list[Case]) -> Pair | None:
    for case in partners:
        if case.result.cell == native.result.cell:
            return Pair(native=native, agent_builder=case, joined=SAME_CELL)
    alike = [case for case in partners if _kind(case) == _kind(native) and driven(case)]
    if alike:
        return Pair(native=native, agent_builder=alike[0], joined=SAME_AGENTS)
    usable = [case for case in partners if driven(case)]
    return Pair(native=native, agent_builder=usable[0], joined=BY_SCENARIO) if usable else None


def _kind(case: Case) -> tuple[str, str, str] | str:
    cell = case.cell
    return (cell.agents, cell.python, cell.resolution) if cell is not None else case.result.cell
