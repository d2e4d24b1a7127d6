"""Threads, items and attachments to store, and the ways of reading them back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    FileAttachment,
    InferenceOptions,
    Page,
    ThreadMetadata,
    UserMessageItem,
)

from chatkit_harness.reference.context import RequestContext
from chatkit_harness.reference.stores import RowStore

ANN, BOB = RequestContext(user_id="ann"), RequestContext(user_id="bob")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def thread(thread_id: str = "thr_1", title: str | None = None) -> ThreadMetadata:
    return ThreadMetadata(id=thread_id, created_at=NOON, title=title)


def message(item_id: str, text: str = "hello", thread_id: str = "thr_1") -> AssistantMessageItem:
    content = [AssistantMessageContent(text=text)]
    return AssistantMessageItem(id=item_id, thread_id=thread_id, created_at=NOON, content=content)


def attachment(attachment_id: str = "atc_1", name: str = "report.pdf") -> FileAttachment:
    return FileAttachment(id=attachment_id, name=name, mime_type="application/pdf")


def question(item_id: str, *attached: str, thread_id: str = "thr_1") -> UserMessageItem:
    return UserMessageItem(
        id=item_id,
        thread_id=thread_id,
        created_at=NOON,
        content=[],
        attachments=[attachment(each) for each in attached],
        inference_options=InferenceOptions(),
    )


async def fill(store: RowStore, *item_ids: str, thread_id: str = "thr_1") -> RowStore:
    await store.save_thread(thread(thread_id), ANN)
    for item_id in item_ids:
        await store.add_thread_item(thread_id, message(item_id, thread_id=thread_id), ANN)
    return store


async def pages(
    store: RowStore, limit: int = 9, order: str = "asc", thread_id: str = "thr_1"
) -> list[list[str]]:
    async def one(after: str | None) -> Page[Any]:
        return await store.load_thread_items(thread_id, after, limit, order, ANN)

    return await _all(one)


async def thread_pages(
    store: RowStore, limit: int = 9, order: str = "asc", context: RequestContext = ANN
) -> list[list[str]]:
    async def one(after: str | None) -> Page[Any]:
        return await store.load_threads(limit, after, order, context)

    return await _all(one)


async def _all(one: Callable[[str | None], Awaitable[Page[Any]]]) -> list[list[str]]:
    found: list[list[str]] = []
    after = None
    while True:
        page = await one(after)
        found.append([each.id for each in page.data])
        after = page.after
        if not page.has_more:
            return found
