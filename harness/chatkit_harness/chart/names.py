"""Symbols, names, identifiers and labels, each brought into one form."""

from __future__ import annotations

import re

from .errors import CommandError, shown
from .grammar import KNOWN_INDICATORS, VERBS

SYMBOL = re.compile(r"\$?(?P<symbol>[A-Z](?:[A-Z0-9.-]{0,8}[A-Z0-9])?)(?![A-Za-z0-9_$@^/]|[.:-]+[A-Za-z0-9])")
"""A symbol in capitals. It ends with a letter or digit, so that a sentence's full stop is none of it."""
IDENTIFIER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.#-]{0,62}[A-Za-z0-9_#])?")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")

LONGEST_LABEL = 300
_NUMBERED = re.compile(r"([A-Z]{2,5})[_-]?([0-9]{1,3})\Z")
_MOVING = frozenset({"SMA", "EMA", "WMA", "MA", "RSI", "ATR", "ADX", "CCI", "ROC", "HMA"})
_SAME = {
    "BB": "BOLLINGER", "BBANDS": "BOLLINGER", "BOLLINGER_BANDS": "BOLLINGER", "BOLLINGERBANDS": "BOLLINGER",
    "BOLLINGER_BAND": "BOLLINGER", "STOCHASTIC": "STOCH", "STOCHASTICS": "STOCH", "VOL": "VOLUME",
    "SIMPLE_MOVING_AVERAGE": "SMA", "EXPONENTIAL_MOVING_AVERAGE": "EMA", "MOVING_AVERAGE": "MA",
}  # fmt: skip
_QUOTED_IN = re.compile(r"([A-Z0-9]{2,5})(?:USDT|USDC|USD)")
_ONE_SHARE = {"GOOGL": "GOOG"}
AS_COMMAND = re.compile(rf"\b({'|'.join(sorted(VERBS, key=len, reverse=True))}):+")
"""What would be read as a further command."""
_GAPS = re.compile(r"\s+")


def read_symbol(value: object) -> str:
    """The symbol in capitals; raises CommandError unless it is a letter and up to nine further characters."""
    if not isinstance(value, str) or not value.strip():
        raise CommandError("no symbol is given" if value in (None, "") else f"{shown(value)} is no symbol")
    written = value.strip().upper() if value.islower() else value.strip()
    match = SYMBOL.fullmatch(written) if len(written) <= 20 else None
    if match is None:
        raise CommandError(no_symbol(value))
    return match["symbol"]


def same_symbol(first: str, second: str) -> bool:
    """True where both stand for the same thing: `BRK-B` and `BRK.B`, `BTC` and `BTC-USD`."""
    return _plain_symbol(first) == _plain_symbol(second)


def _plain_symbol(symbol: str) -> str:
    plain = symbol.upper().lstrip("$").replace("-", "").replace(".", "").replace("/", "")
    plain = _ONE_SHARE.get(plain, plain)
    quoted = _QUOTED_IN.fullmatch(plain)
    return quoted[1] if quoted else plain


def no_symbol(written: str) -> str:
    """The reason for what is no symbol."""
    return f"{shown(written)} is no symbol: a capital, then up to nine of A-Z 0-9 . -"


def read_name(value: object, what: str) -> str:
    """A name in capitals, its words joined by `_`; raises CommandError where it is none."""
    if not isinstance(value, str) or not value.strip():
        raise CommandError(f"no {what} is given" if value in (None, "") else f"{shown(value)} is no {what}")
    joined = _GAPS.sub("_", value.strip().upper().replace("&", "AND")) if len(value) <= 60 else ""
    if not NAME.fullmatch(joined):
        raise CommandError(f"{shown(value)} is no {what}")
    return joined


def read_identifier(value: object) -> str:
    """An identifier as it is written; raises CommandError where it is none."""
    text = str(value) if isinstance(value, int) and 0 <= value < 10**9 else value
    if isinstance(text, str) and IDENTIFIER.fullmatch(text.strip()[:80]):
        return text.strip()
    raise CommandError("no id is given" if value in (None, "") else f"{shown(value)} is no id")


def read_indicator(value: object) -> tuple[str, dict[str, float]]:
    """An indicator's name in one form, and the period that its name holds (`SMA50`)."""
    name = read_name(value, "indicator")
    name = _SAME.get(name, name)
    numbered = _NUMBERED.match(name)
    if numbered and numbered[1] in _MOVING and int(numbered[2]):
        return numbered[1], {"period": float(numbered[2])}
    return name, {}


def known_indicator(name: str) -> bool:
    """True where an indicator of this name is one that charts commonly have."""
    return name in KNOWN_INDICATORS


def words(text: object) -> str | None:
    """Words for people in one line, without double quotes and control characters; None where none is left."""
    if not isinstance(text, str):
        return None
    plain = "".join(each if each.isprintable() else " " for each in text[: LONGEST_LABEL * 2])
    for quote in '"“”':
        plain = plain.replace(quote, "'")
    return _GAPS.sub(" ", plain).strip()[:LONGEST_LABEL].strip() or None


def annotation(text: object) -> str | None:
    """Words that stand in a command's own arguments: nothing in them reads as a further command."""
    plain = words(text)
    return (AS_COMMAND.sub(r"\1", plain).strip(" *_`") or None) if plain else None
