"""Levels that prose speaks of."""

from __future__ import annotations

from dataclasses import replace

from chatkit_harness.chart.commands import Level, Placed, Role

from .prices import (
    ENTERING,
    Prices,
    denied,
    is_year,
    price_after,
    prices_from,
    role_at,
)
from .sentences import only_offered
from .tokens import Tokens
from .words import (
    AFTER,
    HOUSES,
    LEVEL_WORDS,
    NAMING,
    OPINIONS,
    SAYING,
    UNITS,
)


def an_opinion(tokens: Tokens, index: int, role: Role) -> bool:
    """True for what others expect, an analysts' price target; and for a company of that name."""
    if role != "target":
        return False
    start, end = _sentence(tokens, index)
    if "tgt" in tokens.lows(index - 3, index) or not HOUSES.isdisjoint(tokens.lows(start, end)):
        return True
    return any(each in OPINIONS for each in tokens.lows(index - 6, index))


def _sentence(tokens: Tokens, index: int) -> tuple[int, int]:
    """The tokens of the sentence around an index, as far as is looked."""
    stops = {".", "!", "?", ";", ""}
    start = next((at + 1 for at in range(index - 1, index - 12, -1) if tokens.low(at) in stops), index - 11)
    end = next((at for at in range(index, index + 14) if tokens.low(at) in stops), index + 14)
    return start, end


def levels_at(tokens: Tokens, index: int) -> tuple[list[Placed], int] | None:
    """The levels that a word at this index gives, and the index behind them."""
    meant = role_at(tokens, index)
    if meant is None:
        return None
    role, behind = meant
    both = _two_roles(tokens, role, behind)
    if both is not None:
        return both
    price = price_after(tokens, behind, trade=role not in {"support", "resistance"})
    if price is None or denied(tokens, index) or an_opinion(tokens, index, role):
        return None
    if only_offered(tokens, index):
        return [], price + 1
    row = prices_from(tokens, price)
    return placed(row, role, tokens.at(index).start), row.after


def placed(row: Prices, role: Role, start: int | None = None) -> list[Placed]:
    """The levels of a row of prices; the first one's span begins at `start` where that is given."""
    found: list[Placed] = []
    for number, token in enumerate(row.tokens):
        label, end = row.labels.get(token.start, (None, token.end))
        begin = start if start is not None and number == 0 else token.start
        found.append(Placed(command=Level(role=role, price=token.value, label=label), start=begin, end=end))
    return found


def _two_roles(tokens: Tokens, role: Role, behind: int) -> tuple[list[Placed], int] | None:
    """`support and resistance at 440 and 460`: the lower one supports, all others in their order."""
    if tokens.low(behind) not in {"and", "/", "&", "or"}:
        return None
    second = role_at(tokens, behind + 1)
    price = price_after(tokens, second[1]) if second and second[0] != role else None
    if second is None or price is None:
        return None
    row = prices_from(tokens, price)
    no = len(row.tokens) != 2 or row.tokens[0].value == row.tokens[1].value or denied(tokens, behind - 1)
    if no or only_offered(tokens, behind - 1):
        return [], row.after
    found = [*placed(row, role)[:1], *placed(row, second[0])[1:]]
    lower_first = row.tokens[0].value < row.tokens[1].value
    if {role, second[0]} == {"support", "resistance"} and (role == "support") != lower_first:
        found = [*placed(row, second[0])[:1], *placed(row, role)[1:]]
    return found, row.after


def named_prices(tokens: Tokens, index: int) -> tuple[list[Placed], int]:
    """The levels of a price or a row that its word follows, `the $440 support`; and the index to go on at."""
    row = prices_from(tokens, index)
    last, at, said = row.tokens[-1], row.after, False
    while tokens.low(at) in NAMING and at < row.after + 6:
        said = said or tokens.low(at) in SAYING
        at += 1
    meant = role_at(tokens, at)
    if meant is None or tokens.low(at).endswith("ts") or is_year(last) or tokens.low(at) in ENTERING:
        return [], row.after
    role, behind = meant
    following = tokens.at(behind)
    noun = following.kind == "word" and following.low not in AFTER and following.low not in LEVEL_WORDS
    if (
        noun
        or (not said and price_after(tokens, behind) is not None)
        or tokens.at(row.after - 1).low in UNITS
    ):
        return [], row.after
    if denied(tokens, index) or an_opinion(tokens, at, role) or only_offered(tokens, index):
        return [], row.after
    many = tokens.low(row.after) in {"are", "as", "act", "serve"}
    kept = row if many else Prices(tokens=[last], after=row.after, labels=row.labels)
    found = placed(kept, role)
    found[-1] = replace(found[-1], end=max(found[-1].end, tokens.at(behind - 1).end))
    return found, behind
