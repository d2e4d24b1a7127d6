"""An export with guardrails, with more inputs than the user's words, and without a return on one branch."""

import re
from types import SimpleNamespace
from typing import Any

from agents import (
    Agent,
    GuardrailFunctionOutput,
    InputGuardrailTripwireTriggered,
    ModelSettings,
    RunConfig,
    RunContextWrapper,
    Runner,
    TResponseInputItem,
    input_guardrail,
    trace,
)
from pydantic import BaseModel

# Guardrails definitions
guardrails_config = {
    "guardrails": [{"name": "Contains PII", "config": {"block": True, "pattern": r"\b\d{3}-\d{2}-\d{4}\b"}}]
}


async def run_guardrails(text: str, config: dict[str, Any]) -> list[SimpleNamespace]:
    return [
        SimpleNamespace(
            info={"guardrail_name": each["name"], "checked_text": text},
            tripwire_triggered=re.search(each["config"]["pattern"], text) is not None,
        )
        for each in config["guardrails"]
    ]


def guardrails_has_tripwire(results: list[SimpleNamespace]) -> bool:
    return any(getattr(r, "tripwire_triggered", False) is True for r in (results or []))


def build_guardrail_fail_output(results: list[SimpleNamespace]) -> dict[str, Any]:
    names = [r.info["guardrail_name"] for r in results if r.tripwire_triggered]
    return {"pii": {"failed": "Contains PII" in names}, "jailbreak": {"failed": "Jailbreak" in names}}


@input_guardrail
async def no_advice(
    context: RunContextWrapper[None],
    agent: Agent[Any],
    input: str | list[TResponseInputItem],  # noqa: A002 - the SDK's word
) -> GuardrailFunctionOutput:
    return GuardrailFunctionOutput(
        output_info={"agent": agent.name}, tripwire_triggered="buy or sell" in str(input)
    )


class TriageSchema(BaseModel):
    department: str


triage = Agent(
    name="Triage",
    instructions="Say which department the question is for.",
    model="gpt-4.1-nano",
    input_guardrails=[no_advice],
    output_type=TriageSchema,
    model_settings=ModelSettings(temperature=1, top_p=1, max_tokens=2048, store=True),
)


support_agent = Agent(
    name="Support Agent",
    instructions="Help the customer.",
    model="gpt-4.1",
    model_settings=ModelSettings(temperature=1, top_p=1, max_tokens=2048, store=True),
)


class WorkflowInput(BaseModel):
    input_as_text: str
    customer_id: str
    seats: int
    region: str = "US"


async def run_workflow(  # type: ignore[return]  # noqa: RET503 - nobody returns on one branch, as exported
    workflow_input: WorkflowInput,
) -> dict[str, Any] | None:
    with trace("Support"):
        workflow = workflow_input.model_dump()
        conversation_history: list[TResponseInputItem] = [
            {"role": "user", "content": [{"type": "input_text", "text": workflow["input_as_text"]}]}
        ]
        guardrails_result = await run_guardrails(workflow["input_as_text"], guardrails_config)
        if guardrails_has_tripwire(guardrails_result):
            return build_guardrail_fail_output(guardrails_result)
        try:
            triage_result_temp = await Runner.run(
                triage,
                input=[*conversation_history],
                run_config=RunConfig(
                    trace_metadata={"__trace_source__": "agent-builder", "workflow_id": "wf_guarded"}
                ),
            )
        except InputGuardrailTripwireTriggered:
            return {"output_text": "I cannot advise you on that."}
        triage_result = {
            "output_text": triage_result_temp.final_output.json(),
            "output_parsed": triage_result_temp.final_output.model_dump(),
        }
        if triage_result["output_parsed"]["department"] == "support":
            conversation_history.append(
                {
                    "role": "user",
                    "content": f"I am {workflow['customer_id']}, with {workflow['seats']} seats.",
                }
            )
            support_agent_result_temp = await Runner.run(
                support_agent,
                input=[*conversation_history],
                run_config=RunConfig(
                    trace_metadata={"__trace_source__": "agent-builder", "workflow_id": "wf_guarded"}
                ),
            )
            return {"output_text": support_agent_result_temp.final_output_as(str)}
        elif triage_result["output_parsed"]["department"] == "nobody":  # noqa: RET505 - as exports are written
            pass
        else:
            return triage_result
