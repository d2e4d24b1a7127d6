"""The nouns of market data, the protocol that every source of it keeps to, and how a source fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

Impact = Literal["high", "medium", "low"]
Period = Literal["today", "tomorrow", "week", "month"]
Session = Literal["before the open", "after the close"]
Side = Literal["buy", "sell"]
Rating = Literal["Buy", "Hold", "Sell"]
RatingAction = Literal["upgrade", "downgrade", "initiation", "reiteration"]
OptionKind = Literal["call", "put"]


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


@dataclass(frozen=True)
class EarningsReport:
    """One quarterly report that is due: the day in New York, and earnings a share in US dollars.

    `year_ago` is what the same quarter of the year before earned.
    """

    symbol: str
    name: str
    day: date
    session: Session
    estimate: float
    year_ago: float

    @property
    def growth_percent(self) -> float | None:
        """The estimate against the year before, in percent; None where that was no gain to grow from."""
        if self.year_ago <= 0:
            return None
        return round(100 * (self.estimate - self.year_ago) / self.year_ago, 1)


@dataclass(frozen=True)
class InsiderTrade:
    """What an officer or a director of a company did with its shares; the price in US dollars."""

    id: str
    insider: str
    role: str
    side: Side
    shares: int
    price: float
    day: date

    @property
    def value(self) -> float:
        """What was paid or taken in, in US dollars: less than zero for a sale."""
        return round((1 if self.side == "buy" else -1) * self.shares * self.price, 2)


@dataclass(frozen=True)
class AnalystRating:
    """What a firm says of a share, with its price target in US dollars, and what it said before if it did."""

    id: str
    firm: str
    action: RatingAction
    rating: Rating
    target: float
    day: date
    previous_rating: Rating | None = None
    previous_target: float | None = None


@dataclass(frozen=True)
class OptionTrade:
    """A large trade in one option contract: strike and premium in US dollars, volume in contracts.

    `opening` is true where more was traded in the day than was open before.
    """

    id: str
    kind: OptionKind
    strike: float
    expires: date
    volume: int
    open_interest: int
    premium: float
    bought: bool
    at: datetime

    @property
    def opening(self) -> bool:
        """Whether it must have opened positions: more contracts than were open."""
        return self.volume > self.open_interest

    @property
    def bullish(self) -> bool:
        """Whether it gains when the price rises: a call that was bought, or a put that was sold."""
        return (self.kind == "call") == self.bought


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


class UnreachableError(UpstreamError):
    """The provider of the data could not be reached at all."""

    def __init__(self) -> None:
        RuntimeError.__init__(self, "the market data provider cannot be reached")
        self.status = 0


class UnreadableAnswerError(UpstreamError):
    """The provider answered with something else than what was agreed on; `problem` says where."""

    def __init__(self, problem: str) -> None:
        RuntimeError.__init__(self, f"the market data provider's answer cannot be used: {problem}")
        self.status = 200
        self.problem = problem


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

    async def earnings(self, period: Period | None, symbol: str | None = None) -> Sequence[EarningsReport]:
        """Reports from now on until the period ends (None: however late), soonest first; of one company,
        or of all.
        """
        ...

    async def insiders(self, symbol: str) -> Sequence[InsiderTrade]:
        """What a company's insiders did of late, newest first."""
        ...

    async def ratings(self, symbol: str) -> Sequence[AnalystRating]:
        """What analysts said of a symbol of late, newest first."""
        ...

    async def options(self, symbol: str) -> Sequence[OptionTrade]:
        """The day's large option trades in a symbol, those with the highest premium first."""
        ...
