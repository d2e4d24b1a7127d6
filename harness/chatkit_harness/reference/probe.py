"""The probe server: tools, model and instructions come from a recorded request.

So any recorded stream of the Responses API can be played through a ChatKit server, whatever it is about.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from agents import Agent, ModelSettings, OpenAIProvider, RunConfig
from chatkit.agents import AgentContext
from chatkit.server import ChatKitServer
from chatkit.types import ThreadMetadata, ThreadStreamEvent, UserMessageItem

from .context import RequestContext, create_context
from .conversation import answer
from .probe_tools import RecordedOutputs, probe_tool_choice, probe_tools
from .stores import MemoryStore

DEFAULT_MODEL = "gpt-4.1-mini"


class ProbeServer(ChatKitServer[RequestContext]):
    """A ChatKit server around one agent, without anything of its own."""

    def __init__(self, agent: Agent[AgentContext[RequestContext]], run_config: RunConfig) -> None:
        super().__init__(MemoryStore())
        self._agent = agent
        self._run_config = run_config

    async def respond(
        self,
        thread: ThreadMetadata,
        input_user_message: UserMessageItem | None,
        context: RequestContext,
    ) -> AsyncIterator[ThreadStreamEvent]:
        """Run the agent over the thread."""
        del input_user_message
        run_context = AgentContext[RequestContext](thread=thread, store=self.store, request_context=context)
        async for event in answer(self._agent, run_context, self._run_config):
            yield event


def create_server(options: Mapping[str, Any]) -> ProbeServer:
    """A server for a recorded request; every option may be left out.

    `model`, `instructions`, `tools` (as in the request, Responses or chat completions form), `tool_choice`,
    `outputs` (call id to recorded output or null), `api` (`responses` or `chat_completions`). The model is
    reached through the environment's OPENAI_BASE_URL and OPENAI_API_KEY. Raises ValueError for another api.
    """
    api = options.get("api") or "responses"
    if api not in ("responses", "chat_completions"):
        raise ValueError(f"api may be responses or chat_completions, not {api!r}")
    responses = api == "responses"
    outputs = RecordedOutputs(options.get("outputs") or {})
    tools = probe_tools(options.get("tools") or (), outputs, hosted=responses)
    agent = Agent[AgentContext[RequestContext]](
        name="Probe",
        instructions=options.get("instructions"),
        model=options.get("model") or DEFAULT_MODEL,
        model_settings=ModelSettings(tool_choice=probe_tool_choice(options.get("tool_choice"), tools)),
        tools=tools,
        # A forced tool is forced once: otherwise the follow-up would have to call it again, for ever.
        reset_tool_choice=True,
    )
    # A provider of its own, since the default one reads a slash in the model's name as a provider's prefix.
    return ProbeServer(agent, RunConfig(model_provider=OpenAIProvider(use_responses=responses)))


__all__ = ["ProbeServer", "create_context", "create_server"]
