"""A place in a text that moves forward, and counts what the way costs."""

from __future__ import annotations

import re


class Scanner:
    """Walks a text from left to right.

    Every pattern that it is given matches a bounded number of characters, so `steps` (one a try and one a
    character passed) is the work that was done. `meant` says that the text was given as a command, such as an
    entry of an array: then nothing in it is taken for prose. `edge` is where the
    last verb ended, with its argument.
    """

    __slots__ = ("edge", "meant", "pos", "steps", "text")

    def __init__(self, text: str, *, meant: bool = False) -> None:
        self.text = text
        self.pos = 0
        self.edge = 0
        self.steps = 0
        self.meant = meant

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The pattern's match at this place, which is then passed; None leaves the place as it is."""
        match = self.peek(pattern)
        if match is not None:
            self.pos = match.end()
        return match

    def peek(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The pattern's match at this place, not passed."""
        match = pattern.match(self.text, self.pos)
        self.steps += 1 + (match.end() - self.pos if match else 0)
        return match

    def colon(self) -> int:
        """The position of the next colon, or -1; the place stays where it is."""
        found = self.text.find(":", self.pos)
        self.steps += 1 + (found if found >= 0 else len(self.text)) - self.pos
        return found

    def before(self, position: int, most: int) -> str:
        """At most so many characters that stand before a position."""
        self.steps += most
        return self.text[max(0, position - most) : position]
