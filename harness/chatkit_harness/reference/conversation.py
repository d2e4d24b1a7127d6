"""One turn: the thread so far goes in, the agent's answer comes out as ChatKit events."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any

from agents import Agent, RunConfig, Runner
from chatkit.agents import AgentContext, simple_to_agent_input, stream_agent_response
from chatkit.store import Store
from chatkit.types import ThreadItem, ThreadMetadata, ThreadStreamEvent

from .context import RequestContext

if TYPE_CHECKING:
    from .attachments.store import DiskAttachmentStore

PAGE_SIZE = 50
MAX_ITEMS = 200
MAX_MODEL_CALLS = 20


async def answer(
    agent: Agent[Any],
    context: AgentContext[RequestContext],
    run_config: RunConfig | None = None,
    attachments: DiskAttachmentStore | None = None,
) -> AsyncGenerator[ThreadStreamEvent, None]:
    """Run the agent over the thread of the context and stream what it does.

    Whatever fails is raised: chatkit turns it into the `error` event and logs it.
    """
    items = await earlier_items(context.thread, context.store, context.request_context)
    result = Runner.run_streamed(
        agent,
        await _model_input(items, attachments, context.request_context),
        context=context,
        max_turns=MAX_MODEL_CALLS,
        run_config=run_config,
    )
    try:
        async for event in stream_agent_response(context, result):
            yield event
    finally:
        # Somebody who goes away in the middle must not leave a model running for nobody.
        if not result.is_complete:
            result.cancel()


async def _model_input(
    items: list[ThreadItem], attachments: DiskAttachmentStore | None, context: RequestContext
) -> Any:
    if attachments is None and not any(getattr(item, "attachments", None) for item in items):
        return await simple_to_agent_input(items)
    from .attachments.convert import to_agent_input

    return await to_agent_input(items, attachments, context)


async def earlier_items(
    thread: ThreadMetadata, store: Store[RequestContext], context: RequestContext
) -> list[ThreadItem]:
    """The newest items of a thread, oldest first.

    Every chatkit release stores the user's message before it calls `respond()`, so it is among them, and
    adding it once more would say it twice.
    """
    items: list[ThreadItem] = []
    after: str | None = None
    while len(items) < MAX_ITEMS:
        page = await store.load_thread_items(thread.id, after, PAGE_SIZE, "desc", context)
        items.extend(page.data)
        after = page.after
        if not page.has_more:
            break
    return items[::-1]
