"""The nouns of market data, the protocol that every source of it keeps to, and how a source fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

Impact = Literal["high", "medium", "low"]
Period = Literal["today", "tomorrow", "week", "month"]


@dataclass(frozen=True)
class Quote:
    """The last price of a symbol against the close before it, in US dollars."""

    symbol: str
    name: str
    price: float
    previous_close: float
    as_of: datetime

    @property
    def change(self) -> float:
        """The price's distance from the previous close, rounded to cents."""
        return round(self.price - self.previous_close, 2)

    @property
    def change_percent(self) -> float:
        """The change in percent of the previous close, rounded to two places."""
        return round(100 * self.change / self.previous_close, 2)


@dataclass(frozen=True)
class Bar:
    """One trading day: open, high, low and close in US dollars, volume in shares."""

    day: date
    open: float
    high: float
    low: float
    close: float
    volume: int


@dataclass(frozen=True)
class NewsArticle:
    """One article; `age` is its distance from the moment of asking, in words."""

    id: str
    title: str
    source: str
    url: str
    published: datetime
    age: str


@dataclass(frozen=True)
class EconomicEvent:
    """One scheduled release of the US economy, its time in New York."""

    id: str
    name: str
    at: datetime
    impact: Impact
    forecast: str | None = None
    previous: str | None = None


class UnknownSymbolError(LookupError):
    """No source knows this ticker."""

    def __init__(self, symbol: str) -> None:
        super().__init__(f"unknown symbol {symbol}")
        self.symbol = symbol


class UpstreamError(RuntimeError):
    """The provider of the data answered with an error status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the market data provider answered {status}")
        self.status = status


class MarketDataTimeoutError(TimeoutError):
    """The provider of the data did not answer in time."""


class MarketData(Protocol):
    """A source of market data.

    Each method may raise UnknownSymbolError, UpstreamError or MarketDataTimeoutError; a source that merely
    has nothing to say answers None or an empty sequence.
    """

    @property
    def name(self) -> str:
        """What the user is told about where the figures come from."""
        ...

    async def quote(self, symbol: str) -> Quote | None:
        """The last price of a symbol."""
        ...

    async def history(self, symbol: str, days: int = 90) -> Sequence[Bar]:
        """The last trading days of a symbol, oldest first."""
        ...

    async def news(self, symbol: str) -> Sequence[NewsArticle]:
        """Recent articles on a symbol, newest first."""
        ...

    async def calendar(self, period: Period, impact: Impact | None = None) -> Sequence[EconomicEvent]:
        """Releases from now on until the period ends, soonest first; of one impact, or of all."""
        ...
