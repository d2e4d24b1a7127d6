"""Ends the process of whoever imports it."""

import sys
from typing import Any

if __name__ != "__main__":
    sys.exit("this file is a program")


async def run_workflow(workflow_input: dict[str, str]) -> dict[str, Any]:
    return {"output_text": workflow_input["input_as_text"]}
