"""A server of somebody's own with two faults: it goes on for nobody, and cards of it come too late."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from agents import Agent, RunContextWrapper, RunHooks, Runner, function_tool
from chatkit.agents import AgentContext, simple_to_agent_input, stream_agent_response
from chatkit.server import ChatKitServer, stream_widget
from chatkit.types import ProgressUpdateEvent
from chatkit.widgets import Card, Text

from .storage import Shelf

late: set[asyncio.Task[None]] = set()
over = asyncio.Event()


@function_tool
async def look_up(ctx: RunContextWrapper[Any], title: str) -> str:
    """Looks a book up, and says so."""
    await ctx.context.stream(ProgressUpdateEvent(text=f"Looking for {title}"))
    await asyncio.sleep(0.1)
    return "on shelf 4"


@function_tool
async def reserve(title: str) -> str:
    """Puts a book aside."""
    return f"{title} is put aside"


@function_tool
async def show(ctx: RunContextWrapper[Any], title: str) -> str:
    """Shows a book, once the answer is over."""

    async def card() -> None:
        await over.wait()
        await ctx.context.stream_widget(Card(children=[Text(value=title)]))

    late.add(asyncio.create_task(card()))
    return "shown"


@function_tool
async def show_later(ctx: RunContextWrapper[Any], title: str) -> str:
    """Shows a book, once nobody listens any more."""

    async def card() -> None:
        await over.wait()
        await asyncio.sleep(0.4)
        await ctx.context.stream_widget(Card(children=[Text(value=title)]))

    late.add(asyncio.create_task(card()))
    return "shown"


async def grown(title: str) -> AsyncIterator[Any]:
    """A card that says more and more of a book."""
    for words in (title, f"{title}, shelf 4"):
        yield Card(children=[Text(id="book", value=words, streaming=True)])


@function_tool
async def describe(ctx: RunContextWrapper[Any], title: str) -> str:
    """Shows a book piece by piece, and once more as events of its own making."""
    for widget in (grown(title), Card(children=[Text(value=title)])):
        async for event in stream_widget(ctx.context.thread, widget):  # type: ignore[arg-type] # a generator
            await ctx.context.stream(event)
    return "described"


@function_tool
async def describe_later(ctx: RunContextWrapper[Any], title: str) -> str:
    """Shows a book as events of its own making, once the answer is over."""

    async def cards() -> None:
        await over.wait()
        async for event in stream_widget(ctx.context.thread, grown(title)):  # type: ignore[arg-type]
            await ctx.context.stream(event)

    late.add(asyncio.create_task(cards()))
    return "described"


class Counting(RunHooks[Any]):
    """Hooks of the server's own."""

    async def on_tool_start(self, context: Any, agent: Any, tool: Any) -> None:
        print(tool.name, "begins")


CLERK = Agent[Any](
    name="Clerk", model="gpt-5", tools=[look_up, reserve, show, show_later, describe, describe_later]
)


class Kiosk(ChatKitServer[Any]):
    async def respond(self, thread: Any, item: Any, context: Any) -> AsyncIterator[Any]:
        about = AgentContext(thread=thread, store=self.store, request_context=context)
        said = await simple_to_agent_input([item])
        result = Runner.run_streamed(CLERK, said, context=about, hooks=Counting())
        events: asyncio.Queue[Any] = asyncio.Queue()

        async def pump() -> None:
            """In a task of its own, which ends for nobody who goes away."""
            async for event in stream_agent_response(about, result):
                events.put_nowait(event)
            events.put_nowait(None)
            over.set()

        late.add(asyncio.create_task(pump()))
        while (event := await events.get()) is not None:
            yield event
        await asyncio.sleep(0.2)


def create_server() -> Kiosk:
    return Kiosk(Shelf())
