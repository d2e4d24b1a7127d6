"""What the fixtures say of companies: reports that are due, insiders, analysts, options.

Reports are written down; the rest is drawn with a seed of the symbol's own, around its real prices of the
fixtures. People and firms are invented.
"""

from __future__ import annotations

import math
import random
import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar

from .catalogue import AS_OF, LISTINGS
from .data import (
    AnalystRating,
    Bar,
    EarningsReport,
    InsiderTrade,
    OptionKind,
    OptionTrade,
    Rating,
    RatingAction,
    Session,
    Side,
)

T = TypeVar("T")

FUNDS = frozenset({"QQQ", "SPY"})
"""They report nothing, and have neither insiders nor analysts: the empty lists."""

_OPEN: Session = "before the open"
_CLOSE: Session = "after the close"


def _report(day: str, symbol: str, name: str, session: Session, *figures: float) -> EarningsReport:
    estimate, year_ago = figures
    return EarningsReport(symbol, name, date.fromisoformat(day), session, estimate, year_ago)


EARNINGS: tuple[EarningsReport, ...] = (
    _report("2026-11-24", "DELL", "Dell Technologies Inc.", _CLOSE, 3.08, 2.59),
    _report("2026-11-24", "ZM", "Zoom Communications, Inc.", _CLOSE, 1.49, 1.52),
    _report("2026-11-25", "DE", "Deere & Company", _OPEN, 3.62, 3.93),
    _report("2026-12-02", "CRM", "Salesforce, Inc.", _CLOSE, 3.17, 2.86),
    _report("2026-12-03", "DG", "Dollar General Corporation", _OPEN, 1.08, 0.95),
    _report("2026-12-08", "ORCL", "Oracle Corporation", _CLOSE, 1.94, 1.64),
    _report("2026-12-09", "ADBE", "Adobe Inc.", _CLOSE, 5.88, 5.40),
    _report("2026-12-10", "AVGO", "Broadcom Inc.", _CLOSE, 2.31, 1.87),
    _report("2026-12-10", "COST", "Costco Wholesale Corporation", _CLOSE, 4.62, 4.27),
    _report("2026-12-17", "NKE", "NIKE, Inc.", _CLOSE, 0.41, 0.38),
    _report("2027-01-13", "JPM", "JPMorgan Chase & Co.", _OPEN, 5.22, 4.89),
    _report("2027-01-19", "NFLX", "Netflix, Inc.", _CLOSE, 0.71, 0.56),
    _report("2027-01-26", "MSFT", "Microsoft Corporation", _CLOSE, 4.39, 3.91),
    _report("2027-01-27", "META", "Meta Platforms, Inc.", _CLOSE, 8.65, 8.18),
    _report("2027-01-27", "TSLA", "Tesla, Inc.", _CLOSE, 0.48, 0.45),
    _report("2027-01-28", "AAPL", "Apple Inc.", _CLOSE, 2.84, 2.67),
    _report("2027-01-28", "AMZN", "Amazon.com, Inc.", _CLOSE, 2.21, 1.97),
    _report("2027-02-02", "AMD", "Advanced Micro Devices, Inc.", _CLOSE, 1.63, 1.31),
    _report("2027-02-02", "GOOGL", "Alphabet Inc. Class A", _CLOSE, 2.94, 2.62),
    _report("2027-02-24", "NVDA", "NVIDIA Corporation", _CLOSE, 1.71, 1.43),
)

_PEOPLE = (
    ("Maren Oduya", "Chief Executive Officer"),
    ("Teodor Vance", "Chief Financial Officer"),
    ("Ines Halloran", "Director"),
    ("Rafael Quist", "General Counsel"),
    ("Ada Lindqvist", "Chief Operating Officer"),
    ("Samuel Brandt", "Director"),
)
_FIRMS = ("Harrow & Pike", "Northgate Research", "Calloway Partners", "Bluestem Securities", "Tern Capital")
_RATINGS: tuple[Rating, ...] = ("Sell", "Hold", "Buy")
_REACH: Mapping[Rating, tuple[float, float]] = {"Sell": (0.8, 0.94), "Hold": (0.96, 1.08), "Buy": (1.1, 1.3)}
_CHANGES: Mapping[int, RatingAction] = {-1: "downgrade", 0: "reiteration", 1: "upgrade"}


class Drawn:
    """Chance with a seed of its own for each symbol and matter; only `random()` is asked, which no Python
    release has changed.
    """

    def __init__(self, matter: str, symbol: str) -> None:
        seed = zlib.crc32(f"{matter}:{symbol}".encode())
        self._chance = random.Random(seed)  # noqa: S311 - reproducible figures, no secret

    def below(self, share: float) -> bool:
        """True for that share of all times."""
        return self._chance.random() < share

    def between(self, low: float, high: float) -> float:
        """A number of that range."""
        return low + (high - low) * self._chance.random()

    def whole(self, low: int, high: int) -> int:
        """A whole number of that range, both ends included."""
        return low + int(self._chance.random() * (high - low + 1))

    def one(self, values: Sequence[T]) -> T:
        """One of the values."""
        return values[int(self._chance.random() * len(values))]


def drawn_insiders(symbol: str, bars: Sequence[Bar]) -> tuple[InsiderTrade, ...]:
    """Two to five trades of the last sixty trading days, at prices of their days, newest first."""
    if symbol in FUNDS:
        return ()
    chance = Drawn("insiders", symbol)
    trades = []
    for number in range(chance.whole(2, 5)):
        bar = bars[-chance.whole(2, 60)]
        insider, role = _PEOPLE[(number + zlib.crc32(symbol.encode())) % len(_PEOPLE)]
        side: Side = "buy" if chance.below(0.3) else "sell"
        shares = chance.whole(5, 150) * 100
        price = round(chance.between(bar.low, bar.high), 2)
        trades.append(
            InsiderTrade(f"{symbol.lower()}-{number + 1}", insider, role, side, shares, price, bar.day)
        )
    return tuple(sorted(trades, key=lambda trade: (trade.day, trade.id), reverse=True))


def drawn_ratings(symbol: str) -> tuple[AnalystRating, ...]:
    """Three to five ratings of the last two months, targets around the price, newest first."""
    if symbol in FUNDS:
        return ()
    chance = Drawn("ratings", symbol)
    ratings = []
    for number in range(chance.whole(3, 5)):
        before, step = chance.whole(0, 2), chance.whole(-1, 1)
        now = min(max(before + step, 0), 2)
        new = number == 2
        low, high = _REACH[_RATINGS[now]]
        target = _rounded(LISTINGS[symbol].price * chance.between(low, high))
        moved = _rounded(target * (1 - 0.06 * (now - before)) * chance.between(0.96, 1.03))
        ratings.append(
            AnalystRating(
                id=f"{symbol.lower()}-{number + 1}",
                firm=_FIRMS[(number + zlib.crc32(symbol.encode())) % len(_FIRMS)],
                action="initiation" if new else _CHANGES[now - before],
                rating=_RATINGS[now],
                target=target,
                day=_weekday(AS_OF.date() - timedelta(days=chance.whole(1, 55))),
                previous_rating=None if new else _RATINGS[before],
                previous_target=None if new else moved,
            )
        )
    return tuple(sorted(ratings, key=lambda rating: (rating.day, rating.id), reverse=True))


def drawn_options(symbol: str) -> tuple[OptionTrade, ...]:
    """Four to six large trades of the last session, strikes around the price, highest premium first."""
    chance, listing = Drawn("options", symbol), LISTINGS[symbol]
    trades = []
    for number in range(chance.whole(4, 6)):
        kind: OptionKind = chance.one(("call", "put"))
        expires = _friday(chance.one((1, 2, 4, 8)))
        strike = _strike(listing.price * chance.between(0.92, 1.1), listing.price)
        volume, open_interest = chance.whole(10, 240) * 100, chance.whole(5, 300) * 100
        contract = _worth(kind, strike, (expires - AS_OF.date()).days, listing.price, listing.volatility)
        trades.append(
            OptionTrade(
                id=f"{symbol.lower()}-{number + 1}",
                kind=kind,
                strike=strike,
                expires=expires,
                volume=volume,
                open_interest=open_interest,
                premium=round(contract * 100 * volume),
                bought=chance.below(0.6),
                at=_moment(chance.whole(0, 389)),
            )
        )
    return tuple(sorted(trades, key=lambda trade: (-trade.premium, trade.id)))


def _rounded(price: float) -> float:
    """As analysts write targets: whole dollars, fives above two hundred."""
    return float(round(price / 5) * 5 if price > 200 else round(price))


def _weekday(day: date) -> date:
    """The day, or the Friday before a weekend."""
    return day - timedelta(days=max(day.weekday() - 4, 0))


def _strike(price: float, around: float) -> float:
    """The nearest strike that is listed: steps of five dollars for dear shares, of one for others."""
    step = 5.0 if around > 150 else 1.0
    return round(price / step) * step


def _friday(weeks: int) -> date:
    """The Friday so many weeks after the fixed one."""
    return AS_OF.date() + timedelta(weeks=weeks)


def _moment(minute: int) -> datetime:
    """A minute of the last session, which opened at half past nine."""
    return AS_OF.replace(hour=9, minute=30) + timedelta(minutes=minute)


def _worth(kind: OptionKind, strike: float, days: int, price: float, volatility: float) -> float:
    """A share's option in dollars: what it is worth at once, and a plain guess at its time."""
    inner = max(price - strike, 0.0) if kind == "call" else max(strike - price, 0.0)
    reach = price * volatility * math.sqrt(days)
    return inner + max(0.4 * reach - abs(price - strike) / 4, 0.05)
