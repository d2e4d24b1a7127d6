"""What differs between mcp 1.x and 2.x for a server of tools, in one place.

mcp 2.0 renamed FastMCP to MCPServer and moved it. Which of the two a cell has depends on its agents release
and on the day it is resolved as of.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any


def tool_server(name: str, tools: list[Any]) -> Any:
    """A server of these functions; `run(transport="stdio")` serves until its input ends."""
    server = _own("MCPServer", "FastMCP")(name, log_level="WARNING")
    for tool in tools:
        server.tool()(tool)
    return server


def tool_error(reason: object) -> Exception:
    """The exception whose words reach the model; from 2.0 on, those of any other one stay here."""
    error: Exception = _own("exceptions.ToolError", "exceptions.ToolError")(str(reason))
    return error


def _own(in_2: str, in_1: str) -> Any:
    second = find_spec("mcp.server.mcpserver") is not None
    home, name = ("mcp.server.mcpserver", in_2) if second else ("mcp.server.fastmcp", in_1)
    module, _, attribute = f"{home}.{name}".rpartition(".")
    return getattr(import_module(module), attribute)
