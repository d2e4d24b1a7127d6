"""Which of the changed distributions broke what: searched for after the verdict, within a budget of time."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from chatkit_harness.bisect.constraint import Avoiding
from chatkit_harness.bisect.ends import hints
from chatkit_harness.bisect.log import Log
from chatkit_harness.bisect.mixing import Mixer
from chatkit_harness.bisect.nouns import Found, Step, Target
from chatkit_harness.bisect.oracle import Oracle
from chatkit_harness.bisect.search import Search
from chatkit_harness.bisect.words import step
from chatkit_harness.causes.root import Root, roots_of
from chatkit_harness.causes.words import python_words
from chatkit_harness.core.errors import HarnessError
from chatkit_harness.core.nouns import CaseResult, Cell
from chatkit_harness.engine.plan import make_plan
from chatkit_harness.engine.selection import options_of
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.engine.work import close_benches
from chatkit_harness.environments.layers import Layers
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.pins.resolve import Resolver

from .changes import CaseChange, CaseKey
from .drive import SIDES, Driven
from .problems import Culprit, Problem
from .verdict import Compared, Verdict

BUDGET_S = 60.0
FOLDER = "culprit"


def reproducible(answer: Verdict, driven: Driven, settings: RunSettings) -> Verdict:
    """The answer, each failure of it with the line that shows it again."""
    return replace(
        answer,
        problems=tuple(
            replace(each, reproduce=_line(each.cases[0], driven, settings)) for each in answer.problems
        ),
    )


def with_culprits(
    answer: Verdict,
    compared: Compared,
    driven: Driven,
    settings: RunSettings,
    *,
    budget_s: float,
    say: Callable[[str], None],
) -> Verdict:
    """The answer, each new failure of it with what made it: failures that come first are searched for first.

    Trouble of the search's own makes the verdict no other: it is told with the failure.
    """
    changes = {change.key: change for change in compared.changes}
    wanted = [each for each in answer.problems if _new(each, changes) is not None]
    if not wanted or budget_s <= 0:
        return answer
    say(f"The candidate breaks something. Looking for what made it, for at most {budget_s:g} s.")
    hunting = _Hunting(driven, settings, deadline=time.monotonic() + budget_s, say=say)
    found: list[Problem] = []
    try:
        for problem in answer.problems:
            change = _new(problem, changes)
            culprit = hunting.culprit(problem, change) if change is not None else None
            found.append(replace(problem, culprit=culprit))
    finally:
        close_benches()
    return replace(answer, problems=tuple(found))


class _Hunting:
    def __init__(
        self, driven: Driven, settings: RunSettings, *, deadline: float, say: Callable[[str], None]
    ) -> None:
        self._driven, self._say = driven, say
        cache = Cache(settings.cache)
        self._index = Index(cache, settings.index)
        self._resolver = Resolver(cache, self._index)
        plan = make_plan(settings, self._index, Layers(cache, self._index), driven.planned)
        log = Log(settings.out / FOLDER)
        log.begin({"base": driven.base.word, "candidate": driven.candidate.word})
        self._oracle = Oracle(
            settings=settings,
            cases=plan.cases,
            like=plan.cells[1],
            index=self._index.url,
            log=log,
            tell=self._tell,
            deadline=deadline,
        )
        self._mixer: Mixer | None = None

    def culprit(self, problem: Problem, change: CaseChange) -> Culprit:
        """What made a case fail that passed."""
        assert change.candidate is not None  # noqa: S101 - a new failure has both sides
        self._say(f"Looking for what broke {change.key}: {problem.title}")
        root = _root(problem, change.candidate, self._driven.candidate_cell)
        target = Target(
            case=f"{change.key.path}/{change.key.scenario}",
            roots=frozenset({problem.key}),
            title=problem.title,
        )
        try:
            found = self._search(target, tuple(hints(root)) if root else ()).find()
        except HarnessError as error:
            return Culprit(verdict="unknown", text=f"It could not be searched for: {error}")
        return Culprit(
            verdict=found.certainty,
            text=" ".join(_sentences(found)),
            changes=found.changes,
            turn=next(iter(found.turns), None),
            constraint=found.constraint,
        )

    def _search(self, target: Target, likely: tuple[str, ...]) -> Search:
        base, candidate = self._driven.base_cell.pins, self._driven.candidate_cell.pins
        planned = self._oracle.like
        if self._mixer is None:
            self._mixer = Mixer(
                resolver=self._resolver, interpreter=planned.interpreter, good=base, bad=candidate
            ).checked()
        avoiding = Avoiding(
            oracle=self._oracle,
            resolver=self._resolver,
            target=target,
            planned=planned,
            good=base,
            bad=candidate,
        )
        return Search(
            oracle=self._oracle,
            mixer=self._mixer,
            index=self._index,
            target=target,
            avoiding=avoiding,
            hints=likely,
            say=self._say,
        )

    def _tell(self, told: Step) -> None:
        self._say(step(told))


def _new(problem: Problem, changes: dict[CaseKey, CaseChange]) -> CaseChange | None:
    """A case of a problem that passes with the base; None for what fails there, too, or fails nothing."""
    found = (changes.get(key) for key in problem.cases)
    return next((each for each in found if each is not None and each.kind == "new_failure"), None)


def _root(problem: Problem, case: CaseResult, cell: Cell) -> Root | None:
    return next((root for root in roots_of(case, cell) if root.key == problem.key), None)


def _sentences(found: Found) -> Iterator[str]:
    changes = ", ".join(map(str, found.changes))
    match found.certainty:
        case "found":
            turn = next(iter(found.turns), None)
            since = f", since {turn.axis} {turn.bad}" if turn else ""
            yield f"It is {changes}{since}."
        case "suspected":
            yield f"Suspected: {changes}."
        case "unknown":
            yield "What made it break was not found."
    constraint = found.constraint
    if constraint is not None and constraint.verified:
        yield f"{constraint.requirement} avoids it: the candidate with it was driven, and passes."
    elif constraint is not None:
        yield f"{constraint.requirement} might avoid it, but was not proven to: {constraint.why}"
    if found.why:
        yield found.why


def _line(case: CaseKey, driven: Driven, settings: RunSettings) -> str:
    """`chatkit-harness run` with the candidate's pins, for one case of it."""
    lock = Path(settings.out) / SIDES / f"{driven.candidate.name}.txt"
    words = ["chatkit-harness", "run", "--resolution", str(lock)]
    words += ["--python", python_words(driven.candidate_cell)]
    return shlex.join([*words, "--scenario", case.scenario, "--path", case.path, *options_of(settings)])
