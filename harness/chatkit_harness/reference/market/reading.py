"""A provider's JSON as market data; UnreadableAnswerError names a field that is not as agreed."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timezone
from typing import Any, TypeVar, get_args

from .data import (
    AnalystRating,
    Bar,
    EarningsReport,
    EconomicEvent,
    Impact,
    InsiderTrade,
    NewsArticle,
    OptionKind,
    OptionTrade,
    Quote,
    Rating,
    RatingAction,
    Session,
    Side,
    UnreadableAnswerError,
)

T = TypeVar("T")


def document(body: bytes) -> Any:
    """The JSON of an answer."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableAnswerError("it is not JSON") from None


def read(value: Any, reader: Callable[[Fields], T]) -> T:
    """One object."""
    if not isinstance(value, dict):
        raise UnreadableAnswerError("an object was expected")
    return reader(Fields(value))


def rows(value: Any, reader: Callable[[Fields], T]) -> Sequence[T]:
    """A list of objects; null is an empty one."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise UnreadableAnswerError("a list was expected")
    return tuple(read(each, reader) for each in value)


class Fields:
    """One object's fields by the type that they have to be of."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def text(self, name: str) -> str:
        """A text that is not empty."""
        value = self._values.get(name)
        if not isinstance(value, str) or not value.strip():
            raise UnreadableAnswerError(f"{name} is no text")
        return value

    def perhaps_text(self, name: str) -> str | None:
        """A text, or None."""
        return None if self._values.get(name) is None else self.text(name)

    def one_of(self, name: str, allowed: Any) -> Any:
        """One of the values of a Literal."""
        value = self._values.get(name)
        if value not in get_args(allowed):
            raise UnreadableAnswerError(f"{name} is none of {', '.join(get_args(allowed))}")
        return value

    def number(self, name: str) -> float:
        """A finite number."""
        value = self._values.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise UnreadableAnswerError(f"{name} is no number")
        return float(value)

    def price(self, name: str) -> float:
        """A number above zero."""
        value = self.number(name)
        if value <= 0:
            raise UnreadableAnswerError(f"{name} is not above zero")
        return value

    def count(self, name: str) -> int:
        """A whole number that is not below zero."""
        value = self.number(name)
        if value < 0 or value != int(value):
            raise UnreadableAnswerError(f"{name} is no count")
        return int(value)

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self._values.get(name)
        if not isinstance(value, bool):
            raise UnreadableAnswerError(f"{name} is neither true nor false")
        return value

    def day(self, name: str) -> date:
        """A day, as 2026-11-20."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise UnreadableAnswerError(f"{name} is no day") from None

    def time(self, name: str) -> datetime:
        """A time with its offset; `Z` is UTC."""
        text = self.text(name)
        try:
            moment = datetime.fromisoformat(f"{text[:-1]}+00:00" if text[-1] in "zZ" else text)
        except ValueError:
            raise UnreadableAnswerError(f"{name} is no time") from None
        if moment.tzinfo is None:
            raise UnreadableAnswerError(f"{name} has no offset")
        return moment

    def has(self, name: str) -> bool:
        """Whether the field is there, and not null."""
        return self._values.get(name) is not None


def quote(fields: Fields) -> Quote:
    """A quote."""
    name, price, before = fields.text("name"), fields.price("price"), fields.price("previous_close")
    return Quote(fields.text("symbol").upper(), name, price, before, fields.time("as_of"))


def bar(fields: Fields) -> Bar:
    """A trading day."""
    prices = {name: fields.price(name) for name in ("open", "high", "low", "close")}
    return Bar(day=fields.day("day"), volume=fields.count("volume"), **prices)


def article(fields: Fields) -> NewsArticle:
    """An article; how old it is, is worked out here. Only http(s) is opened by a page."""
    url, published = fields.text("url"), fields.time("published")
    if not url.startswith(("http://", "https://")):
        raise UnreadableAnswerError("url is not of http or https")
    texts = (fields.text("id"), fields.text("title"), fields.text("source"))
    return NewsArticle(*texts, url, published, age(published, datetime.now(timezone.utc)))


def age(published: datetime, now: datetime) -> str:
    """A time's distance from now, in words."""
    minutes = max(int((now - published).total_seconds() // 60), 0)
    if minutes < 60:
        return f"{minutes}m ago"
    return f"{minutes // 60}h ago" if minutes < 24 * 60 else f"{minutes // (24 * 60)}d ago"


def event(fields: Fields) -> EconomicEvent:
    """An economic release."""
    impact = fields.one_of("impact", Impact)
    figures = (fields.perhaps_text("forecast"), fields.perhaps_text("previous"))
    return EconomicEvent(fields.text("id"), fields.text("name"), fields.time("at"), impact, *figures)


def report(fields: Fields) -> EarningsReport:
    """A company's report."""
    named = (fields.text("symbol").upper(), fields.text("name"), fields.day("day"))
    session = fields.one_of("session", Session)
    return EarningsReport(*named, session, fields.number("estimate"), fields.number("year_ago"))


def insider(fields: Fields) -> InsiderTrade:
    """An insider's trade."""
    named = (fields.text("id"), fields.text("insider"), fields.text("role"), fields.one_of("side", Side))
    return InsiderTrade(*named, fields.count("shares"), fields.price("price"), fields.day("day"))


def rating(fields: Fields) -> AnalystRating:
    """An analyst's rating."""
    return AnalystRating(
        id=fields.text("id"),
        firm=fields.text("firm"),
        action=fields.one_of("action", RatingAction),
        rating=fields.one_of("rating", Rating),
        target=fields.price("target"),
        day=fields.day("day"),
        previous_rating=fields.one_of("previous_rating", Rating) if fields.has("previous_rating") else None,
        previous_target=fields.price("previous_target") if fields.has("previous_target") else None,
    )


def option(fields: Fields) -> OptionTrade:
    """A large option trade."""
    return OptionTrade(
        id=fields.text("id"),
        kind=fields.one_of("kind", OptionKind),
        strike=fields.price("strike"),
        expires=fields.day("expires"),
        volume=fields.count("volume"),
        open_interest=fields.count("open_interest"),
        premium=fields.price("premium"),
        bought=fields.flag("bought"),
        at=fields.time("at"),
    )
