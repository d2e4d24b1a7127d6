"""How long work will still take, judged by how fast it went of late."""

from __future__ import annotations

import bisect
from collections.abc import Callable

_LEAST_S = 60.0
_STEP_S = 1.0
_SOON_S = 3.0


class Estimate:
    """Looks back over the last minute, or over half of the time so far where that is longer.

    Work comes in bursts (cells that share an environment are done together), and early work is slower than
    late work (environments are built first): one look at the last moments, or at the whole, would mislead.
    `clock` gives seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._times: list[float] = []
        self._done: list[float] = []

    def heard(self, done: float) -> None:
        """So much is done now; the first call is where counting begins."""
        now = self._clock()
        # One sample a second: the newest one counts until its second is over.
        if len(self._times) > 1 and now - self._times[-2] < _STEP_S:
            self._times.pop()
            self._done.pop()
        self._times.append(now)
        self._done.append(done)

    def seconds(self, left: float) -> float | None:
        """How long `left` will take; None as long as nobody can tell."""
        if left <= 0:
            return 0.0
        if len(self._times) < 2:
            return None
        now = self._clock()
        elapsed = now - self._times[0]
        since = now - max(_LEAST_S, elapsed / 2)
        then = max(0, bisect.bisect_right(self._times, since) - 1)
        came = self._done[-1] - self._done[then]
        if elapsed < _SOON_S or came <= 0:
            return None
        return left * (now - self._times[then]) / came


def clock_words(seconds: float | None) -> str:
    """`4:05`, `1:02:03`, or dashes for what is not known."""
    if seconds is None:
        return "-:--"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
