"""Values of documents that `scan` let pass, and where their members stand in the text."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Any

Span = tuple[int, int]
Path = tuple[str | int, ...]
Place = Callable[[int, int], Span]
"""Where characters `[start, end)` of a text stand in the message."""

_MOST_DIGITS = 308
_SPACE = re.compile(r"[ \t\n\r]*+")
_ESCAPE = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.", re.DOTALL)


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def _real(digits: str) -> float | str:
    number = float(digits)
    return digits if number in (float("inf"), float("-inf")) else number


_DECODER = json.JSONDecoder(parse_int=_integer, parse_float=_real)


def value_at(text: str, start: int) -> Any:
    """The value that begins there.

    Of equal keys the last one holds, as in a browser. A number beyond what a double holds (a browser's
    would be Infinity) stays the text that it was written as, so that no reader of the value chokes on it.
    """
    return _DECODER.raw_decode(text, start)[0]


def members(text: str, start: int) -> Iterator[tuple[str | int, Span]]:
    """Each member of the object or array that begins at `start`: its key or index, and its value's span."""
    in_object, at, index = text[start] == "{", _skip(text, start + 1), 0
    while text[at] not in "]}":
        key: str | int = index
        if in_object:
            key, at = _DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        end = _DECODER.raw_decode(text, at)[1]
        yield key, (at, end)
        at, index = _skip(text, end), index + 1
        at = _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


class Spans:
    """Where the members of one document stand; each container is gone through at most once."""

    __slots__ = ("_known", "_text", "_whole")

    def __init__(self, text: str, start: int, end: int) -> None:
        self._text, self._whole = text, (start, end)
        self._known: dict[Path, dict[str | int, Span]] = {}

    def of(self, path: Path) -> Span:
        """The span of the value that a path leads to; the path must exist."""
        if not path:
            return self._whole
        above = path[:-1]
        if above not in self._known:
            self._known[above] = dict(members(self._text, self.of(above)[0]))
        return self._known[above][path[-1]]


class Literal:
    """The place of a string's characters: inside the quotes, each escape being one character."""

    __slots__ = ("_breaks", "_outer", "_path", "_span_of", "_text")

    def __init__(self, text: str, span_of: Callable[[Path], Span], path: Path, outer: Place) -> None:
        self._text, self._span_of, self._path, self._outer = text, span_of, path, outer
        self._breaks: tuple[list[int], list[int]] | None = None

    def __call__(self, start: int, end: int) -> Span:
        """The message's characters that these of the string are written with."""
        breaks = self._breaks = self._breaks or self._read()
        return self._outer(_raw(breaks, start), _raw(breaks, end))

    def _read(self) -> tuple[list[int], list[int]]:
        """The offsets behind each escape, in the string and as written."""
        start, end = self._span_of(self._path)
        decoded, raw = [0], [start + 1]
        for escape in _ESCAPE.finditer(self._text, start + 1, end - 1):
            decoded.append(decoded[-1] + escape.start() - raw[-1] + 1)
            raw.append(escape.end())
        return decoded, raw


def _raw(breaks: tuple[list[int], list[int]], offset: int) -> int:
    decoded, raw = breaks
    nearest = bisect_right(decoded, offset) - 1
    return raw[nearest] + offset - decoded[nearest]


def direct(start: int, end: int) -> Span:
    """The place of the message's own characters."""
    return start, end


def fixed(span: Span) -> Place:
    """The place of a text whose characters are not followed: all of what holds it."""
    return lambda _start, _end: span
