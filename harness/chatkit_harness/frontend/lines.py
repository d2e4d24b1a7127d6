"""Lines that are commands and nothing else: no user is shown them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from chatkit_harness.frontend.values import Span

_MARKER = re.compile(r"[ \t>]*(?:[-*+•][ \t]+|\d{1,3}[.)][ \t]+)?")
_FENCE = re.compile(r"[ \t]*(?:```|~~~)")
_NOTHING = re.compile(r"[\s,;|`]*\Z")
_COMPACT = re.compile(r"[A-Za-z_]+:\S")


@dataclass(slots=True, kw_only=True)
class SortedOut:
    """A text without its command lines, and which of the spans in it were words for the user all the same."""

    text: str
    spoken: set[Span] = field(default_factory=set)


def sort_out(text: str, commands: list[Span]) -> SortedOut:
    """Take the lines of commands out; `commands` are spans of the text, in order.

    A command in a sentence stays. `- **SUPPORT: 443.84** "recent low"` stays, too, and is no command at all:
    with a space behind the colon it is said to the user, unless it is all that its line holds.
    """
    kept, following, start, spoken = _Kept(), 0, 0, set[Span]()
    for line in text.split("\n"):
        first, end = following, start + len(line)
        while following < len(commands) and commands[following][0] <= end:
            following += 1
        here = commands[first:following]
        wide = [each for each in here if not _COMPACT.match(text, *each)]
        if here and _holds_nothing_else(text, start, end, here, marked=not wide):
            kept.drop()
        else:
            kept.keep(line)
            spoken.update(wide)
        start = end + 1
    return SortedOut(text="\n".join(kept.lines).strip(), spoken=spoken)


def _holds_nothing_else(text: str, start: int, end: int, commands: list[Span], *, marked: bool) -> bool:
    """Whether a line is commands only; `marked`: behind the mark of a list item they count as that."""
    rest, at = [], start
    for begins, ends in commands:
        rest.append(text[at:begins])
        at = max(at, ends)
    left = "".join((*rest, text[at:end]))
    marker = _MARKER.match(left) if marked else None
    return _NOTHING.match(left, marker.end() if marker else 0) is not None


class _Kept:
    """The lines that stay. Where some went, blank lines do not add up and no fence stays empty."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._gone, self._in_fence = False, False

    def drop(self) -> None:
        """Leave a line out."""
        self._gone = True

    def keep(self, line: str) -> None:
        """Keep a line, unless it is only there because of one that went."""
        last = self.lines[-1] if self.lines else ""
        is_fence = _FENCE.match(line) is not None
        if self._gone and not line.strip() and not last.strip():
            return
        if self._gone and is_fence and self._in_fence and _FENCE.match(last):
            self.lines.pop()
            self._in_fence = False
            return
        self._gone = False
        self._in_fence ^= is_fence
        self.lines.append(line)
