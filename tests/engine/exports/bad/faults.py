"""A workflow with one fault a function, and a sound one; each is named as FILE:FUNCTION."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from typing import Any

from pydantic import BaseModel


class WorkflowInput(BaseModel):
    input_as_text: str


async def sound(workflow_input: WorkflowInput) -> dict[str, Any]:
    return {"output_text": f"You said: {workflow_input.input_as_text}"}


def not_async(workflow_input: WorkflowInput) -> dict[str, Any]:
    return {"output_text": f"You said: {workflow_input.input_as_text}"}


async def returns_nothing(workflow_input: WorkflowInput) -> None:
    await asyncio.sleep(0)


async def returns_no_text(workflow_input: WorkflowInput) -> dict[str, Any]:
    return {"output_text": None, "steps": 3}


async def returns_blank(workflow_input: WorkflowInput) -> dict[str, Any]:
    return {"output_text": " \n"}


async def returns_odd_characters(workflow_input: WorkflowInput) -> dict[str, Any]:
    return {"output_text": "nul \0, half a pair \ud800, \u00e9"}


async def raises(workflow_input: WorkflowInput) -> dict[str, Any]:
    known: dict[str, str] = {}
    return {"output_text": known[workflow_input.input_as_text]}


async def waits(workflow_input: WorkflowInput) -> dict[str, Any]:
    await asyncio.sleep(3600)
    return {"output_text": "at last"}


async def spins(workflow_input: WorkflowInput) -> dict[str, Any]:
    while workflow_input.input_as_text:
        pass
    return {"output_text": "at last"}


async def cancels(workflow_input: WorkflowInput) -> None:
    raise asyncio.CancelledError("as a scope of anyio does")


async def cancels_its_task(workflow_input: WorkflowInput) -> None:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    await asyncio.sleep(60)


async def interrupts(workflow_input: WorkflowInput) -> None:
    raise KeyboardInterrupt


async def raises_a_group(workflow_input: WorkflowInput) -> None:
    raise BaseExceptionGroup("unhandled", [ValueError("the first of them"), GeneratorExit()])


async def leaves(workflow_input: WorkflowInput) -> dict[str, Any]:
    sys.exit(7)


async def leaves_hard(workflow_input: WorkflowInput) -> dict[str, Any]:
    os._exit(9)


async def in_pieces(workflow_input: WorkflowInput) -> AsyncIterator[str]:
    for word in workflow_input.input_as_text.split():
        yield word


async def wants_two(workflow_input: WorkflowInput, session: object) -> dict[str, Any]:
    return {"output_text": f"{workflow_input.input_as_text} {session}"}


async def returns_an_object(workflow_input: WorkflowInput) -> object:
    return object()
