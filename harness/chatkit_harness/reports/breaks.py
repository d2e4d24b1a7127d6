"""What a run found broken, cause by cause, as `docs/known-breaks.md` tells it: all of it made of results."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chatkit_harness.checks.exceptions import VALIDATORS
from chatkit_harness.core.nouns import CaseResult, Cause, Cell
from chatkit_harness.reports.around import Marks
from chatkit_harness.reports.break_words import seen
from chatkit_harness.reports.decided import Decided, behind_lines, decided, proof_lines
from chatkit_harness.reports.edges import Edge
from chatkit_harness.reports.proven import Proven, ways_proven
from chatkit_harness.reports.rows import covered
from chatkit_harness.reports.text import shares_packages
from chatkit_harness.results import Results
from chatkit_harness.results.proofs import Proofs


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One that shows a break, in how many cells."""

    id: str
    title: str
    cells: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A line of a package on the way to an exception, as it stands in the cell that stands for the break."""

    distribution: str
    version: str
    file: str
    line: int
    function: str
    code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """One cause: `seen` is what users see, in how many of its cases; `said` what was raised or what differs.

    `places` are the lines of the packages that led to the exception, innermost last; none where nothing was
    raised; `anew` is where chatkit or agents raised another one from it. `cell` is the one that stands for
    the break. `asked` is how many scenarios the run has.

    `suspect` is what the run itself shows of the pins that separate its cells from others; `decided` and
    `proofs` what was driven after it, `behind` what it shows where another one hides it, and `proven` the
    constraints that were driven. `stopped` are the numbers of the breaks that are met first in further cells,
    `shared` of those that show in the same cases, and `alike` of those that show in the very same cells: of
    the first two each with the number of cells, or cases.
    """

    number: int
    key: str
    seen: tuple[tuple[str, int], ...]
    cells: int
    cases: int
    scenarios: tuple[Scenario, ...]
    asked: int
    ranges: tuple[str, ...]
    suspect: str | None
    decided: Decided | None
    proofs: tuple[str, ...]
    behind: tuple[str, ...]
    proven: tuple[Proven, ...]
    culprit: str | None
    edges: tuple[Edge, ...]
    stopped: tuple[tuple[int, int], ...]
    shared: tuple[tuple[int, int], ...]
    alike: tuple[int, ...]
    advice: str | None
    cell: str
    said: tuple[str, ...]
    raised: bool
    places: tuple[Place, ...]
    anew: Place | None
    reproduce: str | None
    confirmed: bool
    again: bool = True
    """Whether it is driven again to be confirmed: nothing is where each cell has packages of its own."""


def breaks(results: Results, causes: Iterable[Cause], proofs: Proofs | None = None) -> tuple[Break, ...]:
    """The failures among the causes, those that hit most cells first.

    `proofs` are what was driven after the run to settle which pins decide.
    """
    failures = [each for each in causes if each.example.get("kind", "fail") == "fail"]
    failures.sort(key=lambda each: (-len(covered(each)), -len(each.cases), each.key))
    run = _Run(results, failures, proofs or Proofs())
    return tuple(run.told(number, cause) for number, cause in enumerate(failures, start=1))


def edges_of(results: Results, causes: Iterable[Cause]) -> Mapping[str, tuple[Edge, ...]]:
    """Where each of the causes begins and ends, by its key."""
    marks = Marks(results)
    return {each.key: tuple(marks.edges(marks.around(each))) for each in causes}


class _Run:
    def __init__(self, results: Results, causes: Sequence[Cause], proofs: Proofs) -> None:
        self._marks = Marks(results, causes)
        self._causes, self._proofs = causes, proofs
        self._numbers = {cause.key: number for number, cause in enumerate(causes, start=1)}
        self._around = {cause.key: self._marks.around(cause) for cause in causes}
        self._shown: defaultdict[str, set[int]] = defaultdict(set)
        for cause in causes:
            for cell in covered(cause):
                self._shown[cell].add(self._numbers[cause.key])
        self._titles = results.header.scenarios
        self._asked = len({case.scenario for case in results.cases})

    def told(self, number: int, cause: Cause) -> Break:
        around = self._around[cause.key]
        example, cases = cause.example, around.cases
        raised = bool(example.get("type"))
        proofs = self._proofs.of(cause.key)
        behind = [each for each in self._proofs.behind if each.cause == cause.key]
        stopped = [cell.id for cell in around.stopped]
        return Break(
            number=number,
            key=cause.key,
            seen=tuple(self._seen(number, cases, raised=raised)),
            cells=len(covered(cause)),
            cases=len(cases),
            scenarios=tuple(self._scenarios(cases)),
            asked=self._asked,
            ranges=cause.ranges,
            suspect=cause.suspect,
            decided=decided(proofs, around.red, around.green),
            proofs=tuple(proof_lines(proofs, self._marks.cells)),
            behind=tuple(behind_lines(behind, self._numbers, self._marks.cells)),
            proven=tuple(ways_proven(proofs, around.red, self._marks.cells.values(), self._shows)),
            culprit=cause.culprit,
            edges=tuple(self._marks.edges(around)),
            stopped=self._marks.stopping(around, stopped),
            shared=self._shared(number, cases),
            alike=tuple(self._alike(number, cause)),
            advice=cause.advice,
            cell=str(example.get("cell") or ""),
            said=tuple(self._said(cause)),
            raised=raised,
            places=tuple(_places(example.get("frames") or ())),
            anew=next(_places([example.get("anew")]), None),
            reproduce=cause.reproduce,
            confirmed=cause.confirmed,
            again=any(map(shares_packages, around.red)),
        )

    def _shows(self, cell: Cell) -> frozenset[int]:
        return frozenset(self._shown.get(cell.id, ()))

    def _seen(self, number: int, cases: Sequence[CaseResult], *, raised: bool) -> Iterator[tuple[str, int]]:
        """What users see; what shows only where another break shows as well is that one's."""
        own = [case for case in cases if self._marks.numbers_of[case.id] == {number}]
        alone = {words for words, _ in seen(own, raised=raised)}
        for words, often in seen(cases, raised=raised):
            if not alone or words in alone:
                yield words, often

    def _shared(self, number: int, cases: Iterable[CaseResult]) -> tuple[tuple[int, int], ...]:
        """Other breaks that show in cases of this one, and in how many."""
        counts = Counter(other for case in cases for other in self._marks.numbers_of[case.id] - {number})
        return tuple(sorted(counts.items(), key=lambda each: (-each[1], each[0])))

    def _alike(self, number: int, cause: Cause) -> Iterator[int]:
        """Breaks that show in the very same cells, and stop with them: no version tells them apart."""
        own = set(covered(cause)) if cause.suspect else set[str]()
        for other, each in enumerate(self._causes, start=1):
            if own and other != number and set(covered(each)) == own:
                yield other

    def _scenarios(self, cases: Iterable[CaseResult]) -> Iterator[Scenario]:
        """Those with most cells first."""
        cells: Counter[str] = Counter(name for name, _ in {(case.scenario, case.cell) for case in cases})
        for name in sorted(cells, key=lambda name: (-cells[name], name)):
            document = self._titles.get(name)
            title = document.get("title") if isinstance(document, Mapping) else None
            yield Scenario(id=name, title=str(title or name), cells=cells[name])

    def _said(self, cause: Cause) -> Iterator[str]:
        """The exception in a line, or what differs in the case that stands for the break."""
        if cause.example.get("type"):
            yield cause.title
            return
        case = self._marks.cases.get(str(cause.example.get("case")))
        own = (each for each in case.findings if each.severity == "error") if case else ()
        yield from dict.fromkeys(each.message for each in own if not each.evidence.get("raised"))


def _places(frames: Iterable[object]) -> Iterator[Place]:
    """The frames in packages but for those that only validate."""
    for frame in frames:
        if not isinstance(frame, Mapping) or frame.get("distribution") in (None, *VALIDATORS):
            continue
        yield Place(
            distribution=str(frame["distribution"]),
            version=str(frame.get("version") or ""),
            file=str(frame.get("file")),
            line=int(frame.get("line") or 0),
            function=str(frame.get("function")),
            code=str(frame["code"]) if frame.get("code") else None,
        )
