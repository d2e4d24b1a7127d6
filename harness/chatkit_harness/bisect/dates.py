"""A search along the days: on which one what the resolver chooses begins to fail."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace

from chatkit_harness.core.errors import SelectionError, UnresolvableError
from chatkit_harness.engine.locks import Locks
from chatkit_harness.engine.plan_cell import PlannedCell
from chatkit_harness.pins.resolve import Lock

from .axis import Verdict, turning_past
from .nouns import Target, Turn
from .oracle import Oracle

AXIS = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The day on which it turns, with the pins of the last good and of the first bad one."""

    turn: Turn
    good: Mapping[str, str]
    bad: Mapping[str, str]


def require_instants(good: PlannedCell, bad: PlannedCell) -> None:
    """Raises SelectionError where two cells are not one pair at two instants."""
    if good.pair != bad.pair or good.pinned is not None or bad.pinned is not None:
        step = "Write --pair C:A --good contemporary --bad today --axis date."
        raise SelectionError("--axis date", "The ends are not one pair at two instants.", step)


def first_bad_day(
    oracle: Oracle, locks: Locks, good: PlannedCell, bad: PlannedCell, target: Target, *, now: dt.datetime
) -> Day:
    """Where between the instants of two cells of one pair it turns; days are midnights in UTC."""
    first, last = good.as_of or now, bad.as_of or now
    days = _days(first, last)
    chosen: dict[str, Lock] = {}

    @functools.cache
    def ask(day: str) -> Verdict:
        cell = replace(bad, as_of=dt.datetime.fromisoformat(day))
        try:
            chosen[day] = locks.lock(cell)
        except UnresolvableError as error:
            return oracle.without_pins(f"as of {_told(day)}", error.cause).answer
        seen = oracle.answer(chosen[day], target, f"as of {_told(day)}")
        return "other" if seen.other else oracle.counted(seen)

    found = turning_past(days, ask)
    turn = Turn(
        axis=AXIS,
        good=_told(found.good),
        bad=_told(found.bad),
        between=tuple(_told(day) for day in found.between),
    )
    ends = {days[0]: good, days[-1]: bad}
    pins = [(chosen[day] if day in chosen else locks.lock(ends[day])).pins for day in (found.good, found.bad)]
    return Day(turn=turn, good=pins[0], bad=pins[1])


def _days(first: dt.datetime, last: dt.datetime) -> list[str]:
    """Both instants, and each midnight between them, from the good to the bad end."""
    step = dt.timedelta(days=1) if first < last else dt.timedelta(days=-1)
    midnight = first.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    inside = []
    day = midnight + step if step.days > 0 else midnight
    while (day < last) if step.days > 0 else (day > last):
        if day != first:
            inside.append(day)
        day += step
    return [each.isoformat() for each in (first, *inside, last)]


def _told(day: str) -> str:
    """A midnight as its day; an end of the search, which may be any instant, with its time. Both in UTC."""
    instant = dt.datetime.fromisoformat(day).astimezone(dt.UTC)
    at_midnight = instant.time() == dt.time()
    return instant.strftime("%Y-%m-%d" if at_midnight else "%Y-%m-%dT%H:%M:%SZ")
