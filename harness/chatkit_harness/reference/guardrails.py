"""The guardrails of the assistant, and what a user gets where one of them stops an answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from agents import (
    Agent,
    GuardrailFunctionOutput,
    InputGuardrail,
    InputGuardrailTripwireTriggered,
    OutputGuardrail,
    OutputGuardrailTripwireTriggered,
    RunContextWrapper,
)
from chatkit.types import ThreadItemDoneEvent, ThreadItemRemovedEvent, ThreadStreamEvent

from .messages import assistant_message
from .rules import ADVICE_ANSWER, ORDER_ANSWER, gives_advice, refuses_order
from .tools import MarketAgentContext

STOPPED = (InputGuardrailTripwireTriggered, OutputGuardrailTripwireTriggered)


def _no_order(
    context: RunContextWrapper[Any], agent: Agent[Any], question: str | list[Any]
) -> GuardrailFunctionOutput:
    del context, agent
    asked = question if isinstance(question, str) else ""
    return GuardrailFunctionOutput(output_info=ORDER_ANSWER, tripwire_triggered=refuses_order(asked))


def _no_advice(context: RunContextWrapper[Any], agent: Agent[Any], answer: Any) -> GuardrailFunctionOutput:
    del context, agent
    return GuardrailFunctionOutput(output_info=ADVICE_ANSWER, tripwire_triggered=gives_advice(str(answer)))


NO_ORDERS: InputGuardrail[Any] = InputGuardrail(guardrail_function=_no_order, name="no_orders")
NO_ADVICE: OutputGuardrail[Any] = OutputGuardrail(guardrail_function=_no_advice, name="no_personal_advice")


async def require_no_order(agent: Agent[Any], question: str, context: Any) -> None:
    """Raise InputGuardrailTripwireTriggered for a question that asks for an order.

    It is asked before the run, since most agents releases would start the model and its tools beside an input
    guardrail: what is refused costs nothing, and nothing of it has been done by then.
    """
    result = await NO_ORDERS.run(agent, question, RunContextWrapper(context=context))
    if result.output.tripwire_triggered:
        raise InputGuardrailTripwireTriggered(result)


def refusal(stopped: Exception) -> str:
    """What the user is told by the guardrail that stopped an answer."""
    result = getattr(stopped, "guardrail_result", None)
    return str(result.output.output_info) if result is not None else ADVICE_ANSWER


async def guarded(
    events: AsyncGenerator[ThreadStreamEvent, None],
    agent: Agent[MarketAgentContext],
    question: str,
    context: MarketAgentContext,
) -> AsyncIterator[ThreadStreamEvent]:
    """The events of an answer; where a guardrail stops it, what has been shown of it goes, and words come.

    chatkit takes back what it streamed of a stopped run; what it leaves is taken back here. It would then end
    the stream with an error, from which nobody learns what was wrong.
    """
    shown: dict[str, None] = {}
    try:
        if question:
            await require_no_order(agent, question, context)
        async with aclosing(events):
            async for event in events:
                _follow(shown, event)
                yield event
    except STOPPED as stopped:
        for item_id in shown:
            yield ThreadItemRemovedEvent(item_id=item_id)
        yield ThreadItemDoneEvent(item=assistant_message(context, refusal(stopped)))


def _follow(shown: dict[str, None], event: ThreadStreamEvent) -> None:
    """Keep which items a client has of this answer."""
    if event.type in ("thread.item.added", "thread.item.done"):
        shown[event.item.id] = None
    elif event.type == "thread.item.removed":
        shown.pop(event.item_id, None)
