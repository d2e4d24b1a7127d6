"""Who remembers the conversation besides ChatKit's thread: a session of agents, or the API."""

from __future__ import annotations

from typing import Any

from agents import Runner, SQLiteSession
from chatkit.agents import simple_to_agent_input, stream_agent_response
from chatkit.types import UserMessageItem

from .functions import equipped
from .part import Context, Events, Maker, Options, Part, run_config


async def _streamed(
    context: Context, message: UserMessageItem | None, options: Options, config: Any, **more: Any
) -> Events:
    """Only the user's new words go in; whoever remembers knows the rest."""
    said = await simple_to_agent_input([message] if message is not None else [])
    result = Runner.run_streamed(equipped(options), said, context=context, run_config=config, **more)
    async for event in stream_agent_response(context, result):
        yield event
    context.thread.metadata = {**context.thread.metadata, "last": result.last_response_id}


def _session(options: Options) -> Part:
    sessions: dict[str, SQLiteSession] = {}

    def respond(context: Context, message: UserMessageItem | None) -> Events:
        session = sessions.setdefault(context.thread.id, SQLiteSession(context.thread.id))
        config = run_config(options, session_input_callback=lambda history, new: history + new)
        return _streamed(context, message, options, config, session=session)

    return Part(respond=respond)


def _previous(options: Options) -> Part:
    def respond(context: Context, message: UserMessageItem | None) -> Events:
        last = context.thread.metadata.get("last")
        return _streamed(context, message, options, run_config(options), previous_response_id=last)

    return Part(respond=respond)


def _conversation(options: Options) -> Part:
    def respond(context: Context, message: UserMessageItem | None) -> Events:
        return _streamed(context, message, options, run_config(options), conversation_id="conv_1")

    return Part(respond=respond)


def _chained(options: Options) -> Part:
    """Within one answer, the API is told only what is new (agents 0.6.2 on)."""

    def respond(context: Context, message: UserMessageItem | None) -> Events:
        return _streamed(context, message, options, run_config(options), auto_previous_response_id=True)

    return Part(respond=respond)


PARTS: dict[str, Maker] = {
    "session": _session,
    "previous": _previous,
    "conversation": _conversation,
    "chained": _chained,
}
