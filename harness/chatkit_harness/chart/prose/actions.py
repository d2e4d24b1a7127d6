"""What prose says that it does to a chart."""

from __future__ import annotations

from .action_words import (
    BEFORE_VERB,
    LOADING,
    PULLING,
    SETTING,
    SHOWING,
    SWITCH_OFF,
    SWITCH_ON,
    SWITCHING,
)
from .indicators import indicators_at, passive_at
from .sentences import Found, only_talk
from .tokens import Tokens
from .view import load_at, loaded_at, timeframe_at


def actions_at(tokens: Tokens, index: int) -> Found | None:
    """What the word at this index says is done, and the index behind it; None where it says nothing such."""
    low = tokens.low(index)
    doing = low in SWITCH_ON or low in SWITCH_OFF or low in LOADING or low in PULLING or low in SWITCHING
    if not doing and low not in SETTING | SHOWING and low not in {"turn", "turned", "turning", "timeframe"}:
        return None
    token, before = tokens.at(index), tokens.at(index - 1)
    joined = before.low == "-" and before.end == token.start  # `front-load`
    starts = low == "timeframe" or (before.low in BEFORE_VERB and not joined)
    if token.kind != "word" or not starts:
        return loaded_at(tokens, index) if low == "loaded" else passive_at(tokens, index)
    if only_talk(tokens, index):
        return None
    for reader in (indicators_at, timeframe_at, load_at, loaded_at, passive_at):
        found = reader(tokens, index)
        if found is not None:
            return found
    return None
