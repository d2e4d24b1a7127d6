"""Tools with a time limit (agents 0.9.0 on)."""

from __future__ import annotations

import asyncio
from typing import Any

from agents import Agent, RunContextWrapper, function_tool

from .part import MODEL, Maker, Options, Part, agent_part

LIMIT_S = 0.02


async def _look_up(symbol: str) -> str:
    """Looks a symbol up, for too long."""
    await asyncio.sleep(LIMIT_S * 20)
    return symbol


def _excuse(_context: RunContextWrapper[Any], _error: Exception) -> str:
    return "The exchange did not answer in time."


def _tool(name: str, **more: Any) -> Any:
    return function_tool(_look_up, name_override=name, timeout=LIMIT_S, **more)


def _tools(options: Options) -> Part:
    tools = [
        _tool("slow"),
        _tool("excused", timeout_error_function=_excuse),
        _tool("fatal", timeout_behavior="raise_exception"),
    ]
    return agent_part(
        Agent[Any](name="Timed", model=MODEL, instructions="Use the tools.", tools=tools), options
    )


PARTS: dict[str, Maker] = {"tools": _tools}
