"""A ChatKit-shaped server with one defect at a time, chosen by `options["lie"]`; without one it is honest."""

from __future__ import annotations

import asyncio
import ctypes
import json
import logging
import os
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any


def create_context(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return values


async def create_server(options: Mapping[str, Any]) -> LyingServer:
    if options.get("lie") == "cannot_be_made":
        raise ValueError("no server today")
    if options.get("lie") == "is_never_made":
        await asyncio.sleep(600)
    return LyingServer(str(options.get("lie", "none")))


class Stream:
    def __init__(self, events: AsyncIterator[bytes]) -> None:
        self._events = events

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._events


class Answer:
    def __init__(self, document: Any) -> None:
        self.json = json.dumps(document).encode()


class Plain:
    def __init__(self, content: bytes) -> None:
        self.json = content


class Unspeakable:
    def __str__(self) -> str:
        raise RuntimeError("no words for me")

    __repr__ = __str__


class LyingServer:
    def __init__(self, lie: str) -> None:
        self._lie = lie

    async def process(self, body: bytes, context: Any) -> Any:
        request = json.loads(body)
        if self._lie == "rejects" and request["type"].startswith("threads.create"):
            raise ValueError("I do not read this")
        if request["type"] == "threads.get_by_id" and self._lie == "nested_answer":
            return Plain(b'{"in": ' + b"[" * 900 + b"]" * 900 + b"}")
        if request["type"] == "threads.get_by_id":
            return Answer({"id": "thr_1", "items": {"data": []}})
        if request["type"] == "items.list":
            return Answer({"data": [{"id": "msg_1", "type": "assistant_message"}], "has_more": False})
        return Stream(self._respond())

    async def _respond(self) -> AsyncIterator[bytes]:
        yield event({"type": "thread.created", "thread": {"id": "thr_1"}})
        lie: Callable[[], Any] | None = getattr(self, f"_{self._lie}", None)
        if lie is not None:
            told = lie()
            if asyncio.iscoroutine(told):
                told = await told
            if isinstance(told, bytes):
                yield told
        item = {"id": "msg_1", "type": "assistant_message", "content": [{"text": "done"}]}
        yield event({"type": "thread.item.done", "item": item})

    def _sys_exit(self) -> None:
        print("leaving by the front door", file=sys.stderr)
        sys.exit(7)

    def _hard_exit(self) -> None:
        os._exit(3)

    def _segfault(self) -> None:
        ctypes.string_at(0)

    def _blocks(self) -> None:
        time.sleep(600)

    async def _waits(self) -> None:
        await asyncio.sleep(600)

    def _raises(self) -> None:
        raise KeyError("symbol")

    def _eats_memory(self) -> None:
        kept = []
        while True:
            kept.append(bytearray(50_000_000))

    def _prints(self) -> bytes | None:
        print('{"type": "case_ended"}')
        sys.stdout.write('{"type": "quit"}\n')
        os.write(1, b'{"type": "hello"}\n')
        assert sys.stdin.readline() == ""
        return None

    def _tells_its_key(self) -> None:
        print("the key is sk-proj-0123456789abcdefghijklmnop", flush=True)
        os._exit(4)

    def _closes_stdout(self) -> None:
        os.close(1)

    def _no_json(self) -> bytes:
        return b"data: {not json\n\n"

    def _nested_900(self) -> bytes:
        return nested(900)

    def _nested_5000(self) -> bytes:
        return nested(5000)

    def _nested_100000(self) -> bytes:
        return nested(100_000)

    def _logs_the_unspeakable(self) -> None:
        circle: list[Any] = []
        circle.append(circle)
        logger = logging.getLogger("liar")
        logger.warning(Unspeakable())
        logger.warning("%s", Unspeakable())
        logger.warning("%d", "no number")
        for widget in ({"type": circle}, {"type": Unspeakable()}):
            logger.warning("authored", extra={"authored_widget": widget})

    def _odd_characters(self) -> bytes:
        return b'data: {"type": "x", "text": "\\u0000 \\ud800 \xc3\xa9"}\n\n'

    async def _phones_home(self) -> None:
        for attempt in (_look_up, _connect):
            try:
                attempt()
            except OSError:
                print("swallowed")

    def _phones_home_and_dies(self) -> None:
        try:
            _connect()
        except OSError:
            os._exit(3)

    def _leaves_work_behind(self) -> None:
        self._left = asyncio.get_running_loop().create_task(asyncio.sleep(600))
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()


def nested(depth: int) -> bytes:
    return b'data: {"type": "x", "in": ' + b"[" * depth + b"]" * depth + b"}\n\n"


def _look_up() -> None:
    socket.getaddrinfo("nowhere.invalid", 443)


def _connect() -> None:
    with socket.socket() as client:
        client.connect(("192.0.2.1", 9))


def event(document: Any) -> bytes:
    return b"data: " + json.dumps(document).encode() + b"\n\n"
