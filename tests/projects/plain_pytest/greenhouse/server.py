"""The chat: an agent that looks at a bed and shows it in a card."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from agents import Agent, RunContextWrapper, Runner, function_tool
from chatkit.agents import AgentContext, simple_to_agent_input, stream_agent_response
from chatkit.server import ChatKitServer, stream_widget
from chatkit.types import ThreadMetadata, ThreadStreamEvent, UserMessageItem
from chatkit.widgets import Card, Text, Title

from .beds import moisture
from .memory import Memory

Chat = AgentContext[dict[str, Any]]


@function_tool(description_override="Show how much water the soil of a bed holds, such as 'tomatoes'.")
async def show_bed(ctx: RunContextWrapper[Chat], name: str) -> str:
    found = moisture(name)
    if found is None:
        return f"There is no bed {name}."
    card = Card(children=[Title(value=name.title()), Text(value=f"{found} % water")])
    async for event in stream_widget(ctx.context.thread, card, generate_id=ctx.context.generate_id):
        await ctx.context.stream(event)
    return f"The soil of {name} holds {found} % water."


class Gardener(ChatKitServer[dict[str, Any]]):
    agent = Agent[Chat](name="Gardener", instructions="Answer questions on the beds.", tools=[show_bed])

    async def respond(
        self, thread: ThreadMetadata, item: UserMessageItem | None, context: dict[str, Any]
    ) -> AsyncIterator[ThreadStreamEvent]:
        chat = AgentContext(thread=thread, store=self.store, request_context=context)
        asked = await simple_to_agent_input(item) if item else []
        async for event in stream_agent_response(chat, Runner.run_streamed(self.agent, asked, context=chat)):
            yield event


def create_server() -> Gardener:
    return Gardener(Memory())
