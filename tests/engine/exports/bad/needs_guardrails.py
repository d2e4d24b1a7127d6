"""Uses the package that exports with a guardrails node import."""

from typing import Any

from guardrails.runtime import load_config_bundle  # type: ignore[import-not-found]  # that is the point
from pydantic import BaseModel


class WorkflowInput(BaseModel):
    input_as_text: str


async def run_workflow(workflow_input: WorkflowInput) -> dict[str, Any]:
    return {"output_text": str(load_config_bundle({"guardrails": [workflow_input.input_as_text]}))}
