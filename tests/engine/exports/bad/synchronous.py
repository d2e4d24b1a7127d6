"""Somebody's edit of an export: not async, and its agents are run one after the other by run_sync."""

from typing import Any

from agents import Agent, RunConfig, Runner
from pydantic import BaseModel


class Topic(BaseModel):
    topic: str


sorter = Agent(name="Sorter", instructions="Name the topic.", model="gpt-4.1-nano", output_type=Topic)
writer = Agent(name="Writer", instructions="Write about it.", model="gpt-4.1")


class WorkflowInput(BaseModel):
    input_as_text: str


def run_workflow(workflow_input: WorkflowInput) -> dict[str, Any]:
    config = RunConfig(trace_metadata={"__trace_source__": "agent-builder"})
    Runner.run_sync(sorter, workflow_input.input_as_text, run_config=config)
    written = Runner.run_sync(writer, workflow_input.input_as_text, run_config=config)
    return {"output_text": written.final_output_as(str)}
