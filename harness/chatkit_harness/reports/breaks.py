"""What a run found broken, cause by cause, as `docs/known-breaks.md` tells it: all of it made of results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from chatkit_harness.causes.table import AGENTS, CHATKIT, pins_of
from chatkit_harness.causes.words import version_key
from chatkit_harness.checks.exceptions import VALIDATORS
from chatkit_harness.core.nouns import CaseResult, Cause, Cell
from chatkit_harness.reports.break_words import seen
from chatkit_harness.reports.rows import covered
from chatkit_harness.results import Results


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One that shows a break, in how many cells."""

    id: str
    title: str
    cells: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The cells beyond an edge that pass, and how many of them differ from a failing one in nothing else.

    `failing` are scenarios of the break that all of them fail for another reason. `stopped` are further cells
    beyond that edge which fail most of the scenarios for another reason.
    """

    cells: int = 0
    alone: int = 0
    failing: tuple[str, ...] = ()
    stopped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Where a break begins and ends on one axis, as far as the run has tested.

    `works_up_to` and `works_from` are the nearest releases outside that pass the same scenarios, None where
    none was tested; `inside` is how many cells between the first and the last release pass all the same,
    since it takes more than this axis.
    """

    name: str
    first: str
    last: str
    works_up_to: str | None
    works_from: str | None
    below: Side
    above: Side
    inside: int


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
    culprit: str | None
    edges: tuple[Edge, ...]
    advice: str | None
    cell: str
    said: tuple[str, ...]
    raised: bool
    places: tuple[Place, ...]
    anew: Place | None
    reproduce: str | None
    confirmed: bool


def breaks(results: Results, causes: Iterable[Cause]) -> tuple[Break, ...]:
    """The failures among the causes, those that hit most cells first."""
    failures = [each for each in causes if each.example.get("kind", "fail") == "fail"]
    failures.sort(key=lambda each: (-len(covered(each)), -len(each.cases), each.key))
    run = _Run(results)
    return tuple(run.told(number, cause) for number, cause in enumerate(failures, start=1))


def edges_of(results: Results, causes: Iterable[Cause]) -> Mapping[str, tuple[Edge, ...]]:
    """Where each of the causes begins and ends, by its key."""
    run = _Run(results)
    return {each.key: tuple(run.edges(each)) for each in causes}


class _Run:
    def __init__(self, results: Results) -> None:
        self._cases = {case.id: case for case in results.cases}
        self._cells = {cell.id: cell for cell in results.cells}
        self._titles = results.header.scenarios
        self._asked = len({case.scenario for case in results.cases})
        self._passed: dict[str, set[tuple[str, ...]]] = {}
        self._failed: dict[str, set[tuple[str, ...]]] = {}
        for case in results.cases:
            if case.outcome in ("pass", "fail"):
                held = self._passed if case.outcome == "pass" else self._failed
                held.setdefault(case.cell, set()).add(_question(case))

    def told(self, number: int, cause: Cause) -> Break:
        cases = [self._cases[each] for each in cause.cases if each in self._cases]
        example = cause.example
        raised = bool(example.get("type"))
        return Break(
            number=number,
            key=cause.key,
            seen=tuple(seen(cases, raised=raised)),
            cells=len(covered(cause)),
            cases=len(cases),
            scenarios=tuple(self._scenarios(cases)),
            asked=self._asked,
            ranges=cause.ranges,
            suspect=cause.suspect,
            culprit=cause.culprit,
            edges=tuple(self.edges(cause)),
            advice=cause.advice,
            cell=str(example.get("cell") or ""),
            said=tuple(self._said(cause)),
            raised=raised,
            places=tuple(_places(example.get("frames") or ())),
            anew=next(_places([example.get("anew")]), None),
            reproduce=cause.reproduce,
            confirmed=cause.confirmed,
        )

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
        case = self._cases.get(str(cause.example.get("case")))
        own = (each for each in case.findings if each.severity == "error") if case else ()
        yield from dict.fromkeys(each.message for each in own if not each.evidence.get("raised"))

    def edges(self, cause: Cause) -> Iterator[Edge]:
        """Of chatkit, agents and what is suspected, where something outside passes the same."""
        cases = [self._cases[each] for each in cause.cases if each in self._cases]
        red = [self._cells[each] for each in covered(cause) if each in self._cells]
        questions = {_question(case) for case in cases}
        ids = {cell.id for cell in red}
        outside = [cell for cell in self._cells.values() if cell.id not in ids]
        green = [cell for cell in outside if self._passes(cell.id, questions)]
        passing = {cell.id for cell in green}
        stopped = [c for c in outside if c.id not in passing and questions & self._failed.get(c.id, set())]
        suspects = cause.example.get("suspects") or ()
        names = dict.fromkeys([CHATKIT, AGENTS, *map(str, suspects)])
        failing = partial(self._fail, questions)
        found = [edge for name in names if (edge := _edge(name, red, green, stopped, failing))]
        # A third party that only moved along is no way out, whatever its cells have in common.
        decides = {CHATKIT, AGENTS, *map(str, cause.example.get("decides") or suspects)}
        found = [edge if edge.name in decides else _unproven(edge) for edge in found]
        if any(edge.below.alone or edge.above.alone for edge in found):
            # What other cells have beyond an edge, and pass, they may owe to something else.
            found = [edge for edge in map(_proven, found) if edge.below.cells or edge.above.cells]
        pair = (CHATKIT, AGENTS)
        alone = [edge for edge in found if edge.below.alone or edge.above.alone]
        yield from alone
        # A third party that other cells have between the same bounds, and pass, only came along.
        yield from (e for e in found if e not in alone and (e.name in pair or not e.inside))

    def _passes(self, cell: str, questions: set[tuple[str, ...]]) -> bool:
        """Whether a cell passes most of what it was asked of these: some may fail by another break."""
        passed, failed = (held.get(cell, set()) for held in (self._passed, self._failed))
        return len(questions & passed) > len(questions & failed)

    def _fail(self, questions: set[tuple[str, ...]], cells: Iterable[str]) -> tuple[str, ...]:
        """The scenarios of these that some of the cells fail and none passes: for them that is no way out."""
        cells = list(cells)
        passed = set().union(*(self._passed.get(cell, set()) for cell in cells))
        failed = set().union(*(self._failed.get(cell, set()) for cell in cells))
        return tuple(sorted({scenario for _, scenario, *_ in (questions & failed) - passed}))


def _question(case: CaseResult) -> tuple[str, ...]:
    return case.path, case.scenario, case.server, case.store, case.client


def _edge(
    name: str,
    red: Sequence[Cell],
    green: Sequence[Cell],
    stopped: Sequence[Cell],
    failing: Callable[[Iterable[str]], tuple[str, ...]],
) -> Edge | None:
    bad, good = _versions(name, red), _versions(name, green)
    if not bad or not good:
        return None
    first, last = min(bad.values(), key=version_key), max(bad.values(), key=version_key)
    below = {cell: each for cell, each in good.items() if version_key(each) < version_key(first)}
    above = {cell: each for cell, each in good.items() if version_key(each) > version_key(last)}
    if not below and not above:
        return None
    inside = len(good) - len(below) - len(above)
    others = {_else(name, cell) for cell in red}
    alone = {cell.id for cell in green if _else(name, cell) in others}
    # The nearest release that a failing cell works with if nothing else changes; without one, any.
    up_to = max((below[each] for each in below.keys() & alone or below), key=version_key, default=None)
    start = min((above[each] for each in above.keys() & alone or above), key=version_key, default=None)
    below = {cell: each for cell, each in below.items() if up_to and version_key(each) <= version_key(up_to)}
    above = {cell: each for cell, each in above.items() if start and version_key(each) >= version_key(start)}
    held = list(map(version_key, _versions(name, stopped).values()))
    under = sum(each <= version_key(up_to) for each in held) if up_to else 0
    over = sum(each >= version_key(start) for each in held) if start else 0

    def side(cells: Mapping[str, str], others: int) -> Side:
        return Side(cells=len(cells), alone=len(alone & set(cells)), failing=failing(cells), stopped=others)

    return Edge(
        name=name,
        first=first,
        last=last,
        works_up_to=up_to,
        works_from=start,
        below=side(below, under),
        above=side(above, over),
        inside=inside,
    )


def _proven(edge: Edge) -> Edge:
    """An edge with nothing but the sides that were proven by changing nothing else."""
    return replace(
        edge,
        works_up_to=edge.works_up_to if edge.below.alone else None,
        works_from=edge.works_from if edge.above.alone else None,
        below=edge.below if edge.below.alone else Side(),
        above=edge.above if edge.above.alone else Side(),
    )


def _unproven(edge: Edge) -> Edge:
    """The edge of a pin with which others moved: none of its cells shows that it is this one."""
    return replace(edge, below=replace(edge.below, alone=0), above=replace(edge.above, alone=0))


def _else(name: str, cell: Cell) -> tuple[str | None, ...]:
    """What was asked for besides what a pin stands for: a resolution chooses third parties."""
    asked = {CHATKIT: cell.chatkit, AGENTS: cell.agents, "Python": cell.python, "": cell.resolution}
    asked.pop(name if name in asked else "")
    return tuple(asked.values())


def _versions(name: str, cells: Iterable[Cell]) -> dict[str, str]:
    """The version of each cell that has one."""
    pins = {cell.id: pins_of(cell).get(name) for cell in cells}
    return {cell: version for cell, version in pins.items() if version is not None}


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
