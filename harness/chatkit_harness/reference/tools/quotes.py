"""The tools about prices: of one symbol, of several, and the form for an alert on one."""

from __future__ import annotations

import asyncio

from agents import function_tool

from ..market import MarketData, Quote, UnknownSymbolError
from ..widgets import alert_form, comparison_list, failed_card, quote_card
from .running import Context, Shown, failures_logged, market_data, send_progress, show, ticker

MOST_COMPARED = 10


@function_tool
async def show_stock_quote(ctx: Context, symbol: str) -> str:
    """Show the current price of a stock and its change since the previous close.

    Args:
        ctx: The run that asks.
        symbol: The ticker, such as AAPL.
    """
    symbol = ticker(symbol)
    with failures_logged("show_stock_quote"):
        return await show(ctx, symbol, _quote(market_data(ctx), symbol), symbol=symbol)


async def _quote(market: MarketData, symbol: str) -> Shown:
    quote = await market.quote(symbol)
    return _no_price(symbol) if quote is None else (quote_card(quote), figures(quote))


def _no_price(symbol: str) -> Shown:
    card = failed_card(symbol, "There is no price at the moment.")
    return card, {"symbol": symbol, "error": "no price at the moment"}


def figures(quote: Quote) -> dict[str, str | float]:
    """What a model needs to know of a quote."""
    return {
        "symbol": quote.symbol,
        "price": quote.price,
        "change": quote.change,
        "change_percent": quote.change_percent,
    }


@function_tool
async def show_market_comparison(ctx: Context, symbols: list[str]) -> str:
    """Show the prices and changes of several stocks side by side.

    Args:
        ctx: The run that asks.
        symbols: The tickers, such as AAPL, MSFT and NVDA; at most ten.
    """
    wanted = list(dict.fromkeys(map(ticker, filter(str.strip, symbols))))[:MOST_COMPARED]
    if wanted:
        await send_progress(ctx, f"Looking up {_listed(wanted)}")
    with failures_logged("show_market_comparison"):
        work = _comparison(market_data(ctx), wanted)
        return await show(ctx, "Market comparison", work, symbols=wanted)


async def _comparison(market: MarketData, symbols: list[str]) -> Shown:
    found = await asyncio.gather(*(_price(market, symbol) for symbol in symbols))
    quotes = [each for each in found if isinstance(each, Quote)]
    missing = {
        symbol: each for symbol, each in zip(symbols, found, strict=True) if not isinstance(each, Quote)
    }
    ordered = sorted(quotes, key=lambda quote: -quote.change_percent)
    told = {
        "symbols": symbols,
        "figures": [figures(quote) for quote in ordered],
        "missing": missing,
    }
    return comparison_list(ordered, missing), told


async def _price(market: MarketData, symbol: str) -> Quote | str:
    """A quote, or in words why there is none; what is wrong with one symbol says nothing of the others."""
    try:
        return await market.quote(symbol) or "no price at the moment"
    except UnknownSymbolError:
        return "not a known symbol"


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


@function_tool
async def show_price_alert_form(ctx: Context, symbol: str) -> str:
    """Show a form in which the user sets a price alert.

    Args:
        ctx: The run that asks.
        symbol: The ticker, such as AAPL.
    """
    symbol = ticker(symbol)
    with failures_logged("show_price_alert_form"):
        work = _alert(market_data(ctx), symbol)
        return await show(ctx, f"Price alert for {symbol}", work, symbol=symbol)


async def _alert(market: MarketData, symbol: str) -> Shown:
    quote = await market.quote(symbol)
    if quote is None:
        return _no_price(symbol)
    return alert_form(quote), {"symbol": symbol, "price": quote.price, "status": "waiting for the user"}
