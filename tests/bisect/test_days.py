"""A search along the days, with answers that are made up."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

import pytest

from chatkit_harness.bisect.dates import first_bad_day
from chatkit_harness.bisect.nouns import Seen, Target, Turn
from chatkit_harness.bisect.words import lines
from chatkit_harness.core.nouns import Pair
from chatkit_harness.engine.plan_cell import PlannedCell
from chatkit_harness.pins.resolve import Lock


class Changing:
    """An index whose newest release is bad from one instant on, and who drives what it resolves to."""

    def __init__(self, turns: str) -> None:
        self.turns = dt.datetime.fromisoformat(turns)

    def lock(self, cell: PlannedCell) -> Lock:
        is_bad = (cell.as_of or NOW) >= self.turns
        return Lock(pins={"dep": "2.0" if is_bad else "1.0"}, as_of=None)

    def answer(self, lock: Lock, *_more: object) -> Seen:
        return Seen(answer="bad" if lock.pins["dep"] == "2.0" else "good")

    def counted(self, seen: Seen) -> Any:
        return seen.answer


NOW = dt.datetime(2025, 12, 9, 15, 30, tzinfo=dt.UTC)
TARGET = Target(case="native/hello", roots=frozenset({"broken"}), title="broken")


def cell(as_of: str | None) -> PlannedCell:
    return PlannedCell(
        id="one", pair=Pair(chatkit="1.0.0", agents="0.5.1"), interpreter=cast("Any", None),
        resolution="good", as_of=dt.datetime.fromisoformat(as_of) if as_of else None,
    )  # fmt: skip


def told(turn: Turn) -> str:
    """The line of the result that tells of the days."""
    end = {"named": "one", "pair": "1.0.0:0.5.1"}
    turns = [{"axis": turn.axis, "last_good": turn.good, "first_bad": turn.bad, "between": []}]
    document = {
        "verdict": "unknown", "finding": {"title": "broken", "case": "native/hello"}, "good": end, "bad": end,
        "python": "3.12", "differ": [], "changes": [], "turns": turns, "constraint": None,
        "why": None, "literal": False, "other_findings": [], "reproduce": None, "answers": 3, "driven": 5,
    }  # fmt: skip
    return next(line for line in lines(document) if line.startswith("date")).split(maxsplit=1)[1]


@pytest.mark.parametrize(
    ("good", "turns", "words"),
    [
        (
            "2025-12-01T00:00+00:00",
            "2025-12-04T12:00+00:00",
            "good as of 2025-12-04, bad as of 2025-12-05 (midnight, UTC)",
        ),
        (
            "2025-12-01T00:00+00:00",
            "2025-12-09T12:00+00:00",
            "good as of 2025-12-09, bad as of 2025-12-09T15:30:00Z (UTC)",
        ),
        (
            "2025-12-01T23:00-05:00",
            "2025-12-02T12:00+00:00",
            "good as of 2025-12-02T04:00:00Z, bad as of 2025-12-03 (UTC)",
        ),
    ],
)
def test_an_end_of_the_search_is_told_with_its_time_and_a_midnight_as_its_day(
    good: str, turns: str, words: str
) -> None:
    made = cast("Any", Changing(turns))
    found = first_bad_day(made, made, cell(good), cell(None), TARGET, now=NOW)
    assert told(found.turn) == words
    assert (found.good["dep"], found.bad["dep"]) == ("1.0", "2.0")
