"""An export whose agent streams, and whose tool asks another agent."""

from typing import Any

from agents import Agent, Runner, function_tool
from pydantic import BaseModel

helper = Agent(name="Helper", instructions="Help.", model="gpt-4.1")


@function_tool
async def ask_helper() -> str:
    return str((await Runner.run(helper, input="hi")).final_output)


speaker = Agent(name="Speaker", instructions="Speak.", model="gpt-4.1", tools=[ask_helper])


class WorkflowInput(BaseModel):
    input_as_text: str


async def run_workflow(workflow_input: WorkflowInput) -> dict[str, Any]:
    speaker_result = Runner.run_streamed(speaker, input=workflow_input.input_as_text)
    async for _ in speaker_result.stream_events():
        pass
    return {"output_text": speaker_result.final_output_as(str)}
