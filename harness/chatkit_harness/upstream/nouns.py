"""A response of the model's stand-in, ready to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
