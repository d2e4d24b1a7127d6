"""Answers what customers ask a bakery."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from agents import Agent, Runner, function_tool
from chatkit.agents import AgentContext, simple_to_agent_input, stream_agent_response
from chatkit.server import ChatKitServer

from .basket import Basket

HOURS = {"saturday": "7:00 to 13:00", "sunday": "closed"}


@function_tool
def opening_hours(day: str) -> str:
    """The hours of a day of the week."""
    return HOURS.get(day.lower(), "6:00 to 18:00")


class Bakery(ChatKitServer[dict[str, Any]]):
    baker = Agent[AgentContext[dict[str, Any]]](
        name="baker", instructions="You answer for a bakery.", tools=[opening_hours]
    )

    async def respond(self, thread: Any, item: Any, context: dict[str, Any]) -> AsyncIterator[Any]:
        asked = await simple_to_agent_input(item)
        told = AgentContext(thread=thread, store=self.store, request_context=context)
        async for event in stream_agent_response(told, Runner.run_streamed(self.baker, asked, context=told)):
            yield event


def create_server() -> Bakery:
    return Bakery(Basket())
