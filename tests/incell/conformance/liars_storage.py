"""Liars about persistence: what is stored, deleted, locked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from .catalogue import found_by
from .honest import Document, Honest


@found_by("read-back", "not-found")
class ForgetsAtOnce(Honest):
    async def on_threads_get_by_id(self, params: Document, user: str) -> Document:
        raise LookupError(params["thread_id"])


@found_by("read-back", "lost")
class StoresQuestionsOnly(Honest):
    def add(self, thread: str, item: Document) -> Document:
        return super().add(thread, item) if item["type"] == "user_message" else item


@found_by("read-back", "twice")
class StoresTwice(Honest):
    def add(self, thread: str, item: Document) -> Document:
        super().add(thread, item)
        return super().add(thread, item)


@found_by("read-back", "changes")
class GivesIdsWhenAsked(Honest):
    async def on_items_list(self, params: Document, user: str) -> Document:
        found = await super().on_items_list(params, user)
        return {**found, "data": [*found["data"], {"id": self.new_id("itm"), "type": "task", "content": []}]}


@found_by("read-back", "no-page")
class KeepsTheItemsToItself(Honest):
    async def on_items_list(self, params: Document, user: str) -> Document:
        raise PermissionError


@found_by("delete", "not-deleted")
class KeepsEverything(Honest):
    async def on_threads_delete(self, params: Document, user: str) -> Document:
        raise NotImplementedError


@found_by("delete", "still-there")
class OnlySaysThatItDeletes(Honest):
    async def on_threads_delete(self, params: Document, user: str) -> Document:
        return {}


@found_by("delete", "items-left")
class LeavesTheItems(Honest):
    async def on_threads_delete(self, params: Document, user: str) -> Document:
        del self.threads[params["thread_id"]]
        return {}

    async def on_items_list(self, params: Document, user: str) -> Document:
        return self.page(self.items[params["thread_id"]], params)


@found_by("delete", "still-listed")
class ListsWhatWas(Honest):
    gone: list[Document]

    async def on_threads_delete(self, params: Document, user: str) -> Document:
        self.gone = [self.thread(params["thread_id"], user)]
        return await super().on_threads_delete(params, user)

    def own(self, user: str) -> list[Document]:
        return [*getattr(self, "gone", []), *super().own(user)]


@found_by("delete", "other-gone")
class DeletesAll(Honest):
    async def on_threads_delete(self, params: Document, user: str) -> Document:
        self.threads.clear()
        return {}


@found_by("two-turns-at-once", "lost")
class WritesTheThreadAsAWhole(Honest):
    async def turn(self, thread: str, said: Document) -> AsyncIterator[Document]:
        before = list(self.items[thread])
        await asyncio.sleep(0.01)
        self.items[thread] = before
        async for event in super().turn(thread, said):
            yield event


@found_by("two-turns-at-once", "same-id")
class CountsItemsForIds(Honest):
    async def turn(self, thread: str, said: Document) -> AsyncIterator[Document]:
        number = len(self.items[thread])
        await asyncio.sleep(0.01)
        for place, (kind, content) in enumerate((("user_message", said["content"]), ("task", []))):
            item = {"id": f"itm_{number + place}", "type": kind, "thread_id": thread, "content": content}
            yield {"type": "thread.item.done", "item": self.add(thread, item)}


class _Locking(Honest):
    """Locks a thread for each turn, and lets go of it only where the turn comes to its end."""

    def __init__(self) -> None:
        super().__init__()
        self.locked: set[str] = set()

    async def turn(self, thread: str, said: Document) -> AsyncIterator[Document]:
        if thread in self.locked:
            await asyncio.Event().wait()
        self.locked.add(thread)
        async for event in super().turn(thread, said):
            yield event
            await asyncio.sleep(0.05)
        self.locked.discard(thread)


@found_by("client-gone", "stuck")
class KeepsTheLock(_Locking):
    pass


@found_by("client-gone", "unreadable")
class LocksReadersOut(_Locking):
    async def on_items_list(self, params: Document, user: str) -> Document:
        if params["thread_id"] in self.locked:
            raise TimeoutError("locked")
        return await super().on_items_list(params, user)
