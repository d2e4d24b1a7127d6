"""Answers a search by driving: one set of pins, one case, as often as it takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chatkit_harness.causes.root import roots_of
from chatkit_harness.core.errors import HarnessError, IndexUnreachableError, OutputError
from chatkit_harness.core.nouns import CaseResult, Cell, Pair, digest
from chatkit_harness.engine.cases import PlannedCase
from chatkit_harness.engine.order import Common, Order, ResolvedCell, packed
from chatkit_harness.engine.pairs import AGENTS, CHATKIT
from chatkit_harness.engine.plan_cell import PlannedCell
from chatkit_harness.engine.settings import Isolation, RunSettings
from chatkit_harness.engine.sink import Delivery
from chatkit_harness.engine.work import work
from chatkit_harness.machine.uv import end_all
from chatkit_harness.pins.resolve import Lock

from .answers import Answer
from .log import Log
from .nouns import Seen, Step, Target

Told = Callable[[Step], None]
Judge = Callable[["Look", Target], Seen]


class BudgetSpentError(Exception):
    """The time that a search may take is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a set of pins came to in one drive of all the cases asked for."""

    cell: Cell | None
    cases: tuple[CaseResult, ...]


@dataclass(slots=True, kw_only=True)
class Oracle:
    """Drives cells one after the other, and remembers what it saw.

    `like` is a cell of which all but the pair and the pins are taken; `judge` says what a drive means for the
    target; `deadline` is on the monotonic clock, None for no limit; `times` is how often a set is driven
    before it is called good.
    """

    settings: RunSettings
    cases: Sequence[PlannedCase]
    like: PlannedCell
    index: str
    log: Log
    tell: Told = lambda _step: None
    judge: Judge | None = None
    deadline: float | None = None
    times: int = 1
    asked: int = 0
    driven: int = 0
    _key: tuple[bytes, str] | None = field(default=None, repr=False)

    def look(
        self, pins: Mapping[str, str], *, only: Sequence[str], isolation: Isolation, attempt: int = 1
    ) -> Look:
        """Drive cases of a set of pins once. Raises what keeps any set from being driven."""
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise BudgetSpentError
        if self._key is None:
            common = Common(
                settings=replace(self.settings, reads_code=False),
                cases=self.cases,
                index=self.index,
                cache=self.settings.cache,
                folder=self.settings.out.absolute(),
            )
            self._key = packed(common)
        pair = Pair(chatkit=pins.get(CHATKIT), agents=pins[AGENTS])
        planned = replace(self.like, pair=pair, id=f"{self.like.id}-{digest(dict(pins))[:12]}", pinned=None)
        cell = ResolvedCell(planned=planned, lock=Lock(pins=pins, as_of=None), only=tuple(only))
        content, key = self._key
        order = Order(common=content, key=key, cells=(cell,), isolation=isolation, attempt=attempt)
        self.driven += 1
        try:
            delivery = work(order)
        except BaseException:
            end_all()
            raise
        _require_driven(delivery)
        return Look(cell=next(iter(delivery.cells[-1:]), None), cases=delivery.cases)

    def kept_look(self, pins: Mapping[str, str], *, only: Sequence[str], attempt: int = 1) -> Look:
        """As `look`, but what the log holds of it is not driven again."""
        question = self._question(pins, only, {"attempt": attempt})
        known = self.log.looks.get(question)
        if known is not None:
            return Look(cell=None, cases=known)
        found = self.look(pins, only=only, isolation="process", attempt=attempt)
        self.log.looked(question, found.cases)
        return found

    def _question(self, pins: Mapping[str, str], only: Sequence[str], more: Mapping[str, Any]) -> str:
        """All that an answer rests on, as one digest."""
        interpreter = self.like.interpreter
        cases = [case.digest for case in self.cases if case.key in only]
        python = [interpreter.version, interpreter.platform]
        return digest({"pins": dict(pins), "python": python, "cases": cases, **more})

    def answer(self, lock: Lock, target: Target, tried: str, *, isolation: Isolation = "process") -> Seen:
        """Whether a set shows the target: driven `times` times, or once where it fails otherwise."""
        question = self._key_of(lock.pins, target, isolation)
        known = self.log.known.get(question)
        seen = known or self._drive(lock, target, isolation)
        self.asked += 1
        if known is None:
            self.log.answered(question, tried, seen, lock.pins)
        self.tell(Step(number=self.asked, tried=tried, seen=seen, known=known is not None))
        return seen

    def remember(self, pins: Mapping[str, str], target: Target, look: Look, *, isolation: Isolation) -> None:
        """Take what was driven before for an answer: a set that was judged is not driven again like that."""
        seen = (self.judge or judged)(look, target)
        if seen.answer in ("good", "bad"):
            self.log.known.setdefault(self._key_of(pins, target, isolation), seen)

    def _key_of(self, pins: Mapping[str, str], target: Target, isolation: Isolation) -> str:
        how = {"roots": sorted(target.roots), "isolation": isolation, "times": self.times}
        return self._question(pins, [target.case], how)

    def counted(self, seen: Seen) -> Answer:
        """How it counts: where each set is driven several times, one that fails now and then is bad."""
        return "bad" if seen.answer == "flaky" and self.times > 1 else seen.answer

    def without_pins(self, tried: str, why: str) -> Seen:
        """What is said of a set that does not exist."""
        self.asked += 1
        seen = Seen(answer="unsatisfiable", why=why, times=0)
        self.tell(Step(number=self.asked, tried=tried, seen=seen))
        return seen

    def _drive(self, lock: Lock, target: Target, isolation: Isolation) -> Seen:
        began = time.monotonic()
        seen: list[Seen] = []
        for attempt in range(1, self.times + 1):
            look = self.look(lock.pins, only=[target.case], isolation=isolation, attempt=attempt)
            seen.append((self.judge or judged)(look, target))
            if seen[-1].answer == "unsatisfiable":
                break
        return replace(together(seen), seconds=time.monotonic() - began)


def judged(look: Look, target: Target) -> Seen:
    """What one drive says of the target."""
    case = next(iter(look.cases), None)
    if case is None:
        return Seen(answer="unsatisfiable", why="nothing was driven")
    if case.outcome == "pass":
        return Seen(answer="good")
    roots = list(roots_of(case, look.cell))
    said = (roots[0].said or roots[0].key) if roots else case.reason or "no reason given"
    if case.outcome == "fail":
        same = next((root for root in roots if root.key in target.roots or root.alike in target.alike), None)
        if same is not None:
            return Seen(answer="bad", why=same.said)
        return Seen(answer="unsatisfiable", why=f"it fails by something else: {said}", other=True)
    return Seen(answer="unsatisfiable", why=f"{case.outcome}: {case.reason or said}")


def together(seen: Sequence[Seen]) -> Seen:
    """Several drives of one set as one answer: flaky, where they differ."""
    answers = {each.answer for each in seen}
    times = len(seen)
    if len(answers) == 1:
        return replace(seen[0], times=times)
    if "unsatisfiable" in answers:
        return replace(next(each for each in seen if each.answer == "unsatisfiable"), times=times)
    failing = [each for each in seen if each.answer == "bad"]
    why = f"it failed {len(failing)} of {times} times: {failing[0].why}"
    return Seen(answer="flaky", why=why, times=times)


def _require_driven(delivery: Delivery) -> None:
    """Raises what keeps not this set, but any, from being driven."""
    for error in delivery.complaints:
        if isinstance(error, IndexUnreachableError | OutputError):
            raise error
    undriven: list[HarnessError] = [each for each in delivery.complaints if not delivery.cases]
    if undriven:
        raise undriven[0]
