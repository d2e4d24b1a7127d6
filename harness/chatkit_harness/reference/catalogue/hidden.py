"""Context that chatkit itself hides in a thread, as after a cancelled stream (1.4.0 on)."""

from __future__ import annotations

from typing import Any

from agents import Agent
from chatkit.types import SDKHiddenContextItem, ThreadItemDoneEvent, UserMessageItem

from .items import base
from .part import MODEL, Context, Events, Maker, Options, Part, agent_part


def _kept(options: Options) -> Part:
    told = agent_part(Agent[Any](name="Plain", model=MODEL, instructions="Answer."), options)

    async def respond(context: Context, message: UserMessageItem | None) -> Events:
        kind: Any = "sdk_hidden_context"
        item = SDKHiddenContextItem(**base(context, kind), content="The user CANCELLED the stream.")
        yield ThreadItemDoneEvent(item=item)
        async for event in told.respond(context, message):
            yield event

    return Part(respond=respond)


PARTS: dict[str, Maker] = {"kept": _kept}
