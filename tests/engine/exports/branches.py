"""An export with a typed classifier, and a branch for each intent."""

from typing import Any

from agents import Agent, ModelSettings, RunConfig, Runner, TResponseInputItem
from pydantic import BaseModel


class IntentClassifierSchema(BaseModel):
    intent: str
    symbol: str
    confidence: float


intent_classifier = Agent(
    name="Intent Classifier",
    instructions="Say what the user wants, and of which symbol.",
    model="gpt-4.1-mini",
    output_type=IntentClassifierSchema,
    model_settings=ModelSettings(temperature=0, top_p=1, max_tokens=2048, store=True),
)


chart_agent = Agent(
    name="Chart Agent",
    instructions="Answer with one JSON document: response_text, widgets and chart_commands.",
    model="gpt-4.1",
    model_settings=ModelSettings(temperature=1, top_p=1, max_tokens=2048, store=True),
)


teacher = Agent(
    name="Teacher",
    instructions="Explain it to a beginner, in two sentences.",
    model="gpt-4.1",
    model_settings=ModelSettings(temperature=1, top_p=1, max_tokens=2048, store=True),
)


class WorkflowInput(BaseModel):
    input_as_text: str


async def run_workflow(workflow_input: WorkflowInput) -> dict[str, Any]:
    workflow = workflow_input.model_dump()
    conversation_history: list[TResponseInputItem] = [
        {"role": "user", "content": [{"type": "input_text", "text": workflow["input_as_text"]}]}
    ]
    intent_classifier_result_temp = await Runner.run(
        intent_classifier,
        input=[*conversation_history],
        run_config=RunConfig(
            trace_metadata={"__trace_source__": "agent-builder", "workflow_id": "wf_branches"}
        ),
    )
    conversation_history.extend([item.to_input_item() for item in intent_classifier_result_temp.new_items])
    intent_classifier_result = {
        "output_text": intent_classifier_result_temp.final_output.json(),
        "output_parsed": intent_classifier_result_temp.final_output.model_dump(),
    }
    if intent_classifier_result["output_parsed"]["intent"] == "educational":
        teacher_result_temp = await Runner.run(
            teacher,
            input=[*conversation_history],
            run_config=RunConfig(
                trace_metadata={"__trace_source__": "agent-builder", "workflow_id": "wf_branches"}
            ),
        )
        conversation_history.extend([item.to_input_item() for item in teacher_result_temp.new_items])
        teacher_result = {"output_text": teacher_result_temp.final_output_as(str)}
        return teacher_result  # noqa: RET504 - as exports are written
    elif intent_classifier_result["output_parsed"]["intent"] == "chart_command":  # noqa: RET505 - likewise
        chart_agent_result_temp = await Runner.run(
            chart_agent,
            input=[*conversation_history],
            run_config=RunConfig(
                trace_metadata={"__trace_source__": "agent-builder", "workflow_id": "wf_branches"}
            ),
        )
        conversation_history.extend([item.to_input_item() for item in chart_agent_result_temp.new_items])
        chart_agent_result = {"output_text": chart_agent_result_temp.final_output_as(str)}
        return chart_agent_result  # noqa: RET504 - likewise
    else:
        return intent_classifier_result
