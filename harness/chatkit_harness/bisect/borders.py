"""The cells of a run between which a cause comes or goes: where a search for what decides it begins."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from chatkit_harness.causes.root import roots_of
from chatkit_harness.causes.table import AGENTS, CHATKIT, pins_of
from chatkit_harness.causes.words import version_key
from chatkit_harness.core.nouns import CaseResult, Cause, Cell
from chatkit_harness.reports.around import Question, question
from chatkit_harness.reports.edges import asked_besides
from chatkit_harness.results import Results

from .ends import case_key
from .mixing import differences

RESOLUTION = "resolution"
"""The axis of two cells of one pair: whatever else its pins are."""

_AXES = (CHATKIT, AGENTS, RESOLUTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Border:
    """Two cells that a cause lies between: alike in what was asked for but for `axis`.

    `case` is the case by which they are told apart, as a cell's plan calls it, and `root` the key of what
    fails it in the bad one. `confirmed` is whether it was seen there in an environment of the cell's own.
    """

    cause: str
    axis: str
    good: Cell
    bad: Cell
    case: str
    root: str
    confirmed: bool


def borders(results: Results, causes: Iterable[Cause]) -> Iterator[Border]:
    """Of each cause, at most one border for each axis and direction: the one that most cells speak for."""
    cells = {cell.id: cell for cell in results.cells if cell.pins}
    passed: defaultdict[Question, set[str]] = defaultdict(set)
    for case in results.cases:
        if case.outcome == "pass":
            passed[question(case)].add(case.cell)
    cases = {case.id: case for case in results.cases}
    for cause in causes:
        if cause.suspect is None:  # nothing that passes can be told from what fails
            continue
        red = [cases[each] for each in cause.cases if each in cases and cases[each].cell in cells]
        yield from _Sides(cause, red, passed, cells).borders()


_QUESTIONS = 12
"""Of a cause that shows in more conversations those are looked at that most cells fail. One that few cells
fail by it may be there by accident."""

Version = tuple[object, ...]
Span = tuple[str, str]
"""The releases of an axis on both sides of a step, the older one first."""


@dataclass(frozen=True, slots=True)
class _Step:
    """From a cell to the next one along an axis, one of which fails by the cause, while the other passes."""

    axis: str
    span: Span
    good: Cell
    bad: Cell
    question: Question

    @property
    def is_good_first(self) -> bool:
        """Whether it is the older release that passes; of the same pair at two times it does not matter."""
        return self.axis == RESOLUTION or (pins_of(self.good).get(self.axis) or "") == self.span[0]

    @property
    def rank(self) -> tuple[object, ...]:
        """The fewer pins differ the better, and the newer they are."""
        newest = version_key(self.bad.agents), version_key(self.bad.chatkit or "0")
        return -len(differences(self.good.pins, self.bad.pins)), newest, self.bad.id


class _Sides:
    def __init__(
        self,
        cause: Cause,
        red: Sequence[CaseResult],
        passed: Mapping[Question, set[str]],
        cells: Mapping[str, Cell],
    ) -> None:
        self._cause, self._cells, self._passed = cause, cells, passed
        found: defaultdict[Question, dict[str, CaseResult]] = defaultdict(dict)
        for case in red:
            found[question(case)][case.cell] = case
        most = max(map(len, found.values()), default=0)
        often = [question for question in found if 2 * len(found[question]) >= most]
        often.sort(key=lambda question: (-len(found[question]), question))
        self._red = {question: found[question] for question in often[:_QUESTIONS]}

    def borders(self) -> Iterator[Border]:
        for axis in _AXES:
            steps = [step for question in self._red for step in self._steps(axis, question)]
            for good_first in (True, False):
                ways = [step for step in steps if step.is_good_first == good_first]
                if ways:
                    yield self._border(self._best(ways))

    def _steps(self, axis: str, question: Question) -> Iterator[_Step]:
        """Neighbours along an axis, all else that was asked for alike."""
        red, green = self._red[question], self._passed.get(question, set())
        rows: defaultdict[tuple[str | None, ...], list[tuple[Version, Cell]]] = defaultdict(list)
        for name in {*red, *green} & self._cells.keys():
            cell = self._cells[name]
            rows[asked_besides(axis, cell)].append((_place(axis, cell), cell))
        for row in rows.values():
            row.sort(key=lambda each: (each[0], each[1].id))
            for (_, first), (_, second) in pairwise(row):
                if (first.id in red) != (second.id in red):
                    bad, good = (first, second) if first.id in red else (second, first)
                    span = pins_of(first).get(axis) or "", pins_of(second).get(axis) or ""
                    yield _Step(axis, span, good, bad, question)

    def _best(self, steps: Sequence[_Step]) -> _Step:
        """One where most agree: of their spans the one that most others enclose, and then the narrowest."""
        counts = Counter(step.span for step in steps)

        def rank(span: Span) -> tuple[int, int]:
            around = sum(number for other, number in counts.items() if _encloses(other, span))
            return around, -sum(_encloses(span, other) for other in counts)

        best = max(sorted(counts), key=rank)
        same = [step for step in steps if step.span == best]
        shown = [step for step in same if self._is_by_key(step)]
        return max(shown or same, key=lambda step: step.rank)

    def _is_by_key(self, step: _Step) -> bool:
        return root_of(self._cause, self._case(step), step.bad) == self._cause.key

    def _case(self, step: _Step) -> CaseResult:
        return self._red[step.question][step.bad.id]

    def _border(self, step: _Step) -> Border:
        case = self._case(step)
        return Border(
            cause=self._cause.key,
            axis=step.axis,
            good=step.good,
            bad=step.bad,
            case=case_key(case),
            root=root_of(self._cause, case, step.bad),
            confirmed=case.confirmed,
        )


def root_of(cause: Cause, case: CaseResult, cell: Cell) -> str:
    """The key by which one case of a cause fails: the cause's own, where it is among those of the case."""
    roots = [root.key for root in roots_of(case, cell)]
    return cause.key if cause.key in roots else roots[0]


def _place(axis: str, cell: Cell) -> Version:
    return version_key(pins_of(cell).get(axis) or "0")


def _encloses(outer: Span, inner: Span) -> bool:
    low, high, first, last = map(version_key, (*outer, *inner))
    return low <= first and last <= high
