"""Symbols that prose says are loaded, and timeframes that it says are chosen."""

from __future__ import annotations

from chatkit_harness.chart.commands import Load, Timeframe
from chatkit_harness.chart.errors import CommandError
from chatkit_harness.chart.grammar import KNOWN_INDICATORS
from chatkit_harness.chart.names import SYMBOL
from chatkit_harness.chart.times import TIMEFRAMES, read_timeframe

from .action_words import (
    AFTER_SYMBOL,
    BEFORE_FRAME,
    BEFORE_SYMBOL,
    FRAME_UNITS,
    FRAME_WORDS,
    FRAMED,
    LOADED,
    LOADING,
    PULLING,
    SETTING,
    SHOWING,
    SWITCHING,
)
from .sentences import Found, ends, only_talk, span
from .tokens import Token, Tokens
from .words import NO_SYMBOLS


def symbol_at(tokens: Tokens, index: int) -> str | None:
    """The symbol that stands at an index: capitals that mean nothing else."""
    token = tokens.at(index)
    match = SYMBOL.match(tokens.text, token.start) if token.kind == "word" else None
    if match is None or match["symbol"] in NO_SYMBOLS or match["symbol"] in KNOWN_INDICATORS:
        return None
    alone = len(match["symbol"]) == 1 and tokens.low(index + 1) not in {"chart", ")"}
    return None if alone or len(match["symbol"].split(".")[0]) > 5 else match["symbol"]


def load_at(tokens: Tokens, index: int) -> Found | None:
    """`load NVDA`, `switched to TSLA`, `show the AAPL chart`: at the verb."""
    low, at = tokens.low(index), index + 1
    if low in PULLING and tokens.low(at) != "up":
        return None
    if low not in LOADING | PULLING | SWITCHING | SHOWING:
        return None
    at, moved = _to_symbol(tokens, at)
    symbol = symbol_at(tokens, at)
    if symbol is None or (low in SWITCHING and not moved):
        return None
    behind = at + 1
    while behind < len(tokens) and tokens.at(behind).start < tokens.at(at).start + len(symbol):
        behind += 1  # BRK.B is several tokens
    following = tokens.lows(behind, behind + 3)
    if low in SHOWING and "chart" not in following[:2] and "chart" not in tokens.lows(index, at):
        return None
    return span(tokens, index, behind, [Load(symbol=symbol)]) if ends(tokens, behind, AFTER_SYMBOL) else None


def _to_symbol(tokens: Tokens, index: int) -> tuple[int, bool]:
    """Where a symbol is expected, behind a company's name as well, and whether a `to` was passed."""
    at, moved = index, False
    if tokens.low(at) == "from" and symbol_at(tokens, at + 1) is not None:
        at += 2
    while tokens.low(at) in BEFORE_SYMBOL and at < index + 7:
        moved = moved or tokens.low(at) == "to"
        at += 1
    for further in range(at, at + 4):
        if tokens.low(further) == "(" and further > at:
            return further + 1, moved
        if not tokens.at(further).text[:1].isupper():
            break
    return at, moved


def loaded_at(tokens: Tokens, index: int) -> Found | None:
    """`The NVDA (NVIDIA) chart is now loaded`: the symbol stands before the verb."""
    if tokens.low(index) != "loaded" or tokens.low(index - 1) not in {
        "is",
        "now",
        "been",
        "successfully",
        "was",
    }:
        return None
    for at in range(index - 1, max(index - 11, -1), -1):
        symbol = symbol_at(tokens, at)
        if symbol is not None and tokens.low(at - 1) != "(":
            return None if only_talk(tokens, index) else span(tokens, at, index + 1, [Load(symbol=symbol)])
        if tokens.low(at) not in LOADED and not tokens.at(at).text[:1].isupper():
            return None
    return None


def timeframe_at(tokens: Tokens, index: int) -> Found | None:
    """`switch to the 4-hour chart`, `timeframe: 1D`: at the verb, or at the word itself."""
    low, at = tokens.low(index), index + 1
    labelled = low == "timeframe" and tokens.low(at) in {":", "is", "to", "set"}
    if low not in SWITCHING | SETTING and not labelled:
        return None
    while tokens.low(at) in BEFORE_FRAME and at < index + 9:
        at += 1
    passed = tokens.lows(index, at)
    if not labelled and "to" not in passed:
        return None
    frame, behind = _frame(tokens, at)
    if frame is None:
        return None
    token = tokens.at(at)
    framed = tokens.low(behind) in FRAMED or "timeframe" in passed or labelled
    sure = framed or (low in SWITCHING and token.kind == "other" and token.text in TIMEFRAMES)
    sure = sure or (low in SWITCHING and token.low in FRAME_WORDS and ends(tokens, behind, AFTER_SYMBOL))
    if not sure or not (framed or ends(tokens, behind, AFTER_SYMBOL)):
        return None
    return span(tokens, index, behind, [Timeframe(value=frame)])


def _frame(tokens: Tokens, index: int) -> tuple[str | None, int]:
    token: Token = tokens.at(index)
    behind = index + 1
    text = token.text
    if token.kind == "price" and token.plain and tokens.low(index + 1) in FRAME_UNITS:
        text, behind = f"{text} {tokens.low(index + 1)}", index + 2
    elif token.kind not in {"other", "word"}:
        return None, behind
    try:
        return read_timeframe(text), behind
    except CommandError:
        return None, behind
