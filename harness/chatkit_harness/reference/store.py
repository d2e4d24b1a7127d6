"""Threads and their items in memory, bounded in number and in age."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from chatkit.store import NotFoundError, Store
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata
from pydantic import TypeAdapter

from .context import RequestContext

ITEM: TypeAdapter[Any] = TypeAdapter(ThreadItem)
ATTACHMENT: TypeAdapter[Any] = TypeAdapter(Attachment)


@dataclass
class StoredItem:
    """A model as JSON, and its place: numbers only grow, so that a cursor outlives what it points at."""

    number: int
    json: str


@dataclass
class StoredThread:
    """A thread as JSON, who owns it, when it was last written, and its items in order."""

    number: int
    json: str
    owner: str
    written: float
    items: dict[str, StoredItem] = field(default_factory=dict)


class MemoryStore(Store[RequestContext]):
    """A store in memory: at most `max_threads`, none untouched for longer than `max_age_s` seconds.

    The threads that were created first leave first. Models are kept as JSON, so that nobody shares an
    object with the store. A thread is its creator's alone: to anybody else it is not found. No method waits,
    so that within one event loop each of them is atomic.
    """

    def __init__(
        self,
        *,
        max_threads: int = 1000,
        max_age_s: float = 24 * 3600,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._max_threads = max_threads
        self._max_age_s = max_age_s
        self._clock = clock
        self._threads: dict[str, StoredThread] = {}
        self._attachments: dict[str, str] = {}
        self._last_number = 0

    async def load_thread(self, thread_id: str, context: RequestContext) -> ThreadMetadata:
        """A thread without its items; NotFoundError when there is none."""
        return ThreadMetadata.model_validate_json(self._thread(thread_id, context).json)

    async def save_thread(self, thread: ThreadMetadata, context: RequestContext) -> None:
        """Create or replace a thread's metadata; its items stay."""
        # Up to chatkit 1.0.2 a new thread arrives with an empty page of items, which reading it back drops.
        dumped = thread.model_dump_json()
        if thread.id in self._threads:
            self._thread(thread.id, context).json = dumped
            return
        self._threads[thread.id] = StoredThread(self._next(), dumped, context.user_id, self._clock())
        self._sweep()

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: RequestContext
    ) -> Page[ThreadMetadata]:
        """A page of the user's own threads, by their time of creation."""
        self._sweep()
        own = (thread for thread in self._threads.values() if thread.owner == context.user_id)
        return _page(own, limit, after, order, ThreadMetadata.model_validate_json)

    async def delete_thread(self, thread_id: str, context: RequestContext) -> None:
        """Forget a thread and its items; NotFoundError when there is none."""
        self._thread(thread_id, context)
        del self._threads[thread_id]

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: RequestContext
    ) -> Page[ThreadItem]:
        """A page of a thread's items in the order in which they were added."""
        return _page(self._thread(thread_id, context).items.values(), limit, after, order, ITEM.validate_json)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: RequestContext) -> None:
        """Append an item, or replace the one with its id: chatkit adds a workflow once a turn."""
        await self.save_item(thread_id, item, context)

    async def save_item(self, thread_id: str, item: ThreadItem, context: RequestContext) -> None:
        """Replace an item where it stands, or append it."""
        thread = self._thread(thread_id, context)
        if item.id in thread.items:
            thread.items[item.id].json = item.model_dump_json()
        else:
            thread.items[item.id] = StoredItem(self._next(), item.model_dump_json())
        thread.written = self._clock()

    async def load_item(self, thread_id: str, item_id: str, context: RequestContext) -> ThreadItem:
        """One item; NotFoundError when the thread does not hold it."""
        stored = self._thread(thread_id, context).items.get(item_id)
        if stored is None:
            raise NotFoundError(f"no item {item_id} in thread {thread_id}")
        item: ThreadItem = ITEM.validate_json(stored.json)
        return item

    async def delete_thread_item(self, thread_id: str, item_id: str, context: RequestContext) -> None:
        """Forget an item. One that is not there is no error: after a guardrail, chatkit also removes
        items that were never stored.
        """
        self._thread(thread_id, context).items.pop(item_id, None)

    async def save_attachment(self, attachment: Attachment, context: RequestContext) -> None:
        """Create or replace an attachment's metadata."""
        del context
        self._attachments[attachment.id] = attachment.model_dump_json()
        _drop_oldest(self._attachments, self._max_threads)

    async def load_attachment(self, attachment_id: str, context: RequestContext) -> Attachment:
        """An attachment's metadata; NotFoundError when there is none."""
        del context
        if attachment_id not in self._attachments:
            raise NotFoundError(f"no attachment {attachment_id}")
        attachment: Attachment = ATTACHMENT.validate_json(self._attachments[attachment_id])
        return attachment

    async def delete_attachment(self, attachment_id: str, context: RequestContext) -> None:
        """Forget an attachment's metadata."""
        del context
        self._attachments.pop(attachment_id, None)

    def _thread(self, thread_id: str, context: RequestContext) -> StoredThread:
        self._sweep()
        thread = self._threads.get(thread_id)
        if thread is None or thread.owner != context.user_id:
            raise NotFoundError(f"no thread {thread_id}")
        return thread

    def _next(self) -> int:
        self._last_number += 1
        return self._last_number

    def _sweep(self) -> None:
        oldest = self._clock() - self._max_age_s
        for thread_id in [key for key, thread in self._threads.items() if thread.written < oldest]:
            del self._threads[thread_id]
        _drop_oldest(self._threads, self._max_threads)


def _drop_oldest(kept: dict[str, Any], limit: int) -> None:
    for key in list(islice(kept, max(len(kept) - limit, 0))):
        del kept[key]


def _page(
    stored: Iterable[StoredItem | StoredThread],
    limit: int,
    after: str | None,
    order: str,
    parse: Callable[[str], Any],
) -> Page[Any]:
    """One page; `after` is what the page before it said, and stays good when its item is deleted."""
    descending = order == "desc"
    rows = sorted(stored, key=lambda row: row.number, reverse=descending)
    if after is not None:
        if not after.isdecimal():
            raise NotFoundError(f"no such cursor: {after}")
        cursor = int(after)
        rows = [row for row in rows if (row.number < cursor if descending else row.number > cursor)]
    shown = rows[:limit]
    has_more = len(rows) > limit
    return Page(
        data=[parse(row.json) for row in shown],
        has_more=has_more,
        after=str(shown[-1].number) if has_more and shown else None,
    )
