"""The guide: an agent that knows the house, its cards, and what they lead to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timezone
from typing import Any

from agents import Agent, RunContextWrapper, Runner, function_tool
from chatkit.agents import AgentContext, simple_to_agent_input, stream_agent_response
from chatkit.server import ChatKitServer, stream_widget
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
    WidgetItem,
)
from chatkit.widgets import Card

from . import cards, collection
from .contexts import Visitor
from .store import FileStore

Tour = AgentContext[Visitor]
REMEMBERED = 20


@function_tool
def opening_hours(day: str) -> str:
    """When the museum is open on a day of the week."""
    return collection.hours(day)


@function_tool
async def show_exhibit(ctx: RunContextWrapper[Tour], name: str) -> str:
    """Show an exhibit to the visitor, such as 'orrery'."""
    found = collection.EXHIBITS.get(name.strip().lower())
    if found is None:
        return f"There is no {name} here. Shown are: {', '.join(sorted(collection.EXHIBITS))}."
    await _show(ctx, cards.exhibit_card(found))
    return f"{found.name}, {found.made}, room {found.room}: {found.about}"


@function_tool
async def offer_tickets(ctx: RunContextWrapper[Tour], day: str) -> str:
    """Offer the visitor a form for tickets of a day of the week."""
    plain = day.strip().lower()
    if plain not in collection.DAYS or plain == collection.CLOSED:
        return collection.hours(day)
    await _show(ctx, cards.ticket_card(plain))
    return f"The form for {plain} is shown."


async def _show(ctx: RunContextWrapper[Tour], card: Card) -> None:
    async for event in stream_widget(ctx.context.thread, card, generate_id=ctx.context.generate_id):
        await ctx.context.stream(event)


class Guide(ChatKitServer[Visitor]):
    """Answers what visitors of the museum ask."""

    agent = Agent[Tour](
        name="Guide",
        model="gpt-4.1-mini",
        instructions="You guide visitors through a small museum. Be brief. Use your tools for facts.",
        tools=[opening_hours, show_exhibit, offer_tickets],
    )

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: Visitor
    ) -> AsyncIterator[ThreadStreamEvent]:
        tour = AgentContext(thread=thread, store=self.store, request_context=context)
        page = await self.store.load_thread_items(
            thread.id, after=None, limit=REMEMBERED, order="desc", context=context
        )
        said = [each for each in reversed(page.data) if each.type in ("user_message", "assistant_message")]
        result = Runner.run_streamed(self.agent, await simple_to_agent_input(said), context=tour)
        async for event in stream_agent_response(tour, result):
            yield event

    async def action(
        self, thread: ThreadMetadata, action: Any, sender: WidgetItem | None, context: Visitor
    ) -> AsyncIterator[ThreadStreamEvent]:
        if action.type != cards.RESERVE:
            yield self._said(thread, "There is nothing behind that button any more.", context)
            return
        asked = action.payload if isinstance(action.payload, dict) else {}
        day, count = str(asked.get("day", "")).lower(), str(asked.get("count", ""))
        bookable = day in collection.DAYS and day != collection.CLOSED
        if sender is None or not bookable or count not in list("123456"):
            yield self._said(thread, "Please choose a day on which we are open, and 1 to 6 tickets.", context)
            return
        receipt = cards.receipt_card(day, int(count))
        yield ThreadItemReplacedEvent(item=sender.model_copy(update={"widget": receipt}))
        yield self._said(thread, f"Reserved for {context.name}. See you on {day.title()}!", context)

    def _said(self, thread: ThreadMetadata, words: str, context: Visitor) -> ThreadItemDoneEvent:
        return ThreadItemDoneEvent(
            item=AssistantMessageItem(
                id=self.store.generate_item_id("message", thread, context),
                thread_id=thread.id,
                created_at=datetime.now(timezone.utc),  # noqa: UP017 - Python 3.10 is meant, too
                content=[AssistantMessageContent(text=words)],
            )
        )


def create_server() -> Guide:
    """The guide, with the museum's own store."""
    return Guide(FileStore())
