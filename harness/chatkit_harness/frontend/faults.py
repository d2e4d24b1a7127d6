"""Why a document does not parse, in words that are the same in every Python."""

from __future__ import annotations

import re
from dataclasses import dataclass

SPACE = r"[ \t\n\r]*+"
STRING_START = r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\\x00-\x1f]*+)*'
"""A string up to, and without, its closing quote or its first fault."""

_SPACE, _STRING_START = re.compile(SPACE), re.compile(STRING_START)
_WORD = re.compile(r"-?[A-Za-z_]{1,20}")
_PYTHON = {"True": "true", "False": "false", "None": "null"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The first thing in a document that is not JSON.

    `resume` is where a reader that forgives it goes on: the beginning of the string for a fault in a string.
    """

    position: int
    resume: int
    reason: str
    deep: bool = False

    @classmethod
    def at(cls, text: str, position: int, reason: str, resume: int | None = None) -> Fault:
        """A fault there, or the end of the text before anything was wrong."""
        if position >= len(text):
            reason = "the text ends in the middle of the document"
        return cls(position=position, resume=position if resume is None else resume, reason=reason)

    @classmethod
    def missing_comma(cls, text: str, position: int, opener: str) -> Fault:
        """After a value comes a comma or the closing bracket, and here is neither."""
        closer = "}" if opener == "{" else "]"
        return cls.at(text, position, f"a comma or {closer!r} is expected, not {_shown(text, position)}")


def in_array(text: str, at: int, *, fresh: bool) -> Fault:
    """What is wrong where an array's next value should begin; `fresh` where it would be the first."""
    if not fresh and text.startswith("]", at):
        return Fault.at(text, at, "a value is missing between the comma and ']'")
    return _value(text, at)


def in_object(text: str, at: int, *, fresh: bool) -> Fault:
    """What is wrong where an object's next key should begin."""
    if not fresh and text.startswith("}", at):
        return Fault.at(text, at, "a key is missing between the comma and '}'")
    if not text.startswith('"', at):
        return Fault.at(text, at, f"a key in double quotes is expected, not {_shown(text, at)}")
    end, fault = _string(text, at)
    if fault:
        return fault
    colon = _skip(text, end)
    if not text.startswith(":", colon):
        return Fault.at(text, colon, f"a colon is expected after the key, not {_shown(text, colon)}")
    return _value(text, _skip(text, colon + 1))


def _value(text: str, at: int) -> Fault:
    """What is wrong with the value that should begin here."""
    if text.startswith('"', at):
        fault = _string(text, at)[1]
        if fault:
            return fault
    word = _WORD.match(text, at)
    if word and word.group().lstrip("-") in ("NaN", "Infinity"):
        return Fault.at(text, at, f"{word.group()} is no JSON value")
    if word and word.group() in _PYTHON:
        return Fault.at(text, at, f"{word.group()} is Python's word; JSON has {_PYTHON[word.group()]}")
    if text.startswith(",", at):
        return Fault.at(text, at, "a value is missing before the comma")
    shown = word.group() if word else _shown(text, at)
    return Fault.at(text, at, f"a value is expected, not {shown}")


def _string(text: str, at: int) -> tuple[int, Fault | None]:
    """Past a string's closing quote; or what is wrong in the string."""
    good = _STRING_START.match(text, at)
    end = good.end() if good else at
    if text.startswith('"', end):
        return end + 1, None
    if text.startswith("\\", end):
        reason = f"{text[end : end + 2]!r} is no escape of JSON"
        place = end if end + 1 < len(text) else len(text)
        return end, Fault.at(text, place, reason, at)
    if text.startswith(("\n", "\r"), end):
        reason = "a line break stands in a string, where it must be written \\n"
        return end, Fault.at(text, end, reason, at)
    return end, Fault.at(text, end, f"{_shown(text, end)} stands in a string, where it must be escaped", at)


def _skip(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _shown(text: str, at: int) -> str:
    """One character as people can read it."""
    letter = text[at : at + 1]
    return repr(letter) if letter.isprintable() else f"U+{ord(letter):04X}"
