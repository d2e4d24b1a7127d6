"""What a search says whose time is over: never what it has cleared itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from tests.made_index import made_index

from chatkit_harness.bisect.mixing import Mixer
from chatkit_harness.bisect.nouns import Constraint, Found, Seen, Target
from chatkit_harness.bisect.oracle import BudgetSpentError, Oracle
from chatkit_harness.bisect.search import Search
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.pins.resolve import Lock

GOOD = dict.fromkeys("abcdefgh", "1")
TARGET = Target(case="native/hello", roots=frozenset({"broken"}), title="broken")


class Answering:
    """An oracle that knows, and whose time is over after so many answers."""

    times = 1
    asked = 0

    def __init__(self, guilty: set[str], most: int) -> None:
        self.guilty, self.most = guilty, most

    def answer(self, lock: Lock, *_more: object, **_how: object) -> Seen:
        if self.asked >= self.most:
            raise BudgetSpentError
        self.asked += 1
        bad = all(lock.pins[name] == "2" for name in self.guilty)
        return Seen(answer="bad" if bad else "good")

    def counted(self, seen: Seen) -> Any:
        return seen.answer


class Proving:
    """Proves a constraint with one answer."""

    def __init__(self, oracle: Answering) -> None:
        self.oracle = oracle

    def constraint(self, *_more: object) -> Constraint:
        self.oracle.answer(Lock(pins=GOOD, as_of=None))
        return Constraint(requirement="b<2", verified=True)


def found(tmp_path: Path, most: int, index: str = "http://127.0.0.1:9/") -> Found:
    """A search for two guilty packages, in which the failure speaks of an innocent one."""
    oracle = Answering({"b", "g"}, most)
    mixer = Mixer(
        resolver=cast("Any", None), interpreter=cast("Any", None), good=GOOD,
        bad=dict.fromkeys("abcdefgh", "2"), literal=True,
    )  # fmt: skip
    return Search(
        oracle=cast("Oracle", oracle),
        mixer=mixer,
        index=Index(Cache(tmp_path), index),
        target=TARGET,
        avoiding=cast("Any", Proving(oracle)),
        hints=("a",),
    ).find()


@pytest.mark.parametrize("most", range(2, 14))
def test_what_was_seen_to_be_good_is_never_suspected(tmp_path: Path, most: int) -> None:
    told = found(tmp_path, most)
    names = {change.name for change in told.changes}
    assert told.certainty == "suspected"
    assert {"b", "g"} <= names, "the smallest set that was seen to be bad"


def test_what_is_proven_is_told_where_the_time_ends_before_the_two_sets_are_confirmed(tmp_path: Path) -> None:
    with made_index([]) as empty:
        ends = [found(tmp_path, most, empty.url) for most in range(10, 40)]
    proven = [each for each in ends if each.constraint is not None and each.certainty == "suspected"]
    assert [each.constraint.verified for each in proven if each.constraint] == [False, True, True]
    assert ends[-1].certainty == "found"


def test_without_any_answer_what_the_failure_speaks_of_is_suspected(tmp_path: Path) -> None:
    told = found(tmp_path, 0)
    assert [change.name for change in told.changes] == ["a"]
    assert told.certainty == "suspected"
