"""An agent whose tools are on an MCP server: a process of its own, over standard input and output."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from agents import Agent
from agents.mcp import MCPServerStdio
from chatkit.types import ThreadStreamEvent, UserMessageItem

from ..conversation import answer
from .part import MODEL, Context, Maker, Options, Part, run_config

# It imports nothing that takes time, as servers that are written in other languages.
_SERVER = Path(__file__).with_name("mcp_tools.py")
PATIENCE_S = 0.5


def _tools(options: Options) -> Part:
    """`options["impatient"]`: no answer is waited for any longer than it takes the server to start."""

    async def respond(context: Context, _message: UserMessageItem | None) -> AsyncIterator[ThreadStreamEvent]:
        patience = PATIENCE_S if options.get("impatient") else 30
        params: Any = {"command": sys.executable, "args": ["-I", "-S", str(_SERVER)]}
        server = MCPServerStdio(params=params, name="market", client_session_timeout_seconds=patience)
        agent = Agent[Any](name="Desk", model=MODEL, instructions="Use the tools.", mcp_servers=[server])
        async with server:
            async for event in answer(agent, context, run_config(options)):
                yield event

    return Part(respond=respond)


PARTS: dict[str, Maker] = {"tools": _tools}
