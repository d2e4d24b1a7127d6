"""Tools that take their time, so that a user can go away before, while and after they run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from typing import Any

from agents import Agent, RunContextWrapper, Runner, function_tool
from chatkit.actions import Action
from chatkit.agents import simple_to_agent_input, stream_agent_response
from chatkit.server import stream_widget
from chatkit.types import ProgressUpdateEvent, UserMessageItem, WidgetItem

from ..conversation import earlier_items
from ..ran import work_begins
from ..shim import widget_root
from .part import MODEL, Context, Events, Maker, Options, Part, agent_part, run_config

WORK_S = 0.1
LOOK_S = 0.15
"""Well above the time within which a server may still notice that its user has gone (checks/leaving.py)."""


@function_tool
async def look_up(ctx: RunContextWrapper[Context], symbol: str) -> str:
    """Looks a symbol up, slowly, and says so.

    Args:
        ctx: Where to tell how it goes.
        symbol: What to look up.
    """
    await ctx.context.stream(ProgressUpdateEvent(icon="search", text=f"Looking up {symbol}"))
    await asyncio.sleep(LOOK_S)
    return f"{symbol} is a stock"


@function_tool
async def glance(ctx: RunContextWrapper[Context], symbol: str) -> str:
    """Says at once what is known of a symbol.

    Args:
        ctx: Where to tell how it goes.
        symbol: What to look at.
    """
    await ctx.context.stream(ProgressUpdateEvent(icon="search", text=f"Glancing at {symbol}"))
    return f"{symbol} is known"


@function_tool
def reckon(symbol: str) -> str:
    """Reckons what a symbol is worth, in a way that keeps a thread busy.

    Args:
        symbol: What to reckon with.
    """
    time.sleep(WORK_S)
    return f"{symbol} is worth a look"


AGENT = Agent[Context](
    name="Slow", model=MODEL, instructions="Look it up, then reckon.", tools=[look_up, glance, reckon]
)


def _tools(options: Options) -> Part:
    return agent_part(AGENT, options)


def _as_documented(options: Options) -> Part:
    """As chatkit's documents write it: nobody ends the run by hand when the one who asked has gone."""

    async def respond(context: Context, message: UserMessageItem | None) -> Events:
        del message
        given = await simple_to_agent_input(
            await earlier_items(context.thread, context.store, context.request_context)
        )
        result = Runner.run_streamed(AGENT, given, context=context, run_config=run_config(options))
        async for event in stream_agent_response(context, result):
            yield event

    return Part(respond=respond)


async def _growing() -> AsyncGenerator[Any, None]:
    """A card that takes its time to be told."""
    said = ""
    for word in ("Apple ", "closed ", "at ", "$271.84."):
        said += word
        line = {"type": "Text", "id": "told", "value": said, "streaming": word != "$271.84."}
        yield widget_root({"type": "Card", "children": [line]})
        await asyncio.sleep(WORK_S / 3)
    work_begins("the whole widget")


def _widget(_options: Options) -> Part:
    """A widget that grows by itself, after a question or a click; no model is asked."""

    def respond(context: Context, message: UserMessageItem | None) -> Events:
        del message
        return stream_widget(context.thread, _growing(), None, context.generate_id)

    def action(context: Context, _action: Action[str, Any], _sender: WidgetItem | None) -> Events:
        return stream_widget(context.thread, _growing(), None, context.generate_id)

    return Part(respond=respond, action=action)


PARTS: dict[str, Maker] = {"tools": _tools, "as-documented": _as_documented, "widget": _widget}
