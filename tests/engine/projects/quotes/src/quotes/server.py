"""A server of somebody's own, which says what it was asked and by whom. It prints, as theirs do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

from chatkit.server import ChatKitServer
from chatkit.types import AssistantMessageContent, AssistantMessageItem, ThreadItemDoneEvent

from .storage import Shelf

print("the server is imported")


class Echo(ChatKitServer[dict[str, Any]]):
    async def respond(self, thread: Any, item: Any, context: dict[str, Any]) -> AsyncIterator[Any]:
        said = item.content[0].text if item is not None else "nothing"
        yield ThreadItemDoneEvent(
            item=AssistantMessageItem(
                id=self.store.generate_item_id("message", thread, context),
                thread_id=thread.id,
                created_at=datetime.now(UTC),
                content=[AssistantMessageContent(text=f"{context['who']} said: {said}")],
            )
        )


def create_server() -> Echo:
    return Echo(Shelf())


async def create_later(options: Mapping[str, Any]) -> Echo:
    return Echo(Shelf())


def create_context(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"who": values.get("user_id", "somebody")}


shared = create_server()
number = 7


def needs_more(store: Shelf, settings: dict[str, Any]) -> Echo:
    return Echo(store)


def forgets() -> None:
    """Returns nothing."""
