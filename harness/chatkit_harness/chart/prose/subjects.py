"""Whose levels they are where prose speaks of several symbols: a chart shows one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from chatkit_harness.chart.commands import Fibonacci, Level, Load, Placed
from chatkit_harness.chart.grammar import KNOWN_INDICATORS
from chatkit_harness.chart.names import same_symbol

from .prices import is_symbol
from .tokens import Tokens
from .words import LEVEL_WORDS, SHORT_LEVELS

_BEFORE = frozenset({
    "", "|", "#", "-", "•", "\u2013", "\u2014", ".", ";", ",", ":", "(", "!", "and", "while",
    "whereas", "but", "for", "of", "on", "in", "with", "though",
})  # fmt: skip
_BEHIND = frozenset({
    "|", ":", "(", "-", "\u2013", "\u2014", "is", "has", "have", "trades", "trading", "sits", "finds",
    "found", "shows", "holds", "stock", "shares", "at", "near", "sees", "faces", "key", "levels",
}) | LEVEL_WORDS.keys()  # fmt: skip
_NO_SUBJECTS = KNOWN_INDICATORS | {
    *(
        "OPEC",
        "IMF",
        "ECB",
        "BULL",
        "BEAR",
        "BUY",
        "SELL",
        "HOLD",
        "NOT",
        "KEY",
        "LOW",
        "HIGH",
        "ENTRY",
        "STOP",
    ),
    *(
        "NEXT",
        "CALL",
        "PUT",
        "DMA",
        "MA",
        "BB",
        "RR",
        "NEW",
        "LEVEL",
        "PRICE",
        "NONE",
        "LONG",
        "SHORT",
        "RISK",
    ),
    *("TREND", "DAILY", "TRADE", "ZONE", "AREA", "SETUP", "CHART", "GAP", "VIX", "PRIOR", "MAJOR", "MINOR"),
}


def of_one_symbol(tokens: Tokens, found: Sequence[Placed], symbol: str | None) -> list[Placed]:
    """The commands without the levels of other symbols than the one that the chart shows.

    That is the given one, else the one that the prose loads; levels that belong to no symbol stay. Where
    nothing tells which of several symbols is meant, the levels of none are drawn. What there is of a single
    symbol stays, whatever it is called elsewhere.
    """
    subjects = _subjects(tokens)
    if not subjects:
        return list(found)
    starts = [start for start, _ in subjects]
    named = [_subject(each, starts, subjects) for each in found]
    loaded = {each.command.symbol for each in found if isinstance(each.command, Load)}
    shown = symbol or (loaded.pop() if len(loaded) == 1 else None)
    # what no symbol is named for is of the one that the chart shows
    whose_levels = {whose or shown for each, whose in zip(found, named, strict=True) if _is_level(each)}
    if len(whose_levels - {None}) < 2:
        return list(found)
    return [
        each
        for each, whose in zip(found, named, strict=True)
        if whose is None or (shown is not None and same_symbol(whose, shown))
    ]


def _subject(placed: Placed, starts: list[int], subjects: list[tuple[int, str]]) -> str | None:
    """The symbol that was named last before a level's end; None for what is no level."""
    if not _is_level(placed):
        return None
    place = bisect_right(starts, placed.end - 1) - 1
    return subjects[place][1] if place >= 0 else None


def _is_level(placed: Placed) -> bool:
    return isinstance(placed.command, Level | Fibonacci)


def _subjects(tokens: Tokens) -> list[tuple[int, str]]:
    """Where each symbol is named as what is spoken of."""
    return [
        (token.start, token.text)
        for index, token in enumerate(tokens.all)
        if is_symbol(token) and _is_named(tokens, index)
    ]


def _is_named(tokens: Tokens, index: int) -> bool:
    token = tokens.at(index)
    if token.text in _NO_SUBJECTS or token.low in SHORT_LEVELS or tokens.low(index - 1) not in _BEFORE:
        return False
    behind = tokens.at(index + 1)
    if tokens.low(index - 1) == "(":
        return behind.low == ")"  # `Apple (AAPL)`
    return behind.low in _BEHIND or behind.kind in {"line", "price"} or behind.low in SHORT_LEVELS
