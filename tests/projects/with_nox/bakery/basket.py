"""What customers said, until the bakery closes."""

from __future__ import annotations

from typing import Any

from chatkit.store import NotFoundError, Store
from chatkit.types import Page


class Basket(Store[dict[str, Any]]):
    def __init__(self) -> None:
        self._threads: dict[str, Any] = {}
        self._items: dict[str, dict[str, Any]] = {}

    async def load_thread(self, thread_id: str, context: dict[str, Any]) -> Any:
        if thread_id not in self._threads:
            raise NotFoundError(thread_id)
        return self._threads[thread_id]

    async def save_thread(self, thread: Any, context: dict[str, Any]) -> None:
        self._threads[thread.id] = thread

    async def load_threads(self, limit: int, after: Any, order: str, context: dict[str, Any]) -> Any:
        return Page(data=list(self._threads.values()), has_more=False, after=None)

    async def load_thread_items(
        self, thread_id: str, after: Any, limit: int, order: str, context: dict[str, Any]
    ) -> Any:
        found = list(self._items.get(thread_id, {}).values())
        return Page(data=found if order == "asc" else found[::-1], has_more=False, after=None)

    async def add_thread_item(self, thread_id: str, item: Any, context: dict[str, Any]) -> None:
        self._items.setdefault(thread_id, {})[item.id] = item

    async def save_item(self, thread_id: str, item: Any, context: dict[str, Any]) -> None:
        self._items.setdefault(thread_id, {})[item.id] = item

    async def load_item(self, thread_id: str, item_id: str, context: dict[str, Any]) -> Any:
        return self._items[thread_id][item_id]

    async def delete_thread(self, thread_id: str, context: dict[str, Any]) -> None:
        self._threads.pop(thread_id, None)

    async def delete_thread_item(self, thread_id: str, item_id: str, context: dict[str, Any]) -> None:
        self._items[thread_id].pop(item_id, None)

    async def save_attachment(self, attachment: Any, context: dict[str, Any]) -> None:
        raise NotImplementedError

    async def load_attachment(self, attachment_id: str, context: dict[str, Any]) -> Any:
        raise NotImplementedError

    async def delete_attachment(self, attachment_id: str, context: dict[str, Any]) -> None:
        raise NotImplementedError
