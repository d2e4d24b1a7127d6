"""An agent with tools that the model's side runs by itself, and others that it leaves to the server.

`options["tools"]` names them: `[web_search, price]`. Each is made only where a scenario asks for it, since
some came late: `shell` and `apply_patch` with agents 0.5.1, `hosted_shell` with 0.8.4, `tool_search` with
0.11.0, `custom` with 0.14.0 and `program` with 0.19.0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Optional

from agents import (
    Agent,
    CodeInterpreterTool,
    ComputerTool,
    FileSearchTool,
    FunctionTool,
    HostedMCPTool,
    ImageGenerationTool,
    LocalShellTool,
    RunContextWrapper,
    StopAtTools,
    WebSearchTool,
    function_tool,
)
from chatkit.agents import ClientToolCall

from ..shim import from_agents
from .part import MODEL, Context, Maker, Options, Part, agent_part
from .screen import Screen

PICTURES = 2
"""How many pictures the model shows before the last one."""

_INSTRUCTIONS = "Answer in a sentence. Use the tools where they help."


def _price(symbol: str) -> str:
    """What a share costs."""
    return f"{symbol}: 213.55"


def _volume(symbol: str) -> str:
    """How many shares change hands."""
    return f"{symbol}: 53 million"


def _pick(ctx: RunContextWrapper[Context], question: str) -> Optional[str]:
    """Has the user pick something on the page."""
    ctx.context.client_tool_call = ClientToolCall(name="pick", arguments={"question": question})
    return None


def _function(run: Callable[..., Any], name: str, **more: Any) -> FunctionTool:
    return function_tool(run, name_override=name, **more)


def _mcp(label: str, decided: Optional[bool] = None) -> HostedMCPTool:
    """A hosted MCP server whose calls need no approval, or are approved or refused by the code here."""
    config: Any = {"type": "mcp", "server_label": label, "server_url": "https://mcp.example.org"}
    config["require_approval"] = "never" if decided is None else "always"
    if decided is None:
        return HostedMCPTool(tool_config=config)

    def decide(_request: Any) -> Any:
        return {"approve": True} if decided else {"approve": False, "reason": "Not today."}

    return HostedMCPTool(tool_config=config, on_approval_request=decide)


class _Editor:
    """Writes nothing, and says what it would have written."""

    def create_file(self, operation: Any) -> str:
        return f"created {operation.path}"

    def update_file(self, operation: Any) -> str:
        return f"updated {operation.path}"

    def delete_file(self, operation: Any) -> str:
        return f"deleted {operation.path}"


def _shell(request: Any) -> str:
    return f"ran {request.data.action.commands[0]}"


def _local_shell(request: Any) -> str:
    return f"ran {' '.join(request.data.action.command)}"


async def _query(_context: Any, text: str) -> str:
    return f"3 rows for {text}"


def _late(kind: str, /, **settings: Any) -> Any:
    """A tool that not every release has; scenarios ask for it where it is."""
    tool: Any = from_agents(kind)
    return tool(**settings)


TOOLS: dict[str, Callable[[], Any]] = {
    "web_search": WebSearchTool,
    "file_search": lambda: FileSearchTool(vector_store_ids=["vs_1"], include_search_results=True),
    "code_interpreter": lambda: CodeInterpreterTool(
        tool_config={"type": "code_interpreter", "container": {"type": "auto"}}
    ),
    "image_generation": lambda: ImageGenerationTool(
        tool_config={"type": "image_generation", "partial_images": PICTURES}
    ),
    "mcp": lambda: _mcp("filings"),
    "mcp_approved": lambda: _mcp("filings", decided=True),
    "mcp_refused": lambda: _mcp("filings", decided=False),
    "computer": lambda: ComputerTool(computer=Screen()),
    "local_shell": lambda: LocalShellTool(executor=_local_shell),
    "shell": lambda: _late("ShellTool", executor=_shell),
    "hosted_shell": lambda: _late("ShellTool", environment={"type": "container_auto"}),
    "apply_patch": lambda: _late("ApplyPatchTool", editor=_Editor()),
    "custom": lambda: _late("CustomTool", name="query", description="Runs SQL.", on_invoke_tool=_query),
    "tool_search": lambda: _late("ToolSearchTool"),
    "program": lambda: _late("ProgrammaticToolCallingTool"),
    "price": lambda: _function(_price, "price"),
    "deferred_price": lambda: _function(_price, "price", defer_loading=True),
    "programmed_price": lambda: _function(_price, "price", allowed_callers=["programmatic"]),
    "deferred_volume": lambda: _function(_volume, "volume", defer_loading=True),
    "programmed_volume": lambda: _function(_volume, "volume", allowed_callers=["programmatic"]),
    "pick": lambda: _function(_pick, "pick"),
}


def _tools(options: Options) -> Part:
    tools = [TOOLS[str(name)]() for name in options.get("tools") or ()]
    agent: Agent[Any] = Agent(
        name="Hosted",
        model=MODEL,
        instructions=_INSTRUCTIONS,
        tools=tools,
        # A client tool's answer comes with the next request.
        tool_use_behavior=StopAtTools(stop_at_tool_names=["pick"]),
    )
    return agent_part(agent, options)


PARTS: dict[str, Maker] = {"tools": _tools}
