"""Liars of the scenarios in which somebody goes away, or asks twice at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tests.catalogue.breaking import Break, Liar, in_turns, liar, silent, storing

from chatkit_harness.core.transcript import Event, Ran, Transcript, Turn


def asks_for_nobody(turn: int) -> Break:
    """The model is asked once more when the client has gone."""

    def broken(held: Transcript) -> Transcript:
        left = held.turns[turn].left_at_ms
        assert left is not None
        later = replace(held.exchanges[0], at_ms=left + 100)
        return replace(held, exchanges=(*held.exchanges, later))

    return broken


def begins_for_nobody(turn: int) -> Break:
    """A tool begins when the client has gone."""
    return _runs(turn, "reckon")


def goes_on_for_nobody(turn: int) -> Break:
    """A tool goes on to its end when the client has gone."""
    return _runs(turn, "reckon", ended=True)


def _runs(turn: int, tool: str, *, ended: bool = False) -> Break:
    def broken(held: Transcript) -> Transcript:
        left = held.turns[turn].left_at_ms
        assert left is not None
        return replace(held, ran=(*held.ran, Ran(at_ms=left + 100, turn=turn, tool=tool, ended=ended)))

    return broken


def lets_go(turn: int) -> Break:
    """Nothing is asked, and nothing runs, once the client has gone: the defect is mended."""

    def broken(held: Transcript) -> Transcript:
        left, ended = held.turns[turn].left_at_ms, held.turns[turn].ended_at_ms
        assert left is not None
        exchanges = tuple(each for each in held.exchanges if not left < each.at_ms <= ended)
        ran = tuple(each for each in held.ran if not left < each.at_ms <= ended)
        return replace(held, exchanges=exchanges, ran=ran)

    return broken


def never_closed() -> Break:
    """The connection to the model stays open."""

    def broken(held: Transcript) -> Transcript:
        first = replace(held.exchanges[0], ended_at_ms=None, aborted=False)
        return replace(held, exchanges=(first, *held.exchanges[1:]))

    return broken


def closed() -> Break:
    """The connection to the model is closed when the client goes: the defect is mended."""

    def broken(held: Transcript) -> Transcript:
        first = replace(held.exchanges[0], ended_at_ms=held.turns[0].left_at_ms)
        return replace(held, exchanges=(first, *held.exchanges[1:]))

    return broken


def stays(turn: int) -> Break:
    """The client never went away."""
    return in_turns(lambda each: replace(each, end="done", left_at_ms=None), turn=turn)


def swapping(one: int, other: int) -> Break:
    """What came in two turns behind the user's message comes in the other of them."""

    def broken(held: Transcript) -> Transcript:
        turns = list(held.turns)
        (asked, came), (asked_too, came_too) = (_parted(turns[each]) for each in (one, other))
        turns[one] = replace(turns[one], events=(*asked, *came_too))
        turns[other] = replace(turns[other], events=(*asked_too, *came))
        return replace(held, turns=tuple(turns))

    return broken


def _parted(turn: Turn) -> tuple[tuple[Event, ...], tuple[Event, ...]]:
    """The events of a turn up to the user's message, and those behind it."""
    asked = [
        place
        for place, event in enumerate(turn.events)
        if ((event.data or {}).get("item") or {}).get("type") == "user_message"
    ]
    behind = max(asked) + 1
    return turn.events[:behind], turn.events[behind:]


LIARS: Mapping[str, Liar] = {
    "leave-before-anything-comes": liar("run/asked-after-leaving", asks_for_nobody(1)),
    "leave-while-words-come": liar("expect/items", storing(lambda items: (items[0], *items[2:]))),
    "leave-while-a-tool-works": liar("run/tool-after-leaving", goes_on_for_nobody(0)),
    "leave-while-the-api-is-busy": liar("run/asked-after-leaving", asks_for_nobody(0)),
    "leave-between-tools": liar("run/tool-after-leaving", begins_for_nobody(0)),
    "leave-while-the-model-thinks": liar("run/model-left-open", never_closed()),
    "leave-after-a-tool": liar("run/stayed", stays(0)),
    "leave-while-a-widget-grows": liar("run/tool-after-leaving", begins_for_nobody(0)),
    "leave-after-a-click": liar("expect/widget-missing", silent(2)),
    "leave-by-the-book": liar("run/asked-after-leaving", asks_for_nobody(0)),
    "leave-by-the-book-in-silence": liar("expect/finding-missing", closed()),
    "leave-by-the-book-while-the-api-fails": liar("expect/finding-missing", lets_go(0)),
    "two-turns-at-once": liar("expect/text-content", swapping(1, 2)),
}
