"""Agents that hand a conversation over to one another."""

from __future__ import annotations

from typing import Any

from agents import Agent, RunContextWrapper, StopAtTools, function_tool, handoff
from agents.extensions.handoff_filters import remove_all_tools
from chatkit.types import ProgressUpdateEvent
from pydantic import BaseModel

from ..conversation import answer
from .functions import TOOLS
from .part import MODEL, Context, Events, Maker, Options, Part, agent_part, run_config


class Reason(BaseModel):
    """Why somebody is asked."""

    topic: str
    urgent: bool = False


@function_tool
async def price(symbol: str) -> str:
    """What a share costs."""
    return f"{symbol}: 213.55"


def _analyst(**more: Any) -> Agent[Any]:
    return Agent[Any](
        name="Analyst", model=MODEL, instructions="You analyse.", handoff_description="Analyses.", **more
    )


def _lawyer() -> Agent[Any]:
    return Agent[Any](name="Lawyer", model=MODEL, instructions="You know the law.")


def _desk(*to: Any, **more: Any) -> Agent[Any]:
    return Agent[Any](
        name="Desk", model=MODEL, instructions="You hand over.", tools=[price], handoffs=list(to), **more
    )


def _plain(options: Options) -> Part:
    return agent_part(_desk(_analyst(tools=[price]), _lawyer()), options)


async def _told(ctx: RunContextWrapper[Context], reason: Reason) -> None:
    word = "urgently " if reason.urgent else ""
    await ctx.context.stream(ProgressUpdateEvent(text=f"Asking {word}about {reason.topic}"))


def _typed(options: Options) -> Part:
    to = handoff(_analyst(), on_handoff=_told, input_type=Reason, tool_name_override="ask_analyst")
    return agent_part(_desk(to), options)


def _filtered(options: Options) -> Part:
    """The one who takes over is not told of the tools' outputs."""
    return agent_part(_desk(handoff(_analyst(), input_filter=remove_all_tools)), options)


def _client(options: Options) -> Part:
    """The one who takes over asks the page, and the one who answers then is the first again."""
    asking = _analyst(tools=[TOOLS["pick"]()], tool_use_behavior=StopAtTools(stop_at_tool_names=["pick"]))
    return agent_part(_desk(asking), options)


def _back(options: Options) -> Part:
    """Two who may hand over to each other."""
    analyst = _analyst()
    desk = _desk(analyst)
    analyst.handoffs.append(desk)
    return agent_part(desk, options)


def _nested(options: Options) -> Part:
    """What was said before is told in one message (agents 0.6.0 on)."""
    agent = _desk(_analyst())

    def respond(context: Context, _message: Any) -> Events:
        return answer(agent, context, run_config(options, nest_handoff_history=True))

    return Part(respond=respond)


PARTS: dict[str, Maker] = {
    "plain": _plain,
    "typed": _typed,
    "filtered": _filtered,
    "client": _client,
    "back": _back,
    "nested": _nested,
}
