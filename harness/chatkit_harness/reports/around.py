"""What of a run bears on one cause: cells that show it, that pass the same, and that cannot say."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from chatkit_harness.causes.table import AGENTS, CHATKIT
from chatkit_harness.core.nouns import CaseResult, Cause, Cell
from chatkit_harness.reports.edges import Edge, edge_of, proven, unproven
from chatkit_harness.reports.rows import covered
from chatkit_harness.results import Results

Question = tuple[str, ...]
"""What a case asks but for its cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """One cause among the cells of a run.

    `red` show it, `green` pass most of its `questions`; `stopped` fail them for another reason, so that
    nobody can say whether they have it. `cases` are its own.
    """

    cause: Cause
    cases: tuple[CaseResult, ...]
    questions: frozenset[Question]
    red: tuple[Cell, ...]
    green: tuple[Cell, ...]
    stopped: tuple[Cell, ...]


class Marks:
    """What each cell of a run passed and failed, and by which of the numbered `causes`."""

    def __init__(self, results: Results, causes: Sequence[Cause] = ()) -> None:
        self.cases = {case.id: case for case in results.cases}
        self.cells = {cell.id: cell for cell in results.cells}
        self._passed: defaultdict[str, set[Question]] = defaultdict(set)
        self._failed: defaultdict[str, set[Question]] = defaultdict(set)
        self._by: defaultdict[str, defaultdict[Question, set[int]]] = defaultdict(lambda: defaultdict(set))
        self.numbers_of: defaultdict[str, set[int]] = defaultdict(set)
        for case in results.cases:
            if case.outcome in ("pass", "fail"):
                held = self._passed if case.outcome == "pass" else self._failed
                held[case.cell].add(question(case))
        for number, cause in enumerate(causes, start=1):
            for name in cause.cases:
                self.numbers_of[name].add(number)
                if name in self.cases:
                    self._by[self.cases[name].cell][question(self.cases[name])].add(number)

    def around(self, cause: Cause) -> Around:
        """The cause among its cells."""
        cases = tuple(self.cases[each] for each in cause.cases if each in self.cases)
        red = tuple(self.cells[each] for each in covered(cause) if each in self.cells)
        questions = frozenset(question(case) for case in cases)
        ids = {cell.id for cell in red}
        outside = [cell for cell in self.cells.values() if cell.id not in ids]
        green = tuple(cell for cell in outside if self._passes(cell.id, questions))
        passing = {cell.id for cell in green}
        stopped = (c for c in outside if c.id not in passing and questions & self._failed.get(c.id, set()))
        return Around(
            cause=cause, cases=cases, questions=questions, red=red, green=green, stopped=tuple(stopped)
        )

    def stopping(self, around: Around, cells: Iterable[str]) -> tuple[tuple[int, int], ...]:
        """The breaks by which cells fail these questions, and how many cells each: most cells first."""
        counts: Counter[int] = Counter()
        for cell in cells:
            asked = around.questions & self._by[cell].keys() if cell in self._by else ()
            counts.update(set[int]().union(*(self._by[cell][each] for each in asked)))
        return tuple(sorted(counts.items(), key=lambda each: (-each[1], each[0])))

    def stopped_by(self, cell: str, number: int) -> frozenset[Question]:
        """What a cell fails by that break."""
        if cell not in self._by:
            return frozenset()
        return frozenset(each for each, numbers in self._by[cell].items() if number in numbers)

    def edges(self, around: Around) -> Iterator[Edge]:
        """Of chatkit, agents and what is suspected, where something outside passes the same."""
        example = around.cause.example
        suspects = example.get("suspects") or ()
        names = dict.fromkeys([CHATKIT, AGENTS, *map(str, suspects)])
        made = partial(
            edge_of,
            red=around.red,
            green=around.green,
            stopped=around.stopped,
            failing=partial(self._fail, around.questions),
            breaks_of=lambda cells: tuple(number for number, _ in self.stopping(around, cells)),
        )
        found = [edge for name in names if (edge := made(name))]
        # A third party that only moved along is no way out, whatever its cells have in common.
        decides = {CHATKIT, AGENTS, *map(str, example.get("decides") or suspects)}
        found = [edge if edge.name in decides else unproven(edge) for edge in found]
        if any(edge.below.alone or edge.above.alone for edge in found):
            # What other cells have beyond an edge, and pass, they may owe to something else.
            found = [edge for edge in map(proven, found) if edge.below.cells or edge.above.cells]
        pair = (CHATKIT, AGENTS)
        alone = [edge for edge in found if edge.below.alone or edge.above.alone]
        yield from alone
        # A third party that other cells have between the same bounds, and pass, only came along.
        yield from (e for e in found if e not in alone and (e.name in pair or not e.inside))

    def _passes(self, cell: str, questions: frozenset[Question]) -> bool:
        """Whether a cell passes most of what it was asked of these: some may fail by another break."""
        passed, failed = (held.get(cell, set()) for held in (self._passed, self._failed))
        return len(questions & passed) > len(questions & failed)

    def _fail(self, questions: frozenset[Question], cells: Iterable[str]) -> tuple[str, ...]:
        """The scenarios of these that some of the cells fail and none passes: for them that is no way out."""
        cells = list(cells)
        passed = set[Question]().union(*(self._passed.get(cell, set()) for cell in cells))
        failed = set[Question]().union(*(self._failed.get(cell, set()) for cell in cells))
        return tuple(sorted({scenario for _, scenario, *_ in (questions & failed) - passed}))


def question(case: CaseResult) -> Question:
    """What a case asks but for its cell: path, scenario, server, store and client."""
    return case.path, case.scenario, case.server, case.store, case.client
