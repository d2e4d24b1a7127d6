"""Liars about ownership: somebody else sees, changes or deletes it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from .catalogue import found_by
from .honest import Document, Honest


@found_by("others-read", "not-refused")
class ShowsEverybody(Honest):
    async def on_threads_get_by_id(self, params: Document, user: str) -> Document:
        return dict(self.threads[params["thread_id"]])


@found_by("others-read", "leaks")
class RefusesWithTheWords(Honest):
    def thread(self, thread: str, user: str) -> Document:
        if thread in self.threads and self.threads[thread]["owner"] != user:
            raise PermissionError(f"you may not see {json.dumps(self.items[thread])}")
        return super().thread(thread, user)


@found_by("others-list", "listed")
class ListsEverybodys(Honest):
    def own(self, user: str) -> list[Document]:
        return list(self.threads.values())


@found_by("others-list", "leaks")
class ListsTheLastWords(Honest):
    async def on_threads_list(self, params: Document, user: str) -> Document:
        return {**await super().on_threads_list(params, user), "last": str(self.items)}


@found_by("others-list", "not-listed")
class ListsNobodys(Honest):
    def own(self, user: str) -> list[Document]:
        return []


@found_by("others-write", "not-refused")
class LetsEverybodyAct(Honest):
    async def on_threads_custom_action(self, params: Document, user: str) -> AsyncIterator[Document]:
        yield {"type": "thread.item.done", "item": {"id": "itm_0", "type": "task"}}


@found_by("others-write", "changed")
class RenamesForAnybody(Honest):
    async def on_threads_update(self, params: Document, user: str) -> Document:
        self.threads[params["thread_id"]]["title"] = params["title"]
        return await super().on_threads_update(params, user)


@found_by("others-write", "leaks")
class TellsWhatWasThere(RefusesWithTheWords):
    pass


@found_by("others-delete", "deleted")
class DeletesForAnybody(Honest):
    async def on_threads_delete(self, params: Document, user: str) -> Document:
        return await super().on_threads_delete(params, self.threads[params["thread_id"]]["owner"])


@found_by("others-delete", "not-refused")
class SaysThatItDeletes(Honest):
    async def on_threads_delete(self, params: Document, user: str) -> Document:
        return {}


class LetsEverybodyActBesideItems(Honest):
    """Whose thread it is, it asks only where the action names an item."""

    async def on_threads_custom_action(self, params: Document, user: str) -> AsyncIterator[Document]:
        if "item_id" in params:
            self.thread(params["thread_id"], user)
        yield {"type": "thread.item.done", "item": {"id": "itm_0", "type": "task"}}


class TakesAnybodysFeedback(Honest):
    async def on_items_feedback(self, params: Document, user: str) -> Document:
        return {}


class ShowsAnybodysFeedback(Honest):
    async def on_items_feedback(self, params: Document, user: str) -> Document:
        self.threads[params["thread_id"]]["title"] = f"somebody finds this {params['kind']}"
        return {}
