"""A hosted MCP server whose calls the user has to approve: the run stops, and goes on with the next message.

The run's state is kept in memory, by thread. From agents 0.20.0 on it takes what was said meanwhile as input.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Optional

from agents import Agent, HostedMCPTool, Runner
from chatkit.agents import simple_to_agent_input, stream_agent_response
from chatkit.types import ThreadItemDoneEvent, ThreadStreamEvent, UserMessageItem

from ..conversation import earlier_items
from ..messages import assistant_message, words_of
from .part import MODEL, Context, Events, Maker, Options, Part, run_config

QUESTION = "May I look it up?"
_SERVER: Any = {
    "type": "mcp",
    "server_label": "filings",
    "server_url": "https://mcp.example.org",
    "require_approval": "always",
}


def _asked(options: Options) -> Part:
    agent: Agent[Any] = Agent(
        name="Asking",
        model=MODEL,
        instructions="Answer in a sentence.",
        tools=[HostedMCPTool(tool_config=_SERVER)],
    )
    waiting: dict[str, Any] = {}

    def respond(context: Context, message: Optional[UserMessageItem]) -> Events:
        return _answer(agent, context, message, options, waiting)

    return Part(respond=respond)


async def _answer(
    agent: Agent[Any],
    context: Context,
    message: Optional[UserMessageItem],
    options: Options,
    waiting: dict[str, Any],
) -> AsyncIterator[ThreadStreamEvent]:
    state = waiting.pop(context.thread.id, None)
    if state is None or message is None:
        items = await earlier_items(context.thread, context.store, context.request_context)
        given: Any = await simple_to_agent_input(items)
    else:
        for each in state.get_interruptions():
            state.approve(each)
        asked = {"role": "assistant", "content": QUESTION}
        state.add_input([asked, {"role": "user", "content": words_of(message)}])
        given = state
    result = Runner.run_streamed(agent, given, context=context, run_config=run_config(options))
    async for event in stream_agent_response(context, result):
        yield event
    if result.interruptions:
        waiting[context.thread.id] = result.to_state()
        yield ThreadItemDoneEvent(item=assistant_message(context, QUESTION))


PARTS: dict[str, Maker] = {"approval": _asked}
