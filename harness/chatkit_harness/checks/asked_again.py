"""Run: a model that asked for some time, and was asked again before it had passed."""

from __future__ import annotations

from collections.abc import Iterator

from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.transcript import Exchange, Transcript

from . import reading

_LONGEST_MS = 60_000
"""Of longer waits clients may think otherwise: openai does."""

_CLOCKS_MS = 20
"""What two clocks and a timer may be apart."""


def check(transcript: Transcript) -> Iterator[Finding]:
    """`run/asked-too-soon`: the same request again, sooner than the answer's `Retry-After` allows."""
    for number, exchange in enumerate(transcript.exchanges):
        wait = exchange.retry_after_ms
        if wait is None or not 0 < wait <= _LONGEST_MS or exchange.ended_at_ms is None:
            continue
        later = transcript.exchanges[number + 1 :]
        again = next((each for each in later if _is_same(each, exchange)), None)
        if again is None or again.at_ms >= exchange.ended_at_ms + wait - _CLOCKS_MS:
            continue
        waited = max(0.0, again.at_ms - exchange.ended_at_ms)
        yield Finding(
            rule="run/asked-too-soon",
            severity="error",
            key="run/asked-too-soon",
            message=f"the model asked for {wait:.0f} ms (Retry-After), and was asked after {waited:.0f}",
            evidence={
                "turn": reading.turn_at(transcript, exchange.at_ms),
                "retry_after_ms": wait,
                "waited_ms": round(waited, 3),
            },
        )


def _is_same(one: Exchange, other: Exchange) -> bool:
    return (one.method, one.path, one.request) == (other.method, other.path, other.request)
