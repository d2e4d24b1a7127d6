"""Support, resistance, swings and a trade from a symbol's history: where prices turned, and how often."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from .market.data import Bar

LEVELS = 3
SWING_DAYS = 3
"""A high (or low) is a swing when no bar this many days before or after it goes further."""

RANGE_DAYS = 20
FIBONACCI_DAYS = 60
FARTHEST = 0.22
"""Levels farther away than this share of the price are of no use to anybody who trades today."""

MIN_REWARD = 1.5
CENT = 0.01
"""Prices are told in cents: two that are meant to differ lie at least one apart, and none is below zero."""


@dataclass(frozen=True)
class Level:
    """A price at which the market turned: how often, and when last. `note` is the label on the chart."""

    price: float
    touches: int
    last: date
    note: str


@dataclass(frozen=True)
class Levels:
    """What is below and above the last price, nearest first; one to three of each."""

    price: float
    supports: tuple[Level, ...]
    resistances: tuple[Level, ...]


@dataclass(frozen=True)
class Swing:
    """The highest high and the lowest low of a stretch of days; rising when the low came first."""

    high: float
    low: float
    rising: bool


@dataclass(frozen=True)
class TradeSetup:
    """A long trade: entry, stop below a support, target at a resistance, reward for each dollar of risk.

    `waits` when the entry is below the last price: the trade starts only if the price comes back to it.
    """

    entry: float
    stop: float
    target: float
    reward: float
    waits: bool


def lookback_days(timeframe: str | None) -> int:
    """How many trading days a chartist looks at: a year on weekly candles and more, else half a year."""
    long = timeframe is not None and re.fullmatch(r"\d+[WMY]|YTD|MAX", timeframe)
    return 260 if long else 126


def find_levels(bars: Sequence[Bar]) -> Levels:
    """Support and resistance around the last close. Raises ValueError for an empty history.

    Swings near each other (by the usual daily range) are one level; the strongest within reach are taken,
    those that turned the market more often, more lately and nearer to here. A level counts whether it was a
    high or a low then: a resistance that gave way becomes a support.
    """
    if not bars:
        raise ValueError("levels need a history")
    price, reach = bars[-1].close, usual_range(bars)
    clusters = _clusters(_swings(bars), reach, price)
    below = [level for level in clusters if price * (1 - FARTHEST) <= level.price <= price - reach / 3]
    above = [level for level in clusters if price + reach / 3 <= level.price <= price * (1 + FARTHEST)]
    strength = _strength(bars[-1].day, price, reach)
    supports = _strongest(below, reach, strength)[::-1]
    resistances = _strongest(above, reach, strength)
    return Levels(
        price=price,
        supports=supports or (_outermost(bars, reach, -1),),
        resistances=resistances or (_outermost(bars, reach, +1),),
    )


def fibonacci_swing(bars: Sequence[Bar]) -> Swing:
    """The swing of the last sixty days. Raises ValueError for an empty history."""
    if not bars:
        raise ValueError("a swing needs a history")
    recent = bars[-FIBONACCI_DAYS:]
    high = max(recent, key=lambda bar: bar.high)
    low = min(recent, key=lambda bar: bar.low)
    return Swing(high=high.high, low=low.low, rising=low.day <= high.day)


def trade_setup(bars: Sequence[Bar]) -> TradeSetup:
    """A long trade from the levels: at the last price, or nearer to the support where that pays too little.

    The stop is half a daily range below the nearest support, and at least a cent; the target is the first
    resistance that pays at least one and a half times the risk. Raises ValueError for an empty history.
    """
    levels, reach = find_levels(bars), usual_range(bars)
    support = levels.supports[0].price
    stop = max(min(round(support - reach / 2, 2), round(support - CENT, 2)), 0.0)
    pullback = round(min(support + reach / 4, levels.price), 2)
    targets = [level.price for level in levels.resistances]
    trades = [
        _trade(entry, stop, target, waits=entry < levels.price)
        for entry in (levels.price, pullback)
        if entry > stop  # no cent is left below the support of a share that costs one
        for target in targets
    ]
    return next((trade for trade in trades if trade.reward >= MIN_REWARD), trades[-1])


def _trade(entry: float, stop: float, target: float, *, waits: bool) -> TradeSetup:
    return TradeSetup(entry, stop, target, round((target - entry) / (entry - stop), 1), waits)


def usual_range(bars: Sequence[Bar]) -> float:
    """How far a day's prices usually reach from the close before: the mean of the last twenty, in dollars."""
    recent = bars[-RANGE_DAYS - 1 :]
    reaches = [max(day.high, before.close) - min(day.low, before.close) for before, day in pairwise(recent)]
    mean = sum(reaches) / len(reaches) if reaches else recent[0].high - recent[0].low
    return max(mean, CENT)


@dataclass(frozen=True)
class _Turn:
    price: float
    day: date
    kind: str


def _swings(bars: Sequence[Bar]) -> list[_Turn]:
    turns = []
    for number in range(SWING_DAYS, len(bars) - SWING_DAYS):
        bar, around = bars[number], bars[number - SWING_DAYS : number + SWING_DAYS + 1]
        if bar.high == max(near.high for near in around):
            turns.append(_Turn(bar.high, bar.day, "high"))
        if bar.low == min(near.low for near in around):
            turns.append(_Turn(bar.low, bar.day, "low"))
    return turns


def _clusters(turns: Iterable[_Turn], reach: float, price: float) -> list[Level]:
    """Turns that lie within half a daily range of each other's mean, as levels from low to high."""
    groups: list[list[_Turn]] = []
    for turn in sorted(turns, key=lambda turn: (turn.price, turn.day)):
        if groups and turn.price - _mean(groups[-1]) <= reach / 2:
            groups[-1].append(turn)
        else:
            groups.append([turn])
    return [_level(group, price) for group in groups]


def _mean(turns: Sequence[_Turn]) -> float:
    return sum(turn.price for turn in turns) / len(turns)


def _level(turns: Sequence[_Turn], price: float) -> Level:
    at = round(_mean(turns), 2)
    last = max(turns, key=lambda turn: turn.day)
    if len(turns) > 1:
        note = f"tested {len(turns)} times, last on {last.day.isoformat()}"
    else:
        # A high below the price gave way once: what held prices down then may hold them up now.
        gave_way = (last.kind == "high") == (at < price)
        note = f"{'former' if gave_way else 'swing'} {last.kind} of {last.day.isoformat()}"
    return Level(at, len(turns), last.day, note)


def _strength(today: date, price: float, reach: float) -> Callable[[Level], float]:
    """Touches, which count half after a quarter of a year, and half again five daily ranges away."""

    def strength(level: Level) -> float:
        age, distance = (today - level.last).days / 90, abs(level.price - price) / (5 * reach)
        return level.touches / (1 + age) / (1 + distance)

    return strength


def _strongest(
    levels: Sequence[Level], reach: float, strength: Callable[[Level], float]
) -> tuple[Level, ...]:
    """At most three levels, from low to high, and none within a daily range of a stronger one."""
    chosen: list[Level] = []
    for level in sorted(levels, key=strength, reverse=True):
        if len(chosen) < LEVELS and all(abs(level.price - other.price) >= reach for other in chosen):
            chosen.append(level)
    return tuple(sorted(chosen, key=lambda level: level.price))


def _outermost(bars: Sequence[Bar], reach: float, side: int) -> Level:
    """Where no swing is left on a side: the history's own extreme, or two daily ranges into the unknown."""
    price = bars[-1].close
    extreme = min(bars, key=lambda bar: bar.low) if side < 0 else max(bars, key=lambda bar: bar.high)
    at = extreme.low if side < 0 else extreme.high
    if abs(at - price) >= 0.005 and (at < price) == (side < 0) and abs(at - price) <= price * FARTHEST:
        name = "lowest low" if side < 0 else "highest high"
        return Level(round(at, 2), 1, extreme.day, f"{name}, on {extreme.day.isoformat()}")
    step = max(min(2 * reach, price * FARTHEST), CENT)
    at = max(round(price + side * step, 2), 0.0)
    return Level(at, 0, bars[-1].day, "two daily ranges away, no earlier turn")
