"""What a sentence is about: something done, or something only offered, asked or denied."""

from __future__ import annotations

from chatkit_harness.chart.commands import ChartCommand, Placed

from .tokens import Tokens
from .words import ASKING, NEGATIONS, OFFERS

Found = tuple[list[Placed], int]


def only_talk(tokens: Tokens, index: int) -> bool:
    """True in a question, an offer, an explanation, or where the thing is said not to be done."""
    start = index
    while start > index - 9 and tokens.low(start - 1) not in {".", "!", "?", "", ";"} and start > 0:
        start -= 1
    before = tokens.lows(start, index)
    if any(each in NEGATIONS or each.endswith(("n't", "n\u2019t")) for each in before[-4:]):
        return True
    said = " ".join(before).replace("\u2019", "'")
    if any(offer in said for offer in OFFERS) or "if" in before:
        return True
    return _asks(tokens, index)


def only_offered(tokens: Tokens, index: int) -> bool:
    """True for a level that is asked about, or that a sentence only offers to draw."""
    start = index
    while start > index - 12 and tokens.low(start - 1) not in {".", "!", "?", "", ";"} and start > 0:
        start -= 1
    said = " ".join(tokens.lows(start, index)).replace("\u2019", "'")
    return any(each in said for each in ASKING) or _asks(tokens, index)


def _asks(tokens: Tokens, index: int) -> bool:
    """True where the sentence ends with a question mark."""
    for at in range(index, index + 25):
        token = tokens.at(at)
        if token.kind == "line" or token.low in {".", "!", "?", ";"}:
            return token.low == "?"
    return False


def span(tokens: Tokens, first: int, behind: int, commands: list[ChartCommand]) -> Found:
    """Commands that share the tokens from one index to before another, and the index to go on at."""
    start, end = tokens.at(first).start, tokens.at(behind - 1).end
    return [Placed(command=each, start=start, end=end) for each in commands], behind


def ends(tokens: Tokens, index: int, words: frozenset[str]) -> bool:
    """True where what follows cannot change what was said: an end, a mark, or one of these words."""
    token = tokens.at(index)
    if token.kind == "word":
        return token.low in words and tokens.at(index + 1).kind not in {"price", "other"}
    return token.kind == "line" or (
        token.kind == "mark" and token.low not in {"-", "=", ":", "/", "%", "'", "\u2019"}
    )
