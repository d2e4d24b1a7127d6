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
from chatkit_harness.bisect.oracle import Look, Oracle
from chatkit_harness.bisect.search import Search
from chatkit_harness.bisect.words import step
from chatkit_harness.causes.needed import needed
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
from .judges import LATENCY, judge_of
from .problems import Culprit, Problem
from .verdict import Compared, Verdict
from .words import some

BUDGET_S = 60.0
FOLDER = "culprit"


def reproducible(answer: Verdict, driven: Driven, settings: RunSettings) -> Verdict:
    """The answer, each problem of it with the line that shows it again."""
    problems = (replace(each, reproduce=_line(each, driven, settings)) for each in answer.problems)
    return replace(answer, problems=tuple(problems))


def with_culprits(
    answer: Verdict,
    compared: Compared,
    driven: Driven,
    settings: RunSettings,
    *,
    budget_s: float,
    say: Callable[[str], None],
) -> Verdict:
    """The answer, each problem of it with what made it: those that come first are searched for first.

    Trouble of the search's own makes the verdict no other: it is told with the failure.
    """
    changes = {change.key: change for change in compared.changes}
    if not answer.problems or budget_s <= 0:
        return answer
    say(f"The candidate breaks something. Looking for what made it, for at most {budget_s:g} s.")
    deadline = time.monotonic() + budget_s
    try:
        hunting = _Hunting(driven, settings, deadline=deadline, say=say)
        found = [
            replace(problem, culprit=hunting.culprit(problem, _telling(problem, changes)))
            for problem in answer.problems
        ]
    except HarnessError as error:
        say(f"What made it break could not be searched for: {error}")
        return answer
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
        """What made a case fail, or send something else, that did not."""
        judge = judge_of(problem, change, self._driven)
        if judge is None or change.candidate is None:
            return Culprit(verdict="unknown", text="What makes answers slower is not searched for.")
        self._oracle.judge = judge
        self._say(f"Looking for what broke {change.key}: {problem.title}")
        root = _root(problem, change.candidate, self._driven.candidate_cell)
        target = Target(
            case=f"{change.key.path}/{change.key.scenario}",
            roots=frozenset({problem.key}),
            title=problem.title,
        )
        self._remember(target, change)
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

    def _remember(self, target: Target, change: CaseChange) -> None:
        """Both ends were driven in fresh environments: no need to confirm them in others."""
        for cell, case in (
            (self._driven.base_cell, change.base),
            (self._driven.candidate_cell, change.candidate),
        ):
            if case is not None:
                look = Look(cell=cell, cases=(case,))
                self._oracle.remember(cell.pins, target, look, isolation="venv")

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
            free=self._mixer.free,
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


def _telling(problem: Problem, changes: dict[CaseKey, CaseChange]) -> CaseChange:
    """The case of a problem that tells most: one that passes with the base, where there is such a one."""
    found = [changes[key] for key in problem.cases]
    return next((each for each in found if each.kind == "new_failure"), found[0])


def _root(problem: Problem, case: CaseResult, cell: Cell) -> Root | None:
    return next((root for root in roots_of(case, cell) if root.key == problem.key), None)


def _sentences(found: Found) -> Iterator[str]:
    changes = some([str(each) for each in found.changes])
    match found.certainty:
        case "found":
            yield f"It is {changes}{_since(found)}."
        case "suspected":
            yield f"Suspected: {changes}{_since(found)}."
        case "unknown":
            yield "What made it break was not found."
    constraint = found.constraint
    if constraint is not None and constraint.verified:
        yield f"{constraint.requirement} avoids it: the candidate with it was driven, and does not show it."
    elif constraint is not None:
        yield f"{constraint.requirement} might avoid it, but was not proven to: {constraint.why}"
    if found.why:
        yield found.why


def _since(found: Found) -> str:
    turn = next(iter(found.turns), None)
    return f", since {turn.axis} {turn.bad}" if turn else ""


def _line(problem: Problem, driven: Driven, settings: RunSettings) -> str:
    """The command that shows one case of it: the candidate alone, or both where it takes two to see it."""
    case = problem.cases[0]
    base, candidate = (str(Path(settings.out) / SIDES / f"{name}.txt") for name in ("base", "candidate"))
    words = ["run", "--resolution", candidate]
    if problem.finding.rule.startswith(("wire/", LATENCY)):
        words = ["gate", "--base", base, "--candidate", candidate]
    words += ["--python", python_words(driven.candidate_cell), "--scenario", case.scenario]
    options = needed(options_of(settings), case)
    return shlex.join(["chatkit-harness", *words, "--path", case.path, *options])
