"""Deterministic market data: the same figures on every machine, on every day."""

from __future__ import annotations

import math
import random
import zlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from .catalogue import AS_OF, EVENTS, LISTINGS, NEWS
from .company import EARNINGS, drawn_insiders, drawn_options, drawn_ratings
from .data import (
    AnalystRating,
    Bar,
    EarningsReport,
    EconomicEvent,
    Impact,
    InsiderTrade,
    NewsArticle,
    OptionTrade,
    Period,
    Quote,
    UnknownSymbolError,
)

HISTORY_DAYS = 260
PERIOD_DAYS: dict[Period, tuple[int, int]] = {
    "today": (0, 0),
    "tomorrow": (1, 1),
    "week": (0, 7),
    "month": (0, 30),
}


class FixtureMarketData:
    """A dozen symbols as of one fixed afternoon (`catalogue.AS_OF`), without any provider."""

    @property
    def name(self) -> str:
        """What the user is told: that these are no live figures."""
        return "fixtures"

    async def quote(self, symbol: str) -> Quote | None:
        """The last price of a symbol, as of the fixed afternoon."""
        ticker = _listed(symbol)
        listing = LISTINGS[ticker]
        return Quote(ticker, listing.name, listing.price, listing.previous_close, AS_OF)

    async def history(self, symbol: str, days: int = 90) -> Sequence[Bar]:
        """The last trading days, oldest first; the last close is the quote's price."""
        return generated_history(_listed(symbol))[-days:]

    async def news(self, symbol: str) -> Sequence[NewsArticle]:
        """Articles on a symbol, newest first; some symbols have none."""
        ticker = _listed(symbol).lower()
        return tuple(
            NewsArticle(
                id=f"{ticker}-{number}",
                title=title,
                source=source,
                url=f"https://news.example.com/{ticker}/{number}",
                published=AS_OF - timedelta(hours=hours),
                age=_age(hours),
            )
            for number, (hours, source, title) in enumerate(sorted(NEWS.get(symbol.upper(), ())), start=1)
        )

    async def calendar(self, period: Period, impact: Impact | None = None) -> Sequence[EconomicEvent]:
        """Releases of a period that starts on the fixed afternoon's day, soonest first."""
        return tuple(
            event
            for event in sorted(EVENTS, key=lambda event: event.at)
            if _within(event.at.date(), period) and impact in (None, event.impact)
        )

    async def earnings(self, period: Period | None, symbol: str | None = None) -> Sequence[EarningsReport]:
        """Reports of a period that starts on the fixed afternoon's day, soonest first."""
        known = {report.symbol for report in EARNINGS}
        ticker = symbol.upper() if symbol is not None and symbol.upper() in known else None
        if symbol is not None and ticker is None:
            ticker = _listed(symbol)
        return tuple(
            report
            for report in sorted(EARNINGS, key=lambda report: (report.day, report.symbol))
            if (period is None or _within(report.day, period)) and ticker in (None, report.symbol)
        )

    async def insiders(self, symbol: str) -> Sequence[InsiderTrade]:
        """What invented insiders did at prices of the history; nobody did at a fund."""
        ticker = _listed(symbol)
        return drawn_insiders(ticker, generated_history(ticker))

    async def ratings(self, symbol: str) -> Sequence[AnalystRating]:
        """What invented firms say; of a fund they say nothing."""
        return drawn_ratings(_listed(symbol))

    async def options(self, symbol: str) -> Sequence[OptionTrade]:
        """Large option trades of the fixed afternoon's session."""
        return drawn_options(_listed(symbol))


def _listed(symbol: str) -> str:
    """The symbol in capitals; UnknownSymbolError where it is none of the dozen."""
    if symbol.upper() not in LISTINGS:
        raise UnknownSymbolError(symbol.upper())
    return symbol.upper()


def _within(day: date, period: Period) -> bool:
    first, last = PERIOD_DAYS[period]
    return first <= (day - AS_OF.date()).days <= last


def generated_history(symbol: str) -> tuple[Bar, ...]:
    """A year of trading days for a listed symbol, walked back from its last price with a fixed seed.

    The seed is a checksum of the symbol, since `hash()` differs from process to process.
    """
    listing = LISTINGS[symbol]
    chance = random.Random(zlib.crc32(symbol.encode()))  # noqa: S311 - reproducible figures, no secret
    closes = [listing.price, listing.previous_close]
    while len(closes) < HISTORY_DAYS:
        closes.append(closes[-1] / math.exp(chance.gauss(0.0004, listing.volatility)))
    closes.reverse()
    bars = []
    for number, day in enumerate(_trading_days(HISTORY_DAYS)):
        close = closes[number]
        opened = closes[max(number - 1, 0)] * (1 + chance.gauss(0, listing.volatility / 4))
        reach = close * abs(chance.gauss(0, listing.volatility / 2))
        volume = int(listing.volume * chance.uniform(0.7, 1.4))
        bar = Bar(
            day=day,
            open=round(opened, 2),
            high=round(max(opened, close) + reach, 2),
            low=round(min(opened, close) - reach, 2),
            close=round(close, 2),
            volume=volume,
        )
        bars.append(bar)
    return tuple(bars)


def _trading_days(count: int) -> list[date]:
    """The last weekdays up to the fixed afternoon; holidays are left in, a fixture may be that plain."""
    days: list[date] = []
    moment: datetime = AS_OF
    while len(days) < count:
        if moment.weekday() < 5:
            days.append(moment.date())
        moment -= timedelta(days=1)
    return days[::-1]


def _age(hours: int) -> str:
    if hours < 24:
        return f"{hours}h ago"
    return f"{hours // 24}d ago"
