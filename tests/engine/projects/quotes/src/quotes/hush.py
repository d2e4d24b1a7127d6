"""A server of somebody's own with two faults: half an answer passes for a whole, and a tool never ends."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from agents import Agent, RunContextWrapper, Runner, function_tool
from chatkit.agents import AgentContext, simple_to_agent_input, stream_agent_response
from chatkit.server import ChatKitServer
from chatkit.types import AssistantMessageContent, ProgressUpdateEvent, ThreadItemDoneEvent

from .storage import Shelf

returned = asyncio.Event()


@function_tool
async def look_up(ctx: RunContextWrapper[Any], title: str) -> str:
    """Waits until a book is there again, which nobody tells of."""
    await ctx.context.stream(ProgressUpdateEvent(text=f"Waiting for {title}"))
    await returned.wait()
    return "on shelf 4"


CLERK = Agent[Any](name="Clerk", model="gpt-5", tools=[look_up])


class Hush(ChatKitServer[Any]):
    async def respond(self, thread: Any, item: Any, context: Any) -> AsyncIterator[Any]:
        about = AgentContext(thread=thread, store=self.store, request_context=context)
        result = Runner.run_streamed(CLERK, await simple_to_agent_input([item]), context=about)
        said, begun = "", None
        with contextlib.suppress(Exception):
            async for event in stream_agent_response(about, result):
                said += getattr(getattr(event, "update", None), "delta", "")
                begun = event.item if event.type == "thread.item.added" else begun
                yield event
        if begun is not None:
            half = begun.model_copy(update={"content": [AssistantMessageContent(text=said)]})
            yield ThreadItemDoneEvent(item=half)


def create_server() -> Hush:
    return Hush(Shelf())
