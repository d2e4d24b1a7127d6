"""Whether a conversation has to do with a chart at all: `TARGET:99.9%` is a line of many other products."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chatkit_harness import chart
from chatkit_harness.chart.commands import Level
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.core.transcript import Transcript, Turn
from chatkit_harness.frontend.roles import COMMAND_KEYS

from . import reading
from .chart_expected import INTENT
from .shapes import mapping

_BUILT_IN = frozenset({"reference", "workflow"})
"""Servers of the harness itself: they have a chart."""

_PAGE = ("symbol", "chart_context")
"""What only a page with a chart of something traded tells; a report has a timeframe as well."""
_SIDES = frozenset({"support", "resistance"})
"""Levels of which several say that a chart is meant, though one of them can be read alone."""
_MARKET = re.compile(
    r"\b(?i:support (?:and|or|/) resistance|resistance levels?|(?:price|stock) charts?|candle ?sticks?"
    r"|fibonacci|trend ?lines?|technical analysis|bollinger|moving averages?|bullish|bearish"
    r"|(?:stock|share) price|shares? (?:trade|close)d?"
    r"|trad(?:es|ing) at|bitcoin|crypto(?:currency)?|forex|nasdaq)\b"
    r"|\b(?:NYSE|RSI|MACD|VWAP|BTC)\b"
    r"|\b(?i:draw|plot|mark)\b[^.\n]{0,60}\b(?i:supports?|resistances?)\b[^.\n]{0,40}\b[A-Z]{2,5}\b"
)
"""Words that hardly anything but a market is spoken of with."""


def about_a_chart(transcript: Transcript, scenario: Scenario) -> bool:
    """Whether anything tells that a chart is spoken of: server, scenario, page, or answers."""
    if transcript.server in _BUILT_IN or _expected(scenario):
        return True
    tools = (call.name for call in reading.tool_calls(transcript))
    return any(map(_charted, tools)) or any(any(_signs(turn)) for turn in transcript.turns)


def _expected(scenario: Scenario) -> bool:
    plans = [each.expect for each in scenario.turns if each.expect is not None]
    if any(each.commands is not None for each in (scenario.expect, *plans)):
        return True
    pages = (scenario.context, *(each.context for each in scenario.turns))
    return any(page.get(key) for page in pages for key in _PAGE)


def _signs(turn: Turn) -> Iterator[bool]:
    yield any(_charted(reading.words(event.get("name"))) for _, event in reading.events(turn))
    yield any(_charted(reading.words(each.document.get("name"))) for each in reading.client_tool_calls(turn))
    yield from _of_call(turn)
    found = reading.answer(turn)
    if found is not None:
        yield INTENT in (found.intent, found.query_intent)
        documents = [mapping(each.value) for each in found.documents]
        yield any(each.get(key) for each in documents for key in COMMAND_KEYS if _charted(key))
    written = [each.command for each in reading.commands(turn) if each.source != "prose"]
    sides = [each.role for each in written if isinstance(each, Level) and each.role in _SIDES]
    unread = [each for each in reading.rejected(turn) if each.verb.lower() in _SIDES]
    yield chart.only_of_charts(written) or (bool(sides) and len(sides) + len(unread) > 1)
    yield _MARKET.search(f"{reading.question(turn)}\n{reading.user_text(turn)}"[:_LOOKED_AT]) is not None


_LOOKED_AT = 100_000


def _of_call(turn: Turn) -> Iterator[bool]:
    """What the page and the server's HTTP side tell each other."""
    call = reading.http(turn)
    if call is not None:
        yield _charted(call.path)
        for body in (mapping(call.sent), mapping(call.body)):
            yield any(body.get(key) for key in (*COMMAND_KEYS, "chart_context") if _charted(key))


def _charted(name: str) -> bool:
    return "chart" in name.casefold()
