"""Market data: one protocol; fixtures or a provider behind it; faults on request."""

from .data import (
    AnalystRating,
    Bar,
    EarningsReport,
    EconomicEvent,
    Impact,
    InsiderTrade,
    MarketData,
    MarketDataTimeoutError,
    NewsArticle,
    OptionTrade,
    Period,
    Quote,
    UnknownSymbolError,
    UnreachableError,
    UnreadableAnswerError,
    UpstreamError,
)
from .faults import with_fault
from .fixtures import FixtureMarketData
from .source import market_from_environment

__all__ = [
    "AnalystRating",
    "Bar",
    "EarningsReport",
    "EconomicEvent",
    "FixtureMarketData",
    "Impact",
    "InsiderTrade",
    "MarketData",
    "MarketDataTimeoutError",
    "NewsArticle",
    "OptionTrade",
    "Period",
    "Quote",
    "UnknownSymbolError",
    "UnreachableError",
    "UnreadableAnswerError",
    "UpstreamError",
    "market_from_environment",
    "with_fault",
]
