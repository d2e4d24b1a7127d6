"""The fields of commands in a text: prices, times, points, and what stands between them."""

from __future__ import annotations

import re

from .commands import (
    Fibonacci,
)
from .errors import CommandError, shown
from .prices import DECIMAL_COMMA, PRICE, is_range, price_of, why_no_price
from .scanner import Scanner
from .times import SHORT_TIME, TIME, time_of

TOKEN = re.compile(r"[^\s,;|\"]{0,120}")
END = re.compile(
    r"(?=\Z|[\s,;|)\]}>*_`\"'“”\u2019!?…]|[-\u2013\u2014](?![0-9])|\.(?![0-9A-Za-z])|/|:(?=\s|\Z))"
)
COLON = re.compile(r"[ \t]{0,2}:[ \t]{0,2}")
SEPARATOR = re.compile(r"[ \t]{0,2}[:,][ \t]{0,2}")
_SECOND_PRICE = re.compile(r"(?P<gap> ?)(?:[-\u2013\u2014]|to\b) ?(?=[$€£]?[0-9])")
_NO_PRICE = re.compile(
    r" ?(?:%|/ ?[0-9]|:[0-9]{2}\b)|[ -](?:percent|per|days?|weeks?|months?|years?|hours?|minutes?|points?|pts"
    r"|bps|shares?|contracts?|times|touches|million|billion|trillion|thousand|am|pm|of|out)\b|[A-Za-z]",
    re.IGNORECASE,
)


class NotMeantError(CommandError):
    """What follows is a number of something else, so that in prose no command was meant."""


def read_price_here(scan: Scanner) -> float:
    """The price at this place; raises CommandError where there is none, or a number of something else."""
    match = scan.take(PRICE)
    if match is None:
        raise CommandError(why_no_price(token_here(scan)))
    price = price_of(match)
    comma = scan.peek(DECIMAL_COMMA)
    if comma is not None:
        written = f"{match[0].strip()}{comma[0]}"
        raise CommandError(f"{shown(written)} has a comma where a price has its decimal point")
    other = scan.peek(_NO_PRICE)
    if other is not None:
        reason = why_no_price(match[0] + other[0])
        raise NotMeantError(reason if other[0].strip() else f"{shown(match[0])} is no price")
    if _is_range(scan, price):
        raise CommandError(f"{shown(match[0])} begins a range: write one command for each price")
    return price


def _is_range(scan: Scanner, price: float) -> bool:
    gap = scan.peek(_SECOND_PRICE)
    second = PRICE.match(scan.text, gap.end()) if gap else None
    try:
        return second is not None and is_range(price, price_of(second))
    except CommandError:
        return False


def token_here(scan: Scanner) -> str:
    """What stands at this place, up to a gap; for reasons."""
    match = scan.peek(TOKEN)
    return match[0] if match else ""


def next_field(scan: Scanner, what: str) -> None:
    """Pass the colon before a field; raises CommandError where the field is missing."""
    if scan.take(COLON) is None:
        raise CommandError(f"{what} is missing")


def bare_price(scan: Scanner) -> float:
    """The price of a field, whatever follows it; raises CommandError where there is none."""
    match = scan.take(PRICE)
    if match is None:
        raise CommandError(why_no_price(token_here(scan)))
    return price_of(match)


def time_here(scan: Scanner, pattern: re.Pattern[str]) -> str:
    """The time of a field; raises CommandError where there is none."""
    match = scan.take(pattern) or scan.take(TIME)
    if match is None:
        raise CommandError(f"{shown(token_here(scan))} is no time: unix seconds or a date such as 2024-01-15")
    return time_of(match)


Point = tuple[float, str]
"""A price and a time."""


def points_here(scan: Scanner, *, time_first: bool) -> tuple[Point, Point]:
    """Two points, in the order that is given or else in the other one; the first try's reason is told."""
    start, reason = scan.pos, None
    tries = [(order, pattern) for order in (time_first, not time_first) for pattern in (TIME, SHORT_TIME)]
    for order, pattern in tries:
        scan.pos = start
        try:
            first = _point(scan, pattern, time_first=order)
            take_separator(scan)
            second = _point(scan, pattern, time_first=order)
        except CommandError as error:
            reason = reason or error
        else:
            return first, second
    scan.pos = start
    raise _bare_prices(scan) or reason or CommandError("two points are missing")


def _point(scan: Scanner, pattern: re.Pattern[str], *, time_first: bool) -> Point:
    if time_first:
        time = time_here(scan, pattern)
        take_separator(scan)
        return bare_price(scan), time
    price = bare_price(scan)
    take_separator(scan)
    return price, time_here(scan, pattern)


def take_separator(scan: Scanner) -> None:
    """Pass the colon or comma between two fields of a point."""
    if scan.take(SEPARATOR) is None:
        raise CommandError("a field is missing: a trendline is price:time:price:time")


def _bare_prices(scan: Scanner) -> CommandError | None:
    """The reason where there are two prices and nothing else."""
    start = scan.pos
    two = scan.take(PRICE) and scan.take(SEPARATOR) and scan.take(PRICE) and scan.peek(END)
    scan.pos = start
    return CommandError("two prices without a time each: price:time:price:time") if two else None


def fibonacci(first: float, second: float) -> Fibonacci:
    """Retracement between two prices in either order; raises CommandError where they are the same."""
    if first == second:
        raise CommandError("high and low are the same price")
    return Fibonacci(high=max(first, second), low=min(first, second))
