"""The thread as it reads back beside the streams that filled it: its order, and what nobody was shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chatkit_harness.core.nouns import Finding, Severity
from chatkit_harness.core.transcript import Transcript, Turn

from .items import SYNC_ACTION, events
from .servers import is_built_in
from .shapes import mapping, sequence, words

_Moment = tuple[float, int, int]
"""Milliseconds since the case began, the turn, and which of its events."""
_BEGAN = frozenset({"thread.item.added", "thread.item.done", "thread.item.replaced"})
_ENDED = frozenset({"thread.item.done", "thread.item.replaced"})
_HIDDEN = frozenset({"hidden_context_item", "sdk_hidden_context"})
"""What no client is shown; who reads the store itself finds it there."""


@dataclass(slots=True)
class _Told:
    """When an item came first, when it came last as a whole, and in how many turns."""

    began: _Moment
    turn: int
    ended: _Moment | None = None
    turns: int = 1


def check(transcript: Transcript, stored: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """`store/order`, `store/never-shown` and `store/foreign-thread`, each once a kind of item.

    Two items have an order where the one had ended before the other began, in one turn or in one of two
    that did not overlap. What no turn has told of was never shown, unless it stood there before the first
    turn; of a user's own server, which may note things by itself, that is a warning.
    """
    told = dict(_told(transcript.turns))
    yield from _order(told, stored)
    yield from _never_shown(transcript, told, stored)
    yield from _foreign(transcript.turns, stored)


def _told(turns: Sequence[Turn]) -> Iterator[tuple[str, _Told]]:
    """Every item that an event or an answer has told of, by id."""
    found: dict[str, _Told] = {}
    for turn in turns:
        for number, (at_ms, event) in enumerate(events(turn)):
            now = (at_ms, turn.index, number)
            kind, item = words(event.get("type")), mapping(event.get("item"))
            name = words(item.get("id")) or words(event.get("item_id"))
            if kind in _BEGAN and name:
                each = found.setdefault(name, _Told(began=now, turn=turn.index))
                each.turns += each.turn != turn.index
                if kind in _ENDED and each.ended is None:
                    each.ended = now
        for name in _answered(turn):
            found.setdefault(name, _Told(began=(turn.sent_at_ms, turn.index, 0), turn=turn.index))
    yield from found.items()


def _answered(turn: Turn) -> Iterator[str]:
    """The items that an answer, which is no stream, holds somewhere."""
    answer = mapping(turn.response)
    pages = (answer, mapping(answer.get("items")))
    for item in [each for page in pages for each in sequence(page.get("data"))]:
        yield words(mapping(item).get("id"))
    if turn.request.get("type") == SYNC_ACTION:
        yield words(mapping(answer.get("updated_item")).get("id"))


def _order(told: Mapping[str, _Told], stored: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    last: Mapping[str, Any] | None = None
    for item in stored:
        each = told.get(words(item.get("id")))
        if each is None or each.ended is None or each.turns > 1:
            continue
        before = told[words(last.get("id"))] if last is not None else None
        if last is not None and before is not None and each.ended < before.began:
            kinds = (words(item.get("type")), words(last.get("type")))
            message = f"the thread reads back in another order: the {kinds[0]} came before the {kinds[1]}"
            yield _finding("order", "error", " ".join(kinds), message, item)
            return  # what follows is out of place by the same
        last = item


def _never_shown(
    transcript: Transcript, told: Mapping[str, _Told], stored: Sequence[Mapping[str, Any]]
) -> Iterator[Finding]:
    if any(turn.left_at_ms is not None for turn in transcript.turns):
        return  # somebody who has gone is not shown the rest
    kinds: set[str] = set()
    names = [words(item.get("id")) for item in stored]
    first = next((n for n, name in enumerate(names) if name in told), len(names))
    for item in stored[first:]:
        kind = words(item.get("type")) or "item"
        if words(item.get("id")) not in told and kind not in kinds | _HIDDEN:
            kinds.add(kind)
            severity: Severity = "error" if is_built_in(transcript) else "warning"
            message = f"the thread holds an item that was never shown ({kind})"
            yield _finding("never-shown", severity, kind, message, item)


def _foreign(turns: Sequence[Turn], stored: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """An item that says it is of another thread than the streams had said of it."""
    said = {
        words(mapping(event.get("item")).get("id")): words(mapping(event.get("item")).get("thread_id"))
        for turn in turns
        for _, event in events(turn)
    }
    for item in stored:
        was, now = said.get(words(item.get("id"))), words(item.get("thread_id"))
        if was and now != was:
            kind = words(item.get("type")) or "item"
            message = f"a stored {kind} is of another thread than it was when it was shown"
            yield _finding("foreign-thread", "error", kind, message, item)
            return


def _finding(what: str, severity: Severity, about: str, message: str, item: Mapping[str, Any]) -> Finding:
    return Finding(
        rule=f"store/{what}",
        severity=severity,
        key=f"store/{what} {about}",
        message=message,
        evidence={"turn": None, "type": words(item.get("type")), "item": words(item.get("id"))},
    )
