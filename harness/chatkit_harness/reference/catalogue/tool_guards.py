"""Guardrails around a tool (agents 0.3.3 on): they refuse its call or its output, or stop the run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agents import (
    Agent,
    ToolGuardrailFunctionOutput,
    ToolInputGuardrail,
    ToolOutputGuardrail,
)

from .functions import TOOLS
from .part import MODEL, Maker, Options, Part, agent_part

OUTCOMES: dict[str, Callable[[], ToolGuardrailFunctionOutput]] = {
    "allow": lambda: ToolGuardrailFunctionOutput.allow(output_info="fine"),
    "reject": lambda: ToolGuardrailFunctionOutput.reject_content("Not for this user."),
    "stop": lambda: ToolGuardrailFunctionOutput.raise_exception(output_info="stopped"),
}


def _guarded(options: Options) -> Part:
    """`options["before"]` and `options["after"]` are what the guardrails of the tool decide."""
    tools = [TOOLS[str(name)]() for name in options["tools"]]
    if "before" in options:
        outcome = OUTCOMES[options["before"]]
        tools[-1].tool_input_guardrails = [ToolInputGuardrail(guardrail_function=_decided(outcome))]
    if "after" in options:
        outcome = OUTCOMES[options["after"]]
        tools[-1].tool_output_guardrails = [ToolOutputGuardrail(guardrail_function=_decided(outcome))]
    return agent_part(
        Agent[Any](name="Guarded", model=MODEL, instructions="Use the tools.", tools=tools), options
    )


def _decided(outcome: Callable[[], ToolGuardrailFunctionOutput]) -> Any:
    def guardrail(_data: Any) -> ToolGuardrailFunctionOutput:
        return outcome()

    return guardrail


PARTS: dict[str, Maker] = {"tool": _guarded}
