"""Images that the server itself draws (chatkit 1.4.1 on)."""

from __future__ import annotations

from typing import Any

from agents import Agent
from chatkit.types import (
    GeneratedImage,
    GeneratedImageItem,
    GeneratedImageUpdated,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    UserMessageItem,
)

from .items import base
from .part import MODEL, Context, Events, Maker, Options, Part, agent_part

ROUGH = "https://charts.example/rough.png"
FINAL = "https://charts.example/final.png"


def _drawn(options: Options) -> Part:
    """An image that gets clearer; asked again, an agent is told of it."""
    told = agent_part(Agent[Any](name="Painter", model=MODEL, instructions="Look."), options)

    async def respond(context: Context, message: UserMessageItem | None) -> Events:
        page = await context.store.load_thread_items(
            context.thread.id, None, 2, "desc", context.request_context
        )
        if len(page.data) > 1:
            async for event in told.respond(context, message):
                yield event
            return
        item = GeneratedImageItem(**base(context))
        yield ThreadItemAddedEvent(item=item.model_copy())
        rough = GeneratedImage(id="img_1", url=ROUGH)
        yield ThreadItemUpdatedEvent(item_id=item.id, update=GeneratedImageUpdated(image=rough, progress=0.5))
        item.image = GeneratedImage(id="img_1", url=FINAL)
        yield ThreadItemDoneEvent(item=item)

    return Part(respond=respond)


PARTS: dict[str, Maker] = {"drawn": _drawn}
