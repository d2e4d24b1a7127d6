"""The chat: what an agent says of the tides, with a card for each place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from agents import Agent, RunContextWrapper, Runner, function_tool
from chatkit.agents import AgentContext, simple_to_agent_input, stream_agent_response
from chatkit.server import ChatKitServer, stream_widget
from chatkit.types import ThreadMetadata, ThreadStreamEvent, UserMessageItem
from chatkit.widgets import Card, Row, Text, Title

from .notebook import Notebook

TIDES = {"Cuxhaven": ("04:12", "10:31"), "Saint-Malo": ("06:48", "12:57")}
Chat = AgentContext[dict[str, Any]]


@function_tool(description_override="Show today's high and low tide of a place, such as 'Cuxhaven'.")
async def show_tides(ctx: RunContextWrapper[Chat], place: str) -> str:
    if place not in TIDES:
        return f"No tides are known of {place}."
    high, low = TIDES[place]
    rows = [Row(children=[Text(value=name), Text(value=at)]) for name, at in (("High", high), ("Low", low))]
    card = Card(children=[Title(value=f"Tides at {place}"), *rows])
    async for event in stream_widget(ctx.context.thread, card, generate_id=ctx.context.generate_id):
        await ctx.context.stream(event)
    return f"High water at {place} is at {high}, low water at {low}."


@function_tool
def water_temperature(place: str) -> str:
    """How warm the water of a place is."""
    return f"The water at {place} has 14 degrees."


class TideServer(ChatKitServer[dict[str, Any]]):
    agent = Agent[Chat](
        name="Harbour master",
        instructions="Answer questions on tides. Use your tools.",
        tools=[show_tides, water_temperature],
    )

    async def respond(
        self, thread: ThreadMetadata, item: UserMessageItem | None, context: dict[str, Any]
    ) -> AsyncIterator[ThreadStreamEvent]:
        chat = AgentContext(thread=thread, store=self.store, request_context=context)
        asked = await simple_to_agent_input(item) if item else []
        result = Runner.run_streamed(self.agent, asked, context=chat)
        async for event in stream_agent_response(chat, result):
            yield event


def create_server() -> TideServer:
    return TideServer(Notebook())
