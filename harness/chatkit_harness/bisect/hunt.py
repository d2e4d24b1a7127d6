"""A whole search, top to bottom: both ends, what differs, what of it matters, and what avoids it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from chatkit_harness.core.errors import SelectionError, UnresolvableError, did_you_mean
from chatkit_harness.engine.locks import Locks
from chatkit_harness.engine.pairs import AGENTS
from chatkit_harness.engine.plan import Plan, make_plan
from chatkit_harness.engine.plan_cell import PlannedCell
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.engine.sides import Side, one_interpreter, planned_side, read_side
from chatkit_harness.engine.work import close_benches
from chatkit_harness.environments.layers import Layers
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.pins.resolve import Resolver

from .constraint import Avoiding
from .dates import AXIS as DATE
from .dates import first_bad_day, require_instants
from .ends import Ends, NothingToSearchError, case_key, ends
from .log import Log
from .mixing import Mixer, differences
from .nouns import Change, Found, Seen, Target, Turn
from .oracle import Look, Oracle, Told, judged, together
from .pythons import require_common_python
from .search import Search

FLAKY_TIMES = 5
"""How often a set is driven where the failure shows now and then."""

SIDES = "sides"

Pins = tuple[Mapping[str, str], Mapping[str, str]]
"""Of the good and of the bad end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked: the two ends as they are worded, and how to search.

    `axis` is None for all that differs, `date`, or a distribution; `finding` a part of the failure that is
    meant; `repeat` how often each end is driven before anything is concluded; `pairs_as_of` the resolution of
    ends that are pairs.
    """

    good: str
    bad: str
    pair: str | None = None
    axis: str | None = None
    finding: str | None = None
    repeat: int = 2
    pairs_as_of: str = "today"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunt:
    """A finished search: its ends, what differs between them, and what it came to."""

    wish: Wish
    cells: tuple[PlannedCell, PlannedCell]
    pins: Pins
    changes: tuple[Change, ...]
    ends: Ends
    literal: bool
    flaky: bool
    found: Found
    driven: int


def hunt(settings: RunSettings, wish: Wish, log: Log, tell: Told, say: Callable[[str], None]) -> Hunt:
    """Search for what makes the bad end fail; `say` hears what is going on, `tell` each answer.

    Raises NothingToSearchError where the ends are not what they are called, SelectionError and its kin for
    what names nothing, IndexUnreachableError and OutputError.
    """
    cache = Cache(settings.cache)
    index = Index(cache, settings.index)
    sides, plan = _planned(settings, wish, index, cache)
    good, bad = plan.cells
    locks = Locks(cache, index)
    oracle = Oracle(settings=settings, cases=plan.cases, like=bad, index=index.url, log=log, tell=tell)
    pins = _pins(locks, good, sides[0]), _pins(locks, bad, sides[1])
    hunting = _Hunting(
        wish=wish, cells=(good, bad), pins=pins, oracle=oracle, locks=locks, index=index, cache=cache, say=say
    )
    try:
        return hunting.whole()
    finally:
        close_benches()


def _planned(settings: RunSettings, wish: Wish, index: Index, cache: Cache) -> tuple[list[Side], Plan]:
    copies = settings.out / SIDES
    sides = [
        read_side("good", wish.good, copies=copies, pair=wish.pair),
        read_side("bad", wish.bad, copies=copies, pair=wish.pair),
    ]
    require_common_python(sides)
    interpreter = one_interpreter(settings.python)
    cells = [planned_side(side, settings, index, interpreter, pairs_as_of=wish.pairs_as_of) for side in sides]
    return sides, make_plan(settings, index, Layers(cache, index), cells)


def _pins(locks: Locks, cell: PlannedCell, side: Side) -> Mapping[str, str]:
    culprit = f"--{side.name} {side.word}"
    try:
        pins = locks.lock(cell).pins
    except UnresolvableError as error:
        raise UnresolvableError(culprit, error.cause, "Name an end of which the pins exist.") from None
    if AGENTS not in pins:
        raise NothingToSearchError(culprit, f"It pins no {AGENTS}.", "Name another one.")
    return pins


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hunting:
    wish: Wish
    cells: tuple[PlannedCell, PlannedCell]
    pins: Pins
    oracle: Oracle
    locks: Locks
    index: Index
    cache: Cache
    say: Callable[[str], None]

    def whole(self) -> Hunt:
        self._require_axis()
        found_ends, looks = self._ends()
        target = found_ends.target
        flaky = self._is_flaky(target, looks)
        if flaky:
            self.oracle.times = FLAKY_TIMES
            self.say(f"It shows now and then: each set is driven {FLAKY_TIMES} times.")
        (good, bad), turns = self._narrowed_by_date(target)
        resolver = Resolver(self.cache, self.index)
        mixer = Mixer(resolver=resolver, interpreter=self.cells[1].interpreter, good=good, bad=bad).checked()
        changes = differences(good, bad)
        self.say(
            f"{len(changes)} distributions differ." if len(changes) != 1 else "One distribution differs."
        )
        found = self._search(mixer, found_ends).find()
        return Hunt(
            wish=self.wish,
            cells=self.cells,
            pins=self.pins,
            changes=changes,
            ends=found_ends,
            literal=mixer.literal,
            flaky=flaky,
            found=replace(found, turns=(*turns, *found.turns)),
            driven=self.oracle.driven,
        )

    def _require_axis(self) -> None:
        """Raises SelectionError for an axis on which the ends do not differ, before anything is driven."""
        axis = self.wish.axis
        if axis == DATE:
            require_instants(*self.cells)
        elif axis is not None:
            names = [change.name for change in differences(*self.pins)]
            if axis not in names:
                offer = did_you_mean(axis, names) if names else "Name ends that differ."
                raise SelectionError(f"--axis {axis}", "It is the same with both ends.", offer)

    def _ends(self) -> tuple[Ends, list[Look]]:
        keys = [case.key for case in self.oracle.cases]
        words = self.wish.good, self.wish.bad
        looks = []
        for name, word, pins in zip(("good", "bad"), words, self.pins, strict=True):
            self.say(f"The {name} end, {word}: {len(keys)} {'case' if len(keys) == 1 else 'cases'}.")
            looks.append(self.oracle.kept_look(pins, only=keys))
        found = ends(looks[0], looks[1], words, finding=self.wish.finding)
        self.say(f"Searched for: {found.target.title} ({found.target.case})")
        return found, looks

    def _is_flaky(self, target: Target, looks: Sequence[Look]) -> bool:
        """Whether it shows only now and then. Raises NothingToSearchError where it does with the good end."""
        good, bad = (self._repeated(look, pins, target) for look, pins in zip(looks, self.pins, strict=True))
        if good.answer != "good":
            why = f"It does not pass each time it is driven ({good.times} times): {good.why}"
            raise NothingToSearchError(f"--good {self.wish.good}", why, "Name versions with which it works.")
        return bad.answer == "flaky"

    def _repeated(self, look: Look, pins: Mapping[str, str], target: Target) -> Seen:
        case = [case for case in look.cases if case_key(case) == target.case]
        seen = [judged(replace(look, cases=tuple(case)), target)]
        attempts = range(2, self.wish.repeat + 1)
        again = (self.oracle.kept_look(pins, only=[target.case], attempt=attempt) for attempt in attempts)
        return together([*seen, *(judged(each, target) for each in again)])

    def _narrowed_by_date(self, target: Target) -> tuple[Pins, tuple[Turn, ...]]:
        """The sets between which it turns, and the day on which it does where that was asked for."""
        if self.wish.axis != DATE:
            return self.pins, ()
        now = dt.datetime.now(dt.UTC)
        day = first_bad_day(self.oracle, self.locks, *self.cells, target, now=now)
        return (day.good, day.bad), (day.turn,)

    def _search(self, mixer: Mixer, found: Ends) -> Search:
        return Search(
            oracle=self.oracle,
            mixer=mixer,
            index=self.index,
            target=found.target,
            avoiding=Avoiding(
                oracle=self.oracle,
                resolver=mixer.resolver,
                target=found.target,
                planned=self.cells[1],
                good=self.pins[0],
                bad=self.pins[1],
                free=mixer.free,
            ),
            axis=None if self.wish.axis == DATE else self.wish.axis,
            hints=found.hints,
            say=self.say,
        )
