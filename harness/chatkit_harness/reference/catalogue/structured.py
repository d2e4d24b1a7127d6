"""Questions with answers to choose from or to write (chatkit 1.6.4 on)."""

from __future__ import annotations

from typing import Any

from agents import Agent
from chatkit.types import (
    StructuredInputFreeform,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    StructuredInputMultipleChoiceOption,
    ThreadItemDoneEvent,
    UserMessageItem,
)

from .items import base
from .part import MODEL, Context, Events, Maker, Options, Part, agent_part


def _questions() -> list[Any]:
    options = [StructuredInputMultipleChoiceOption(value=each) for each in ("day", "week", "month")]
    return [
        StructuredInputMultipleChoice(id="span", question="Which span?", options=options),
        StructuredInputMultipleChoice(id="also", question="What else?", options=options, multiple=True),
        StructuredInputFreeform(id="why", question="What for?", description="In a few words."),
    ]


def _asked(options: Options) -> Part:
    """Asks first; goes on with an agent once the answers are there."""
    told = agent_part(Agent[Any](name="Planner", model=MODEL, instructions="Plan."), options)

    async def respond(context: Context, message: UserMessageItem | None) -> Events:
        if message is not None:
            yield ThreadItemDoneEvent(item=StructuredInputItem(**base(context), inputs=_questions()))
            return
        async for event in told.respond(context, message):
            yield event

    return Part(respond=respond)


PARTS: dict[str, Maker] = {"asked": _asked}
