"""What the widgets' buttons and forms ask for, carried out: without a model, and without chatkit.

| action | payload | result |
|---|---|---|
| refresh_quote | symbol | the card with the price of now |
| change_timeframe | symbol, timeframe | the analysis at that timeframe |
| chart_command | query, timeframe? | commands for the page's chart, and words |
| submit_price_alert | symbol, direction, price | the card of the alert, or the form with what is wrong |
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .chart_control import ChartContext, control_chart
from .chart_question import read_timeframe
from .failures import MARKET_FAILURES, explained
from .market.data import MarketData, Quote
from .technical import analysed, technical_card
from .widgets import Widget, alert_card, alert_form, quote_card
from .widgets.alerts import DIRECTIONS

LONGEST_TEXT = 200
HIGHEST_PRICE = 1_000_000.0


@dataclass(frozen=True)
class Alert:
    """A price that somebody wants to be told of; `direction` is above or below."""

    symbol: str
    direction: str
    price: float

    def as_document(self) -> dict[str, Any]:
        """The alert as JSON values."""
        return {"symbol": self.symbol, "direction": self.direction, "price": self.price}


@dataclass(frozen=True)
class Outcome:
    """What an action leads to: a widget in place of the one that was clicked, commands, words, an alert."""

    widget: Widget | None = None
    text: str | None = None
    commands: tuple[str, ...] = field(default=())
    alert: Alert | None = None


class UnusableError(ValueError):
    """An action's payload lacks something, or holds what cannot be; the message says what, for a user."""


async def carry_out(kind: str, payload: Any, market: MarketData, chart: ChartContext) -> Outcome:
    """Carry an action out. What is wrong with it, or with the market data, is told in the outcome's words."""
    action = ACTIONS.get(kind)
    if action is None:
        return Outcome(text=f"I do not know what to do for “{_short(kind)}”. Please ask for it in words.")
    try:
        return await action(_Payload(payload), market, chart)
    except UnusableError as unusable:
        return Outcome(text=f"That could not be done: {unusable}")
    except MARKET_FAILURES as failure:
        return Outcome(text=explained(failure))


class _Payload:
    """What came with an action: whatever a client sends, read with care."""

    def __init__(self, values: Any) -> None:
        self._values: Mapping[str, Any] = values if isinstance(values, dict) else {}

    def text(self, name: str) -> str:
        value = self._values.get(name)
        if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT:
            raise UnusableError(f"it names no {name}.")
        return value.strip()

    def symbol(self) -> str:
        return self.text("symbol").upper()

    def timeframe(self, otherwise: str | None = None) -> str | None:
        """The timeframe as charts write it."""
        if self._values.get("timeframe") is None:
            return otherwise
        found = read_timeframe(self.text("timeframe"))
        if found is None:
            raise UnusableError("there is no such timeframe.")
        return found

    def price(self) -> float | None:
        """A price as somebody typed it; None for what is none."""
        value = self._values.get("price")
        try:
            price = (
                math.nan
                if isinstance(value, bool)
                else float(str(value).strip().lstrip("$").replace(",", ""))
            )
        except ValueError:
            return None
        return round(price, 2) if 0.01 <= price <= HIGHEST_PRICE else None


async def _refresh_quote(payload: _Payload, market: MarketData, chart: ChartContext) -> Outcome:
    del chart
    return Outcome(widget=quote_card(await _quote(market, payload.symbol()), refreshed=True))


async def _quote(market: MarketData, symbol: str) -> Quote:
    quote = await market.quote(symbol)
    if quote is None:
        raise UnusableError(f"there is no price of {symbol} at the moment.")
    return quote


async def _change_timeframe(payload: _Payload, market: MarketData, chart: ChartContext) -> Outcome:
    symbol, timeframe = payload.symbol(), payload.timeframe(chart.timeframe) or "1D"
    technical = await analysed(market, symbol, timeframe)
    if technical is None:
        raise UnusableError(f"there is no price history of {symbol} at the moment.")
    return Outcome(widget=technical_card(technical))


async def _chart_command(payload: _Payload, market: MarketData, chart: ChartContext) -> Outcome:
    shown = ChartContext(chart.symbol, payload.timeframe(chart.timeframe))
    answer = await control_chart(payload.text("query"), shown, market)
    return Outcome(text=answer.text, commands=answer.chart_commands)


async def _submit_price_alert(payload: _Payload, market: MarketData, chart: ChartContext) -> Outcome:
    del chart
    symbol, price, direction = payload.symbol(), payload.price(), payload.text("direction")
    quote = await _quote(market, symbol)
    if price is None:
        return Outcome(widget=alert_form(quote, "Please enter a price above zero, such as 280.00."))
    if direction not in DIRECTIONS:
        raise UnusableError("an alert is for a price above or below.")
    return Outcome(
        widget=alert_card(quote.symbol, direction, price), alert=Alert(quote.symbol, direction, price)
    )


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 40 else f"{plain[:39]}…"


ACTIONS: Mapping[str, Callable[[_Payload, MarketData, ChartContext], Awaitable[Outcome]]] = {
    "refresh_quote": _refresh_quote,
    "change_timeframe": _change_timeframe,
    "chart_command": _chart_command,
    "submit_price_alert": _submit_price_alert,
}
