"""Tools that take their time, so that a user can go away before, while and after they run."""

from __future__ import annotations

import asyncio
import time

from agents import Agent, RunContextWrapper, Runner, function_tool
from chatkit.agents import simple_to_agent_input, stream_agent_response
from chatkit.types import ProgressUpdateEvent, UserMessageItem

from ..conversation import earlier_items
from ..ran import tool_begins
from .part import MODEL, Context, Events, Maker, Options, Part, agent_part, run_config

WORK_S = 0.15


@function_tool
async def look_up(ctx: RunContextWrapper[Context], symbol: str) -> str:
    """Looks a symbol up, slowly, and says so.

    Args:
        ctx: Where to tell how it goes.
        symbol: What to look up.
    """
    tool_begins("look_up")
    await ctx.context.stream(ProgressUpdateEvent(icon="search", text=f"Looking up {symbol}"))
    await asyncio.sleep(WORK_S)
    return f"{symbol} is a stock"


@function_tool
def reckon(symbol: str) -> str:
    """Reckons what a symbol is worth, in a way that keeps a thread busy.

    Args:
        symbol: What to reckon with.
    """
    tool_begins("reckon")
    time.sleep(WORK_S)
    return f"{symbol} is worth a look"


AGENT = Agent[Context](
    name="Slow", model=MODEL, instructions="Look it up, then reckon.", tools=[look_up, reckon]
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


PARTS: dict[str, Maker] = {"tools": _tools, "as-documented": _as_documented}
