from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from types import ModuleType
from typing import Any

import pytest

from chatkit_harness.incell.native import NativeTalk

CASE = {"target": {"kind": "module", "module": "stored_server"}, "options": {}}
THREAD = {"id": "thr_1"}


class Answer:
    def __init__(self, document: Any) -> None:
        self.json = json.dumps(document).encode()


class Stored:
    """Answers as chatkit does from a list of items; `told` are the requests that came."""

    def __init__(self, count: int, *, bare: bool = False) -> None:
        self.items = [{"id": f"msg_{number}"} for number in range(count)]
        self.bare = bare
        self.told: list[str] = []

    async def process(self, body: bytes, _context: Any) -> Any:
        request = json.loads(body)
        self.told.append(request["type"])
        if request["type"] == "threads.create":
            return self.stream()
        if request["type"] == "threads.get_by_id":
            return Answer(THREAD if self.bare else {**THREAD, "items": self.page(0, 20)})
        return Answer(self.page(int(request["params"].get("after") or 0), request["params"]["limit"]))

    async def stream(self) -> AsyncIterator[bytes]:
        yield b"data: " + json.dumps({"type": "thread.created", "thread": THREAD}).encode() + b"\n\n"

    def page(self, start: int, limit: int) -> dict[str, Any]:
        end = start + limit
        more = {"has_more": True, "after": str(end)} if end < len(self.items) else {"has_more": False}
        return {"data": self.items[start:end], **more}


async def read_back(server: Stored, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    module = ModuleType("stored_server")
    vars(module).update(create_server=lambda _: server, create_context=dict)
    monkeypatch.setitem(sys.modules, "stored_server", module)
    told: dict[str, Any] = {}
    talk = NativeTalk(CASE, lambda kind, **fields: told.update({kind: fields}), lambda: 0.0)
    await talk.open()
    asked = await talk.prepare({"user": "hello"}, {})
    await talk.ask(0, asked, talk.request(asked))
    await talk.close()
    stored: dict[str, Any] = told["stored"]
    return stored


@pytest.mark.parametrize(("count", "requests"), [(3, 1), (20, 1), (21, 2), (150, 3)])
async def test_every_item_is_read_back(count: int, requests: int, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Stored(count)
    stored = await read_back(server, monkeypatch)
    assert stored == {"thread": THREAD, "items": server.items, "raised": None}
    assert len(server.told) == 1 + requests


async def test_a_thread_that_comes_without_items_is_asked_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Stored(3, bare=True)
    assert (await read_back(server, monkeypatch))["items"] == server.items
    assert server.told[1:] == ["threads.get_by_id", "items.list"]
