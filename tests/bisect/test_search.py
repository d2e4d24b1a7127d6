"""The searches, with answers that are made up."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatkit_harness.bisect.answers import Answer
from chatkit_harness.bisect.axis import Turning, Verdict, most_asked, turning, turning_past
from chatkit_harness.bisect.smallest import smallest

PLACES = [str(number) for number in range(100)]


@given(st.integers(2, 400), st.data())
def test_the_first_bad_release_is_found_in_few_steps(count: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, count - 1))
    places = [str(number) for number in range(count)]
    asked: list[str] = []

    def answer(place: str) -> Answer:
        asked.append(place)
        return "bad" if int(place) >= first else "good"

    assert turning(places, answer) == Turning(good=str(first - 1), bad=str(first))
    assert len(asked) <= most_asked(places) <= math.ceil(math.log2(count))


def test_what_cannot_be_had_is_never_taken_for_bad() -> None:
    def answer(place: str) -> Answer:
        number = int(place)
        return "unsatisfiable" if 40 <= number < 60 else "bad" if number >= 70 else "good"

    assert turning(PLACES, answer) == Turning(good="69", bad="70")


def test_what_cannot_be_told_is_named() -> None:
    def answer(place: str) -> Answer:
        number = int(place)
        return "flaky" if 50 <= number < 53 else "bad" if number >= 53 else "good"

    assert turning(PLACES, answer) == Turning(good="49", bad="53", between=("50", "51", "52"))


def test_two_neighbours_need_no_answer() -> None:
    def answer(place: str) -> Answer:
        raise AssertionError(place)

    assert turning(["1", "2"], answer) == Turning(good="1", bad="2")


def test_a_search_needs_two_ends() -> None:
    with pytest.raises(ValueError, match="a good and a bad end"):
        turning(["1"], lambda _place: "good")


@given(st.sets(st.sampled_from(range(16)), min_size=1, max_size=4))
def test_exactly_the_guilty_are_found(guilty: set[int]) -> None:
    def answer(some: tuple[int, ...]) -> Answer:
        return "bad" if guilty <= set(some) else "good"

    assert smallest(range(16), answer) == tuple(sorted(guilty))


def test_a_likely_one_is_tried_first() -> None:
    asked: list[tuple[int, ...]] = []

    def answer(some: tuple[int, ...]) -> Answer:
        asked.append(some)
        return "bad" if 9 in some else "good"

    assert smallest(range(64), answer, likely=[9, 3]) == (9,)
    assert asked == [(9,)]


def test_packages_that_only_move_together_are_found_together() -> None:
    def answer(some: tuple[str, ...]) -> Answer:
        if ("openai" in some) != ("httpx2" in some):
            return "unsatisfiable"
        return "bad" if "openai" in some else "good"

    names = ["anyio", "httpx2", "mcp", "openai", "pydantic", "rich", "starlette"]
    assert smallest(names, answer) == ("httpx2", "openai")


def test_what_fails_by_something_else_lies_between_and_costs_a_logarithm() -> None:
    places = [str(n) for n in range(100)]
    asked: list[str] = []

    def ask(place: str) -> Verdict:
        asked.append(place)
        return "good" if int(place) < 20 else "other" if int(place) < 70 else "bad"

    found = turning_past(places, ask)
    assert (found.good, found.bad) == ("19", "70")
    assert found.between == tuple(str(n) for n in range(20, 70))
    assert len(set(asked)) <= 15
