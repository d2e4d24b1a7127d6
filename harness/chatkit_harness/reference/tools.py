"""What the assistant can do: each tool fetches, shows a widget, and tells the model what it showed."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal

from agents import RunContextWrapper, function_tool
from chatkit.agents import AgentContext, ClientToolCall
from pydantic import SkipValidation

from .context import RequestContext
from .market import MarketData, Period, UnknownSymbolError, with_fault
from .shim import widget_root
from .widgets import Widget, as_documented, calendar_list, news_list, quote_card

log = logging.getLogger(__name__)
authored_log = logging.getLogger("chatkit_harness.authored")


class MarketAgentContext(AgentContext[RequestContext]):
    """ChatKit's context of one run, with the market data that the tools read.

    `wrong_widgets` draws the lists as the older documents did, see `widgets.as_documented`.
    """

    market: Annotated[MarketData, SkipValidation]
    wrong_widgets: bool = False


Context = RunContextWrapper[MarketAgentContext]


@function_tool
async def show_stock_quote(ctx: Context, symbol: str) -> str:
    """Show the current price of a stock and its change since the previous close.

    Args:
        ctx: The run that asks.
        symbol: The ticker, such as AAPL.
    """
    symbol = symbol.strip().upper()
    with failures_logged("show_stock_quote"):
        try:
            quote = await market_data(ctx).quote(symbol)
        except UnknownSymbolError as unknown:
            return tool_error(unknown, symbol=symbol)
        if quote is None:
            return tool_error("no price at the moment", symbol=symbol)
        await send_widget(ctx, quote_card(quote))
        return tool_output(
            symbol=symbol, price=quote.price, change=quote.change, change_percent=quote.change_percent
        )


@function_tool
async def show_market_news(ctx: Context, symbol: str) -> str:
    """Show the latest news on a stock.

    Args:
        ctx: The run that asks.
        symbol: The ticker, such as TSLA.
    """
    symbol = symbol.strip().upper()
    with failures_logged("show_market_news"):
        market = market_data(ctx)
        try:
            articles = await market.news(symbol)
        except UnknownSymbolError as unknown:
            return tool_error(unknown, symbol=symbol)
        await send_list(ctx, news_list(symbol, articles))
        return tool_output(
            symbol=symbol,
            news_count=len(articles),
            data_source=market.name,
            headlines=[article.title for article in articles],
        )


@function_tool
async def show_economic_calendar(
    ctx: Context, time_period: Period, impact: Literal["all", "high", "medium", "low"]
) -> str:
    """Show the economic releases that are due, such as NFP, CPI, GDP or the Fed's decision.

    Args:
        ctx: The run that asks.
        time_period: How far to look ahead; month for a release that may be some weeks away.
        impact: Only releases of this impact; all for every one.
    """
    with failures_logged("show_economic_calendar"):
        events = await market_data(ctx).calendar(time_period, None if impact == "all" else impact)
        await send_list(ctx, calendar_list(f"Economic calendar: {time_period}", events))
        return tool_output(
            time_period=time_period,
            impact=impact,
            event_count=len(events),
            events=[{"name": event.name, "at": event.at.isoformat()} for event in events],
        )


@function_tool
async def get_chart_selection(ctx: Context) -> str:
    """Ask the user's browser what is selected on the chart."""
    ctx.context.client_tool_call = ClientToolCall(name="get_chart_selection", arguments={})
    return tool_output(status="pending")


def market_data(ctx: Context) -> MarketData:
    """The market data of this run, failing where the request asks for it."""
    return with_fault(ctx.context.market, ctx.context.request_context.faults.get("market_data"))


async def send_list(ctx: Context, widget: Widget) -> None:
    """Show a list; in a wrong shape where the server was told to."""
    await send_widget(ctx, as_documented(widget) if ctx.context.wrong_widgets else widget)


async def send_widget(ctx: Context, authored: Widget) -> None:
    """Show a widget: every one goes out through here.

    It is logged as authored before chatkit's models see it, since they drop what they do not know without
    a word. Raises pydantic's ValidationError for one that this chatkit release refuses to build.
    """
    authored_log.debug("widget", extra={"authored_widget": authored})
    await ctx.context.stream_widget(widget_root(authored))


def tool_output(**values: Any) -> str:
    """What the model reads: JSON, because several agents releases write a dict as Python's repr."""
    return json.dumps(values)


def tool_error(reason: object, **values: Any) -> str:
    """A failure that the model can explain to the user, with what it was about."""
    return tool_output(**values, error=str(reason))


@contextmanager
def failures_logged(tool: str) -> Iterator[None]:
    """Log a tool's failure with its traceback: all that the model gets to see is a sentence."""
    try:
        yield
    except Exception:
        log.exception("%s failed", tool)
        raise
