"""Indicators that prose says are switched on or off."""

from __future__ import annotations

import re

from chatkit_harness.chart.commands import ChartCommand, Indicator
from chatkit_harness.chart.grammar import KNOWN_INDICATORS

from .action_words import (
    AFTER_NAMES,
    ANY_CASE,
    BEFORE_NAME,
    NAME_JOINS,
    PAST,
    SWITCH_OFF,
    SWITCH_ON,
    WEAK,
)
from .sentences import Found, ends, only_talk, span
from .tokens import Tokens

_LONG: dict[tuple[str, ...], str] = {
    ("bollinger", "bands"): "BOLLINGER", ("bollinger", "band"): "BOLLINGER",
    ("ichimoku", "cloud"): "ICHIMOKU", ("simple", "moving", "average"): "SMA",
    ("simple", "moving", "averages"): "SMA", ("exponential", "moving", "average"): "EMA",
    ("exponential", "moving", "averages"): "EMA", ("relative", "strength", "index"): "RSI",
    ("parabolic", "sar"): "PSAR", ("moving", "average"): "SMA", ("moving", "averages"): "SMA",
    ("stochastic", "oscillator"): "STOCH",
}  # fmt: skip


_ALONE = {"BB": "BOLLINGER", "STOCHASTIC": "STOCH", "STOCHASTICS": "STOCH"}


_PERIOD = re.compile(r"([0-9]{1,3})(?:-?(?:day|period|week|bar|hour|d|p))?\Z", re.IGNORECASE)


def indicators_at(tokens: Tokens, index: int) -> Found | None:
    """`add RSI and MACD`, `turn off the 50-day SMA`: at the verb."""
    low, at = tokens.low(index), index + 1
    enabled = low in SWITCH_ON
    if low in {"turn", "turned", "turning", "switch", "switched"} and tokens.low(at) in {"on", "off"}:
        enabled = tokens.low(at) == "on"
    elif not enabled and low not in SWITCH_OFF:
        return None
    while tokens.low(at) in BEFORE_NAME and at < index + 7:
        at += 1
    names, behind = _names(tokens, at, weak=low in WEAK)
    if not names or not ends(tokens, behind, AFTER_NAMES):
        return None
    commands: list[ChartCommand] = [
        Indicator(name=name, enabled=enabled, params=params) for name, params in names
    ]
    return span(tokens, index, behind, commands)


def _names(tokens: Tokens, index: int, *, weak: bool) -> tuple[list[tuple[str, dict[str, float]]], int]:
    """Indicators in a row, and the index behind the last: `RSI, the 50-day SMA and MACD (12, 26, 9)`."""
    found: list[tuple[str, dict[str, float]]] = []
    at = behind = index
    while at < index + 60:
        periods, at = _periods(tokens, at)
        name, after = _name(tokens, at, weak=weak)
        if name is None:
            break
        if not periods:
            periods, after = _period_behind(tokens, after)
        found += [(name, {"period": float(each)}) for each in periods] or [(name, {})]
        at = behind = after
        while tokens.low(at) in NAME_JOINS and at < behind + 3:
            at += 1
        if at == behind:
            break
    return found, behind


def _periods(tokens: Tokens, index: int) -> tuple[list[int], int]:
    periods: list[int] = []
    at = index
    while at < index + 8:
        match = _PERIOD.match(tokens.at(at).text) if tokens.at(at).kind in {"price", "other"} else None
        if match is None or not int(match[1]):
            break
        periods.append(int(match[1]))
        at += 2 if tokens.low(at + 1) in {"day", "period", "week"} else 1
        if tokens.low(at) in {"and", ",", "&", "/"} and tokens.at(at + 1).kind in {"price", "other"}:
            at += 1
    return periods, at


def _period_behind(tokens: Tokens, index: int) -> tuple[list[int], int]:
    """The period behind a name: `RSI (14)`, `SMA 50`; several numbers in brackets are left as they are."""
    if tokens.low(index) == "(":
        close = next((at for at in range(index + 1, index + 8) if tokens.low(at) == ")"), None)
        token = tokens.at(index + 1)
        if close is None or token.kind != "price" or not token.plain:
            return [], index
        return ([int(token.value)] if close == index + 2 else []), close + 1
    token = tokens.at(index)
    if token.kind == "price" and token.plain and token.value <= 400:
        return [int(token.value)], index + 1
    return [], index


def _name(tokens: Tokens, index: int, *, weak: bool) -> tuple[str | None, int]:
    for size in (3, 2):
        long = _LONG.get(tuple(tokens.lows(index, index + size)))
        if long:
            return long, index + size
    token = tokens.at(index)
    if token.kind != "word":
        return None, index
    plural = token.text.endswith("s") and token.text[:-1].isupper()
    name = token.text.upper()[: -1 if plural else None]
    known = name in KNOWN_INDICATORS or name in _ALONE
    if token.low in ANY_CASE or (known and token.text[: len(name)].isupper()):
        return _ALONE.get(name, name), index + 1
    if token.low == "volume" and not weak:
        return "VOLUME", index + 1
    return None, index


def passive_at(tokens: Tokens, index: int) -> Found | None:
    """`RSI and MACD have been added`: at the verb, the names are looked for just before it."""
    low = tokens.low(index)
    if low not in PAST:
        return None
    end = index
    while end > index - 4 and tokens.low(end - 1) in {
        "have",
        "has",
        "been",
        "are",
        "is",
        "now",
        "were",
        "was",
        "also",
    }:
        end -= 1
    if end == index:
        return None
    for start in range(max(end - 9, 0), end):
        names, behind = _names(tokens, start, weak=True)
        if names and behind == end and not only_talk(tokens, start):
            commands: list[ChartCommand] = [
                Indicator(name=name, enabled=low in SWITCH_ON, params=params) for name, params in names
            ]
            return span(tokens, start, index + 1, commands)
    return None
