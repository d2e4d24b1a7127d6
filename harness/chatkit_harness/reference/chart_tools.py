"""The tools about charts: one tells the page's chart what to do, one shows the analysis as a widget."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timezone

from agents import function_tool
from chatkit.types import AssistantMessageContent, AssistantMessageItem, ThreadItemDoneEvent

from .chart_control import ChartContext
from .chart_control import control_chart as answer_about_chart
from .indicators import indicators
from .levels import find_levels, lookback_days
from .market import UnknownSymbolError
from .shim import client_effect
from .technical import Technical, technical_card
from .tools import Context, failures_logged, market_data, send_widget, tool_error, tool_output


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
        except UnknownSymbolError as unknown:
            return tool_error(unknown, chart_commands=[])
        if answer.chart_commands:
            await send_commands(ctx, answer.chart_commands)
        return json.dumps(answer.as_document())


@function_tool
async def show_technical_analysis(ctx: Context, symbol: str, timeframe: str) -> str:
    """Show a stock's support, resistance and indicators.

    Args:
        ctx: The run that asks.
        symbol: The ticker, such as NVDA.
        timeframe: The chart's timeframe, such as 1D or 1W.
    """
    symbol = symbol.strip().upper()
    with failures_logged("show_technical_analysis"):
        try:
            bars = await market_data(ctx).history(symbol, lookback_days(timeframe))
        except UnknownSymbolError as unknown:
            return tool_error(unknown, symbol=symbol)
        if not bars:
            return tool_error("no price history at the moment", symbol=symbol)
        technical = Technical(symbol, timeframe, find_levels(bars), indicators(bars))
        await send_widget(ctx, technical_card(technical))
        return tool_output(**technical.as_document())


async def send_commands(ctx: Context, commands: Sequence[str]) -> None:
    """Tell the page's chart what to do.

    Where this chatkit release has no event for that, the commands are a message of their own, a line each,
    for the page to read out of the thread.
    """
    effect = client_effect("chart_commands", {"commands": list(commands)})
    if effect is None:
        effect = ThreadItemDoneEvent(item=_message(ctx, "\n".join(commands)))
    await ctx.context.stream(effect)


def _message(ctx: Context, text: str) -> AssistantMessageItem:
    return AssistantMessageItem(
        id=ctx.context.generate_id("message"),
        thread_id=ctx.context.thread.id,
        created_at=datetime.now(timezone.utc),
        content=[AssistantMessageContent(text=text)],
    )
