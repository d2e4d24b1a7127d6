from __future__ import annotations

import pytest

from chatkit_harness.reference.indicators import (
    convergence,
    exponential_average,
    indicators,
    relative_strength,
    simple_average,
)
from chatkit_harness.reference.market import FixtureMarketData


def test_the_simple_average_is_of_the_last_days() -> None:
    assert simple_average([100, 1, 2, 3], 3) == 2
    assert simple_average([1, 2], 3) is None


def test_rsi_by_hand() -> None:
    # Two days: gains 2 and 0, losses 0 and 1, averaged 1 and 0.5; then a gain of 3, smoothed to 2 and 0.25.
    assert relative_strength([10, 12, 11, 14], 2) == pytest.approx(100 * 2 / 2.25)


@pytest.mark.parametrize(
    ("closes", "rsi"), [([1, 2, 3], 100), ([3, 2, 1], 0), ([2, 2, 2], 50), ([1, 2], None)]
)
def test_rsi_at_its_ends(closes: list[float], rsi: float | None) -> None:
    assert relative_strength(closes, 2) == rsi


def test_the_exponential_average_leans_to_the_last_value() -> None:
    assert exponential_average([1, 1, 4], 2) == pytest.approx([1, 1, 3])


def test_macd_is_above_its_signal_when_a_rise_speeds_up() -> None:
    faster = convergence([100 + day**2 / 50 for day in range(60)])
    assert faster is not None
    assert faster.line > faster.signal > 0
    assert faster.histogram == faster.line - faster.signal


def test_macd_of_a_flat_market_is_nothing() -> None:
    flat = convergence([50.0] * 40)
    assert flat is not None
    assert (flat.line, flat.signal) == (0, 0)
    assert convergence([50.0] * 33) is None


async def test_a_short_history_knows_less() -> None:
    short = indicators(await FixtureMarketData().history("TSLA", 22))
    assert short.rsi_14 is not None
    assert short.sma_20 is not None
    assert (short.sma_50, short.macd) == (None, None)
