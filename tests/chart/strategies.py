"""Every kind of command, in canonical form, and documents and texts of every kind."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from chatkit_harness.chart import (
    ROLES,
    TIMEFRAMES,
    Analyze,
    AnnotatePattern,
    ChartCommand,
    Clear,
    Crosshair,
    DrawLevel,
    DrawTarget,
    DrawTrendline,
    Fibonacci,
    Indicator,
    Level,
    Load,
    Pan,
    Pattern,
    Reset,
    Scroll,
    Style,
    Timeframe,
    Trendline,
    Zoom,
)
from chatkit_harness.chart.names import annotation, read_indicator, words

prices = st.floats(min_value=1e-8, max_value=999_999_999).map(lambda each: round(each, 8))
days = st.dates().map(lambda each: each.isoformat())
moments = st.datetimes().map(lambda each: each.isoformat())
times = days | moments | moments.map(lambda each: f"{each}Z") | st.integers(10**8, 253_402_300_799).map(str)
names = st.from_regex(r"[A-Z][A-Z0-9_]{0,15}", fullmatch=True)
lower = names.map(str.lower)
ids = st.from_regex(r"[A-Za-z0-9](?:[A-Za-z0-9_.#-]{0,20}[A-Za-z0-9_#])?", fullmatch=True)
labels = st.none() | st.text(max_size=40).map(words)
indicator_names = names.filter(lambda each: read_indicator(each) == (each, {}))
params = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True),
    st.integers(0, 10**6).map(float) | st.floats(0, 10**6).map(lambda each: round(each, 8) + 0.0),
    max_size=4,
)
pairs = st.tuples(prices, prices).filter(lambda each: each[0] > each[1])
bars = st.integers(0, 999_999).map(str) | times


def _pattern(name: str, start: str | None, end: str | None, label: str | None) -> Pattern:
    both = start is not None and end is not None
    return Pattern(name=name, start=start if both else None, end=end if both else None, label=label)


commands: st.SearchStrategy[ChartCommand] = st.one_of(
    st.builds(Load, symbol=st.from_regex(r"[A-Z](?:[A-Z0-9.-]{0,8}[A-Z0-9])?", fullmatch=True), label=labels),
    st.builds(Timeframe, value=st.sampled_from(TIMEFRAMES), label=labels),
    st.builds(Level, role=st.sampled_from(ROLES), price=prices, label=labels),
    st.builds(
        Trendline,
        first_price=prices,
        first_time=times,
        second_price=prices,
        second_time=times,
        label=labels,
    ),
    st.builds(lambda pair, label: Fibonacci(high=pair[0], low=pair[1], label=label), pairs, labels),
    st.builds(Indicator, name=indicator_names, enabled=st.booleans(), params=params, label=labels),
    st.builds(_pattern, names, st.none() | bars, st.none() | bars, labels),
    st.builds(DrawLevel, id=ids, type=names, price=prices, label=labels),
    st.builds(DrawTarget, id=ids, price=prices, label=labels),
    st.builds(
        DrawTrendline,
        id=ids,
        first_time=times,
        first_price=prices,
        second_time=times,
        second_price=prices,
        style=st.none() | lower,
        label=labels,
    ),
    st.builds(
        AnnotatePattern,
        id=ids,
        status=lower,
        text=st.none() | st.text(max_size=40).map(annotation),
        label=labels,
    ),
    st.builds(Clear, id=st.none() | ids, label=labels),
    st.builds(Zoom, direction=st.sampled_from(("in", "out")), label=labels),
    st.builds(Pan, direction=st.sampled_from(("left", "right")), label=labels),
    st.builds(Scroll, date=times, label=labels),
    st.builds(Style, value=st.sampled_from(("candles", "line", "area")), label=labels),
    st.builds(Reset, what=st.sampled_from(("view", "scale")), label=labels),
    st.builds(Crosshair, mode=st.sampled_from(("on", "off", "toggle")), label=labels),
    st.builds(Analyze, kind=lower, label=labels),
)

any_text = st.text(alphabet=st.characters(exclude_categories=()), max_size=200)
"""Any string at all, lone surrogates and NUL among them."""

_PIECES = (
    "SUPPORT:", "RESISTANCE:", "LOAD:", "TRENDLINE:", "DRAW:", "LEVEL:", "ANNOTATE:", "PATTERN:",
    "INDICATOR:", "1,443.84", "-5", "NaN", "$", " ", "\n", '"', "*", ":", ",", "-", "(", ")", "/", ".",
    "TSLA", "440", "support", "resistance at", "stop loss", "target", "and", "fibonacci from", "to", "add",
    "RSI", "load", "switch to", "4-hour", "chart", "2024-01-15", "%", "\ud800", "\0", "9" * 50, "no", "?",
    "is now loaded", "1H", "period=20", "\u2019",
)  # fmt: skip
pieces = st.lists(st.sampled_from(_PIECES), max_size=30).map("".join)
"""Strings made of what the readers look for, in no order."""

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text | pieces,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "payload",
                    "version",
                    "commands",
                    "indicators",
                    "symbol",
                    "price",
                    "style",
                    "start",
                    "legacy",
                ]
            )
            | any_text,
            inner | st.sampled_from(["load", "drawing", "indicator", "2.0", "support", "trendline"]),
            max_size=5,
        )
    ),
    max_leaves=12,
)
