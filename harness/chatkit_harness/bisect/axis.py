"""A search along one axis: releases of a package, or days, of which one end is good and the other bad."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from .answers import Answer

Verdict = Answer | Literal["other"]
"""As an answer; other: it fails, but not by what is searched for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turning:
    """Where good turns into bad: two places of the axis, and those between them that gave neither answer.

    Without `between` the two are neighbours, and `bad` is the first bad place (seen from the good end).
    """

    good: str
    bad: str
    between: tuple[str, ...] = ()


def turning(places: Sequence[str], ask: Callable[[str], Answer]) -> Turning:
    """Where the answer turns between the first place (known to be good) and the last (known to be bad).

    The middle is asked first, then halves, so that the answers needed grow with the logarithm of the number
    of places. Where one is neither good nor bad its neighbours are asked in its stead. Raises ValueError
    for fewer than two places.
    """
    if len(places) < 2:
        raise ValueError("a search needs a good and a bad end")
    good, bad = 0, len(places) - 1
    while bad - good > 1:
        for middle in _from_the_middle(good, bad):
            answer = ask(places[middle])
            if answer == "good":
                good = middle
                break
            if answer == "bad":
                bad = middle
                break
        else:
            break
    return Turning(good=places[good], bad=places[bad], between=tuple(places[good + 1 : bad]))


def most_asked(places: Sequence[str]) -> int:
    """How many places `turning` asks at most, where each of them is good or bad."""
    return max(len(places) - 2, 0).bit_length()


def _from_the_middle(good: int, bad: int) -> Iterator[int]:
    """What lies between, the middle first, then alternately further out."""
    middle = (good + bad) // 2
    yield middle
    for step in range(1, bad - good):
        for place in (middle - step, middle + step):
            if good < place < bad:
                yield place


def turning_past(places: Sequence[str], ask: Callable[[str], Verdict]) -> Turning:
    """As `turning`, where places may also fail by something else: they lie between good and bad.

    It is searched for where good ends, then for where what is searched for begins, so that the answers
    needed still grow with the logarithm.
    """

    def read_as(other: Answer) -> Callable[[str], Answer]:
        def read(place: str) -> Answer:
            said = ask(place)
            return other if said == "other" else said

        return read

    first = turning(places, read_as("bad"))
    if first.bad == places[-1] or ask(first.bad) != "other":
        return first
    start = places.index(first.bad)
    second = turning(places[start:], read_as("good"))
    between = places[places.index(first.good) + 1 : places.index(second.bad)]
    return Turning(good=first.good, bad=second.bad, between=tuple(between))
