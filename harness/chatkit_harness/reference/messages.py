"""Words of the server's own, as a message of the assistant."""

from __future__ import annotations

from datetime import datetime, timezone

from chatkit.agents import AgentContext
from chatkit.types import AssistantMessageContent, AssistantMessageItem, UserMessageItem

from .context import RequestContext


def assistant_message(context: AgentContext[RequestContext], text: str) -> AssistantMessageItem:
    """A message of the thread that the context is about; it is stored once it is streamed as done."""
    return AssistantMessageItem(
        id=context.generate_id("message"),
        thread_id=context.thread.id,
        created_at=datetime.now(timezone.utc),
        content=[AssistantMessageContent(text=text)],
    )


def words_of(message: UserMessageItem | None) -> str:
    """What the user said, tags as their text; nothing where it is no message that asks for the answer."""
    return "" if message is None else " ".join(part.text for part in message.content).strip()
