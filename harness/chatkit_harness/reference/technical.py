"""A technical analysis: as values for a model, and as a widget for the user."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .chart_control import rsi_verdict
from .indicators import Indicators, indicators
from .levels import Level, Levels, find_levels, lookback_days
from .market.data import MarketData
from .widgets.parts import Widget, action, button

SHOWN_TIMEFRAMES = ("1H", "1D", "1W")
"""The timeframes that the card has buttons for."""

VERDICT_COLOURS = {
    "above": "success",
    "below": "danger",
    "neutral": "info",
    "overbought": "warning",
    "oversold": "warning",
}


@dataclass(frozen=True)
class Technical:
    """What is known of a symbol technically."""

    symbol: str
    timeframe: str
    levels: Levels
    indicators: Indicators

    def as_document(self) -> dict[str, Any]:
        """The analysis as JSON values; prices in US dollars, None for what a short history cannot give."""
        known = self.indicators
        macd = known.macd and {"line": _rounded(known.macd.line), "signal": _rounded(known.macd.signal)}
        return {
            "symbol": self.symbol,
            "timeframe": self.timeframe,
            "price": self.levels.price,
            "levels": {
                "support": [_level(level) for level in self.levels.supports],
                "resistance": [_level(level) for level in self.levels.resistances],
            },
            "indicators": {
                "rsi_14": _rounded(known.rsi_14),
                "sma_20": _rounded(known.sma_20),
                "sma_50": _rounded(known.sma_50),
                "macd": macd,
            },
        }

    def verdicts(self) -> Iterator[tuple[str, str, str]]:
        """Each indicator that is known: its name, its value, and what it says in a word."""
        known, price = self.indicators, self.levels.price
        if known.rsi_14 is not None:
            yield "RSI 14", f"{known.rsi_14:.1f}", rsi_verdict(known.rsi_14)
        for name, average in (("SMA 20", known.sma_20), ("SMA 50", known.sma_50)):
            if average is not None:
                yield name, f"{average:.2f}", "above" if price >= average else "below"
        if known.macd is not None:
            yield "MACD", f"{known.macd.line:+.2f}", "above" if known.macd.histogram >= 0 else "below"


async def analysed(market: MarketData, symbol: str, timeframe: str) -> Technical | None:
    """The analysis of a symbol's history; None without one. Raises what the market data raises."""
    bars = await market.history(symbol, lookback_days(timeframe))
    return Technical(symbol, timeframe, find_levels(bars), indicators(bars)) if bars else None


def _level(level: Level) -> dict[str, Any]:
    return {"price": level.price, "note": level.note}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def technical_card(technical: Technical) -> Widget:
    """A card of rows with a badge each: the levels, highest first, as on a chart; then the indicators."""
    levels = technical.levels
    return {
        "type": "Card",
        "size": "md",
        "children": [
            _head(technical),
            {"type": "Divider"},
            *(_level_row("Resistance", "danger", level) for level in reversed(levels.resistances)),
            *(_level_row("Support", "success", level) for level in levels.supports),
            {"type": "Divider"},
            *(_indicator_row(*verdict) for verdict in technical.verdicts()),
            {"type": "Divider"},
            _buttons(technical),
        ],
    }


def _buttons(technical: Technical) -> Widget:
    """A button for each timeframe, and one that draws the levels on the page's chart."""
    symbol, shown = technical.symbol, technical.timeframe
    draw = {"query": f"draw support and resistance for {symbol}", "timeframe": shown}
    return {
        "type": "Row",
        "gap": 2,
        "wrap": "wrap",
        "children": [
            *(
                button(
                    each,
                    action("change_timeframe", {"symbol": symbol, "timeframe": each}),
                    chosen=each == shown,
                )
                for each in SHOWN_TIMEFRAMES
            ),
            button("Draw the levels", action("chart_command", draw)),
        ],
    }


def _head(technical: Technical) -> Widget:
    return {
        "type": "Row",
        "justify": "between",
        "align": "center",
        "children": [
            {
                "type": "Col",
                "children": [
                    {"type": "Title", "value": f"{technical.symbol} technical analysis", "size": "sm"},
                    {"type": "Caption", "value": f"{technical.timeframe} timeframe"},
                ],
            },
            {"type": "Text", "value": f"${technical.levels.price:,.2f}", "weight": "semibold"},
        ],
    }


def _level_row(role: str, colour: str, level: Level) -> Widget:
    return {
        "type": "Row",
        "gap": 3,
        "align": "center",
        "children": [
            {"type": "Badge", "label": role, "color": colour},
            {"type": "Text", "value": f"${level.price:,.2f}", "weight": "semibold"},
            {"type": "Caption", "value": level.note},
        ],
    }


def _indicator_row(name: str, value: str, verdict: str) -> Widget:
    return {
        "type": "Row",
        "gap": 3,
        "align": "center",
        "children": [
            {"type": "Badge", "label": _says(name, verdict), "color": VERDICT_COLOURS[verdict]},
            {"type": "Text", "value": name},
            {"type": "Text", "value": value, "weight": "semibold"},
        ],
    }


def _says(name: str, verdict: str) -> str:
    """An average says where the price is, MACD where its own line is."""
    if name == "MACD":
        return f"{verdict} signal"
    return f"price {verdict}" if name.startswith("SMA") else verdict
