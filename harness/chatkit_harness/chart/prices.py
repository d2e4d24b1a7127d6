"""Prices and other numbers: read as people write them, kept as one float, written in one form."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from functools import lru_cache

from .errors import CommandError, shown

HIGHEST = 1e9
"""No price is as high: what claims to be is a slip."""
DECIMALS = 8
MOST_DIGITS = 20

PRICE = re.compile(
    r"(?P<sign>[$€£]?) ?(?P<whole>[0-9]{1,3}(?:,[0-9]{3}){1,6}(?![0-9])|[0-9]{1,20}(?![0-9]))"
    r"(?:\.(?P<part>[0-9]{1,20})(?![0-9]))?"
)
"""A price as written in a text; every part is bounded, so that a match costs a bounded number of steps."""
DECIMAL_COMMA = re.compile(r",[0-9]{1,2}(?![0-9])")
"""What follows a price that is written with a decimal comma: `443,84`, `1.234,56`."""
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?\Z")
_NOT_A_NUMBER = frozenset({"nan", "inf", "-inf", "+inf", "infinity", "-infinity", "+infinity"})


def price_of(match: re.Match[str]) -> float:
    """The price that a match of PRICE stands for; raises CommandError where it is none."""
    whole, part = match["whole"], match["part"]
    if whole.count(",") and not match["sign"] and part is None and len(whole.split(",")[0]) == 3:
        raise CommandError(f"{shown(whole)} is one number or several: write one command for each price")
    return sane_price(float(f"{whole.replace(',', '')}.{part or 0}"))


def sane_price(value: float) -> float:
    """The price, rounded to eight decimals; raises CommandError unless it is above zero and below 1e9."""
    if not math.isfinite(value):
        raise CommandError("a price is a finite number")
    if abs(value) >= HIGHEST:
        raise CommandError("a price is below 1,000,000,000")
    price = round(value, DECIMALS)
    if price <= 0:
        raise CommandError("a price is above zero")
    return price


def read_price(value: object) -> float:
    """The price that a JSON value stands for: a number, or text such as `$1,443.84`."""
    if isinstance(value, str):
        match = PRICE.fullmatch(value.strip()) if len(value) <= 60 else None
        if match is None:
            raise CommandError(why_no_price(value.strip()))
        return price_of(match)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CommandError("no price is given" if value is None else f"{shown(value)} is no price")
    if isinstance(value, int) and abs(value) >= HIGHEST:
        raise CommandError("a price is below 1,000,000,000")
    return sane_price(float(value))


@lru_cache(maxsize=256)
def why_no_price(token: str) -> str:
    """What is wrong with a token that is no price; `token` may be long, little of it is looked at."""
    start = token[:64]
    if not start:
        return "no price follows"
    if start.lower() in _NOT_A_NUMBER:
        return f"{shown(start)} is no finite number"
    if re.match(r"[-\u2212\u2013+]\s?[$€£]?[0-9]", start):
        return "a price is above zero, without a sign"
    digits = re.match(r"[$€£]?[0-9,.]{21,}", start)
    if digits:
        return f"a price has at most {MOST_DIGITS} digits"
    if re.match(r"[$€£]?[0-9.,]+\s?%", start):
        return f"{shown(token)}: a percentage is no price"
    if re.match(r"[$€£]?[0-9.,]+[KkMmBbTt]\b", start):
        return f"{shown(token)}: write the price out"
    return f"{shown(token)} is no price"


def decimal(value: float) -> str:
    """A number written out without exponent: `20`, `2.5`."""
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def price_text(value: float) -> str:
    """A price in its one form, with two decimals at least: `450.00`, `0.0815`."""
    whole, _, part = decimal(value).partition(".")
    return f"{whole}.{part.ljust(2, '0')}"


def read_number(value: object) -> float:
    """A parameter's number, zero or above and below 1e9; raises CommandError where it is none."""
    if isinstance(value, str) and _NUMBER.match(value.strip()):
        return float(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CommandError(f"{shown(value)} is no number")
    if not 0 <= value < HIGHEST:  # false for NaN as well
        raise CommandError("a parameter is a number from zero to 1,000,000,000")
    return round(float(value), DECIMALS) + 0.0


def is_range(low: float, high: float) -> bool:
    """True where two prices beside each other can be the two ends of a zone."""
    return low / 2 <= high <= low * 2
