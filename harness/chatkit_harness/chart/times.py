"""Timeframes and points in time, each brought into one form."""

from __future__ import annotations

import re
from datetime import date, datetime

from .errors import CommandError, shown

TIMEFRAMES = (
    "1m", "5m", "15m", "30m", "1H", "4H", "1D", "5D", "1W", "2W", "1M", "3M", "6M", "1Y", "2Y", "5Y",
    "YTD", "MAX",
)  # fmt: skip
"""All there are, in the form in which they are kept. `1m` is a minute, `1M` a month."""

EARLIEST, LATEST = 100_000_000, 253_402_300_799
"""Unix seconds of 1973 and of 9999: a lower number is a price or a mistake, a higher one milliseconds."""

TIME = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?P<clock>[Tt][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})?)?(?![0-9A-Za-z-])"
    r"|(?P<unix>[0-9]{9,20})(?![0-9A-Za-z]|\.[0-9])"
)
"""A time as written in a text."""
SHORT_TIME = re.compile(r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt][0-9]{2}:[0-9]{2}(?=:)(?P<unix>(?!))?")
"""A time to the minute, where what follows the colon is the next field and no seconds."""

_WORDS = {
    "HOURLY": "1H", "DAILY": "1D", "WEEKLY": "1W", "MONTHLY": "1M", "YEARLY": "1Y", "ALL": "MAX",
    "MAX": "MAX", "MAXIMUM": "MAX", "YTD": "YTD", "H": "1H", "D": "1D", "W": "1W", "Y": "1Y",
}  # fmt: skip
_UNITS = {
    "MIN": "m", "MINS": "m", "MINUTE": "m", "MINUTES": "m", "H": "H", "HR": "H", "HRS": "H", "HOUR": "H",
    "HOURS": "H", "D": "D", "DAY": "D", "DAYS": "D", "W": "W", "WK": "W", "WEEK": "W", "WEEKS": "W",
    "MO": "M", "MON": "M", "MN": "M", "MONTH": "M", "MONTHS": "M", "Y": "Y", "YR": "Y", "YEAR": "Y",
    "YEARS": "Y",
}  # fmt: skip
_SAME = {"60m": "1H", "240m": "4H", "7D": "1W", "12M": "1Y", "52W": "1Y"}
_COUNTED = re.compile(r"([0-9]{1,3})[ _-]?([A-Za-z]{1,7})\Z")
_LETTER_FIRST = re.compile(r"(MN|[MHDWY])([0-9]{1,3})\Z")


def read_timeframe(value: object) -> str:
    """The timeframe in its one form; raises CommandError for anything else.

    `1h`, `H4`, `M30`, `1d`, `ALL`, `1MON`, `15min`, `daily` and the like are read. The letter m alone is a
    minute where small and a month where capital; where only one of the two exists (`30M`, `3m`), it is that.
    A letter before the number follows charting platforms: `M1` is a minute, `MN1` a month.
    """
    if not isinstance(value, str):
        raise CommandError("no timeframe is given" if value is None else f"{shown(value)} is no timeframe")
    found = _timeframe(value.strip()) if len(value) <= 20 else None
    if found is None:
        raise CommandError(f"{shown(value)} is no timeframe; valid: {' '.join(TIMEFRAMES)}")
    return found


def _timeframe(text: str) -> str | None:
    if text in TIMEFRAMES:
        return text
    upper = text.upper()
    if upper in _WORDS:
        return _WORDS[upper]
    counted = _COUNTED.match(text)
    if counted:
        return _counted(counted[1].lstrip("0"), counted[2])
    leading = _LETTER_FIRST.match(upper)
    if leading:
        number = leading[2].lstrip("0")
        return _known(f"{number}{'m' if leading[1] == 'M' else _UNITS[leading[1]]}")
    return None


def _counted(number: str, unit: str) -> str | None:
    if unit in {"m", "M"}:
        other = "M" if unit == "m" else "m"
        return _known(number + unit) or _known(number + other)
    short = _UNITS.get(unit.upper())
    return _known(number + short) if short else None


def _known(text: str) -> str | None:
    text = _SAME.get(text, text)
    return text if text in TIMEFRAMES else None


def time_of(match: re.Match[str]) -> str:
    """The time that a match of TIME stands for; raises CommandError where no calendar has it."""
    if match["unix"]:
        return _unix(int(match["unix"]))
    return read_date(match[0])


def _unix(seconds: int) -> str:
    if seconds > LATEST:
        raise CommandError("a time is in unix seconds (ten digits), not in milliseconds")
    if seconds < EARLIEST:
        raise CommandError("a time is in unix seconds, from 1973 on, or an ISO date")
    return str(seconds)


def read_date(text: str) -> str:
    """An ISO date, or date and time, in its one form: with seconds, and Z for UTC."""
    upper = text.strip().upper()
    try:
        if len(upper) == 10:
            return date.fromisoformat(upper).isoformat()
        return datetime.fromisoformat(upper).isoformat().replace("+00:00", "Z")
    except ValueError:
        return _no_time(text)


def read_time(value: object) -> str:
    """The time that a JSON value stands for: unix seconds or an ISO date; raises CommandError."""
    if isinstance(value, str):
        match = TIME.fullmatch(value.strip()) if len(value) <= 40 else None
        return time_of(match) if match else _no_time(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CommandError("no time is given" if value is None else f"{shown(value)} is no time")
    if not EARLIEST <= value <= LATEST * 1000 or value != int(value):
        raise CommandError("a time is in unix seconds, from 1973 on, or an ISO date")
    return _unix(int(value))


def _no_time(text: str) -> str:
    raise CommandError(f"{shown(text)} is no date of the calendar (2024-01-15) and no unix seconds")
