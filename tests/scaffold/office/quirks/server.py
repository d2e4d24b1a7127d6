"""Servers that a first scenario is not so easily recorded from, each with one quirk."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, Literal

from agents import (
    Agent,
    OpenAIChatCompletionsModel,
    RunContextWrapper,
    Runner,
    StopAtTools,
    function_tool,
)
from chatkit.agents import AgentContext, ClientToolCall, simple_to_agent_input, stream_agent_response
from chatkit.server import ChatKitServer, stream_widget
from chatkit.types import AssistantMessageContent, AssistantMessageItem, ThreadItemDoneEvent
from chatkit.widgets import Card, Text
from openai import AsyncOpenAI
from pydantic import BaseModel

from .storage import Notebook

Chat = AgentContext[dict[str, Any]]


class Kind(BaseModel):
    topic: str
    sure: bool


@function_tool
async def ticket(ctx: RunContextWrapper[Chat], number: int) -> str:
    """Show a ticket."""
    told = [f"Ticket {number}", f"Printed {datetime.now(UTC).date()}", f"Code {uuid.uuid4()}"]
    card = Card(children=[Text(value=each) for each in told])
    async for event in stream_widget(ctx.context.thread, card, generate_id=ctx.context.generate_id):
        await ctx.context.stream(event)
    return "shown"


@function_tool
async def choose_seat(ctx: RunContextWrapper[Chat], row: str) -> str:
    """Have the page show a row of seats."""
    ctx.context.client_tool_call = ClientToolCall(name="choose_seat", arguments={"row": row})
    return "asked"


@function_tool
async def bed(ctx: RunContextWrapper[Chat], bed: str) -> str:
    """Show a bed.

    Args:
        ctx: the chat
        bed: the bed's name, for example north
    """
    return await _shown(ctx, bed)


@function_tool
async def unnamed_bed(ctx: RunContextWrapper[Chat], bed: str) -> str:
    """Show a bed."""
    return await _shown(ctx, bed)


@function_tool
async def side(ctx: RunContextWrapper[Chat], side: Literal["east", "north"]) -> str:
    """Show the bed of a side."""
    return await _shown(ctx, side)


async def _shown(ctx: RunContextWrapper[Chat], bed: str) -> str:
    if bed != "north":
        return f"There is no bed {bed}."
    card = Card(children=[Text(value=f"Bed {bed}")])
    async for event in stream_widget(ctx.context.thread, card, generate_id=ctx.context.generate_id):
        await ctx.context.stream(event)
    return "shown"


@function_tool
def broken(place: str) -> str:
    """Never works."""
    raise RuntimeError("out of order")


class Quirk(ChatKitServer[dict[str, Any]]):
    """Runs one agent, after what `before` does."""

    def __init__(
        self, agent: Agent[Chat] | None, *, titled: bool = False, sorted_first: bool = False
    ) -> None:
        super().__init__(Notebook())
        self.agent, self.titled, self.sorted_first = agent, titled, sorted_first

    async def respond(self, thread: Any, item: Any, context: dict[str, Any]) -> AsyncIterator[Any]:
        asked = await simple_to_agent_input(item)
        chat: Chat = AgentContext(thread=thread, store=self.store, request_context=context)
        if self.agent is None:
            yield _says(self, thread, "The office is closed.")
            return
        naming = asyncio.create_task(Runner.run(Agent(name="Title"), asked)) if self.titled else None
        if self.sorted_first:
            found = await Runner.run(Agent(name="Sorter", output_type=Kind), asked)
            assert isinstance(found.final_output, Kind)
        async for event in stream_agent_response(chat, Runner.run_streamed(self.agent, asked, context=chat)):
            yield event
        if naming is not None:
            await naming


def _says(server: Quirk, thread: Any, text: str) -> ThreadItemDoneEvent:
    item_id = server.store.generate_item_id("message", thread, {})
    content = [AssistantMessageContent(text=text)]
    item = AssistantMessageItem(
        id=item_id, thread_id=thread.id, created_at=datetime.now(UTC), content=content
    )
    return ThreadItemDoneEvent(item=item)


def titled() -> Quirk:
    return Quirk(Agent(name="Clerk", tools=[ticket]), titled=True)


def sorted_first() -> Quirk:
    return Quirk(Agent(name="Clerk", tools=[broken, ticket]), sorted_first=True)


def asks_the_page() -> Quirk:
    behavior = StopAtTools(stop_at_tool_names=["choose_seat"])
    return Quirk(Agent(name="Clerk", tools=[choose_seat], tool_use_behavior=behavior))


def chats() -> Quirk:
    model = OpenAIChatCompletionsModel(model="small", openai_client=AsyncOpenAI())
    return Quirk(Agent(name="Clerk", tools=[ticket], model=model))


def all_broken() -> Quirk:
    return Quirk(Agent(name="Clerk", tools=[broken]))


def names_a_bed() -> Quirk:
    return Quirk(Agent(name="Gardener", tools=[bed]))


def lists_the_sides() -> Quirk:
    return Quirk(Agent(name="Gardener", tools=[unnamed_bed, side]))


def tells_no_bed() -> Quirk:
    return Quirk(Agent(name="Gardener", tools=[broken, unnamed_bed]))


def asks_nobody() -> Quirk:
    return Quirk(None)


def needs_its_region() -> Quirk:
    return Quirk(Agent(name=os.environ["TICKET_REGION"]))
