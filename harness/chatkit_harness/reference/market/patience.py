"""How long a provider of market data is waited for, and how often it is asked again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

RETRIED = frozenset({429, 500, 502, 503, 504})
"""Statuses that may be another one a moment later."""


@dataclass(frozen=True)
class Patience:
    """How often to ask, how long to wait in between (doubled each time), and how long in all, in seconds."""

    attempts: int = 3
    first_wait_s: float = 0.25
    longest_wait_s: float = 4.0
    in_all_s: float = 12.0

    def before_next(self, attempt: int, chance: float, asked_s: float | None = None) -> float | None:
        """How long to wait after that attempt; None where there is to be no other one.

        What the provider asks for is kept to, and where that is too long, not asked again. Else `chance`
        (0 to 1) spreads those who were turned away together.
        """
        if attempt >= self.attempts:
            return None
        if asked_s is not None:
            return asked_s if asked_s <= self.in_all_s else None
        wait: float = self.first_wait_s * 2 ** (attempt - 1)
        return min(wait, self.longest_wait_s) * (0.5 + chance / 2)


def asked_to_wait(header: str | None, now: datetime | None = None) -> float | None:
    """The seconds that a Retry-After asks for, as a number or as a date; None without a usable one."""
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=timezone.utc)
    return max((until - (now or datetime.now(timezone.utc))).total_seconds(), 0.0)
