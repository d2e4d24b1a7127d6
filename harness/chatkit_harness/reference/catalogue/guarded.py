"""Guardrails before, beside and after an answer, and what a user gets where one stops it.

`options["guards"]` names them; with `options["caught"]` the server tells the user why in words.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from agents import (
    Agent,
    GuardrailFunctionOutput,
    InputGuardrail,
    InputGuardrailTripwireTriggered,
    OutputGuardrail,
    OutputGuardrailTripwireTriggered,
)
from chatkit.types import ThreadStreamEvent, UserMessageItem

from ..conversation import answer
from .functions import TOOLS
from .items import says
from .part import MODEL, Context, Maker, Options, Part, run_config

STOPPED = (InputGuardrailTripwireTriggered, OutputGuardrailTripwireTriggered)
WHY = "I cannot help with orders."


class _Guards:
    """The guardrails of one answer; `shown` is set once the user has seen something of it."""

    def __init__(self) -> None:
        self.shown = asyncio.Event()

    def before(self) -> Any:
        """Asked before the model is (agents 0.6.0 on)."""
        return InputGuardrail(guardrail_function=_trips, name="before", run_in_parallel=False)

    def beside(self) -> Any:
        """Decides while the model answers, once some of that is shown."""

        async def decided(_context: Any, _agent: Any, _given: Any) -> GuardrailFunctionOutput:
            await self.shown.wait()
            return GuardrailFunctionOutput(output_info=WHY, tripwire_triggered=True)

        return InputGuardrail(guardrail_function=decided, name="beside")

    def failing(self) -> Any:
        return InputGuardrail(guardrail_function=_fails, name="failing")

    def letting_in(self) -> Any:
        return InputGuardrail(guardrail_function=_passes, name="letting_in")

    def after(self) -> Any:
        return OutputGuardrail(guardrail_function=_trips, name="after")

    def letting_out(self) -> Any:
        return OutputGuardrail(guardrail_function=_passes, name="letting_out")

    def failing_after(self) -> Any:
        return OutputGuardrail(guardrail_function=_fails, name="failing_after")


def _trips(_context: Any, _agent: Any, _given: Any) -> GuardrailFunctionOutput:
    return GuardrailFunctionOutput(output_info=WHY, tripwire_triggered=True)


def _passes(_context: Any, _agent: Any, _given: Any) -> GuardrailFunctionOutput:
    return GuardrailFunctionOutput(output_info=None, tripwire_triggered=False)


def _fails(_context: Any, _agent: Any, _given: Any) -> GuardrailFunctionOutput:
    raise RuntimeError("the moderation service is down")


GUARDS = tuple(name for name in vars(_Guards) if not name.startswith("_"))
"""What a scenario may name; `schemas/scenario.schema.json` has them too."""

_BEFORE = ("before", "beside", "failing", "letting_in")


def _guarded(options: Options) -> Part:
    async def respond(context: Context, _message: UserMessageItem | None) -> AsyncIterator[ThreadStreamEvent]:
        guards = _Guards()
        names = [str(name) for name in options["guards"]]
        made: dict[str, Callable[[], Any]] = {name: getattr(guards, name) for name in names}
        agent = Agent[Any](
            name="Guarded",
            model=MODEL,
            instructions="Answer.",
            tools=[TOOLS[str(name)]() for name in options.get("tools", ())],
            input_guardrails=[make() for name, make in made.items() if name in _BEFORE],
            tool_use_behavior=options.get("uses", "run_llm_again"),
            output_guardrails=[make() for name, make in made.items() if name not in _BEFORE],
        )
        try:
            async for event in answer(agent, context, run_config(options)):
                yield event
                if event.type != "thread.item.added":
                    guards.shown.set()
        except STOPPED as stopped:
            if not options.get("caught"):
                raise
            yield says(context, str(stopped.guardrail_result.output.output_info))

    return Part(respond=respond)


PARTS: dict[str, Maker] = {"agent": _guarded}
