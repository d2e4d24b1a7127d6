"""What came of one call to the store, when an exam goes on whatever comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Awaitable, Optional

from chatkit.store import NotFoundError

from chatkit_harness.incell.exam import UnsupportedError


@dataclass(frozen=True)
class Outcome:
    """An answer, or what was raised instead."""

    value: Any = None
    error: Optional[Exception] = None

    @property
    def not_found(self) -> bool:
        """Whether it was chatkit's NotFoundError."""
        return isinstance(self.error, NotFoundError)

    @property
    def told(self) -> str:
        """What came, in words."""
        if self.error is not None:
            return f"{type(self.error).__name__}: {self.error}"[:200]
        return f"it answered {self.value!r}"[:200]


async def attempt(call: Awaitable[Any]) -> Outcome:
    """What comes of a call. UnsupportedError goes through."""
    try:
        return Outcome(await call)
    except UnsupportedError:
        raise
    except Exception as error:
        return Outcome(error=error)


async def supported(call: Awaitable[Any]) -> bool:
    """Make a call; False where the store does not implement it."""
    try:
        await call
    except UnsupportedError:
        return False
    return True
