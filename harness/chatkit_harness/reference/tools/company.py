"""The tools about a company: what its insiders do, what analysts say of it, what trades in its options."""

from __future__ import annotations

from agents import function_tool

from ..market import MarketData
from ..widgets import insider_list, options_list, ratings_list
from .running import Context, Shown, failures_logged, market_data, send_progress, show, ticker


@function_tool
async def show_insider_activity(ctx: Context, symbol: str) -> str:
    """Show what officers and directors of a company bought and sold of its shares.

    Args:
        ctx: The run that asks.
        symbol: The ticker, such as AAPL.
    """
    symbol = ticker(symbol)
    work = _insiders(market_data(ctx), symbol)
    with failures_logged("show_insider_activity"):
        return await show(ctx, f"Insider activity at {symbol}", work, symbol=symbol)


async def _insiders(market: MarketData, symbol: str) -> Shown:
    trades = await market.insiders(symbol)
    told = {
        "symbol": symbol,
        "trade_count": len(trades),
        "bought": sum(trade.value for trade in trades if trade.side == "buy"),
        "sold": -sum(trade.value for trade in trades if trade.side == "sell"),
    }
    return insider_list(symbol, trades), told


@function_tool
async def show_analyst_ratings(ctx: Context, symbol: str) -> str:
    """Show what analysts say of a stock: ratings and price targets.

    Args:
        ctx: The run that asks.
        symbol: The ticker, such as NVDA.
    """
    symbol = ticker(symbol)
    work = _ratings(market_data(ctx), symbol)
    with failures_logged("show_analyst_ratings"):
        return await show(ctx, f"Analyst ratings for {symbol}", work, symbol=symbol)


async def _ratings(market: MarketData, symbol: str) -> Shown:
    ratings = await market.ratings(symbol)
    targets = [rating.target for rating in ratings]
    told = {
        "symbol": symbol,
        "rating_count": len(ratings),
        "ratings": {word: sum(each.rating == word for each in ratings) for word in ("Buy", "Hold", "Sell")},
        "average_target": round(sum(targets) / len(targets), 2) if targets else None,
    }
    return ratings_list(symbol, ratings), told


@function_tool
async def show_options_flow(ctx: Context, symbol: str) -> str:
    """Show the day's large option trades in a stock, and on which side their money is.

    Args:
        ctx: The run that asks.
        symbol: The ticker, such as TSLA.
    """
    symbol = ticker(symbol)
    await send_progress(ctx, f"Reading the option trades in {symbol}")
    work = _options(market_data(ctx), symbol)
    with failures_logged("show_options_flow"):
        return await show(ctx, f"Options flow in {symbol}", work, symbol=symbol)


async def _options(market: MarketData, symbol: str) -> Shown:
    trades = await market.options(symbol)
    told = {
        "symbol": symbol,
        "trade_count": len(trades),
        "bullish_premium": sum(trade.premium for trade in trades if trade.bullish),
        "bearish_premium": sum(trade.premium for trade in trades if not trade.bullish),
    }
    return options_list(symbol, trades), told
