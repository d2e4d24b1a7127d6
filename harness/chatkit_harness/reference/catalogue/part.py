"""What a part of the catalogue is made of: how it answers, and how it takes a click.

A part does one thing as the documents of chatkit and agents show it, and nothing besides, so that what
misbehaves in it is the release at hand. Most parts are an agent, run over the thread:

    PARTS = {"plain": lambda options: agent_part(Agent(name="Plain", instructions="Answer."), options)}
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from agents import Agent, OpenAIProvider, RunConfig
from chatkit.actions import Action
from chatkit.agents import AgentContext
from chatkit.types import ThreadStreamEvent, UserMessageItem, WidgetItem

from ..context import RequestContext
from ..conversation import answer

Context = AgentContext[RequestContext]
Events = AsyncIterator[ThreadStreamEvent]
Options = Mapping[str, Any]

MODEL = "gpt-4.1-mini"


@dataclass(frozen=True)
class Part:
    """One kind of thing, shown.

    `respond` answers the user's message (None: the thread goes on after a client tool's output or a retry),
    `action` a click on a widget, `sync_action` one that is answered with an item. `server` is a subclass of
    CatalogueServer for parts that change more than answers; None takes the usual one.
    """

    respond: Callable[[Context, UserMessageItem | None], Events]
    action: Callable[[Context, Action[str, Any], WidgetItem | None], Events] | None = None
    sync_action: Callable[[Context, Action[str, Any], WidgetItem | None], Awaitable[Any]] | None = None
    server: type | None = None


Maker = Callable[[Options], Part]
"""Makes a part for a scenario's options."""


def agent_part(agent: Agent[Any], options: Options) -> Part:
    """A part that runs an agent over the thread."""

    def respond(context: Context, message: UserMessageItem | None) -> Events:
        del message  # it is in the store, as every release has it there before it asks for an answer
        return answer(agent, context, run_config(options))

    return Part(respond=respond)


def run_config(options: Options, **more: Any) -> RunConfig:
    """How agents are run: by the Responses API, or by chat completions where `options["api"]` says so."""
    responses = options.get("api") != "chat_completions"
    return RunConfig(model_provider=OpenAIProvider(use_responses=responses), **more)
