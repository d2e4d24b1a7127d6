"""The tools about charts: what the page's chart is to do, what is on it, and the analysis as a widget."""

from __future__ import annotations

from collections.abc import Sequence

from agents import function_tool
from chatkit.agents import AgentContext, ClientToolCall
from chatkit.types import ThreadItemDoneEvent, ThreadStreamEvent

from ..chart_control import ChartContext
from ..chart_control import control_chart as answer_about_chart
from ..context import RequestContext
from ..failures import MARKET_FAILURES
from ..market import MarketData
from ..messages import assistant_message
from ..shim import client_effect
from ..technical import analysed, technical_card
from ..widgets import failed_card
from .running import (
    Context,
    Shown,
    failures_logged,
    market_data,
    note,
    send_progress,
    show,
    ticker,
    tool_error,
    tool_output,
)


@function_tool
async def chart_control(ctx: Context, query: str) -> str:
    """Carry out what the user wants of the chart, and say what was done.

    Args:
        ctx: The run that asks.
        query: The user's question in their own words, such as "draw support for TSLA".
    """
    request = ctx.context.request_context
    with failures_logged("chart_control"):
        try:
            chart = ChartContext(request.symbol, request.timeframe)
            answer = await answer_about_chart(query, chart, market_data(ctx))
        except MARKET_FAILURES as failure:
            note("chart_control", failure)
            return tool_error(failure, chart_commands=[])
        if answer.chart_commands:
            await ctx.context.stream(commands_event(ctx.context, answer.chart_commands))
        return tool_output(**answer.as_document())


@function_tool
async def show_technical_analysis(ctx: Context, symbol: str, timeframe: str) -> str:
    """Show a stock's support, resistance and indicators.

    Args:
        ctx: The run that asks.
        symbol: The ticker, such as NVDA.
        timeframe: The chart's timeframe, such as 1D or 1W.
    """
    symbol = ticker(symbol)
    await send_progress(ctx, f"Reading the price history of {symbol}")
    work = _analysis(market_data(ctx), symbol, timeframe)
    title = f"{symbol} technical analysis"
    with failures_logged("show_technical_analysis"):
        return await show(ctx, title, work, symbol=symbol)


async def _analysis(market: MarketData, symbol: str, timeframe: str) -> Shown:
    technical = await analysed(market, symbol, timeframe)
    if technical is None:
        card = failed_card(f"{symbol} technical analysis", "There is no price history at the moment.")
        return card, {"symbol": symbol, "error": "no price history at the moment"}
    return technical_card(technical), technical.as_document()


@function_tool
async def get_chart_selection(ctx: Context) -> str:
    """Ask the user's browser what is selected on the chart."""
    ctx.context.client_tool_call = ClientToolCall(name="get_chart_selection", arguments={})
    return tool_output(status="pending")


def commands_event(context: AgentContext[RequestContext], commands: Sequence[str]) -> ThreadStreamEvent:
    """What tells the page's chart what to do.

    Where this chatkit release has no event for that, the commands are a message of their own, a line each,
    for the page to read out of the thread.
    """
    effect: ThreadStreamEvent | None = client_effect("chart_commands", {"commands": list(commands)})
    if effect is None:
        return ThreadItemDoneEvent(item=assistant_message(context, "\n".join(commands)))
    return effect
