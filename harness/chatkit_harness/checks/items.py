"""The thread items of a turn, as a client holds them after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chatkit_harness.core.transcript import Turn

from . import answers
from .shapes import mapping, sequence, words


@dataclass(frozen=True, slots=True, kw_only=True)
class SentItem:
    """A thread item as a client holds it after the turn.

    `first_ms` is when it was first heard of, since the case began. `deltas` are the streamed words by
    content index.
    """

    id: str
    kind: str
    document: Mapping[str, Any]
    first_ms: float
    done: bool
    deltas: Mapping[int, str] = field(default_factory=dict)

    @property
    def widget(self) -> Mapping[str, Any]:
        """The widget's root component, empty where there is none."""
        return mapping(self.document.get("widget"))


def events(turn: Turn) -> Iterator[tuple[float, Mapping[str, Any]]]:
    """The events of a turn that were JSON objects, with their time."""
    for event in turn.events:
        if event.data is not None:
            yield event.at_ms, mapping(event.data)


ACTION = "threads.custom_action"
SYNC_ACTION = "threads.sync_custom_action"
"""The request that is answered with one item instead of a stream."""

_MOST = 16
_known: dict[int, tuple[Turn, tuple[SentItem, ...]]] = {}


def sent_items(turn: Turn) -> tuple[SentItem, ...]:
    """What a client shows after the turn besides the user's own words, in order of appearance.

    A workflow's answer comes at once, at the turn's end: what its frontend finds in it are the items. Every
    check asks for them: those of the last turns are remembered.
    """
    known = _known.get(id(turn))
    if known is not None and known[0] is turn:
        return known[1]
    found = _sent_items(turn)
    if len(_known) >= _MOST:
        _known.clear()
    _known[id(turn)] = (turn, found)
    return found


def _sent_items(turn: Turn) -> tuple[SentItem, ...]:
    held: dict[str, SentItem] = {}
    for at_ms, event in events(turn):
        kind = event.get("type")
        if kind in ("thread.item.added", "thread.item.done", "thread.item.replaced"):
            _hold(held, mapping(event.get("item")), at_ms, done=kind != "thread.item.added")
        elif kind == "thread.item.removed":
            held.pop(words(event.get("item_id")), None)
        elif kind == "thread.item.updated":
            _update(held, words(event.get("item_id")), mapping(event.get("update")))
    if turn.request.get("type") == SYNC_ACTION and mapping(turn.response).get("updated_item"):
        _hold(held, mapping(mapping(turn.response)["updated_item"]), turn.ended_at_ms, done=True)
    for _, document in answers.items(turn):
        _hold(held, document, turn.ended_at_ms, done=True)
    return tuple(item for item in held.values() if item.kind != "user_message")


def _hold(held: dict[str, SentItem], item: Mapping[str, Any], at_ms: float, *, done: bool) -> None:
    identity = words(item.get("id")) or f"#{len(held)}"
    before = held.get(identity)
    held[identity] = SentItem(
        id=identity,
        kind=words(item.get("type")),
        document=item,
        first_ms=before.first_ms if before else at_ms,
        done=done or (before.done if before else False),
        deltas=before.deltas if before else {},
    )


def _update(held: dict[str, SentItem], identity: str, update: Mapping[str, Any]) -> None:
    item = held.get(identity)
    if item is None:
        return
    document, deltas = dict(item.document), dict(item.deltas)
    kind, index = update.get("type"), update.get("content_index")
    if kind == "widget.root.updated":
        document["widget"] = update.get("widget")
    elif isinstance(index, int) and kind == "assistant_message.content_part.added":
        deltas[index] = words(mapping(update.get("content")).get("text"))
    elif isinstance(index, int) and kind == "assistant_message.content_part.text_delta":
        deltas[index] = deltas.get(index, "") + words(update.get("delta"))
    held[identity] = SentItem(
        id=item.id, kind=item.kind, document=document, first_ms=item.first_ms, done=item.done, deltas=deltas
    )


def widgets(turn: Turn) -> tuple[SentItem, ...]:
    """The widgets of a turn as they stand at its end."""
    return tuple(item for item in sent_items(turn) if item.kind == "widget")


def assistant_items(turn: Turn) -> tuple[SentItem, ...]:
    """The assistant's messages of a turn."""
    return tuple(item for item in sent_items(turn) if item.kind == "assistant_message")


def client_tool_calls(turn: Turn) -> tuple[SentItem, ...]:
    """The calls of a turn that the client is asked to carry out."""
    return tuple(item for item in sent_items(turn) if item.kind == "client_tool_call")


def parts(item: SentItem) -> tuple[str, ...]:
    """The texts of a message, one a content part."""
    return parts_of(item.document)


def parts_of(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The same of a message as it stands in an event or in the store."""
    return tuple(words(mapping(part).get("text")) for part in sequence(document.get("content")))


def text_of(item: SentItem) -> str:
    """The words of a message: its content, or what was streamed where the message was never finished."""
    final = "\n".join(part for part in parts(item) if part)
    return final if final or item.done else "".join(item.deltas[index] for index in sorted(item.deltas))


def assistant_texts(turn: Turn) -> tuple[str, ...]:
    """The words of each of the assistant's messages that has any."""
    return tuple(text for text in map(text_of, assistant_items(turn)) if text.strip())
