"""Latency verdicts from paired times."""

from __future__ import annotations

import random

import pytest

from chatkit_harness.gate.latency import MOST_EXACT, chance_of, judged


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


def test_of_many_pairs_the_approximation_says_what_the_exact_test_says() -> None:
    draw = random.Random(7)  # noqa: S311 - the same draw each time
    for shift in (0.0, 0.1, 0.3):
        few = [draw.gauss(shift, 1) for _ in range(MOST_EXACT)]
        more = [*few, 1e-9]  # one more, of no weight
        assert chance_of(more) == pytest.approx(chance_of(few), abs=0.01)


def test_thousands_of_pairs_are_no_trouble() -> None:
    draw = random.Random(7)  # noqa: S311 - the same draw each time
    assert chance_of([draw.gauss(0.2, 1) for _ in range(20_000)]) < 0.001
