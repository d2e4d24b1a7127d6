"""Prose as tokens: words, prices, other numbers, marks, and the ends of lines."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from chatkit_harness.chart.errors import CommandError
from chatkit_harness.chart.prices import MOST_DIGITS, sane_price

Kind = Literal["word", "price", "other", "mark", "line"]

_TOKEN = re.compile(
    r"""
      (?P<line>\r\n|\n|\r)
    | (?P<other>[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:]{4,8}Z?)?(?![0-9])
        |[0-9]{1,2}/[0-9]{1,2}(?:/[0-9]{2,4})?(?![0-9.])
        |[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![0-9]))
    | (?P<number>(?P<sign>[$€£][ ]?)?(?P<whole>[0-9]{1,3}(?:,[0-9]{3}){1,6}(?![0-9])|[0-9]+)
        (?P<part>\.[0-9]+)?
        (?P<suffix>[ ]?%|(?:\.[0-9]+)+|,[0-9]{1,2}(?![0-9])(?:[ ]?€)?|-?[A-Za-z]{1,30}|['\u2019]s)?
        (?P<behind>(?<=\.[0-9]{3})[ ]?[$€](?![0-9]))?)
    | (?P<word>[A-Za-z][A-Za-z0-9]*(?:['\u2019][A-Za-z]+)?)
    | (?P<mark>(?P<first>[^\s*_`])(?P=first)*)
    """,
    re.VERBOSE,
)
"""Emphasis and code marks are no tokens: they only dress what they stand around.

A decimal comma (`443,84`, `1.234,56`) and a currency sign behind three decimals (`60.000 €`) are how other
languages write numbers, and are no price.
"""

_CURRENCY = frozenset({"usd", "eur", "dollars", "-usd"})


class Token(NamedTuple):
    """A piece of prose; `low` is it in small letters, `value` a price's number.

    `plain` is true for a whole number without a currency sign: it may count anything. The same mark several
    times over is one token.
    """

    kind: Kind
    text: str
    low: str
    start: int
    end: int
    value: float = 0.0
    plain: bool = False


END = Token(kind="line", text="", low="", start=0, end=0)
"""What stands behind the last token, and before the first."""


class Tokens:
    """The tokens of a text by index; beyond its ends stand line ends. `steps` counts the looks taken."""

    __slots__ = ("all", "steps", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.all = [_token(match, text) for match in _TOKEN.finditer(text)]
        self.steps = len(text)

    def __len__(self) -> int:
        return len(self.all)

    def at(self, index: int) -> Token:
        """The token at an index."""
        self.steps += 1
        return self.all[index] if 0 <= index < len(self.all) else END

    def low(self, index: int) -> str:
        """The token's text in small letters; empty beyond the ends."""
        return self.at(index).low

    def lows(self, start: int, end: int) -> list[str]:
        """The texts from one index to before another."""
        return [self.low(index) for index in range(max(start, 0), end)]


def _token(match: re.Match[str], text: str) -> Token:
    start, end = match.span()
    written = match[0]
    if match["word"] is not None:
        return Token("word", written, written.lower(), start, end)
    if match["first"] is not None:
        return Token("mark", written[:60], match["first"], start, end)
    if match["number"] is not None:
        return _number(match, text)
    return Token("line" if match["line"] is not None else "other", written, written.lower(), start, end)


def _number(match: re.Match[str], text: str) -> Token:
    """A price where the number can be one, else some other number."""
    written, suffix = match[0], (match["suffix"] or "").strip().lower()
    start, end = match.span()
    other = Token(kind="other", text=written[:60], low=written[:60].lower(), start=start, end=end)
    if (
        (suffix and suffix not in _CURRENCY)
        or match["behind"]
        or len(match["whole"]) > MOST_DIGITS
        or _signed(text, start)
    ):
        return other
    if len(match["part"] or "") > MOST_DIGITS or _ambiguous(match):
        return other
    try:
        value = sane_price(float(match["whole"].replace(",", "") + (match["part"] or "")))
    except CommandError:
        return other
    plain = not match["sign"] and not match["part"] and not suffix
    return Token(
        kind="price", text=written, low=written.lower(), start=start, end=end, value=value, plain=plain
    )


def _ambiguous(match: re.Match[str]) -> bool:
    groups = match["whole"].split(",")
    return len(groups) > 1 and len(groups[0]) == 3 and not match["sign"] and not match["part"]


def _signed(text: str, start: int) -> bool:
    """True for `-5`, `+3` and `#1`, false for the second price of `440-445`."""
    before = text[max(start - 2, 0) : start]
    if before[-1:] == "#" or before[-1:].isalpha():
        return True
    return before[-1:] in {"-", "+", "\u2212"} and not before[:1].isalnum() and before[:1] not in {"-", ")"}
