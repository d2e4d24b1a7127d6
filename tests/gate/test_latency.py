"""Latency verdicts from paired times."""

from __future__ import annotations

import pytest

from chatkit_harness.gate.latency import chance_of, judged


def test_the_same_times_are_the_same() -> None:
    found = judged([(10, 10)] * 12)
    assert (found.word, found.ratio, found.chance) == ("same", 1.0, 1.0)


def test_twice_the_time_in_every_pair_is_slower() -> None:
    found = judged([(each, 2 * each) for each in range(10, 20)])
    assert found.word == "slower"
    assert found.chance == pytest.approx(1 / 2**10)


def test_over_budget_in_few_pairs_is_inconclusive() -> None:
    assert judged([(10, 30)] * 5).word == "inconclusive"


def test_over_budget_by_half_of_the_pairs_is_inconclusive() -> None:
    pairs = [(10.0, 40.0)] * 6 + [(40.0, 9.0)] * 5
    assert judged(pairs).word == "inconclusive"


def test_a_little_slower_is_within_the_budget() -> None:
    found = judged([(100, 110 + each) for each in range(20)])
    assert found.word == "same"
    assert found.chance is not None
    assert found.chance < 0.001


def test_no_pairs_say_nothing() -> None:
    assert judged([]).ratio is None
    assert judged([(0, 5)]).pairs == 0


def test_the_test_is_the_exact_one() -> None:
    # Of the eight ways to sign three ranks, three have a sum of 4 or more, as 1 and 3 have.
    assert chance_of([1, -2, 3]) == pytest.approx(3 / 8)
    assert chance_of([-1, -2, -3]) == 1.0


def test_ties_share_their_ranks() -> None:
    assert chance_of([1, 1, -1]) == pytest.approx(4 / 8)
