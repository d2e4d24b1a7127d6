"""A model's speed as somebody assumes it, for scripts: nobody measured theirs.

What comes of it is labelled wherever it is shown, and no verdict on speed is drawn from it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from chatkit_harness.core.errors import UsageError, did_you_mean
from chatkit_harness.core.transcript import Exchange

_NAMES = ("ttft", "tps")
_TTFT = re.compile(r"(\d+(?:\.\d+)?)(ms|s)", re.ASCII)
_TPS = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_EXAMPLE = "Write --assume ttft=600ms,tps=80."


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """How long a model takes to its first token, in milliseconds, and how many it says a second then."""

    ttft_ms: float
    tokens_per_s: float

    @property
    def words(self) -> str:
        """As it is told beside each time that rests on it."""
        return f"{self.ttft_ms:g} ms to the first token, then {self.tokens_per_s:g} tokens a second"

    def model_ms(self, exchange: Exchange) -> float | None:
        """How long an answer takes, a refused one its first token; None where nobody knows its tokens."""
        if exchange.output_tokens is None:
            return self.ttft_ms if exchange.status >= 400 else None
        return self.ttft_ms + 1000 * exchange.output_tokens / self.tokens_per_s


def parse_assumption(text: str) -> Assumption:
    """`ttft=600ms,tps=80`, the time in ms or s. Raises UsageError, which names what is wrong with it."""
    given = dict(_parts(text))
    if missing := [name for name in _NAMES if name not in given]:
        raise _wrong(text, f"It does not say {missing[0]}: how quick a model is takes both, ttft and tps.")
    ttft, tps = _TTFT.fullmatch(given["ttft"]), _TPS.fullmatch(given["tps"])
    if ttft is None or not math.isfinite(1000 * float(ttft[1])):
        raise _wrong(text, f"{given['ttft']!r} is no time: a number with its unit, ms or s.")
    if tps is None or not 0 < float(tps[0]) < math.inf:
        raise _wrong(text, f"{given['tps']!r} is no number of tokens a second.")
    return Assumption(ttft_ms=float(ttft[1]) * (1000 if ttft[2] == "s" else 1), tokens_per_s=float(tps[0]))


def _parts(text: str) -> Iterable[tuple[str, str]]:
    seen: set[str] = set()
    for part in text.split(","):
        name, equals, value = (each.strip() for each in part.partition("="))
        if not equals:
            raise _wrong(text, f"{part.strip()!r} is no NAME=VALUE.")
        if name not in _NAMES:
            raise UsageError(f"--assume {text}", f"There is no {name!r}.", did_you_mean(name, _NAMES))
        if name in seen:
            raise _wrong(text, f"It says {name} twice.")
        seen.add(name)
        yield name, value


def _wrong(text: str, cause: str) -> UsageError:
    return UsageError(f"--assume {text}", cause, _EXAMPLE)
