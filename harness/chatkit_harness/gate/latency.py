"""Whether an upgrade made answers slower, on a machine that makes everything slower now and then.

Paired ratios: each turn of the candidate against the same turn of the base, in processor time of the cell.
The median says how much, a signed-rank test (Wilcoxon, on the logarithms) whether the machine can have
done it by chance.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

BUDGET = 1.5
"""The median ratio up to which an upgrade is not called slower."""

CHANCE = 0.05
MOST_EXACT = 60
FEWEST = 6
"""Pairs below which no test can say anything at that level."""

Word = Literal["same", "slower", "inconclusive"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """How the candidate's times relate to the base's; `ratio` and `chance` are None without pairs.

    same: the median is within the budget. slower: it is over, and chance is no explanation. inconclusive:
    it is over, and may be chance.
    """

    word: Word
    pairs: int
    ratio: float | None
    chance: float | None
    budget: float


def judged(pairs: Sequence[tuple[float, float]], *, budget: float = BUDGET) -> Latency:
    """What pairs of times (base, candidate; any unit, above 0) say. Pairs with a time of 0 are left out."""
    ratios = [after / before for before, after in pairs if before > 0 and after > 0]
    if not ratios:
        return Latency(word="same", pairs=0, ratio=None, chance=None, budget=budget)
    middle = statistics.median(ratios)
    chance = chance_of([math.log(each) for each in ratios])
    word: Word = "same"
    if middle > budget:
        word = "slower" if len(ratios) >= FEWEST and chance < CHANCE else "inconclusive"
    return Latency(word=word, pairs=len(ratios), ratio=middle, chance=chance, budget=budget)


def chance_of(differences: Sequence[float]) -> float:
    """How likely differences are, on the whole, at least so far above 0 where none is meant.

    The signed-rank test, one-sided; ties share their ranks, zeros are left out. Up to MOST_EXACT differences
    it is exact, of more its normal approximation.
    """
    real = [each for each in differences if each != 0]
    if not real:
        return 1.0
    ranks = _ranks([abs(each) for each in real])
    seen = sum(rank for rank, each in zip(ranks, real, strict=True) if each > 0)
    if len(real) > MOST_EXACT:
        deviation = math.sqrt(sum(rank * rank for rank in ranks)) / 2
        # Half a rank down: sums go in steps, a normal distribution does not.
        return statistics.NormalDist(sum(ranks) / 2, deviation).cdf(sum(ranks) - seen + 0.5)
    # In half ranks everything is whole, so that the sums of all subsets can be counted.
    ways = [1] + [0] * round(2 * sum(ranks))
    for rank in ranks:
        step = round(2 * rank)
        for total in range(len(ways) - 1, step - 1, -1):
            ways[total] += ways[total - step]
    return float(sum(ways[round(2 * seen) :]) / 2 ** len(real))


def _ranks(sizes: Sequence[float]) -> list[float]:
    """1 for the smallest; equal ones share the mean of their places."""
    count = Counter(sizes)
    below, first = 0, {}
    for size in sorted(count):
        first[size], below = below, below + count[size]
    return [first[size] + (count[size] + 1) / 2 for size in sizes]
