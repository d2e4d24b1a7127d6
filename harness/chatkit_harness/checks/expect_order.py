"""Expect: that things come in the order in which a scenario names them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.transcript import Turn

from . import reading
from .scope import Scope, clip

_WHOLE = ("thread.item.added", "thread.item.done", "thread.item.replaced")
_MOST = 40
"""So many of the things that came stand in the evidence."""


def order(wanted: Sequence[str], scope: Scope) -> Iterator[Finding]:
    """Things of these kinds, one after the other in one turn; anything may stand between them.

    Of several turns the one that is judged is the one in which most of it came in order: what a later turn
    brings is later by itself, and says nothing of the server.
    """
    came = [list(_places(turn)) for turn in scope.turns]
    best = max(came, key=lambda places: len(_met(wanted, places)), default=[])
    taken = _met(wanted, best)
    met = len(taken)
    if met < len(wanted):
        about = f"{wanted[met]} after {wanted[met - 1]}" if met else wanted[met]
        # What has a place already is not the one that came too early.
        early = any(wanted[met] in kinds for number, kinds in enumerate(best) if number not in taken)
        short = _in_short(best)
        instead = ", only before it" if early else ", nor before it" if met else ""
        message = f"no {about} came{instead} (in order: {clip(', '.join(short) or 'nothing')})"
        yield scope.finding(
            "order", about, message, wanted=list(wanted), came=short[:_MOST], came_before=early
        )


def _met(wanted: Sequence[str], places: Sequence[frozenset[str]]) -> list[int]:
    """Where those of the kinds came that came in order, counted from the first one."""
    met: list[int] = []
    for number, kinds in enumerate(places):
        if len(met) < len(wanted) and wanted[len(met)] in kinds:
            met.append(number)
    return met


def _in_short(places: Sequence[frozenset[str]]) -> list[str]:
    """What came, each event by the kind that says most of it, without those of one kind in a row."""
    names = [max(kinds, key=_says_most).partition("/")[2] for kinds in places]
    return [*names[:1], *(after for before, after in pairwise(names) if after != before)]


def _says_most(kind: str) -> tuple[bool, str]:
    return not kind.startswith("chatkit.event/"), kind


def _places(turn: Turn) -> Iterator[frozenset[str]]:
    """The kinds of each event of a turn: of the event, of its update, and of the item that begins with it.

    An item is sent again when it is done or changed, and has its place where the client first got it.
    """
    held: set[str] = set()
    for _, event in reading.events(turn):
        kinds = [f"chatkit.event/{event.get('type')}"]
        if isinstance(event.get("update"), Mapping):
            kinds.append(f"chatkit.update/{event['update'].get('type')}")
        if event.get("type") == "thread.item.removed":
            held.discard(reading.words(event.get("item_id")))
        if _begins(event, held):
            kinds.append(f"chatkit.item/{event['item'].get('type')}")
        yield frozenset(kinds)


def _begins(event: Mapping[str, Any], held: set[str]) -> bool:
    """Whether an item is new to the client with this event, who holds it from then on."""
    item = event.get("item")
    if not isinstance(item, Mapping) or event.get("type") not in _WHOLE:
        return False
    identity = reading.words(item.get("id"))
    known = identity in held and event.get("type") != "thread.item.added"
    held.add(identity)
    return not known
