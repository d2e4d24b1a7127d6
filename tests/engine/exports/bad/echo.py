"""One agent, whose words are the whole answer: whatever the model says reaches the frontend."""

from typing import Any

from agents import Agent, RunConfig, Runner, TResponseInputItem
from pydantic import BaseModel

speaker = Agent(name="Speaker", instructions="Answer.", model="gpt-4.1")


class WorkflowInput(BaseModel):
    input_as_text: str


async def run_workflow(workflow_input: WorkflowInput) -> dict[str, Any]:
    conversation_history: list[TResponseInputItem] = [
        {"role": "user", "content": [{"type": "input_text", "text": workflow_input.input_as_text}]}
    ]
    speaker_result_temp = await Runner.run(
        speaker,
        input=[*conversation_history],
        run_config=RunConfig(trace_metadata={"__trace_source__": "agent-builder"}),
    )
    return {"output_text": speaker_result_temp.final_output_as(str)}
