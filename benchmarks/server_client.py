"""The clients of `benchmarks.server`: conversations that note times, and look for what is wrong."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from benchmarks.server_model import SYMBOLS

LIMIT_S = 120.0
RENEWED_S = 240.0
"""A client secret is exchanged for another one after this time, long before it expires, as a page does."""
AT_ONCE = 20
"""Threads that are read back at a time: nothing is measured of that."""


@dataclass(slots=True, kw_only=True)
class Conversation:
    """One user, who asks for the price of one symbol again and again. Times in milliseconds.

    After `thread_turns` turns a new thread is begun; `done` are how many turns each thread of theirs had.
    """

    number: int
    turns: int
    thread_turns: int = 1_000_000
    secret: str | None = None
    secret_s: float = 0.0
    thread: str | None = None
    done: Counter[str] = field(default_factory=Counter)
    widget_ms: list[float] = field(default_factory=list)
    turn_ms: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def symbol(self) -> str:
        """What this user asks about."""
        return SYMBOLS[self.number % len(SYMBOLS)]

    def request(self) -> dict[str, Any]:
        """The next question."""
        text = {"type": "input_text", "text": f"What's {self.symbol} trading at? ({self.number})"}
        if self.thread is not None and self.done[self.thread] >= self.thread_turns:
            self.thread = None
        said = {"content": [text], "attachments": [], "inference_options": {}}
        if self.thread is None:
            return {"type": "threads.create", "params": {"input": said}}
        return {"type": "threads.add_user_message", "params": {"thread_id": self.thread, "input": said}}


class Watch:
    """The resident memory of a process over time, in MB (Linux)."""

    def __init__(self, pid: int | None) -> None:
        self._statm = Path(f"/proc/{pid}/statm")
        self.seen: list[float] = []

    def look(self) -> None:
        """Note it now; nothing where the system does not tell."""
        try:
            self.seen.append(int(self._statm.read_text().split()[1]) * 4096 / 1e6)
        except (OSError, IndexError, ValueError):
            return


async def converse(url: str, talk: Conversation, *, echo: bool) -> None:
    """All turns of one conversation, one after the other; what goes wrong is noted and ends it."""
    async with httpx.AsyncClient(base_url=url, timeout=LIMIT_S) as client:
        try:
            for _turn in range(talk.turns):
                await _turn_of(client, talk, echo=echo)
        except (httpx.HTTPError, KeyError, ValueError) as error:
            talk.wrong.append(f"conversation {talk.number}: {type(error).__name__}: {error}")


async def _turn_of(client: httpx.AsyncClient, talk: Conversation, *, echo: bool) -> None:
    widget = None
    headers = {} if echo else await identified(client, talk)
    began = time.perf_counter()
    asked = client.stream("POST", "/chatkit/sdk", json=talk.request(), headers=headers)
    async with asked as response:
        if response.status_code != 200:
            raise ValueError(f"status {response.status_code}: {(await response.aread())[:200]!r}")
        async for event in events(response.aiter_bytes()):
            kind, item = event.get("type"), event.get("item") or {}
            if kind == "thread.created" and not echo:
                talk.thread = event["thread"]["id"]
            elif kind == "error":
                talk.wrong.append(f"conversation {talk.number}: an error event: {event}")
            elif kind == "thread.item.done" and item.get("type") == "widget":
                widget = widget or time.perf_counter()
                if not echo and talk.symbol not in json.dumps(item):
                    talk.wrong.append(f"conversation {talk.number}: the widget is not about {talk.symbol}")
    if widget is None:
        raise ValueError("no widget came")
    talk.widget_ms.append((widget - began) * 1000)
    talk.turn_ms.append((time.perf_counter() - began) * 1000)
    talk.done[talk.thread or ""] += 1


async def identified(client: httpx.AsyncClient, talk: Conversation) -> dict[str, str]:
    """The headers that say who asks."""
    if talk.secret is None or time.monotonic() - talk.secret_s > RENEWED_S:
        earlier = {"existing_session": talk.secret} if talk.secret is not None else {}
        opened = await client.post("/api/chatkit/session", json=earlier)
        talk.secret, talk.secret_s = opened.raise_for_status().json()["client_secret"], time.monotonic()
    return {"authorization": f"Bearer {talk.secret}"}


async def events(chunks: AsyncIterator[bytes]) -> AsyncIterator[dict[str, Any]]:
    """The events of a stream."""
    buffer = b""
    async for chunk in chunks:
        buffer += chunk
        while (end := buffer.find(b"\n\n")) >= 0:
            line, buffer = buffer[:end], buffer[end + 2 :]
            yield json.loads(line.removeprefix(b"data: "))


async def one_turn(url: str) -> list[str]:
    """The events of one turn, as they are on the wire: what the echo sends."""
    talk = Conversation(number=0, turns=1)
    async with httpx.AsyncClient(base_url=url, timeout=LIMIT_S) as client:
        headers = await identified(client, talk)
        answered = await client.post("/chatkit/sdk", json=talk.request(), headers=headers)
        return [f"{event}\n\n" for event in answered.raise_for_status().text.split("\n\n") if event]


async def read_back(url: str, talks: Sequence[Conversation]) -> list[str]:
    """What is wrong with what is stored: items that are lost, doubled or somebody else's."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(talk: Conversation) -> list[str]:
        async with gate, httpx.AsyncClient(base_url=url, timeout=LIMIT_S) as client:
            client.headers.update(await identified(client, talk))
            return [f"conversation {talk.number}: {each}" for each in await _stored(client, talk)]

    found = await asyncio.gather(*(one(talk) for talk in talks if talk.thread is not None))
    return [each for several in found for each in several]


async def _stored(client: httpx.AsyncClient, talk: Conversation) -> list[str]:
    own = {str(each["id"]) for each in await _pages(client, "threads.list", {})}
    wrong = [] if own == set(talk.done) else [f"it has {len(own)} threads, not its {len(talk.done)}"]
    for thread, turns in talk.done.items():
        items = await _pages(client, "items.list", {"thread_id": thread})
        wrong += _wrong_items(items, turns, f"({talk.number})")
    return wrong


def _wrong_items(items: Sequence[dict[str, Any]], turns: int, mark: str) -> list[str]:
    ids = Counter(each["id"] for each in items)
    wrong = [f"item {name} is stored {times} times" for name, times in ids.items() if times > 1]
    for kind in ("user_message", "widget", "assistant_message"):
        held = sum(each["type"] == kind for each in items)
        wrong += [] if held == turns else [f"{held} of {turns} items {kind} are stored"]
    said = [json.dumps(each) for each in items if each["type"] == "user_message"]
    return wrong + ["somebody else's words"] * any(mark not in each for each in said)


async def _pages(client: httpx.AsyncClient, kind: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    after, more = None, True
    while more:
        page = await _asked(client, kind, {**params, "limit": 100, "order": "asc", "after": after})
        rows, after, more = [*rows, *page["data"]], page.get("after"), bool(page.get("has_more"))
    return rows


async def _asked(client: httpx.AsyncClient, kind: str, params: dict[str, Any]) -> Any:
    answered = await client.post("/chatkit/sdk", json={"type": kind, "params": params})
    return answered.raise_for_status().json()
