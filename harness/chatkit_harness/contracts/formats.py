"""The formats that the schemas name (`date-time`, `uri`), judged: by itself a validator passes over them.

RFC 3339 and RFC 3986 are not what is asked for here: chatkit's servers send times without an offset, and
addresses as browsers write them. Sent is what pydantic writes; taken is, besides, what it reads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from jsonschema import FormatChecker

WORDS: Mapping[str, str] = {"date-time": "a date with a time", "uri": "a URL"}
"""The formats that are judged, in words."""

_SENT_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)?")
_TAKEN_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)([Tt _](\d\d:\d\d(:\d\d)?)([.,]\d{1,9})?\s*([Zz]|[+-]\d\d:?\d\d)?)?"
)
_SECONDS = re.compile(r"[+-]?\d+(\.\d*)?")
_ADDRESS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?P<rest>[^\x00-\x1f\x7f]+)")
_WITH_HOST = frozenset({"http", "https", "ws", "wss", "ftp"})
_NAMES_A_HOST = re.compile(r"//[^/?#\s\"<>][^\s\"<>]*")


def is_sent_time(text: str) -> bool:
    """Whether it is a point in time as pydantic writes it: `2026-11-20T16:00:00`, with or without offset."""
    return _SENT_TIME.fullmatch(text) is not None and _exists(text)


def is_taken_time(text: str) -> bool:
    """Whether pydantic reads it as a point in time: a day alone will do, and so will seconds since 1970."""
    found = _TAKEN_TIME.fullmatch(text)
    if found is None:
        return _SECONDS.fullmatch(text) is not None
    return _exists(f"{found[1]}T{found[3] or '00:00'}")


def is_address(text: str) -> bool:
    """Whether it is a whole address; one of the web names a host."""
    found = _ADDRESS.fullmatch(text)
    if found is None or text != text.strip():
        return False
    return found["scheme"].lower() not in _WITH_HOST or _NAMES_A_HOST.fullmatch(found["rest"]) is not None


def _exists(text: str) -> bool:
    """Whether there is such a day and such an hour."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _checker(*, sent: bool) -> FormatChecker:
    checker = FormatChecker(formats=())
    is_time = is_sent_time if sent else is_taken_time
    # What is no text is of another type, which is told by itself.
    checker.checks("date-time")(lambda value: not isinstance(value, str) or is_time(value))
    checker.checks("uri")(lambda value: not isinstance(value, str) or is_address(value))
    return checker


SENT, TAKEN = _checker(sent=True), _checker(sent=False)
"""The checkers of what the models write, and of what others write and the models read."""
