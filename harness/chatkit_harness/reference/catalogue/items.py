"""Items and events as a server makes them by itself, without a model."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    HiddenContextItem,
    ThreadItemDoneEvent,
    UserMessageItem,
    WidgetItem,
)

from ..shim import widget_root
from .part import Context, Events, Maker, Part

Respond = Callable[[Context, "UserMessageItem | None"], Events]


def by_hand(respond: Respond, **more: Any) -> Maker:
    """A part that streams its own events; no model is asked."""
    return lambda _options: Part(respond=respond, **more)


def base(context: Context, kind: Any = "message") -> dict[str, Any]:
    """What every item has: its id, its thread, its time."""
    # chatkit's own items have the local time, too
    now = datetime.now()  # noqa: DTZ005
    return {"id": context.generate_id(kind), "thread_id": context.thread.id, "created_at": now}


def says(context: Context, text: str, annotations: Any = ()) -> Any:
    """A message of the assistant, whole."""
    content = AssistantMessageContent(text=text, annotations=list(annotations))
    return ThreadItemDoneEvent(item=AssistantMessageItem(**base(context), content=[content]))


def shows(context: Context, widget: dict[str, Any]) -> Any:
    """A widget, whole."""
    return ThreadItemDoneEvent(item=WidgetItem(**base(context), widget=widget_root(widget)))


def remembers(context: Context, content: Any) -> Any:
    """Something that the model is to know and the user not to see."""
    return ThreadItemDoneEvent(item=HiddenContextItem(**base(context), content=content))


def text_of(message: UserMessageItem | None) -> str:
    """What the user typed."""
    parts = message.content if message is not None else ()
    return "".join(part.text for part in parts if part.type == "input_text")
