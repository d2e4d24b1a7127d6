"""What a figure belongs to (AAPL's, a support), which way a text leans, and what a user can do.

Two answers may hold the same figures and still say opposite things: each other's prices, a support as a
resistance. Only what is plain counts: a row, or a part of a sentence, that names one owner and no other.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from chatkit_harness.comparison.figures_found import Found
from chatkit_harness.comparison.words import Amount, amounts, names

_ROLES = {
    "support": r"supports?|unterst(?:ü|ue)tzung(?:en)?",
    "resistance": r"resistances?|widerst(?:a|ä|ae)nde?",
    "entry": r"entry|entries",
    "stop": r"stop(?:[- ]?loss)?",
    "target": r"(?:price )?targets?",
}
_INDICATORS = frozenset(("ATR", "EMA", "MA", "MACD", "RSI", "SMA", "VWAP"))
_CLAUSE = re.compile(r"[;\n]|[.,](?=\s|$)|\s(?:and|und|but|while|versus|vs\.?|against)\s")
_OPPOSITES = (("bullish", "bearish"), ("overbought", "oversold"), ("uptrend", "downtrend"))
_DENIED = re.compile(r"(?:\bnot|n't|\bneither|\bnor|\bno longer|\bno)\W+(?:\w+\W+){0,2}$", re.IGNORECASE)
_CAN = re.compile(
    r"\b(?:you|we|it|they)\s(?:can(?P<denied>not|'t|\u2019t|\snot)?)\s(?P<verb>[a-z]{2,20})\b", re.IGNORECASE
)
_CONTROLS = frozenset(
    (
        *("Button", "Chart", "Checkbox", "DatePicker", "Form", "Image", "Input"),
        *("RadioGroup", "Select", "Textarea"),
    )
)


def owned(text: str) -> Iterator[tuple[Amount, str]]:
    """The figures of a row, or of a text part by part, each with the one ticker or the one role (support,
    target, ...) that it plainly belongs to.
    """
    for part in _CLAUSE.split(text):
        owners = [*_only(set(names(part)) - _INDICATORS), *_only(_roles(part))]
        yield from ((amount, owner) for amount in amounts(part) for owner in owners)


def _only(found: set[str]) -> list[str]:
    return list(found) if len(found) == 1 else []


def _roles(text: str) -> set[str]:
    return {role for role, words in _ROLES.items() if re.search(rf"\b(?:{words})\b", text, re.IGNORECASE)}


def misplaced(amount: Amount, here: Found[str], there: Found[str], owners: Collection[str]) -> str | None:
    """The owner of a figure here, where the other side tells the figure of another owner alone, and tells of
    this one too (`owners` are all that it tells of); None where nothing contradicts.
    """
    others = {owner for _, owner in there.like(amount)}
    for _, owner in here.like(amount):
        alike = {each for each in others if (each in _ROLES) == (owner in _ROLES)}
        if alike and owner not in alike and owner in owners:
            return owner
    return None


def leanings(text: str) -> frozenset[str]:
    """Words that say which way something goes, unless they are denied: `bullish`, `oversold`."""
    found = set()
    for word in (each for pair in _OPPOSITES for each in pair):
        for place in re.finditer(rf"\b{word}\b", text, re.IGNORECASE):
            if not _DENIED.search(text[max(0, place.start() - 40) : place.start()]):
                found.add(word)
    return frozenset(found | set(_granted(text)))


def _granted(text: str) -> Iterator[str]:
    """`yes` or `no` where an answer begins with it, and what it says that one can or cannot do."""
    first = re.match(r"\W*(yes|no)\b(?=\W*[,.!:;]|\W*$|\W*\s[-\u2013\u2014])", text, re.IGNORECASE)
    if first:
        yield first[1].lower()
    for place in _CAN.finditer(text):
        yield f"{'cannot' if place['denied'] else 'can'} {place['verb'].lower()}"


def opposed(here: frozenset[str], there: frozenset[str]) -> list[str]:
    """What one side says of which the other one says the very opposite, and neither says both."""
    found: list[str] = []
    verbs = {each.split()[1] for each in here | there if " " in each}
    for pair in (*_OPPOSITES, ("yes", "no"), *((f"can {verb}", f"cannot {verb}") for verb in sorted(verbs))):
        said, heard = (side.intersection(pair) for side in (here, there))
        if len(said) == len(heard) == 1 and said != heard:
            found += said
    return found


def controls(widgets: Iterable[Mapping[str, Any]], deepest: int = 20_000) -> frozenset[str]:
    """What a user can press or fill in, and pictures: the components' names, and `action` for any click."""
    found: set[str] = set()
    stack: list[Any] = list(widgets)
    for _ in range(deepest):
        if not stack:
            break
        node = stack.pop()
        if isinstance(node, Mapping):
            kind = node.get("type")
            found |= {kind} if isinstance(kind, str) and kind in _CONTROLS else set()
            found |= {"action"} if any(isinstance(node.get(key), Mapping) for key in _ACTIONS) else set()
            stack += node.values()
        elif isinstance(node, list | tuple):
            stack += node
    return frozenset(found)


_ACTIONS = ("onClickAction", "onSubmitAction", "onChangeAction", "action")


def missing_controls(here: frozenset[str], there: frozenset[str]) -> tuple[str, ...]:
    """What this side alone offers; a button is not missed where anything can be clicked."""
    only = here - there - {"action"}
    return tuple(sorted(only - {"Button"} if "action" in there else only))
