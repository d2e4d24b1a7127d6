"""Prices in prose: which numbers are prices, whose they are, and where a row of them ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from chatkit_harness.chart.commands import Role
from chatkit_harness.chart.names import words
from chatkit_harness.chart.prices import is_range

from .tokens import Token, Tokens
from .words import (
    AFTER,
    BEFORE_THE,
    BETWEEN,
    LEVEL_WORDS,
    NAMING,
    NEGATIONS,
    NO_SYMBOLS,
    SHORT_LEVELS,
    UNITS,
)

_FARTHEST = 9
"""How many tokens may stand between a level's word and its price."""


_LABEL = re.compile(r"[*_` \t]{0,6}(?:\"(?P<label>[^\"\n\r]{0,300})\"|“(?P<curly>[^”\n\r]{0,300})”)")


_JOINS = frozenset(
    {",", "and", "or", "&", "/", "then", "followed", "by", "at", "near", "around", "also", "the", "~"}
)


_OPENS = frozenset({",", "and", "or", "&", "/", "then", "followed"})


_THROUGH = frozenset({"-", "\u2013", "\u2014", "to", "through"})


_STOPPING = frozenset({
    "will", "to", "must", "should", "could", "can", "would", "please", "not", "we", "they", "i", "you",
    "it", "don't", "didn't", "doesn't", "bus", "full", "trains", "non",
})  # fmt: skip


_BEYOND = frozenset({"below", "above", "under", "over", "beneath"})


ENTERING = frozenset({"enter", "entering"})


_SURELY = frozenset({"at", "near", "around", "about", ":", "=", "@", "~", "|"})
_SHORTLY = frozenset({":", "=", "at", "(", "|", "is"})


@dataclass(slots=True)
class Prices:
    """Prices in a row: their tokens, with labels, and the index behind the last."""

    tokens: list[Token]
    after: int
    labels: dict[int, tuple[str | None, int]] = field(default_factory=dict)


def role_at(tokens: Tokens, index: int) -> tuple[Role, int] | None:
    """The level that a word at this index means, and the index behind it."""
    token = tokens.at(index)
    if token.kind != "word":
        return None
    low, following = token.low, tokens.low(index + 1)
    dash = 2 if following == "-" else 1
    if low == "stop" and tokens.low(index + dash) in {"loss", "losses"}:
        return "stop", index + dash + 1
    if low == "take" and tokens.low(index + dash) in {"profit", "profits"}:
        return "target", index + dash + 1
    if low in ENTERING and following in {"at", "near", "around"}:
        return "entry", index + 1
    if low in SHORT_LEVELS and (following in _SHORTLY or tokens.at(index + 1).kind == "price"):
        return SHORT_LEVELS[low], index + 1
    if low == "entry" and following == "-":
        return None  # `entry-level`
    if low == "stop" and tokens.low(index - 1) in _STOPPING:
        return None
    role = LEVEL_WORDS.get(low)
    return (role, index + 1) if role else None


def denied(tokens: Tokens, index: int) -> bool:
    """True where the words just before say that there is none."""
    before = tokens.lows(index - 3, index)
    for stop in (".", "!", "?", ";", "", ","):
        if stop in before:
            before = before[len(before) - before[::-1].index(stop) :]
    return any(each in NEGATIONS or each.endswith(("n't", "n\u2019t")) for each in before)


def is_price(tokens: Tokens, index: int) -> bool:
    """True where the number at this index is a price and counts nothing."""
    token, following = tokens.at(index), tokens.at(index + 1)
    if token.kind != "price":
        return False
    if (
        following.low == "-"
        and following.start == token.end
        and not _dash_is_fine(token, tokens.at(index + 2))
    ):
        return False
    if following.low in _THROUGH and tokens.low(index + 3) in UNITS:
        return False  # `18-35 year olds`
    if following.kind != "word" or following.low in LEVEL_WORDS or following.low in SHORT_LEVELS:
        return not (token.plain and token.value < 10 and following.low == ":")
    if following.low in UNITS:
        return False
    return not token.plain or following.low in AFTER


def _dash_is_fine(token: Token, behind: Token) -> bool:
    """False for the number of `52-week` and of `1-800-555`."""
    if behind.kind == "word":
        return behind.low not in UNITS and not token.plain
    return behind.kind != "other" and (behind.kind != "price" or is_range(token.value, behind.value))


def is_year(token: Token) -> bool:
    """True for a whole number that can be a year."""
    return token.plain and 1900 <= token.value <= 2099


def price_after(tokens: Tokens, index: int, *, trade: bool = False) -> int | None:
    """The index of the price that belongs to a level's word, from behind that word; None where there is none.

    Of a `trade` level the price may be one to pass: a stop below 435, an entry above 445.
    """
    for at in range(index, index + _FARTHEST):
        token = tokens.at(at)
        if trade and token.low in _BEYOND:
            continue
        if token.kind == "price" and not _ordinal(tokens, at):
            last = tokens.low(at - 1) if at > index else ""
            late = is_year(token) and last not in _SURELY
            return at if is_price(tokens, at) and not late else None
        if not _between(tokens, at):
            return None
    return None


def _ordinal(tokens: Tokens, index: int) -> bool:
    """True for the number of `Support 1: $440`."""
    token = tokens.at(index)
    return token.plain and token.value < 10 and tokens.low(index + 1) in {":", "at", "is", "=", "("}


def _between(tokens: Tokens, index: int) -> bool:
    token = tokens.at(index)
    if token.kind == "line":
        return False
    if token.low in BEFORE_THE:
        following = tokens.at(index + 1)
        return following.low in BEFORE_THE[token.low] or is_symbol(following)
    if token.kind == "other":
        fib = tokens.low(index + 1) in {"fibonacci", "fib", "retracement"}
        average = tokens.low(index + 1) in {"moving", "sma", "ema", "ma", "chart", "timeframe"}
        return fib if "%" in token.text else average
    return token.low in BETWEEN or is_symbol(token) or _ordinal(tokens, index)


def is_symbol(token: Token) -> bool:
    """True for a word in capitals that can name what is traded."""
    return (
        token.kind == "word"
        and token.text.isupper()
        and 2 <= len(token.text) <= 5
        and token.text not in NO_SYMBOLS
    )


def prices_from(tokens: Tokens, index: int) -> Prices:
    """The price at this index and those that follow it in a row: `$440, $435 and $430`, `440-445`."""
    row = Prices(tokens=[tokens.at(index)], after=index + 1)
    _label(tokens, row)
    while True:
        further = _joined(tokens, row)
        if further is None:
            return row
        row.tokens.append(tokens.at(further))
        row.after = further + 1
        _label(tokens, row)


def _joined(tokens: Tokens, row: Prices) -> int | None:
    """The index of the next price of the row."""
    at, first = _behind_brackets(tokens, row.after), row.tokens[0]
    joins = tokens.low(at)
    near: Callable[[float, float], bool]
    if joins in _THROUGH:
        at += 1
        near = is_range
    elif joins in _OPENS:
        near = _alike
        while tokens.low(at) in _JOINS and at < row.after + 16:
            at += 1
    else:
        return None
    if (
        not is_price(tokens, at)
        or not near(first.value, tokens.at(at).value)
        or is_year(tokens.at(at)) != is_year(first)
    ):
        return None
    return None if _names_another(tokens, at) else at


def _alike(first: float, other: float) -> bool:
    return first / 3 <= other <= first * 3


def _names_another(tokens: Tokens, index: int) -> bool:
    """True where a price is followed by its own level's word: `440 and 460 resistance`."""
    at = index + 1
    if tokens.low(at) in {"are", "act", "serve"}:
        return False  # then the word behind is the whole row's
    while tokens.low(at) in NAMING and at < index + 5:
        at += 1
    role = role_at(tokens, at)
    return role is not None and (price_after(tokens, role[1]) is None or at > index + 1)


def _behind_brackets(tokens: Tokens, index: int) -> int:
    """The index behind a remark in brackets, where one stands here."""
    if tokens.low(index) != "(":
        return index + 1 if tokens.low(index) == ")" else index
    for at in range(index + 1, index + 12):
        if tokens.at(at).kind == "line":
            break
        if tokens.low(at) == ")":
            return at + 1
    return index


def _label(tokens: Tokens, row: Prices) -> None:
    """The words in double quotes behind the row's last price, which are then passed."""
    last = row.tokens[-1]
    match = _LABEL.match(tokens.text, last.end)
    if match is None:
        return
    text = words(match["label"] if match["label"] is not None else match["curly"])
    row.labels[last.start] = (text, match.end())
    while row.after < len(tokens) and tokens.at(row.after).start < match.end():
        row.after += 1
