from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import pytest

from chatkit_harness.reference.levels import (
    FARTHEST,
    fibonacci_swing,
    find_levels,
    lookback_days,
    trade_setup,
    usual_range,
)
from chatkit_harness.reference.market import Bar, FixtureMarketData
from chatkit_harness.reference.market.catalogue import LISTINGS

MARKET = FixtureMarketData()
EVERY_CHART = [(symbol, timeframe) for symbol in LISTINGS for timeframe in ("15m", "1D", "1W")]


def history(*closes: float, reach: float = 1.0) -> list[Bar]:
    """A day for each close, from 1 June on, each reaching as far up as down."""
    first = date(2026, 6, 1)
    return [
        Bar(first + timedelta(days=n), close, close + reach, close - reach, close, 1000)
        for n, close in enumerate(closes)
    ]


def wave(*turns: float) -> list[Bar]:
    """Straight ways of five days from turn to turn."""
    closes = [turns[0]]
    for start, end in pairwise(turns):
        closes += [start + (end - start) * step / 5 for step in range(1, 6)]
    return history(*closes)


@pytest.mark.parametrize(("symbol", "timeframe"), EVERY_CHART)
async def test_levels_lie_where_a_chartist_looks_for_them(symbol: str, timeframe: str) -> None:
    bars = await MARKET.history(symbol, lookback_days(timeframe))
    levels = find_levels(bars)
    prices = [level.price for level in (*levels.supports[::-1], *levels.resistances)]
    assert 1 <= len(levels.supports) <= 3
    assert 1 <= len(levels.resistances) <= 3
    assert levels.supports[0].price < levels.price < levels.resistances[0].price
    assert prices == sorted(set(prices))
    assert all(abs(price / levels.price - 1) <= FARTHEST < 0.25 for price in prices)
    assert levels == find_levels(bars)


@pytest.mark.parametrize(("symbol", "timeframe"), EVERY_CHART)
async def test_levels_are_where_the_market_turned(symbol: str, timeframe: str) -> None:
    bars = await MARKET.history(symbol, lookback_days(timeframe))
    levels, reach = find_levels(bars), usual_range(bars)
    days = {bar.day: bar for bar in bars}
    for level in (*levels.supports, *levels.resistances):
        turned = days[level.last]
        assert min(abs(level.price - turned.high), abs(level.price - turned.low)) <= reach
        assert level.last.isoformat() in level.note


def test_a_low_that_held_twice_is_one_support_with_two_touches() -> None:
    levels = find_levels(wave(110, 100, 110, 100.4, 108))
    assert [(level.price, level.touches) for level in levels.supports] == [(99.2, 2)]
    assert levels.supports[0].note == "tested 2 times, last on 2026-06-16"


def test_a_resistance_that_gave_way_is_a_support() -> None:
    levels = find_levels(wave(90, 100, 95, 112))
    assert [(level.price, level.note) for level in levels.supports if level.price > 100] == [
        (101.0, "former high of 2026-06-06")
    ]


@pytest.mark.parametrize("closes", [[100.0], [100.0, 100.0], [10.0 + day / 10 for day in range(40)]])
def test_a_side_without_a_turn_still_has_a_level(closes: Sequence[float]) -> None:
    levels = find_levels(history(*closes, reach=0.5))
    assert len(levels.resistances) == 1
    assert levels.supports[0].price < levels.price < levels.resistances[0].price


def test_without_any_movement_there_is_still_a_level_on_each_side() -> None:
    levels = find_levels(history(50.0, 50.0, 50.0, reach=0))
    assert levels.supports[0].price < 50 < levels.resistances[0].price


@pytest.mark.parametrize("price", [0.004, 0.01, 0.02, 0.05, 1.04, 2.0, 9.995, 50.0, 2000.0])
def test_a_price_that_stands_still_has_levels_and_a_trade(price: float) -> None:
    bars = history(*[price] * 9, reach=0)
    levels, trade = find_levels(bars), trade_setup(bars)
    assert 0 <= levels.supports[0].price < price < levels.resistances[0].price
    assert 0 <= trade.stop < trade.entry <= price < trade.target
    assert trade.stop == 0 or trade.stop < levels.supports[0].price
    assert trade.reward > 0


def test_of_a_range_of_cents_every_price_has_a_trade() -> None:
    flat = (trade_setup(history(*[cents / 100] * 9, reach=0)) for cents in range(1, 1000))
    narrow = (trade_setup(history(*[cents / 100] * 9, reach=0.005)) for cents in range(1, 1000))
    assert all(0 <= trade.stop < trade.entry < trade.target for trade in (*flat, *narrow))


def test_an_empty_history_has_no_levels() -> None:
    for ask in (find_levels, fibonacci_swing, trade_setup):
        with pytest.raises(ValueError, match="history"):
            ask([])


@pytest.mark.parametrize(("symbol", "timeframe"), EVERY_CHART)
async def test_a_trade_has_its_stop_below_support_and_its_target_at_resistance(
    symbol: str, timeframe: str
) -> None:
    bars = await MARKET.history(symbol, lookback_days(timeframe))
    levels, trade = find_levels(bars), trade_setup(bars)
    assert trade.stop < levels.supports[0].price <= trade.entry <= levels.price < trade.target
    assert trade.target in [level.price for level in levels.resistances]
    assert trade.reward >= 1.5
    assert trade.waits == (trade.entry < levels.price)


@pytest.mark.parametrize("symbol", LISTINGS)
async def test_a_swing_spans_the_last_sixty_days(symbol: str) -> None:
    bars = await MARKET.history(symbol, 90)
    swing = fibonacci_swing(bars)
    assert swing.high == max(bar.high for bar in bars[-60:])
    assert swing.low == min(bar.low for bar in bars[-60:])


def test_a_swing_rises_when_its_low_came_first() -> None:
    assert fibonacci_swing(wave(90, 110)).rising
    assert not fibonacci_swing(wave(110, 90)).rising


@pytest.mark.parametrize(
    ("timeframe", "days"), [(None, 126), ("1m", 126), ("4H", 126), ("1D", 126), ("1W", 260), ("1M", 260)]
)
def test_long_candles_look_back_a_year(timeframe: str | None, days: int) -> None:
    assert lookback_days(timeframe) == days
