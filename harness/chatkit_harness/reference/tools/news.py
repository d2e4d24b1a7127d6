"""The tools about what was written, and about what is due."""

from __future__ import annotations

from typing import Literal

from agents import function_tool

from ..market import Impact, Period
from ..widgets import calendar_list, earnings_list, news_list
from .running import Context, Shown, drawn, failures_logged, market_data, show, ticker


@function_tool
async def show_market_news(ctx: Context, symbol: str) -> str:
    """Show the latest news on a stock.

    Args:
        ctx: The run that asks.
        symbol: The ticker, such as TSLA.
    """
    symbol = ticker(symbol)
    with failures_logged("show_market_news"):
        return await show(ctx, f"News for {symbol}", _news(ctx, symbol), symbol=symbol)


async def _news(ctx: Context, symbol: str) -> Shown:
    market = market_data(ctx)
    articles = await market.news(symbol)
    told = {
        "symbol": symbol,
        "news_count": len(articles),
        "data_source": market.name,
        "headlines": [article.title for article in articles],
    }
    return drawn(ctx, news_list(symbol, articles)), told


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
    only: Impact | None = None if impact == "all" else impact
    work = _calendar(ctx, time_period, only)
    with failures_logged("show_economic_calendar"):
        return await show(ctx, "Economic calendar", work, time_period=time_period, impact=impact)


async def _calendar(ctx: Context, time_period: Period, impact: Impact | None) -> Shown:
    events = await market_data(ctx).calendar(time_period, impact)
    told = {
        "time_period": time_period,
        "impact": impact or "all",
        "event_count": len(events),
        "events": [{"name": event.name, "at": event.at.isoformat()} for event in events],
    }
    return drawn(ctx, calendar_list(f"Economic calendar: {time_period}", events)), told


@function_tool
async def show_earnings_calendar(ctx: Context, time_period: Period, symbol: str | None = None) -> str:
    """Show which companies report their earnings, and what is expected.

    Args:
        ctx: The run that asks.
        time_period: How far to look ahead; it does not matter where a symbol is given.
        symbol: The ticker of the one company that is asked for, else null.
    """
    only = ticker(symbol) if symbol and symbol.strip() else None
    work = _earnings(ctx, time_period, only)
    about = {"time_period": time_period, "symbol": only}
    with failures_logged("show_earnings_calendar"):
        return await show(ctx, "Earnings calendar", work, **about)


async def _earnings(ctx: Context, time_period: Period, symbol: str | None) -> Shown:
    """One company reports four times a year: its next report is shown however far away it is."""
    reports = await market_data(ctx).earnings(None if symbol else time_period, symbol)
    told = {
        "time_period": time_period,
        "symbol": symbol,
        "report_count": len(reports),
        "reports": [
            {
                "symbol": report.symbol,
                "day": report.day.isoformat(),
                "session": report.session,
                "estimate": report.estimate,
            }
            for report in reports
        ],
    }
    return earnings_list(f"Earnings: {symbol or time_period}", reports), told
