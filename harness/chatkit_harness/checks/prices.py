"""What a symbol traded at, as far as the conversation tells: from outputs of tools, else from the words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chatkit_harness.core.transcript import Transcript, Turn

from . import reading

_KEYS = ("price", "current_price", "last_price", "currentPrice", "lastPrice", "regularMarketPrice")
_CLOSES = ("close", "c")
# Only what may hold a quote or a history is looked into: a level has a price as well.
_HOLDERS = frozenset(
    (
        *("data", "quote", "quotes", "result", "results", "content", "structuredContent", "text", "output"),
        *("history", "candles", "bars", "prices", "symbols", "stock", "market", "snapshot"),
    )
)
_FIGURE = r"\$?(?P<price>\d[\d,]{0,15}(?:\.\d{1,9})?)(?![\d.,]{0,24}\s{0,4}(?:%|x\b|times\b|percent\b))"
_SAID = re.compile(
    r"(?:\b(?P<symbol>[A-Z][A-Z0-9.-]{0,9})\b(?: \([^()\n]{0,60}\))?,?\s{1,9}"
    r"(?:(?:is|was|now|currently|last)\s{1,9}){0,3})?"
    r"(?:\b(?:trad(?:es|ed|ing)|priced|clos(?:es|ed))\s+(?:now\s+)?at"
    r"|(?i:\b(?:last|current)\s+price)(?:\s+is|\s+of)?:?)"
    r"\s*\**\s*" + _FIGURE,
)
_DERIVED = re.compile(
    r"\b(?:calls?|puts?|options?|premium|contracts?|futures|bonds?|yields?|warrants?)\b[^.\n]{0,40}\Z",
    re.IGNORECASE,
)
_LONG_AGO = re.compile(
    r"\*{0,2}\s+(?:back\s+)?(?:in\s+(?:[A-Z][a-z]{2,8}\s+)?(?:19|20)\d\d\b|(?:last|a)\s+(?:year|month|quarter)\b"
    r"|\w{1,8}\s+(?:years?|months?)\s+ago\b)"
)
_DEEP = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A price, the symbol that it is of where that is told, and where it was found."""

    value: float
    symbol: str | None
    source: str


def known(transcript: Transcript, turn: Turn) -> tuple[Price, ...]:
    """The prices that a turn tells, the least certain first: words, then outputs of tools in their order."""
    told = list(in_words(reading.prose(turn), "the words"))
    for call in reading.tool_calls(transcript):
        if call.turn == turn.index and call.output:
            symbol = reading.words(call.arguments.get("symbol")).upper() or None
            told += _found(call.output, symbol, f"the tool {call.name}", 0)
    return tuple(told)


def in_words(text: str, source: str, symbol: str | None = None) -> Iterator[Price]:
    """What a text says that something trades at."""
    told = [
        Price(value=value, symbol=said["symbol"] or symbol, source=source)
        for said in _SAID.finditer(text)
        if (value := _number(said["price"])) is not None and not _of_something_else(text, said)
    ]
    unnamed = {each.value for each in told if each.symbol is None}
    # "Apple trades at $258 and Microsoft at $512": which of them the chart shows, nobody knows
    ambiguous = len({each.value for each in told}) > 1 and bool(unnamed)
    yield from (each for each in told if each.symbol is not None or not ambiguous)


def _of_something_else(text: str, said: re.Match[str]) -> bool:
    """True for the price of an option or a bond, and for one of long ago."""
    before, behind = text[max(0, said.start() - 40) : said.start("price")], text[said.end() : said.end() + 40]
    return _DERIVED.search(before) is not None or _LONG_AGO.match(behind) is not None


def _found(node: Any, symbol: str | None, source: str, depth: int) -> Iterator[Price]:
    if depth > _DEEP:
        return
    if isinstance(node, str):
        document = _parsed(node)
        if document is not None:
            yield from _found(document, symbol, source, depth + 1)
        else:
            yield from in_words(node, source, symbol)
    elif isinstance(node, Mapping):
        shown = reading.mapping(node.get("chart_context"))
        own = reading.words(node.get("symbol") or node.get("ticker") or shown.get("symbol")).upper() or symbol
        value = next((each for key in _KEYS if (each := _number(node.get(key))) is not None), None)
        if value is not None:
            yield Price(value=value, symbol=own, source=source)
            return
        for key, held in node.items():
            if key in _HOLDERS:
                yield from _found(held, own, source, depth + 1)
    elif isinstance(node, list | tuple):
        yield from _of_list(node, symbol, source, depth)


def _of_list(nodes: Any, symbol: str | None, source: str, depth: int) -> Iterator[Price]:
    """Of candles only the last counts, of anything else each."""
    last = reading.mapping(nodes[-1]) if nodes else {}
    close = next((each for key in _CLOSES if (each := _number(last.get(key))) is not None), None)
    if close is not None:
        yield Price(value=close, symbol=symbol, source=source)
        return
    for node in nodes:
        yield from _found(node, symbol, source, depth + 1)


def _number(value: Any) -> float | None:
    """A price above zero, also where it is written out; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value.strip().lstrip("$").replace(",", "")) if isinstance(value, str) else float(value)
    except (ValueError, OverflowError):
        return None
    return number if 0 < number < 1e12 else None


def _parsed(text: str) -> Any:
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
