"""The turns that an expectation is about, and how a value is compared with what is wanted of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.transcript import Transcript, Turn

from .shapes import mapping, sequence

_EXCERPT = 160
"""How many characters a message quotes of what was there; the evidence holds more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The turns that an expectation is about: all of them (index None), or one."""

    transcript: Transcript
    turns: tuple[Turn, ...]
    index: int | None = None

    def finding(
        self, what: str, about: str, message: str, *, turn: int | None = None, **evidence: Any
    ) -> Finding:
        """A finding on these turns, or on the one of them that is known."""
        return Finding(
            rule=f"expect/{what}",
            severity="error",
            key=f"expect/{what} {about}".rstrip(),
            message=f"{self._where(turn)}{message}",
            evidence={"turn": self.index, **evidence},
        )

    def _where(self, turn: int | None) -> str:
        numbers = [each.index + 1 for each in self.turns] if turn is None else [turn + 1]
        if len(numbers) > 1:
            return f"turns {numbers[0]} to {numbers[-1]}: "
        return f"turn {numbers[0]}: " if numbers else ""


def holds(value: Any, wanted: Any) -> bool:
    """Whether a value holds what is wanted: objects may hold more, everything else must be equal.

    `{any_of: [...]}` is held by whatever holds one of them.
    """
    if isinstance(wanted, Mapping) and set(wanted) == {"any_of"}:
        return any(holds(value, each) for each in sequence(wanted["any_of"]))
    if isinstance(wanted, Mapping):
        held = mapping(value)
        return all(key in held and holds(held[key], each) for key, each in wanted.items())
    if isinstance(wanted, list | tuple):
        got = sequence(value)
        return len(got) == len(wanted) and all(map(holds, got, wanted))
    return bool(value == wanted) and isinstance(value, bool) == isinstance(wanted, bool)


def excerpt(said: Any, around: str = "") -> str:
    """At most some hundred characters of what was said, in one line; around a word where one is given."""
    flat = " ".join(said.split()) if isinstance(said, str) else str(said)
    start = max(0, flat.casefold().find(around.casefold()) - _EXCERPT // 2) if around else 0
    start = 0 if len(flat) <= _EXCERPT else start
    part = ("…" if start else "") + clip(flat[start:])
    return f'"{part}"' if isinstance(said, str) else part


def clip(text: str) -> str:
    """The beginning of a text."""
    return text if len(text) <= _EXCERPT else f"{text[: _EXCERPT - 1].rstrip()}…"
