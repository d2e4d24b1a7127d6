"""Indicators of a history, by their textbook formulas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .market.data import Bar


@dataclass(frozen=True)
class Macd:
    """The 12/26 day MACD line, its 9 day signal, and the distance of the two."""

    line: float
    signal: float

    @property
    def histogram(self) -> float:
        """The line's distance from its signal; above zero where momentum grows."""
        return self.line - self.signal


@dataclass(frozen=True)
class Indicators:
    """What is known of a history; None where it is too short to say."""

    rsi_14: float | None
    sma_20: float | None
    sma_50: float | None
    macd: Macd | None


def indicators(bars: Sequence[Bar]) -> Indicators:
    """The indicators at the last close."""
    closes = [bar.close for bar in bars]
    return Indicators(
        rsi_14=relative_strength(closes, 14),
        sma_20=simple_average(closes, 20),
        sma_50=simple_average(closes, 50),
        macd=convergence(closes),
    )


def simple_average(closes: Sequence[float], days: int) -> float | None:
    """The mean of the last closes."""
    return sum(closes[-days:]) / days if len(closes) >= days else None


def relative_strength(closes: Sequence[float], days: int) -> float | None:
    """Wilder's RSI, from 0 to 100: gains against losses, smoothed."""
    changes = [after - before for before, after in pairwise(closes)]
    if len(changes) < days:
        return None
    gain = sum(max(change, 0) for change in changes[:days]) / days
    loss = sum(max(-change, 0) for change in changes[:days]) / days
    for change in changes[days:]:
        gain = (gain * (days - 1) + max(change, 0)) / days
        loss = (loss * (days - 1) + max(-change, 0)) / days
    if gain == loss == 0:
        return 50.0
    return 100 * gain / (gain + loss)


def convergence(closes: Sequence[float]) -> Macd | None:
    """MACD of 12, 26 and 9 days."""
    if len(closes) < 26 + 9 - 1:
        return None
    fast, slow = exponential_average(closes, 12), exponential_average(closes, 26)
    line = [quick - late for quick, late in zip(fast[25:], slow[25:], strict=True)]
    return Macd(line[-1], exponential_average(line, 9)[-1])


def exponential_average(values: Sequence[float], days: int) -> list[float]:
    """The average at each of the values; the first of them starts it."""
    weight = 2 / (days + 1)
    averages = [values[0]]
    for value in values[1:]:
        averages.append(averages[-1] + weight * (value - averages[-1]))
    return averages
