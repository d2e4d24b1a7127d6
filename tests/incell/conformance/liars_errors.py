"""Liars about errors: what cannot be done is done, or hangs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from .catalogue import found_by
from .honest import Answer, Document, Honest


@found_by("unknown-thread", "made-up")
class MakesUpThreads(Honest):
    async def on_threads_get_by_id(self, params: Document, user: str) -> Document:
        if params["thread_id"] not in self.threads:
            return {"id": params["thread_id"], "title": None}
        return await super().on_threads_get_by_id(params, user)


@found_by("unknown-thread", "made-anew")
class MakesThreadsWhenAsked(Honest):
    def thread(self, thread: str, user: str) -> Document:
        if thread not in self.threads:
            self.threads[thread] = {"id": thread, "title": None, "owner": user}
            self.items[thread] = []
            raise LookupError(thread)
        return super().thread(thread, user)


@found_by("bad-body", "taken")
class TakesAnything(Honest):
    async def process(self, body: bytes, context: Mapping[str, Any]) -> Any:
        try:
            return await super().process(body, context)
        except (ValueError, KeyError, TypeError, RecursionError):
            return Answer({})


@found_by("bad-body", "broken-after")
class TakesOffence(Honest):
    offended = False

    async def process(self, body: bytes, context: Mapping[str, Any]) -> Any:
        if self.offended:
            raise RuntimeError("no more")
        try:
            return await super().process(body, context)
        except ValueError:
            self.offended = True
            raise


@found_by("bad-body", "hangs")
class WaitsForTheRest(Honest):
    async def process(self, body: bytes, context: Mapping[str, Any]) -> Any:
        if not body:
            await asyncio.sleep(600)
        return await super().process(body, context)


@found_by("unknown-item", "hangs")
class LooksForTheItem(Honest):
    async def on_items_feedback(self, params: Document, user: str) -> Document:
        if params["item_ids"] == ["itm_never_was"]:
            await asyncio.Event().wait()
        return {}


@found_by("unknown-item", "items-lost")
class RetriesFromTheStart(Honest):
    async def on_threads_retry_after_item(self, params: Document, user: str) -> AsyncIterator[Document]:
        self.items[self.thread(params["thread_id"], user)["id"]] = []
        yield {"type": "error", "code": "unknown_item"}


@found_by("unknown-item", "changed")
class TakesItsAnswerBack(Honest):
    async def on_items_feedback(self, params: Document, user: str) -> Document:
        items = self.items[self.thread(params["thread_id"], user)["id"]]
        items[-1] = {
            **items[-1],
            "content": [{"type": "output_text", "text": "Never said", "annotations": []}],
        }
        return {}


@found_by("unknown-item", "made-up")
class MakesUpTheItem(Honest):
    async def on_items_feedback(self, params: Document, user: str) -> Document:
        thread = self.thread(params["thread_id"], user)["id"]
        self.items[thread].append({**self.items[thread][-1], "id": params["item_ids"][0]})
        return {}


@found_by("unknown-cursor", "hangs")
class LooksForTheCursor(Honest):
    async def on_items_list(self, params: Document, user: str) -> Document:
        if params.get("after"):
            await asyncio.Event().wait()
        return await super().on_items_list(params, user)
