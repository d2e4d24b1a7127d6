"""POST /api/chatkit/proxy: the same assistant for a page that speaks no ChatKit; words in, words out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from typing import Any

from agents import Agent, Runner
from agents.exceptions import MaxTurnsExceeded, ModelBehaviorError
from chatkit.types import ThreadMetadata
from openai import OpenAIError
from starlette.requests import Request
from starlette.responses import JSONResponse

from ..agent import create_agent
from ..context import RequestContext
from ..conversation import MAX_MODEL_CALLS
from ..tools import MarketAgentContext
from .backend import Backend
from .bodies import Conversation, read
from .failures import upstream_failed

BROWSER_TOOLS = ("get_chart_selection",)
"""Tools that a ChatKit page answers; behind this route there is nobody to ask."""


class Proxy:
    """The route of the plain conversation."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._agent = without_browser(create_agent())

    async def turn(self, request: Request) -> JSONResponse:
        """Answer the last message. The tools' widgets have no place to go: their commands are told."""
        backend = self._backend
        body = await read(request, Conversation, backend.max_body_bytes)
        context = await backend.context(
            request,
            session_id=body.session_id,
            shown=body.metadata.chart_context if body.metadata else None,
            question=body.messages[-1].content,
            user=body.user,
        )
        try:
            result = await Runner.run(
                self._agent,
                [{"role": message.role, "content": message.content} for message in body.messages],
                context=self._run_context(context),
                max_turns=MAX_MODEL_CALLS,
            )
        except (OpenAIError, ModelBehaviorError, MaxTurnsExceeded) as error:
            raise upstream_failed("model") from error
        metadata = {
            "chart_commands": list(dict.fromkeys(commands(result.new_items))),
            "tools_used": list(dict.fromkeys(tools(result.new_items))),
            "timestamp": backend.timestamp(),
        }
        messages = [{"role": "assistant", "content": str(result.final_output)}]
        return JSONResponse({"messages": messages, "metadata": metadata})

    def _run_context(self, context: RequestContext) -> MarketAgentContext:
        """A context whose thread is nowhere stored, and whose stream of widgets nobody reads."""
        return MarketAgentContext(
            thread=ThreadMetadata(id="proxy", created_at=datetime.now(timezone.utc)),
            store=self._backend.server.store,
            request_context=context,
            market=self._backend.market,
        )


def without_browser(agent: Agent[MarketAgentContext]) -> Agent[MarketAgentContext]:
    """The assistant without the tools that a browser answers."""
    tools = [tool for tool in agent.tools if tool.name not in BROWSER_TOOLS]
    return agent.clone(tools=tools, tool_use_behavior="run_llm_again")


def commands(items: Iterable[Any]) -> Iterator[str]:
    """The chart commands in the outputs of the tools that ran."""
    for item in items:
        if item.type == "tool_call_output_item":
            yield from _commands_in(item.output)


def tools(items: Iterable[Any]) -> Iterator[str]:
    """The names of the tools that were called, in order."""
    for item in items:
        if item.type == "tool_call_item":
            yield item.raw_item.name


def _commands_in(output: Any) -> list[str]:
    try:
        document = json.loads(output)
    except (TypeError, ValueError):
        return []
    found = document.get("chart_commands") if isinstance(document, dict) else None
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []
