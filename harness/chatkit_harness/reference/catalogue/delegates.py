"""Agents as tools of others, with instructions made anew each time, with answers in a form."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from agents import Agent, RunContextWrapper, Runner, function_tool
from chatkit.agents import simple_to_agent_input, stream_agent_response
from chatkit.types import ProgressUpdateEvent, ThreadStreamEvent, UserMessageItem
from pydantic import BaseModel

from ..conversation import answer, earlier_items
from .functions import card, equipped
from .items import says, shows
from .part import MODEL, Context, Events, Maker, Options, Part, agent_part, run_config


@function_tool
async def show(ctx: RunContextWrapper[Context], symbol: str) -> str:
    """Shows the price of a share."""
    await ctx.context.stream_widget(card(f"{symbol} $213.55"))
    return "shown"


def _analyst() -> Agent[Any]:
    """Speaks, or shows something and has nothing to add."""
    return Agent[Any](
        name="Analyst",
        model=MODEL,
        instructions="You analyse.",
        tools=[show],
        tool_use_behavior="stop_on_first_tool",
    )


def _desk(*tools: Any) -> Agent[Any]:
    return Agent[Any](name="Desk", model=MODEL, instructions="You ask others.", tools=list(tools))


def _as_tool(options: Options, **more: Any) -> Any:
    if options.get("api") == "chat_completions":
        more["run_config"] = run_config(options)
    return _analyst().as_tool(tool_name="ask_analyst", tool_description="Asks the analyst.", **more)


def _tool(options: Options) -> Part:
    return agent_part(_desk(_as_tool(options)), options)


def _telling(options: Options) -> Part:
    """What the other agent does is told while it does it (agents 0.6.4 on)."""

    async def respond(context: Context, _message: UserMessageItem | None) -> AsyncIterator[ThreadStreamEvent]:
        async def told(event: Any) -> None:
            inner = event["event"]
            if inner.type == "raw_response_event" and inner.data.type == "response.output_text.done":
                await context.stream(ProgressUpdateEvent(text=f"The analyst says: {inner.data.text}"))

        agent = _desk(_as_tool(options, on_stream=told))
        async for event in answer(agent, context, run_config(options)):
            yield event

    return Part(respond=respond)


def _seen(ctx: RunContextWrapper[Context], agent: Agent[Any]) -> str:
    return f"You are {agent.name}. The user looks at {ctx.context.request_context.symbol}."


async def _seen_later(ctx: RunContextWrapper[Context], agent: Agent[Any]) -> str:
    return _seen(ctx, agent)


def _instructed(options: Options) -> Part:
    instructions = _seen_later if options.get("later") else _seen
    return agent_part(Agent[Any](name="Seer", model=MODEL, instructions=instructions), options)


class Mood(BaseModel):
    """What the market is like."""

    mood: str
    symbols: list[str]


_MOODY = Agent[Any](name="Moody", model=MODEL, instructions="Say the mood.", output_type=Mood)


def _structured(options: Options) -> Part:
    """An answer in a form, by a run that is not streamed; then words, by a run that is."""
    speaker = equipped({})

    async def respond(context: Context, _message: UserMessageItem | None) -> Events:
        said = await _said(context)
        found = await Runner.run(_MOODY, said, context=context, run_config=run_config(options))
        mood: Mood = found.final_output
        yield shows(context, {"type": "Card", "children": [{"type": "Text", "value": f"Mood: {mood.mood}"}]})
        result = Runner.run_streamed(speaker, said, context=context, run_config=run_config(options))
        async for event in stream_agent_response(context, result):
            yield event

    return Part(respond=respond)


def _whole(options: Options) -> Part:
    """A run that is not streamed; the server makes the item."""
    agent = equipped(options)

    async def respond(context: Context, _message: UserMessageItem | None) -> Events:
        result = await Runner.run(
            agent, await _said(context), context=context, run_config=run_config(options)
        )
        yield says(context, str(result.final_output))

    return Part(respond=respond)


def _twice(options: Options) -> Part:
    """Two streamed runs in one answer, with one context."""
    agent = equipped(options)

    async def respond(context: Context, _message: UserMessageItem | None) -> Events:
        said = await _said(context)
        for _ in range(2):
            result = Runner.run_streamed(agent, said, context=context, run_config=run_config(options))
            async for event in stream_agent_response(context, result):
                yield event
            said = result.to_input_list()

    return Part(respond=respond)


async def _said(context: Context) -> Any:
    return await simple_to_agent_input(
        await earlier_items(context.thread, context.store, context.request_context)
    )


PARTS: dict[str, Maker] = {
    "tool": _tool,
    "telling": _telling,
    "instructed": _instructed,
    "structured": _structured,
    "whole": _whole,
    "twice": _twice,
}
