"""What is said when market data cannot be had: to the user in words, to the log in a line."""

from __future__ import annotations

from .market.data import MarketDataTimeoutError, UnknownSymbolError, UpstreamError

MARKET_FAILURES = (UnknownSymbolError, UpstreamError, MarketDataTimeoutError)
"""Every way in which market data may fail, see `MarketData`."""

Failure = UnknownSymbolError | UpstreamError | MarketDataTimeoutError


def explained(failure: Failure) -> str:
    """A failure in words that help a user: what is wrong, and what to do about it."""
    if isinstance(failure, UnknownSymbolError):
        return f"{failure.symbol} is not a known symbol. Check how it is spelled, or try another one."
    if isinstance(failure, MarketDataTimeoutError):
        return "The market data did not come in time. Please try again in a minute."
    return "The market data cannot be reached at the moment. Please try again in a few minutes."
