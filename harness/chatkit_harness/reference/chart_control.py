"""Chart commands for a question, worked out from market data: the same for every path, without a model.

answer = await control_chart("draw support for TSLA", ChartContext(None, None), FixtureMarketData())
answer.chart_commands  # ("LOAD:TSLA", "TIMEFRAME:1D", 'SUPPORT:395.56 "tested 5 times, ..."', ...)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .chart_question import ChartQuestion, read_question, read_timeframe
from .chart_view import view_words
from .indicators import Indicators, indicators
from .levels import Level, fibonacci_swing, find_levels, lookback_days, trade_setup
from .market.data import Bar, MarketData

DEFAULT_TIMEFRAME = "1D"
WHICH_SYMBOL = "Which symbol shall I use? No chart is loaded and the question names none."
CANNOT_TAKE_OFF = "Single levels cannot be taken off; “clear the chart” takes off everything that was drawn."
CAN_DO = (
    "load a symbol, change the timeframe, draw support and resistance, indicators, Fibonacci or a trade setup"
)


@dataclass(frozen=True)
class ChartContext:
    """What the chart shows when the question is asked; None where nothing is loaded."""

    symbol: str | None
    timeframe: str | None


@dataclass(frozen=True)
class ChartAnswer:
    """A text for the user, commands for the chart, and what was asked of the market data for it.

    `chart_context` is `{symbol, timeframe}` as the chart shows it once the commands are carried out.
    """

    text: str
    chart_commands: tuple[str, ...]
    tools_used: tuple[str, ...]
    chart_context: Mapping[str, Any]

    def as_document(self) -> dict[str, Any]:
        """The answer as JSON values."""
        return {
            "text": self.text,
            "chart_commands": list(self.chart_commands),
            "tools_used": list(self.tools_used),
            "chart_context": dict(self.chart_context),
        }


async def control_chart(query: str, chart: ChartContext, market: MarketData) -> ChartAnswer:
    """Answer a question about the chart; the same question and data give the same answer.

    The symbol is the question's, else the chart's; where there is none the text asks for it. Commands come in
    the order LOAD, TIMEFRAME, then what is drawn. Raises what the market data raises: UnknownSymbolError,
    UpstreamError, MarketDataTimeoutError.
    """
    asked = read_question(query)
    chart = ChartContext(chart.symbol.upper() if chart.symbol else None, chart.timeframe or None)
    symbol = asked.symbol or chart.symbol
    if asked.current and asked.symbol is None and not asked.draws:
        return _only_words(_what_is_loaded(chart), chart)
    if symbol is None:
        return _only_words(WHICH_SYMBOL, chart)
    if not (asked.symbol or asked.timeframe or asked.draws):
        if asked.view:
            return replace(_only_words(view_words(asked.view), chart), chart_commands=asked.view)
        told = f"{CANNOT_TAKE_OFF} " if asked.unwanted else ""
        return _only_words(f"{told}The chart shows {_shown(chart)}. I can {CAN_DO}.", chart)
    timeframe = asked.timeframe or read_timeframe(chart.timeframe or "") or DEFAULT_TIMEFRAME
    sheet = _Sheet(symbol, timeframe)
    if asked.draws:
        await _draw(asked, sheet, market)
    else:
        await _load(sheet, market)
    sheet.commands = [*asked.view, *sheet.commands]
    sheet.sentences.append(view_words(asked.view))
    sheet.sentences += [CANNOT_TAKE_OFF] if asked.unwanted else []
    sheet.sentences += [f"I did not understand what to draw: I can {CAN_DO}."] if asked.unread else []
    return sheet.answer()


@dataclass
class _Sheet:
    """An answer while it is being worked out."""

    symbol: str
    timeframe: str
    commands: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    tools: list[str] = field(default_factory=list)

    def answer(self) -> ChartAnswer:
        """The answer, LOAD and TIMEFRAME first."""
        return ChartAnswer(
            text=" ".join(filter(None, self.sentences)),
            chart_commands=(f"LOAD:{self.symbol}", f"TIMEFRAME:{self.timeframe}", *self.commands),
            tools_used=tuple(self.tools),
            chart_context={"symbol": self.symbol, "timeframe": self.timeframe},
        )


def _only_words(text: str, chart: ChartContext) -> ChartAnswer:
    return ChartAnswer(text, (), (), {"symbol": chart.symbol, "timeframe": chart.timeframe})


def _shown(chart: ChartContext) -> str:
    return f"{chart.symbol} at the {chart.timeframe} timeframe" if chart.timeframe else str(chart.symbol)


def _what_is_loaded(chart: ChartContext) -> str:
    if chart.symbol is None:
        return "No chart is loaded. Which symbol would you like to see?"
    return f"The chart shows {_shown(chart)}."


async def _load(sheet: _Sheet, market: MarketData) -> None:
    """Nothing but a symbol or a timeframe; the quote tells whether there is such a symbol."""
    sheet.tools.append("get_stock_price")
    quote = await market.quote(sheet.symbol)
    price = "" if quote is None else f" The last price is ${quote.price:.2f}."
    sheet.sentences.append(f"The chart shows {sheet.symbol} at the {sheet.timeframe} timeframe.{price}")


async def _draw(asked: ChartQuestion, sheet: _Sheet, market: MarketData) -> None:
    sheet.tools.append("get_stock_history")
    bars = await market.history(sheet.symbol, lookback_days(sheet.timeframe))
    if asked.analysis:
        sheet.commands.append("ANALYZE:TECHNICAL")
    # The chart has data of its own for these: they need no history here.
    sheet.commands.extend(asked.indicators)
    if not bars:
        sheet.sentences.append(f"There is no price history for {sheet.symbol} at the moment.")
        return
    sheet.sentences.append(f"{sheet.symbol} last traded at ${bars[-1].close:.2f}.")
    _draw_levels(asked, sheet, bars)
    if asked.fibonacci:
        _draw_fibonacci(sheet, bars)
    if asked.setup:
        _draw_setup(sheet, bars)
    off = [command.split(":")[1] for command in asked.indicators if command.endswith(":OFF")]
    sheet.sentences += [f"{name} is off the chart." for name in off]
    if asked.analysis or len(off) < len(asked.indicators):
        sheet.sentences.append(indicator_words(indicators(bars), bars[-1].close))


def _draw_levels(asked: ChartQuestion, sheet: _Sheet, bars: Sequence[Bar]) -> None:
    support, resistance = asked.support or asked.analysis, asked.resistance or asked.analysis
    if not (support or resistance):
        return
    sheet.tools.append("get_technical_levels")
    levels = find_levels(bars)
    for wanted, role, found in (
        (support, "Support", levels.supports),
        (resistance, "Resistance", levels.resistances),
    ):
        if wanted:
            sheet.commands.extend(f'{role.upper()}:{level.price:.2f} "{level.note}"' for level in found)
            sheet.sentences.append(f"{role}: {_listed(found)}.")


def _listed(levels: Sequence[Level]) -> str:
    words = [f"${level.price:.2f} ({level.note})" for level in levels]
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _draw_fibonacci(sheet: _Sheet, bars: Sequence[Bar]) -> None:
    swing = fibonacci_swing(bars)
    sheet.commands.append(f"FIBONACCI:{swing.high:.2f}:{swing.low:.2f}")
    ends = (swing.low, swing.high) if swing.rising else (swing.high, swing.low)
    direction = "rise" if swing.rising else "fall"
    sheet.sentences.append(
        f"Fibonacci from ${ends[0]:.2f} to ${ends[1]:.2f}, the {direction} of the last 60 trading days."
    )


def _draw_setup(sheet: _Sheet, bars: Sequence[Bar]) -> None:
    sheet.tools.append("get_technical_levels")
    sheet.tools = list(dict.fromkeys(sheet.tools))
    trade = trade_setup(bars)
    entry = "if the price comes back to support" if trade.waits else "at the last price"
    sheet.commands += [
        f'ENTRY:{trade.entry:.2f} "{entry}"',
        f'STOPLOSS:{trade.stop:.2f} "below support"',
        f'TARGET:{trade.target:.2f} "at resistance"',
    ]
    sheet.sentences.append(
        f"Entry at ${trade.entry:.2f} ({entry}), stop loss at ${trade.stop:.2f}, target at "
        f"${trade.target:.2f}: the reward is {trade.reward} times the risk."
    )


def indicator_words(known: Indicators, price: float) -> str:
    """The indicators in one sentence; those that a short history cannot give are left out."""
    words = []
    if known.rsi_14 is not None:
        words.append(f"RSI 14 is {known.rsi_14:.1f} ({rsi_verdict(known.rsi_14)})")
    for days, average in ((20, known.sma_20), (50, known.sma_50)):
        if average is not None:
            side = "above" if price >= average else "below"
            words.append(f"the price is {side} its {days}-day average of {average:.2f}")
    if known.macd is not None:
        words.append(f"MACD is {'above' if known.macd.histogram >= 0 else 'below'} its signal line")
    sentence = ", ".join(words) or "the history is too short for indicators"
    return f"{sentence[0].upper()}{sentence[1:]}."


def rsi_verdict(rsi: float) -> str:
    """Overbought from 70 on, oversold up to 30."""
    if rsi >= 70:
        return "overbought"
    return "oversold" if rsi <= 30 else "neutral"
