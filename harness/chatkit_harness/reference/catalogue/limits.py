"""What a run may be given: a limit of turns, hooks, a filter of what the model is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agents import RunHooks, Runner
from agents.run import CallModelData, ModelInputData
from chatkit.agents import simple_to_agent_input, stream_agent_response
from chatkit.types import ProgressUpdateEvent, UserMessageItem

from ..conversation import earlier_items
from .functions import equipped
from .part import Context, Events, Maker, Options, Part, run_config

MOST = 2


class _Telling(RunHooks[Any]):
    """Tells the user what happens."""

    async def on_tool_start(self, context: Any, agent: Any, tool: Any) -> None:
        await context.context.stream(ProgressUpdateEvent(text=f"{agent.name} uses {tool.name}"))

    async def on_agent_end(self, context: Any, agent: Any, output: Any) -> None:
        await context.context.stream(ProgressUpdateEvent(text=f"{agent.name} said {output}"))


class _Raising(RunHooks[Any]):
    """Raises at one point."""

    def __init__(self, at: str) -> None:
        async def raises(*_given: Any, **_named: Any) -> None:
            raise RuntimeError("the audit log is full")

        setattr(self, at, raises)


def _run(options: Options, config: Any = None, **more: Callable[[], Any]) -> Part:
    agent = equipped(options)

    async def respond(context: Context, _message: UserMessageItem | None) -> Events:
        items = await earlier_items(context.thread, context.store, context.request_context)
        result = Runner.run_streamed(
            agent,
            await simple_to_agent_input(items),
            context=context,
            max_turns=MOST,
            run_config=run_config(options, **(config or {})),
            **{name: make() for name, make in more.items()},
        )
        async for event in stream_agent_response(context, result):
            yield event

    return Part(respond=respond)


def _turns(options: Options) -> Part:
    return _run(options)


def _handled(options: Options) -> Part:
    """Where the turns are used up, a handler gives the answer (agents 0.8.0 on)."""
    return _run(options, error_handlers=lambda: {"max_turns": lambda _given: "That took too long."})


def _hooked(options: Options) -> Part:
    return _run(options, hooks=lambda: _Telling() if options["at"] == "told" else _Raising(options["at"]))


def _told_more(data: CallModelData[Any]) -> ModelInputData:
    """Tells the model the time, which nobody keeps."""
    now: Any = {"role": "developer", "content": "It is a quarter past nine."}
    return ModelInputData(input=[*data.model_data.input, now], instructions=data.model_data.instructions)


def _filtered(options: Options) -> Part:
    return _run(options, {"call_model_input_filter": _told_more})


PARTS: dict[str, Maker] = {"turns": _turns, "handled": _handled, "hooked": _hooked, "filtered": _filtered}
