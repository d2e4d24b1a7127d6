"""Chats in memory: they are over when the greenhouse closes."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from chatkit.store import NotFoundError, Store
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata

Context = dict[str, Any]


class Memory(Store[Context]):
    def __init__(self) -> None:
        self._chats: dict[str, ThreadMetadata] = {}
        self._said: defaultdict[str, dict[str, ThreadItem]] = defaultdict(dict)

    async def load_thread(self, thread_id: str, context: Context) -> ThreadMetadata:
        if thread_id not in self._chats:
            raise NotFoundError(thread_id)
        return self._chats[thread_id]

    async def save_thread(self, thread: ThreadMetadata, context: Context) -> None:
        self._chats[thread.id] = thread

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: Context
    ) -> Page[ThreadMetadata]:
        return Page(data=list(self._chats.values())[:limit])

    async def delete_thread(self, thread_id: str, context: Context) -> None:
        self._chats.pop(thread_id, None)
        self._said.pop(thread_id, None)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Context
    ) -> Page[ThreadItem]:
        said = list(self._said[thread_id].values())
        return Page(data=(said if order == "asc" else said[::-1])[:limit])

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: Context) -> None:
        self._said[thread_id][item.id] = item

    async def save_item(self, thread_id: str, item: ThreadItem, context: Context) -> None:
        self._said[thread_id][item.id] = item

    async def load_item(self, thread_id: str, item_id: str, context: Context) -> ThreadItem:
        if item_id not in self._said[thread_id]:
            raise NotFoundError(item_id)
        return self._said[thread_id][item_id]

    async def delete_thread_item(self, thread_id: str, item_id: str, context: Context) -> None:
        self._said[thread_id].pop(item_id, None)

    async def save_attachment(self, attachment: Attachment, context: Context) -> None:
        raise NotImplementedError

    async def load_attachment(self, attachment_id: str, context: Context) -> Attachment:
        raise NotFoundError(attachment_id)

    async def delete_attachment(self, attachment_id: str, context: Context) -> None:
        raise NotImplementedError
