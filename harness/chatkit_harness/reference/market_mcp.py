"""The market data as tools over MCP: a server of its own, for workflows that reach theirs that way.

It is a process of the same interpreter that talks over standard input and output, and ends with the input.
Its imports are kept few (the mcp package itself takes most of the start): neither agents nor chatkit.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .indicators import indicators
from .levels import find_levels, lookback_days
from .market import FixtureMarketData, MarketData, UnknownSymbolError, UpstreamError, with_fault
from .market.data import MarketDataTimeoutError
from .mcp_shim import tool_error, tool_server
from .technical import Technical

START = "import importlib, sys; sys.path.insert(0, sys.argv[1]); importlib.import_module(sys.argv[2]).main()"
MAX_DAYS = 90


def command(fault: str | None = None) -> list[str]:
    """How to start the server; `fault` is a fault of the market data, or None.

    Isolated (-I), so that nothing of the caller's environment or folder takes the place of a module; what it
    needs of the path, it is told.
    """
    package = __name__.rpartition(".")[0]
    root = Path(__file__).resolve().parents[package.count(".") + 1]
    start = [sys.executable, "-I", "-c", START, str(root), __name__]
    return [*start, fault] if fault else start


def main() -> None:
    """Serve until the input ends; the last argument, if there is a third one, is a fault."""
    fault = sys.argv[3] if len(sys.argv) > 3 else None
    tool_server("market-data", market_tools(with_fault(FixtureMarketData(), fault))).run(transport="stdio")


def market_tools(market: MarketData) -> list[Callable[..., Any]]:
    """The tools, as functions with the names and the words that a model sees."""

    async def get_stock_price(symbol: str) -> dict[str, Any]:
        """The last price of a stock and its change since the previous close."""
        with told_to_the_model():
            quote = await market.quote(symbol.strip().upper())
            if quote is None:
                raise tool_error(f"no price for {symbol} at the moment")
            return {
                "symbol": quote.symbol,
                "name": quote.name,
                "price": quote.price,
                "change": quote.change,
                "change_percent": quote.change_percent,
            }

    async def get_stock_history(symbol: str, days: int = 30) -> dict[str, Any]:
        """The last trading days of a stock, oldest first; at most 90."""
        with told_to_the_model():
            bars = await market.history(symbol.strip().upper(), min(max(days, 1), MAX_DAYS))
            rows = [
                {
                    "day": bar.day.isoformat(),
                    "open": bar.open,
                    "high": bar.high,
                    "low": bar.low,
                    "close": bar.close,
                    "volume": bar.volume,
                }
                for bar in bars
            ]
            return {"symbol": symbol.strip().upper(), "bars": rows}

    async def get_market_news(symbol: str) -> dict[str, Any]:
        """Recent articles on a stock, newest first."""
        with told_to_the_model():
            articles = await market.news(symbol.strip().upper())
            rows = [
                {"title": each.title, "source": each.source, "url": each.url, "age": each.age}
                for each in articles
            ]
            return {"symbol": symbol.strip().upper(), "data_source": market.name, "articles": rows}

    async def get_technical_levels(symbol: str, timeframe: str = "1D") -> dict[str, Any]:
        """Support and resistance of a stock, and its RSI, moving averages and MACD."""
        with told_to_the_model():
            ticker = symbol.strip().upper()
            bars = await market.history(ticker, lookback_days(timeframe))
            if not bars:
                raise tool_error(f"no price history for {ticker} at the moment")
            return Technical(ticker, timeframe, find_levels(bars), indicators(bars)).as_document()

    return [get_stock_price, get_stock_history, get_market_news, get_technical_levels]


@contextmanager
def told_to_the_model() -> Iterator[None]:
    """What goes wrong with the market data reaches the model in its own words."""
    try:
        yield
    except (UnknownSymbolError, UpstreamError, MarketDataTimeoutError) as failure:
        raise tool_error(failure) from failure
