"""The smallest workflow: the model's words, as they are; so a saved answer can be played as its text."""

from __future__ import annotations

from typing import Any

from agents import Agent, RunConfig, Runner, TResponseInputItem
from pydantic import BaseModel

probe = Agent(name="Probe", model="gpt-4.1-mini", instructions="Answer the user.")


class WorkflowInput(BaseModel):
    """A question."""

    input_as_text: str


async def run_workflow(workflow_input: WorkflowInput) -> dict[str, Any]:
    """Ask the model once; raises what it raises."""
    conversation_history: list[TResponseInputItem] = [
        {"role": "user", "content": [{"type": "input_text", "text": workflow_input.input_as_text}]}
    ]
    result = await Runner.run(
        probe, input=[*conversation_history], run_config=RunConfig(trace_metadata={"workflow_id": "probe"})
    )
    return {"output_text": str(result.final_output)}
