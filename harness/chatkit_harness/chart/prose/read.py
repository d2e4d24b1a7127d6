"""Commands that prose only means: a fallback for answers that write none out."""

from __future__ import annotations

from chatkit_harness.chart.commands import Commands, Placed, Role
from chatkit_harness.chart.merge import merge
from chatkit_harness.chart.text import extract

from .actions import actions_at
from .fibonacci import fibonacci_at
from .levels import levels_at, named_prices, placed
from .prices import Prices, is_price, prices_from, role_at
from .subjects import of_one_symbol
from .tokens import Tokens
from .words import BETWEEN, HEADED

_ITEM = frozenset({
    "-", "•", "+", "·", ">", ")", ".", "immediate", "first", "second", "third", "primary", "secondary",
    "next", "major", "minor", "strong", "key", ":", "at", "near", "around", "level", "the",
})  # fmt: skip


MOST_PROSE = 50_000
"""How many characters are asked what they mean: it is a last resort, and no answer is longer."""


def from_prose(text: str, symbol: str | None = None) -> Commands:
    """The commands that prose means, each once: `support at $440 and $435`, `add RSI`, `I've loaded NVDA`.

    Commands written out (`**SUPPORT: 443.84** "recent low"`) come along; nothing is ever rejected, since
    prose that cannot be understood is only prose. Questions, offers and denials mean nothing. Where it
    speaks of several symbols, only the levels of the one that the chart shows count: `symbol`, or else the
    one that it loads. Never raises; the work is linear in the length of the text, of which the first
    50,000 characters are asked what they mean.
    """
    return read_prose(text, symbol)[0]


def read_prose(text: str, symbol: str | None = None) -> tuple[Commands, int]:
    """What `from_prose` gives, and how many steps it took."""
    begin = len(text) - len(text.lstrip())
    written = extract(text).placed
    tokens = Tokens(_without(text, written)[: begin + MOST_PROSE])
    meant = of_one_symbol(tokens, _walk(tokens), symbol)
    both = sorted([*written, *meant], key=lambda each: (each.start, each.end))
    return merge(Commands(placed=tuple(both))), tokens.steps


def _without(text: str, written: tuple[Placed, ...]) -> str:
    """The text with what was written out as commands blanked, so that every position stays."""
    parts, at = [], 0
    for each in written:
        parts += [text[at : each.start], ";".ljust(each.end - each.start)]
        at = each.end
    return "".join([*parts, text[at:]])


def _walk(tokens: Tokens) -> list[Placed]:
    found: list[Placed] = []
    heading: Role | None = None
    at = 0
    while at < len(tokens):
        if tokens.at(at).kind == "line":
            heading, items, at = _under_heading(tokens, at, heading)
            found += items
            continue
        if _begins_line(tokens, at):
            heading = _heading(tokens, at) or heading
        new, at = _here(tokens, at)
        found += new
    return found


def _here(tokens: Tokens, at: int) -> tuple[list[Placed], int]:
    """What is meant at one place, and the place to go on at."""
    kind = tokens.at(at).kind
    if kind == "price":
        return named_prices(tokens, at) if is_price(tokens, at) else ([], at + 1)
    if kind != "word":
        return [], at + 1
    anchors = fibonacci_at(tokens, at)
    if anchors is not None:
        return [anchors[0]], anchors[1]
    return levels_at(tokens, at) or actions_at(tokens, at) or ([], at + 1)


def _begins_line(tokens: Tokens, index: int) -> bool:
    return tokens.at(index - 1).kind == "line" or tokens.low(index - 1) in {"#", "-", "•", "."}


def _heading(tokens: Tokens, index: int) -> Role | None:
    """The level that a line speaks of which holds nothing but that: `**Support Levels:**`."""
    at = index
    while (
        tokens.low(at) in {"key", "major", "immediate", "strong", "main", "nearest", "#"} and at < index + 4
    ):
        at += 1
    meant = role_at(tokens, at)
    if meant is None:
        return None
    role, behind = meant
    for further in range(behind, behind + 6):
        token = tokens.at(further)
        if token.kind == "line":
            return role
        if token.low not in BETWEEN and token.low not in HEADED:
            return None
    return None


def _under_heading(tokens: Tokens, line: int, heading: Role | None) -> tuple[Role | None, list[Placed], int]:
    """The prices of the list item that begins behind a line's end; the heading ends where the list does."""
    at = line + 1
    if heading is None or tokens.at(at).kind == "line":
        return heading, [], at
    first = tokens.at(at)
    if first.kind == "price" and first.plain and tokens.low(at + 1) in {".", ")"}:
        at += 2
    while tokens.low(at) in _ITEM and at < line + 7:
        at += 1
    if not is_price(tokens, at):
        return None, [], line + 1
    row: Prices = prices_from(tokens, at)
    return heading, placed(row, heading), row.after
