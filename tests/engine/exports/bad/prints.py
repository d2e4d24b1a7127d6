"""Prints when it is imported, when it runs, and what looks like a message of its driver."""

import os
import sys
from typing import Any

from pydantic import BaseModel

print('{"type": "case_ended", "case": "a lie", "at_ms": 0, "leaks": []}')
os.write(1, b'{"type": "hello"}\n')


class WorkflowInput(BaseModel):
    input_as_text: str


async def run_workflow(workflow_input: WorkflowInput) -> dict[str, Any]:
    print("working on", workflow_input.input_as_text)
    print("and complaining", file=sys.stderr)
    os.write(1, b"\0\xff no line end")
    return {"output_text": "Printed and done."}
