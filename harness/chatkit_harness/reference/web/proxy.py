"""POST /api/chatkit/proxy: the same assistant for a page that speaks no ChatKit; words in, words out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
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
from ..guardrails import STOPPED, refusal, require_no_order
from ..tools import BROWSER_TOOLS, MarketAgentContext
from .backend import Backend
from .bodies import Conversation, Message
from .failures import upstream_failed
from .turns import unless_gone


class Proxy:
    """The route of the plain conversation."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._agent = without_browser(create_agent())

    async def turn(self, request: Request) -> JSONResponse:
        """Answer the last message. The tools' widgets have no place to go: their commands are told."""
        backend = self._backend
        backend.admit(request)
        body = await backend.read(request, Conversation)
        context = await backend.context(
            request,
            session_id=body.session_id,
            shown=body.metadata.chart_context if body.metadata else None,
            question=body.messages[-1].content,
        )
        try:
            with backend.streams.one(context.user_id):
                result = await unless_gone(request, self._run(body, context), backend.limits.turn_s)
        except STOPPED as stopped:
            return _told(refusal(stopped), (), (), backend.timestamp())
        except (OpenAIError, ModelBehaviorError, MaxTurnsExceeded) as error:
            raise upstream_failed("model") from error
        done = result.new_items
        return _told(str(result.final_output), commands(done), tools(done), backend.timestamp())

    async def _run(self, body: Conversation, context: RequestContext) -> Any:
        run_context = self._run_context(context)
        for message in unanswered(body.messages):
            await require_no_order(self._agent, message.content, run_context)
        return await Runner.run(
            self._agent,
            [{"role": message.role, "content": message.content} for message in body.messages],
            context=run_context,
            max_turns=MAX_MODEL_CALLS,
        )

    def _run_context(self, context: RequestContext) -> MarketAgentContext:
        """A context whose thread is nowhere stored, and whose stream of widgets nobody reads."""
        return MarketAgentContext(
            thread=ThreadMetadata(id="proxy", created_at=datetime.now(timezone.utc)),
            store=self._backend.server.store,
            request_context=context,
            market=self._backend.market,
        )


def unanswered(messages: Sequence[Message]) -> list[Message]:
    """What the user has said since they were last answered.

    A page may send along the beginning of an answer, as its last message: that is no answer yet.
    """
    said = list(messages)
    while said and said[-1].role == "assistant":
        said.pop()
    for place in range(len(said), 0, -1):
        if said[place - 1].role == "assistant":
            return said[place:]
    return said


def _told(text: str, commands: Iterable[str], tools: Iterable[str], timestamp: str) -> JSONResponse:
    metadata = {
        "chart_commands": list(dict.fromkeys(commands)),
        "tools_used": list(dict.fromkeys(tools)),
        "timestamp": timestamp,
    }
    return JSONResponse({"messages": [{"role": "assistant", "content": text}], "metadata": metadata})


def without_browser(agent: Agent[MarketAgentContext]) -> Agent[MarketAgentContext]:
    """The assistant without the tools that a page answers: behind this route there is nobody to ask."""
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
