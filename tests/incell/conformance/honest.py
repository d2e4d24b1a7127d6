"""A small server that keeps every rule, in plain Python: liars are it with one thing wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from itertools import count
from typing import Any

Document = dict[str, Any]


class NotThereError(LookupError):
    """No such thread for this user."""


class Answer:
    """What `process` gives for a request that is no stream."""

    def __init__(self, document: Any) -> None:
        self.json = json.dumps(document).encode()


class Honest:
    """Threads of users, each with its items; the answer to anything is that it is understood."""

    def __init__(self) -> None:
        self.numbers = count(1)
        self.threads: dict[str, Document] = {}
        self.items: dict[str, list[Document]] = {}

    async def process(self, body: bytes, context: Mapping[str, Any]) -> Any:
        request = json.loads(body)
        name = str(request["type"]).replace(".", "_")
        method = getattr(self, f"on_{name}", None)
        if method is None:
            raise ValueError(f"unknown request {request['type']}")
        found = method(request["params"], str(context["user_id"]))
        if not hasattr(found, "__aiter__"):
            return Answer(await found)
        first = await anext(found)  # what is refused is refused before the stream begins
        return self.stream(first, found)

    async def stream(self, first: Document, rest: AsyncIterator[Document]) -> AsyncIterator[bytes]:
        yield self.event(first)
        async for each in rest:
            await asyncio.sleep(0)
            yield self.event(each)

    def event(self, event: Document) -> bytes:
        return b"data: " + json.dumps(event).encode() + b"\n\n"

    def new_id(self, kind: str) -> str:
        return f"{kind}_{next(self.numbers)}"

    def thread(self, thread: str, user: str) -> Document:
        found = self.threads.get(thread)
        if found is None or found["owner"] != user:
            raise NotThereError(f"no thread {thread}")
        return found

    def own(self, user: str) -> list[Document]:
        return [each for each in self.threads.values() if each["owner"] == user]

    def add(self, thread: str, item: Document) -> Document:
        self.items[thread].append(item)
        return item

    async def on_threads_create(self, params: Document, user: str) -> AsyncIterator[Document]:
        thread = self.new_id("thr")
        self.threads[thread] = {"id": thread, "title": None, "owner": user}
        self.items[thread] = []
        yield {"type": "thread.created", "thread": {"id": thread}}
        async for event in self.turn(thread, params["input"]):
            yield event

    async def on_threads_add_user_message(self, params: Document, user: str) -> AsyncIterator[Document]:
        thread = self.thread(params["thread_id"], user)["id"]
        async for event in self.turn(thread, params["input"]):
            yield event

    async def turn(self, thread: str, said: Document) -> AsyncIterator[Document]:
        yield self.done(thread, "user_message", said["content"])
        yield self.done(thread, "assistant_message", [{"type": "output_text", "text": "Understood."}])

    def done(self, thread: str, kind: str, content: list[Document]) -> Document:
        item = {"id": self.new_id("itm"), "type": kind, "thread_id": thread, "content": content}
        return {"type": "thread.item.done", "item": self.add(thread, item)}

    async def on_threads_custom_action(self, params: Document, user: str) -> AsyncIterator[Document]:
        self.thread(params["thread_id"], user)
        yield {"type": "error", "code": "unknown_action"}

    on_threads_retry_after_item = on_threads_custom_action
    on_threads_add_client_tool_output = on_threads_custom_action

    async def on_threads_get_by_id(self, params: Document, user: str) -> Document:
        return {key: value for key, value in self.thread(params["thread_id"], user).items() if key != "owner"}

    async def on_items_list(self, params: Document, user: str) -> Document:
        return self.page(self.items[self.thread(params["thread_id"], user)["id"]], params)

    async def on_threads_list(self, params: Document, user: str) -> Document:
        return self.page(self.own(user), {"order": "desc", **params})

    def page(self, rows: list[Document], params: Document) -> Document:
        ordered = rows[::-1] if params.get("order") == "desc" else list(rows)
        ids = [each["id"] for each in ordered]
        start = ids.index(params["after"]) + 1 if params.get("after") in ids else 0
        shown = ordered[start : start + (params.get("limit") or 20)]
        more = start + len(shown) < len(ordered)
        return {"data": shown, "has_more": more, "after": shown[-1]["id"] if more and shown else None}

    async def on_threads_update(self, params: Document, user: str) -> Document:
        self.thread(params["thread_id"], user)["title"] = params["title"]
        return await self.on_threads_get_by_id(params, user)

    async def on_threads_delete(self, params: Document, user: str) -> Document:
        thread = self.thread(params["thread_id"], user)["id"]
        del self.threads[thread], self.items[thread]
        return {}

    async def on_items_feedback(self, params: Document, user: str) -> Document:
        self.thread(params["thread_id"], user)
        return {}
