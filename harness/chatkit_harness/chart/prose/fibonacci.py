"""Fibonacci anchors that prose speaks of."""

from __future__ import annotations

from chatkit_harness.chart.commands import Fibonacci, Placed
from chatkit_harness.chart.errors import CommandError
from chatkit_harness.chart.fields import fibonacci

from .prices import (
    denied,
    is_price,
    is_symbol,
    is_year,
)
from .tokens import Tokens

_FIB_WORDS = frozenset({"fibonacci", "fib", "fibs"})


_FIB_BEFORE = frozenset({
    "retracement", "retracements", "extension", "level", "levels", "drawn", "draw", "drawing", "line",
    "lines", "tool", "measured", "on", "for", "of", "the", "a", "using", "applied", "move", "range",
    "swing", "chart", "daily", "spanning", "across", "over", "(", ":", "grid", "anchored", "is", "now",
    "set", "added",
})  # fmt: skip


_FIB_WITHIN = frozenset({
    "the", "a", "swing", "recent", "low", "high", "of", "at", "near", "around", "(", ":", "~", "about",
    "low's", "=", "its", "price", ")",
})  # fmt: skip


_FIB_OPENS = frozenset({"from", "between", "high", "low"})


def fibonacci_at(tokens: Tokens, index: int) -> tuple[Placed, int] | None:
    """The Fibonacci anchors that a word at this index begins: `Fibonacci from 430 to 470`."""
    if tokens.low(index) not in _FIB_WORDS or denied(tokens, index):
        return None
    at = index + 1
    while at < index + 9 and (tokens.low(at) in _FIB_BEFORE or is_symbol(tokens.at(at))):
        at += 1
    opened = tokens.low(at) if tokens.low(at) in _FIB_OPENS else ""
    first = _anchor(tokens, at + 1 if opened else at)
    if first is None:
        return None
    at = first + 1
    if tokens.low(at) in {"high", "low"} and tokens.low(at + 1) in {"to", "-", "\u2013", "and"}:
        at += 1  # `from the $480 high to the $420 low`
    if tokens.low(at) == ")":
        at += 1
    joins = tokens.low(at)
    allowed = {"to", "-", "\u2013", "\u2014", "through"} | ({"and", ",", "/"} if opened else set())
    at += 2 if joins == "," and tokens.low(at + 1) == "and" else 1
    ends = {"high", "low"}  # `high 470 low 430`
    if joins not in allowed and not (opened in ends and joins in ends):
        return None
    second = _anchor(tokens, at)
    if second is None:
        return None
    try:
        command: Fibonacci = fibonacci(tokens.at(first).value, tokens.at(second).value)
    except CommandError:
        return None
    return Placed(command=command, start=tokens.at(index).start, end=tokens.at(second).end), second + 1


def _anchor(tokens: Tokens, index: int) -> int | None:
    at = index
    while at < index + 5 and tokens.low(at) in _FIB_WITHIN:
        at += 1
    return at if is_price(tokens, at) and not is_year(tokens.at(at)) else None
