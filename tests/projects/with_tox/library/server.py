"""Renews the loans of a library's readers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from agents import Agent, RunContextWrapper, Runner, function_tool
from chatkit.agents import AgentContext, simple_to_agent_input, stream_agent_response
from chatkit.server import ChatKitServer
from chatkit.widgets import Card, Text, Title

from .shelf import Shelf


@function_tool
async def renew(ctx: RunContextWrapper[AgentContext[dict[str, Any]]], title: str) -> str:
    """Renew the loan of a book, and show until when."""
    await ctx.context.stream_widget(
        Card(children=[Title(value=title), Text(value="Yours for two more weeks")])
    )
    return "renewed"


class Library(ChatKitServer[dict[str, Any]]):
    librarian = Agent[AgentContext[dict[str, Any]]](
        name="librarian", instructions="You answer for a library.", tools=[renew]
    )

    async def respond(self, thread: Any, item: Any, context: dict[str, Any]) -> AsyncIterator[Any]:
        desk = AgentContext(thread=thread, store=self.store, request_context=context)
        run = Runner.run_streamed(self.librarian, await simple_to_agent_input(item), context=desk)
        async for event in stream_agent_response(desk, run):
            yield event


def create_server() -> Library:
    return Library(Shelf())
