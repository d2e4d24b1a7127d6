"""Function tools of every manner, on an agent that a scenario puts together.

`options["tools"]` names the tools, `options["settings"]` is given to agents as model settings,
`options["uses"]` is what becomes of a tool's output (`stop_on_first_tool`, a list of tools to stop at,
`decide`), and `options["config"]` holds settings of the run that only some releases have.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Optional

from agents import (
    Agent,
    FunctionTool,
    FunctionToolResult,
    ModelSettings,
    RunContextWrapper,
    StopAtTools,
    ToolsToFinalOutputResult,
    function_tool,
)
from chatkit.agents import ClientToolCall
from chatkit.types import ProgressUpdateEvent

from ..conversation import answer
from ..shim import widget_root
from .part import MODEL, Context, Events, Maker, Options, Part, run_config

INSTRUCTIONS = "Answer in a sentence. Use the tools where they help."
CLOSED = "the exchange is closed"


def card(text: str) -> Any:
    """A widget of one line."""
    return widget_root({"type": "Card", "children": [{"type": "Text", "value": text}]})


async def _price(symbol: str) -> str:
    """What a share costs."""
    return f"{symbol}: 213.55"


def _volume(symbol: str, days: int = 1) -> str:
    """How many shares changed hands."""
    return f"{symbol}: {days * 40} million"


def _facts(symbol: str) -> dict[str, Any]:
    """What is known of a company."""
    return {"symbol": symbol, "employees": 164000, "listed": True}


def _alerts(symbol: str) -> list[str]:
    """Which alerts are set on a share."""
    del symbol
    return []


def _nothing() -> None:
    """Has nothing to say."""


def _broken(symbol: str) -> str:
    """Fails."""
    raise ValueError(f"{CLOSED}, so no {symbol}")


async def _show(ctx: RunContextWrapper[Context], symbol: str) -> str:
    """Shows the price of a share."""
    await ctx.context.stream_widget(card(f"{symbol} $213.55"))
    return "shown"


async def _search(ctx: RunContextWrapper[Context], words: str) -> str:
    """Searches, and says so."""
    await ctx.context.stream(ProgressUpdateEvent(text=f"Searching {words}"))
    return "2 articles"


def _pick(ctx: RunContextWrapper[Context], question: str) -> Optional[str]:
    """Has the user pick something on the page."""
    ctx.context.client_tool_call = ClientToolCall(name="pick", arguments={"question": question})
    return None


def _excuse(_context: RunContextWrapper[Any], error: Exception) -> str:
    return f"No price today: {error}."


def _for_who_looks(context: RunContextWrapper[Context], _agent: Any) -> bool:
    """Whether the user looks at something."""
    return context.context.request_context.symbol is not None


async def _invoke_raw(_context: Any, arguments: str) -> str:
    """Takes the arguments as they are, as a tool without a schema of its own does."""
    given = json.loads(arguments)
    return f"taken {sorted(given)}"


def _made(run: Callable[..., Any], name: str, **more: Any) -> FunctionTool:
    return function_tool(run, name_override=name, **more)


TOOLS: dict[str, Callable[[], Any]] = {
    "price": lambda: _made(_price, "price"),
    "volume": lambda: _made(_volume, "volume"),
    "facts": lambda: _made(_facts, "facts"),
    "alerts": lambda: _made(_alerts, "alerts"),
    "nothing": lambda: _made(_nothing, "nothing"),
    "broken": lambda: _made(_broken, "broken"),
    "excused": lambda: _made(_broken, "excused", failure_error_function=_excuse),
    "fatal": lambda: _made(_broken, "fatal", failure_error_function=None),
    "show": lambda: _made(_show, "show"),
    "search": lambda: _made(_search, "search"),
    "pick": lambda: _made(_pick, "pick"),
    "seen": lambda: _made(_price, "seen", is_enabled=_for_who_looks),
    "raw": lambda: FunctionTool(
        name="raw",
        description="Takes anything.",
        params_json_schema={"type": "object", "properties": {}, "additionalProperties": True},
        on_invoke_tool=_invoke_raw,
        strict_json_schema=False,
    ),
}


def _decide(_context: RunContextWrapper[Any], results: list[FunctionToolResult]) -> ToolsToFinalOutputResult:
    """Once something is shown, there is nothing more to say."""
    shown = any(each.output == "shown" for each in results)
    return ToolsToFinalOutputResult(is_final_output=shown, final_output="shown" if shown else None)


def _uses(options: Options) -> Any:
    uses = options.get("uses", "run_llm_again")
    if isinstance(uses, str):
        return _decide if uses == "decide" else uses
    return StopAtTools(stop_at_tool_names=list(uses))


def equipped(options: Options, **more: Any) -> Agent[Any]:
    """The agent that the options describe."""
    return Agent[Any](
        name="Equipped",
        model=MODEL,
        instructions=INSTRUCTIONS,
        tools=[TOOLS[str(name)]() for name in options.get("tools", ())],
        tool_use_behavior=_uses(options),
        model_settings=ModelSettings(**options.get("settings", {})),
        **more,
    )


def _tools(options: Options) -> Part:
    settings = {name: options[name] for name in ("reset_tool_choice", "prompt") if name in options}
    agent = equipped(options, **settings)

    def respond(context: Context, _message: Any) -> Events:
        return answer(agent, context, run_config(options, **options.get("config", {})))

    return Part(respond=respond)


PARTS: dict[str, Maker] = {"tools": _tools}
