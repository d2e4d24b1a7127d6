"""How much one user may ask for: so many requests in a time, so many conversations at once."""

from __future__ import annotations

import math
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from .bodies import MAX_BODY_BYTES
from .failures import ApiError

MAX_BUCKETS = 10_000


@dataclass(frozen=True)
class Limits:
    """The bounds of one server; seconds and bytes. 0 requests a minute, or 0 streams, means no bound.

    `body_s` is the time for a whole body to arrive, `turn_s` for a whole turn to be answered.
    """

    requests_per_minute: float = 120.0
    burst: int = 60
    streams: int = 4
    body_bytes: int = MAX_BODY_BYTES
    body_s: float = 30.0
    turn_s: float = 300.0


UNLIMITED = Limits(requests_per_minute=0, streams=0)
"""Nobody has to wait: for scenarios, where one caller plays every user."""


class RequestRate:
    """A bucket of tokens a user, filled steadily; at most MAX_BUCKETS of them are remembered.

    The user who has been silent longest is forgotten first, and starts with a full bucket again.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self._per_second = limits.requests_per_minute / 60
        self._burst = float(max(limits.burst, 1))
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        """How many users are remembered."""
        return len(self._buckets)

    def take(self, user: str) -> None:
        """Count a request. Raises ApiError 429, with the seconds to wait, where there were too many."""
        if not self._per_second:
            return
        now = self._clock()
        left, seen = self._buckets.pop(user, (self._burst, now))
        left = min(self._burst, left + max(now - seen, 0.0) * self._per_second)
        self._buckets[user] = (left - 1 if left >= 1 else left, now)
        if len(self._buckets) > MAX_BUCKETS:
            self._buckets.popitem(last=False)
        if left < 1:
            raise too_many("rate_limited", "Too many requests: wait a little.", (1 - left) / self._per_second)


class Streams:
    """The conversations that each user has running."""

    def __init__(self, limits: Limits) -> None:
        self._limit = limits.streams
        self._running: Counter[str] = Counter()

    @contextmanager
    def one(self, user: str) -> Iterator[None]:
        """Hold a place for a conversation. Raises ApiError 429 where the user has none left."""
        if self._limit and self._running[user] >= self._limit:
            raise too_many("too_many_streams", "Too many conversations are running at once: let one end.", 1)
        self._running[user] += 1
        try:
            yield
        finally:
            self._running[user] -= 1
            if not self._running[user]:
                del self._running[user]


def too_many(code: str, message: str, wait_s: float) -> ApiError:
    """429, and how many seconds to wait before the next try."""
    error = ApiError(429, code, message)
    error.headers = {"retry-after": str(max(math.ceil(wait_s), 1))}
    return error
