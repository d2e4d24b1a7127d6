"""A response of the model's stand-in, ready to be sent."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Literal

from chatkit_harness.upstream.cassette import Chunk


@dataclass(frozen=True, slots=True, kw_only=True)
class Stall:
    """A pause of so many milliseconds after so many chunks; then the reply goes on."""

    after: int
    ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A response ready to be sent; `ending` says what happens after the last chunk.

    `missed` says why a fault that is asked for does not come about in it, or not where it is asked for.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    chunks: tuple[Chunk, ...] = ()
    ending: Literal["complete", "cut", "silence"] = "complete"
    stall: Stall | None = None
    noted: tuple[str, ...] = ()
    missed: str | None = None

    @property
    def streamed(self) -> bool:
        """Whether it is server-sent events."""
        return "event-stream" in self.headers.get("content-type", "")

    @property
    def retry_after_ms(self) -> float | None:
        """How long a failure asks its client to wait: by the more exact header where there are both."""
        if self.status < HTTPStatus.BAD_REQUEST:
            return None
        named = {name.lower(): value for name, value in self.headers.items()}
        for header, unit_ms in (("retry-after-ms", 1.0), ("retry-after", 1000.0)):
            with contextlib.suppress(KeyError, ValueError):  # it may be a date, which no script has
                return float(named[header]) * unit_ms
        return None
