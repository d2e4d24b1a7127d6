"""Coverage: of all that a cell's packages can pass on, what some scenario exercises."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from chatkit_harness.cells.payload import payload
from chatkit_harness.checks.expected_findings import may_excuse
from chatkit_harness.checks.kinds import kinds_of
from chatkit_harness.core.errors import BuildError, HarnessError, ResultsError
from chatkit_harness.core.kinds import named_kinds
from chatkit_harness.core.nouns import CaseResult, Cell
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.environments.environment import Environments
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.interpreters import select_interpreters
from chatkit_harness.machine.printed import printed
from chatkit_harness.results import Results

from .recheck import recorded_scenarios_of
from .targets import NATIVE

PROGRAM = Path("chatkit_harness/incell/ground.py")
LIMIT_S = 120
NOT_PASSED_ON = "expect/not-passed-on"

Ground = Mapping[str, tuple[str, ...]]
"""The kinds that packages know, by their space of names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindCoverage:
    """A kind of thing, the scenarios that exercise it, and those in which it only came through.

    A scenario exercises what it names in `passes_on` and came through where it passed: it fails without it,
    unless it expects to miss what it names.
    `by_hand`: in all that exercise it the server makes ChatKit's events itself. Of the others that name it
    `failing` did not pass, and `skipped` were not driven, each for its reason.
    """

    kind: str
    exercised_by: tuple[str, ...] = ()
    seen_in: tuple[str, ...] = ()
    by_hand: bool = False
    failing: tuple[str, ...] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellCoverage:
    """The ground of one cell. `failing` are scenarios that did not pass, and exercise nothing by that.

    `unreadable` says why nothing is known of it: its packages cannot be read, or it drove nothing natively.
    """

    cell: Cell
    kinds: tuple[KindCoverage, ...] = ()
    failing: tuple[str, ...] = ()
    unreadable: str | None = None

    def by_space(self) -> Mapping[str, tuple[KindCoverage, ...]]:
        """The kinds by their space of names, in the order of the ground."""
        found: dict[str, list[KindCoverage]] = {}
        for each in self.kinds:
            found.setdefault(each.kind.partition("/")[0], []).append(each)
        return {space: tuple(kinds) for space, kinds in found.items()}


@dataclass(slots=True)
class _Seen:
    """What the cases of one cell came to."""

    exercised: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    seen: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    failing: list[str] = field(default_factory=list)
    named_failing: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    named_skipped: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))


def coverage(results: Results, ground_of: Callable[[Cell], Ground]) -> list[CellCoverage]:
    """The coverage of each cell of a run; of one whose packages cannot be read the reason stands there.

    Raises ResultsError where the run's scenarios cannot be read, or none of them was driven natively.
    """
    _require_native(results)
    scenarios = recorded_scenarios_of(results)
    found = []
    for cell in results.cells:
        cases = [case for case in results.cases if case.cell == cell.id and case.path == NATIVE]
        try:
            ground = ground_of(cell)
        except HarnessError as error:
            found.append(CellCoverage(cell=cell, unreadable=str(error)))
            continue
        if not cases:
            told = "It has no case on the native path, so that nobody knows what would be exercised."
            found.append(CellCoverage(cell=cell, unreadable=f"{told} {_DRIVE}"))
            continue
        seen = _seen(results, cases, scenarios)
        kinds = [f"{space}/{name}" for space, names in ground.items() for name in names]
        found.append(
            CellCoverage(
                cell=cell,
                kinds=tuple(_covered(kind, seen, scenarios) for kind in kinds),
                failing=tuple(seen.failing),
            )
        )
    return found


_DRIVE = (
    "Drive it with `chatkit-harness run --path native`, or leave the run out, and all scenarios are driven."
)


def _require_native(results: Results) -> None:
    """What a workflow's answer shows is no kind: of a run without a native case 0% would be untrue."""
    if results.cases and not any(case.path == NATIVE for case in results.cases):
        others = ", ".join(sorted({case.path for case in results.cases}))
        cause = (
            f"It has no case on the native path (only on {others}), "
            "and what a cell can pass on is what its chatkit gives to a client: that path alone."
        )
        raise ResultsError(str(results.folder), cause, _DRIVE)


def _covered(kind: str, seen: _Seen, scenarios: Mapping[str, Scenario]) -> KindCoverage:
    exercised = tuple(seen.exercised.get(kind, ()))
    return KindCoverage(
        kind=kind,
        exercised_by=exercised,
        seen_in=tuple(seen.seen.get(kind, ())),
        by_hand=bool(exercised) and all(scenarios[name].by_hand for name in exercised),
        failing=tuple(seen.named_failing.get(kind, ())),
        skipped=seen.named_skipped.get(kind, {}),
    )


def _seen(results: Results, cases: Iterable[CaseResult], scenarios: Mapping[str, Scenario]) -> _Seen:
    seen = _Seen()
    for case in cases:
        named = _missed(scenarios[case.scenario]) if case.scenario in scenarios else frozenset()
        _note_unshown(seen, case, named)
        if case.transcript is None or case.scenario not in scenarios:
            continue
        came = {kind for turn in results.transcript(case.transcript).turns for kind in kinds_of(turn)}
        for kind in came:
            counts = case.outcome == "pass" and kind in named
            _once(seen.exercised[kind] if counts else seen.seen[kind], case.scenario)
    return seen


def _missed(scenario: Scenario) -> frozenset[str]:
    """The kinds that a scenario fails without: none where one that does not come is among its findings."""
    excuses = any(may_excuse(each, NOT_PASSED_ON) for each in scenario.expect.findings)
    return frozenset() if excuses else named_kinds(scenario)


def _note_unshown(seen: _Seen, case: CaseResult, named: Iterable[str]) -> None:
    """What a case that was skipped, or did not pass, would have shown."""
    if case.outcome == "skipped":
        for kind in named:
            seen.named_skipped[kind].setdefault(case.scenario, case.reason or "no reason is told")
    elif case.outcome != "pass":
        _once(seen.failing, case.scenario)
        for kind in named:
            _once(seen.named_failing[kind], case.scenario)


def _once(names: list[str], name: str) -> None:
    if name not in names:
        names.append(name)


def ground_in(cache_folder: Path | None, index_url: str | None) -> Callable[[Cell], Ground]:
    """Reads the ground of cells, each in an environment with exactly its pins; equal locks are read once."""
    cache = Cache(cache_folder)
    environments = Environments(cache, Index(cache, index_url))
    program = payload(cache) / PROGRAM
    known: dict[str, Ground] = {}

    def ground_of(cell: Cell) -> Ground:
        if cell.unresolvable or not cell.pins:
            raise BuildError(cell.id, cell.unresolvable or "It has no packages.", "Choose another cell.")
        if "openai-chatkit" not in cell.pins:
            raise BuildError(
                cell.id, "It has no openai-chatkit, whose server passes things on.", "Choose a cell with one."
            )
        key = f"{cell.lock} {cell.python}"
        if key not in known:
            interpreter = select_interpreters(cell.python)[0]
            known[key] = _ground(environments.environment(cell.pins, interpreter).python, program, cell.id)
        return known[key]

    return ground_of


def _ground(python: Path, program: Path, cell: str) -> Ground:
    document = printed([str(python), "-I", str(program)], limit_s=LIMIT_S)
    if "error" in document:
        raise BuildError(
            cell, f"Its packages cannot be read: {document['error']}.", "Run the cell to see why."
        )
    return {space: tuple(names) for space, names in document["kinds"].items()}
