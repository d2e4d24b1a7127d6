"""Imports a package that no cell has by itself."""

from typing import Any

import tabulate_nowhere  # type: ignore[import-not-found]  # that is the point
from pydantic import BaseModel


class WorkflowInput(BaseModel):
    input_as_text: str


async def run_workflow(workflow_input: WorkflowInput) -> dict[str, Any]:
    return {"output_text": tabulate_nowhere.table(workflow_input.input_as_text)}
