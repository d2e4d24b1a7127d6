"""The thread itself: its title and state, its items and their sources, what is answered anew."""

from __future__ import annotations

from typing import Any

from agents import Agent
from chatkit.types import (
    Annotation,
    ClosedStatus,
    EndOfTurnItem,
    EntitySource,
    FileSource,
    LockedStatus,
    ThreadItemDoneEvent,
    URLSource,
    UserMessageItem,
)

from .items import base, by_hand, says, text_of
from .part import MODEL, Context, Events, Maker, Options, Part, agent_part


def _titled(options: Options) -> Part:
    """The server gives the thread a title while it answers."""
    told = agent_part(Agent[Any](name="Titled", model=MODEL, instructions="Answer."), options)

    async def respond(context: Context, message: UserMessageItem | None) -> Events:
        if context.thread.title is None:
            context.thread.title = text_of(message)[:20]
        async for event in told.respond(context, message):
            yield event

    return Part(respond=respond)


def _agent(options: Options) -> Part:
    return agent_part(Agent[Any](name="Plain", model=MODEL, instructions="Answer."), options)


async def _counting(context: Context, message: UserMessageItem | None) -> Events:
    """An answer that needs no model, so that a thread can become long."""
    yield says(context, f"You said: {text_of(message)}")


async def _locked(context: Context, _message: UserMessageItem | None) -> Events:
    yield says(context, "A colleague takes over.")
    context.thread.status = LockedStatus(reason="A person answers from here on.")


async def _closed(context: Context, _message: UserMessageItem | None) -> Events:
    yield says(context, "That is settled.")
    context.thread.status = ClosedStatus(reason="Settled.")


async def _pictured(context: Context, _message: UserMessageItem | None) -> Events:
    """The thread says from where images may come; chatkit 1.6.3 on."""
    thread: Any = context.thread
    thread.allowed_image_domains = ["charts.example"]
    yield says(context, "![chart](https://charts.example/aapl.png)")


async def _noted(context: Context, _message: UserMessageItem | None) -> Events:
    """What the server keeps with the thread for itself."""
    context.thread.metadata["account"] = "PLATINUM"
    yield says(context, "Noted.")


async def _sources(context: Context, _message: UserMessageItem | None) -> Events:
    """A source of each kind."""
    page = URLSource(title="Earnings", url="https://news.example/aapl", attribution="Example News")
    report = FileSource(title="Annual report", filename="10-K.pdf", description="Page 12")
    company = EntitySource(title="Apple Inc.", id="AAPL", icon="chart")
    sources: tuple[Any, ...] = (page, report, company)
    marked = [Annotation(source=each, index=5) for each in sources]
    yield says(context, "Apple earned more.", marked)


async def _entity(context: Context, _message: UserMessageItem | None) -> Events:
    """A thing that the page can show more of; chatkit 1.4.1 on."""
    values = {
        "title": "Apple Inc.",
        "id": "AAPL",
        "icon": "chart",
        "label": "Company",
        "inline_label": "AAPL",
        "interactive": True,
        "data": {"symbol": "AAPL"},
    }
    source: Any = EntitySource.model_validate(values)
    yield says(context, "Apple earned more.", [Annotation(source=source, index=5)])


async def _ended(context: Context, _message: UserMessageItem | None) -> Events:
    yield says(context, "That is all.")
    yield ThreadItemDoneEvent(item=EndOfTurnItem(**base(context)))


PARTS: dict[str, Maker] = {
    "titled": _titled,
    "agent": _agent,
    "counting": by_hand(_counting),
    "locked": by_hand(_locked),
    "closed": by_hand(_closed),
    "pictured": by_hand(_pictured),
    "noted": by_hand(_noted),
    "sources": by_hand(_sources),
    "entity": by_hand(_entity),
    "ended": by_hand(_ended),
}
