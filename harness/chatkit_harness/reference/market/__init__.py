"""Market data: one protocol, deterministic fixtures behind it, faults on request."""

from .data import (
    Bar,
    EconomicEvent,
    Impact,
    MarketData,
    MarketDataTimeoutError,
    NewsArticle,
    Period,
    Quote,
    UnknownSymbolError,
    UpstreamError,
)
from .faults import with_fault
from .fixtures import FixtureMarketData

__all__ = [
    "Bar",
    "EconomicEvent",
    "FixtureMarketData",
    "Impact",
    "MarketData",
    "MarketDataTimeoutError",
    "NewsArticle",
    "Period",
    "Quote",
    "UnknownSymbolError",
    "UpstreamError",
    "with_fault",
]
