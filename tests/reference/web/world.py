"""Ada's things on a server, and Bob, who is somebody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chatkit import types
from chatkit.widgets import Card, Text
from tests.reference.web.conftest import Page, message, strict

from chatkit_harness.reference.context import RequestContext
from chatkit_harness.reference.market import FixtureMarketData
from chatkit_harness.reference.server import MarketChatKitServer
from chatkit_harness.reference.stores import open_store
from chatkit_harness.reference.web.limits import Limits

PRIVATE = "the merger closes on friday"
WHEN = datetime(2026, 1, 2)  # noqa: DTZ001 - naive, as chatkit writes it
THREAD = {"thread_id": "thr_ada"}
CLICK = {"item_id": "wid_ada", "action": {"type": "refresh_quote", "payload": {"symbol": "AAPL"}}}
ATTACHED = message("hi") | {"attachments": ["atc_ada"]}

ON_WHAT_IS_ADAS: dict[str, dict[str, Any]] = {
    "threads.get_by_id": THREAD,
    "threads.add_user_message": {**THREAD, "input": message("hi")},
    "threads.add_client_tool_output": {**THREAD, "result": {"selection": "mine"}},
    "threads.add_structured_input": {**THREAD, "item_id": "inp_ada", "input": {"status": "skipped"}},
    "threads.retry_after_item": {**THREAD, "item_id": "msg_ada"},
    "threads.custom_action": {**THREAD, **CLICK},
    "threads.sync_custom_action": {**THREAD, **CLICK},
    "threads.update": {**THREAD, "title": "mine"},
    "threads.delete": THREAD,
    "threads.create": {"input": ATTACHED},
    "items.list": THREAD,
    "items.feedback": {**THREAD, "item_ids": ["msg_ada"], "kind": "negative"},
    "attachments.delete": {"attachment_id": "atc_ada"},
}
"""Each operation that names something, with names of Ada's."""

ON_NOBODYS: dict[str, dict[str, Any]] = {
    "threads.list": {"limit": 100},
    "attachments.create": {"name": "a.png", "size": 3, "mime_type": "image/png"},
    "input.transcribe": {"audio_base64": "AAAA", "mime_type": "audio/webm"},
}
"""The operations that name nothing which could be somebody else's."""


class Attachments:
    """Takes all, and remembers what it was told to delete."""

    def __init__(self) -> None:
        self.deleted: list[str] = []

    async def create_attachment(self, asked: Any, *_: Any) -> Any:
        return types.FileAttachment(id="atc_new", name=asked.name, mime_type=asked.mime_type)

    async def delete_attachment(self, attachment_id: str, **_: Any) -> None:
        self.deleted.append(attachment_id)


@dataclass
class World:
    """A server where Ada has a thread with one item of each kind, and an attachment; two pages."""

    server: Any
    ada: Page
    bob: Page
    context: RequestContext

    async def adas(self) -> str:
        """All that Ada has, as text."""
        store = self.server.store
        thread = await store.load_thread("thr_ada", self.context)
        items = await store.load_thread_items("thr_ada", None, 100, "asc", self.context)
        attachment = await store.load_attachment("atc_ada", self.context)
        kept = [each.model_dump_json() for each in (thread, *items.data, attachment)]
        return "\n".join(
            [*kept, *(each for each in self.server.attachment_store.deleted if each == "atc_ada")]
        )


def items(whose: str, words: str) -> list[Any]:
    """One of each kind that a request can be about; the last one waits for the client."""
    common: dict[str, Any] = {"thread_id": f"thr_{whose}", "created_at": WHEN}
    options = types.InferenceOptions()
    said = types.UserMessageTextContent(text=words)
    asked = types.StructuredInputFreeform(id="q", question=words)
    return [
        types.UserMessageItem(id=f"msg_{whose}", content=[said], inference_options=options, **common),
        types.WidgetItem(id=f"wid_{whose}", widget=Card(children=[Text(value=words)]), **common),
        types.StructuredInputItem(id=f"inp_{whose}", inputs=[asked], **common),
        types.HiddenContextItem(id=f"hid_{whose}", content=words, **common),
        types.ClientToolCallItem(id=f"ctc_{whose}", call_id="c", name="select", arguments={}, **common),
    ]


@asynccontextmanager
async def a_world(word: str, limits: Limits | None = None) -> AsyncIterator[World]:
    """A server on that store, with a thread of Ada's and one of Bob's."""
    server = MarketChatKitServer(open_store(word), FixtureMarketData())
    server.attachment_store = Attachments()  # type: ignore[assignment]  # it has what chatkit calls
    nobody = strict(server, limits=limits)
    ada, bob = await nobody.session(), await nobody.session()
    await _own("ada", PRIVATE, ada["user"], server.store)
    await _own("bob", "hello", bob["user"], server.store)
    adas, bobs = (Page(nobody.app, each["client_secret"]) for each in (ada, bob))
    yield World(server, adas, bobs, RequestContext(user_id=ada["user"]))
    await server.store.close()  # type: ignore[attr-defined]  # of RowStore


async def _own(whose: str, words: str, user: str, store: Any) -> None:
    context = RequestContext(user_id=user)
    thread = types.ThreadMetadata(id=f"thr_{whose}", title=words, created_at=WHEN)
    await store.save_thread(thread, context)
    for item in items(whose, words):
        await store.add_thread_item(thread.id, item, context)
    attachment = types.FileAttachment(id=f"atc_{whose}", name=words, mime_type="application/pdf")
    await store.save_attachment(attachment, context)
