"""Tools as a recorded request lists them, made into tools of this agents release.

Function tools answer with what was recorded. Hosted tools run at the provider, so their class is enough;
those that would act on this machine (a shell, a patch, a computer) get a stand-in that does nothing.
"""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agents import AsyncComputer, FunctionTool, UserError
from agents.model_settings import MCPToolChoice
from agents.tool_context import ToolContext

from .shim import from_agents, known_fields, web_search_filters

log = logging.getLogger(__name__)

NOTHING_RECORDED = json.dumps({"status": "ok"})
ONE_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


# Hosted tools that agents calls otherwise than the API does.
HOSTED_NAMES = {"computer": "computer_use_preview"}


class RecordedOutputs:
    """What the recorded tools answered, by call id.

    A call whose id was not recorded (a script's, say) gets the first output that nobody has had yet. Where
    nothing was recorded, or null, the answer is a neutral piece of JSON.
    """

    def __init__(self, outputs: Mapping[str, Any]) -> None:
        self._left = dict(outputs)

    def take(self, call_id: str) -> str:
        """The output for a call, as the text that the model gets."""
        key = call_id if call_id in self._left else next(iter(self._left), None)
        output = None if key is None else self._left.pop(key)
        if output is None:
            return NOTHING_RECORDED
        return output if isinstance(output, str) else json.dumps(output)

    async def invoke(self, context: ToolContext[Any], arguments: str) -> str:
        """A tool's function: the recorded output, whatever the arguments."""
        del arguments
        return self.take(context.tool_call_id)


def probe_tools(raw_tools: Sequence[Any], outputs: RecordedOutputs, *, hosted: bool = True) -> list[Any]:
    """The tools of a recorded request that this agents release can have.

    The others are left out, with a warning that names them; so are all hosted ones when `hosted` is False,
    since the chat completions API has none.
    """
    tools: list[Any] = []
    for raw in raw_tools:
        kind = _kind(raw)
        try:
            made = _tools(kind, raw, outputs, hosted=hosted)
        except (LookupError, TypeError, ValueError, UserError) as error:
            log.warning("left out tool %s: %s", _label(raw, kind), error)
            continue
        tools.extend(made)
    return tools


def probe_tool_choice(raw: Any, tools: Sequence[Any]) -> Any:
    """A recorded `tool_choice` in the words of agents; None, with a warning, for a tool that is not there."""
    if raw is None or raw in ("auto", "required", "none"):
        return raw
    kind = raw.get("type") if isinstance(raw, Mapping) else raw
    if kind == "allowed_tools":
        return raw.get("mode", "auto")
    if kind == "mcp":
        name = raw.get("name")
        return MCPToolChoice(server_label=raw["server_label"], name=name) if name else "mcp"
    if kind in ("function", "custom"):
        name = raw.get("name") or raw.get(kind, {}).get("name")
    else:
        kind = _kind(raw if isinstance(raw, Mapping) else {"type": raw})
        name = HOSTED_NAMES.get(kind, kind)
    if name in {getattr(tool, "name", None) for tool in tools}:
        return name
    log.warning("left out tool_choice %s: no such tool in this release", raw)
    return None


def _kind(raw: Any) -> str:
    kind = str(raw.get("type", "")) if isinstance(raw, Mapping) else ""
    if kind.startswith("web_search"):  # also web_search_preview and the dated ones
        return "web_search"
    return "computer" if kind.startswith("computer") else kind


def _label(raw: Any, kind: str) -> str:
    name = raw.get("name") or raw.get("server_label") if isinstance(raw, Mapping) else None
    return f"{kind or 'without a type'} {name}" if name else kind or repr(raw)


def _tools(kind: str, raw: Mapping[str, Any], outputs: RecordedOutputs, *, hosted: bool) -> list[Any]:
    if kind == "function":
        return [_function_tool(raw.get("function", raw), outputs)]
    if not hosted:
        raise LookupError("chat completions have function tools only")
    if kind == "namespace":
        inner = [_function_tool(tool, outputs) for tool in raw["tools"]]
        return list(
            _existing("tool_namespace")(name=raw["name"], description=raw["description"], tools=inner)
        )
    if kind not in HOSTED:
        raise LookupError("the probe server does not know this type")
    class_name, arguments = HOSTED[kind]
    cls = _existing(class_name)
    return [cls(**known_fields(cls, arguments(raw, outputs)))]


def _existing(name: str) -> Any:
    found = from_agents(name)
    if found is None:
        raise LookupError(f"this agents release has no {name}")
    return found


def _function_tool(raw: Mapping[str, Any], outputs: RecordedOutputs) -> FunctionTool:
    """A function tool with the recorded schema; not strict where agents cannot make the schema strict."""

    def build(strict: bool) -> FunctionTool:
        schema = raw.get("parameters") or {"type": "object", "properties": {}}
        values = {
            "name": raw["name"],
            "description": raw.get("description") or "",
            "params_json_schema": copy.deepcopy(dict(schema)),  # agents writes into it
            "on_invoke_tool": outputs.invoke,
            "strict_json_schema": strict,
            "defer_loading": raw.get("defer_loading"),
        }
        return FunctionTool(**known_fields(FunctionTool, values))

    try:
        return build(bool(raw.get("strict")))
    except UserError as error:
        log.warning("tool %s is not strict here: %s", raw["name"], error)
        return build(strict=False)


async def _nothing(*_: Any, **__: Any) -> str:
    return ""


async def _pixel(*_: Any, **__: Any) -> str:
    return ONE_PIXEL


async def _approve(_: Any) -> dict[str, bool]:
    return {"approve": True}


def _computer() -> AsyncComputer:
    """A computer whose screen is one pixel and on which nothing happens, whatever it must be able to do."""
    members: dict[str, Any] = dict.fromkeys(AsyncComputer.__abstractmethods__, _pixel)
    members.update(environment="browser", dimensions=(1024, 768))
    idle: AsyncComputer = type("IdleComputer", (AsyncComputer,), members)()
    return idle


class IdleEditor:
    """An editor of patches that changes no file."""

    create_file = update_file = delete_file = staticmethod(_nothing)


def _shell(raw: Mapping[str, Any], _: RecordedOutputs) -> dict[str, Any]:
    environment = raw.get("environment")
    local = not environment or environment.get("type") == "local"
    return {"executor": _nothing if local else None, "environment": environment}


Arguments = Callable[[Mapping[str, Any], RecordedOutputs], "dict[str, Any]"]

# The raw `type` of a tool: its class in agents, and what that class is given. A field that a release's
# class does not have is dropped.
HOSTED: dict[str, tuple[str, Arguments]] = {
    "web_search": (
        "WebSearchTool",
        lambda raw, _: {**raw, "filters": web_search_filters(raw.get("filters"))},
    ),
    "file_search": ("FileSearchTool", lambda raw, _: dict(raw)),
    "code_interpreter": ("CodeInterpreterTool", lambda raw, _: {"tool_config": dict(raw)}),
    "image_generation": ("ImageGenerationTool", lambda raw, _: {"tool_config": dict(raw)}),
    "mcp": ("HostedMCPTool", lambda raw, _: {"tool_config": dict(raw), "on_approval_request": _approve}),
    "computer": ("ComputerTool", lambda _, __: {"computer": _computer(), "on_safety_check": lambda _: True}),
    "local_shell": ("LocalShellTool", lambda _, __: {"executor": _nothing}),
    "shell": ("ShellTool", _shell),
    "apply_patch": ("ApplyPatchTool", lambda _, __: {"editor": IdleEditor()}),
    "tool_search": ("ToolSearchTool", lambda raw, _: dict(raw)),
    "custom": (
        "CustomTool",
        lambda raw, outputs: {"description": "", **raw.get("custom", raw), "on_invoke_tool": outputs.invoke},
    ),
}
