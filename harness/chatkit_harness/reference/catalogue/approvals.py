"""Tools that wait for the user's approval (agents 0.8.0 on): the run stops, and goes on with the answer.

The user is asked by a widget with two buttons, or by the page (`options["asks"] == "client"`). A run is kept
as it is, or (`options["keeps"] == "text"`) written down, as servers of several processes have to.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from agents import Agent, RunContextWrapper, Runner, function_tool
from agents.run_state import RunState
from chatkit.actions import Action
from chatkit.agents import simple_to_agent_input, stream_agent_response
from chatkit.types import (
    ClientToolCallItem,
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadStreamEvent,
    UserMessageItem,
    WidgetItem,
)

from ..conversation import earlier_items
from .functions import card
from .items import base, shows, text_of
from .part import MODEL, Context, Events, Maker, Options, Part, run_config


@function_tool(needs_approval=True)
async def order(ctx: RunContextWrapper[Context], symbol: str, shares: int) -> str:
    """Orders shares."""
    await ctx.context.stream_widget(card(f"Ordered {shares} {symbol}"))
    return f"ordered {shares} {symbol}"


@function_tool
async def price(symbol: str) -> str:
    """What a share costs."""
    return f"{symbol}: 213.55"


async def _large(_context: Any, arguments: dict[str, Any], _call_id: str) -> bool:
    return int(arguments.get("shares", 0)) > 100


@function_tool(needs_approval=_large)
async def sell(symbol: str, shares: int) -> str:
    """Sells shares; many only with approval."""
    return f"sold {shares} {symbol}"


AGENT = Agent[Any](
    name="Broker", model=MODEL, instructions="Order what is asked.", tools=[order, price, sell]
)
CLERK = Agent[Any](
    name="Clerk",
    model=MODEL,
    instructions="You order.",
    tools=[order],
    tool_use_behavior="stop_on_first_tool",
)
DESK = Agent[Any](
    name="Desk",
    model=MODEL,
    instructions="Let the clerk order.",
    tools=[CLERK.as_tool(tool_name="ask_clerk", tool_description="Asks the clerk.")],
)


def _refused_in_words(_given: Any) -> str:
    return "The user does not want that."


def _nothing(_context: Any) -> dict[str, Any]:
    """What is kept of the context: nothing, since each request has its own."""
    return {}


class _Desk:
    """The runs that wait, by thread."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._agent = DESK if options.get("nested") else AGENT
        formatter = {"tool_error_formatter": _refused_in_words} if options.get("worded") else {}
        self._config = run_config(options, **formatter)
        self._waiting: dict[str, Any] = {}

    def respond(self, context: Context, message: UserMessageItem | None) -> Events:
        if context.thread.id in self._waiting and message is None:
            return self._told_by_client(context)
        if context.thread.id in self._waiting and self._options.get("takes_words"):
            return self._go_on(context, approve=True, words=text_of(message))
        return self._begin(context)

    async def clicked(
        self, context: Context, action: Action[str, Any], sender: WidgetItem | None
    ) -> AsyncIterator[ThreadStreamEvent]:
        if sender is not None:
            answered = card("Approved" if action.type == "approve" else "Refused")
            yield ThreadItemReplacedEvent(item=sender.model_copy(update={"widget": answered}))
        async for event in self._go_on(context, approve=action.type == "approve"):
            yield event

    async def _begin(self, context: Context) -> AsyncIterator[ThreadStreamEvent]:
        said = await simple_to_agent_input(
            await earlier_items(context.thread, context.store, context.request_context)
        )
        async for event in self._run(context, said):
            yield event

    async def _told_by_client(self, context: Context) -> AsyncIterator[ThreadStreamEvent]:
        items = await earlier_items(context.thread, context.store, context.request_context)
        told = items[-1]
        output = told.output if isinstance(told, ClientToolCallItem) else None
        approve = isinstance(output, dict) and output.get("approved") is True
        async for event in self._go_on(context, approve=approve):
            yield event

    async def _go_on(
        self, context: Context, *, approve: bool, words: str | None = None
    ) -> AsyncIterator[ThreadStreamEvent]:
        state = await self._kept(context.thread.id)
        for each in state.get_interruptions():
            if approve:
                state.approve(each, always_approve=self._options.get("always") is True)
            else:
                state.reject(each)
        if words is not None:
            state.add_input(words)
        async for event in self._run(context, state):
            yield event

    async def _run(self, context: Context, given: Any) -> AsyncIterator[ThreadStreamEvent]:
        result = Runner.run_streamed(self._agent, given, context=context, run_config=self._config)
        async for event in stream_agent_response(context, result):
            yield event
        if result.interruptions:
            state = result.to_state()
            written = self._options.get("keeps") == "text"
            self._waiting[context.thread.id] = (
                state.to_string(context_serializer=_nothing) if written else state
            )
            yield self._question(context, result.interruptions)

    async def _kept(self, thread: str) -> Any:
        kept = self._waiting.pop(thread)
        if not isinstance(kept, str):
            return kept
        return await RunState.from_string(self._agent, kept)

    def _question(self, context: Context, asked: list[Any]) -> ThreadStreamEvent:
        calls = [{"tool": each.tool_name, "arguments": each.arguments} for each in asked]
        if self._options.get("asks") == "client":
            call: Any = ClientToolCallItem(
                **base(context, "tool_call"),
                call_id="call_confirm",
                name="confirm",
                arguments={"calls": calls},
            )
            return ThreadItemDoneEvent(item=call)
        lines = [{"type": "Text", "value": f"{each['tool']} {each['arguments']}"} for each in calls]
        buttons = [
            {"type": "Button", "label": name.title(), "onClickAction": {"type": name, "payload": {}}}
            for name in ("approve", "refuse")
        ]
        event: ThreadStreamEvent = shows(context, {"type": "Card", "children": [*lines, *buttons]})
        return event


def _tools(options: Options) -> Part:
    desk = _Desk(options)
    return Part(respond=desk.respond, action=desk.clicked)


PARTS: dict[str, Maker] = {"tools": _tools}
