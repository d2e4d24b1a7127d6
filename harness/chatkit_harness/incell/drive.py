"""Drives one case: the user's turns in, the server's events out, each told to the host at once."""

from __future__ import annotations

import asyncio
import inspect
import time
from typing import Any, Callable, Dict, List, Mapping, Optional

from . import tracebacks
from .requests import Conversation, answer, body, parse, split_events

PAGE = 100
"""How many items are read back at a time."""


class Driver:
    """One case at a time against one server module; `tell` sends a message to the host."""

    def __init__(self, tell: Callable[..., None]) -> None:
        self._tell = tell
        self._start = time.monotonic()
        self.turn: Optional[int] = None

    def at_ms(self) -> float:
        """Milliseconds since the case began."""
        return round((time.monotonic() - self._start) * 1000, 3)

    async def run(self, case: Mapping[str, Any], module: Any) -> None:
        """Drive all turns within the case's limit, then read back what was stored."""
        self._start = float(case["clock_start"])
        conversation = Conversation()
        try:
            server = await _maybe(module.create_server(case["options"]))
        except Exception as error:
            self._tell("case_failed", at_ms=self.at_ms(), raised=tracebacks.describe(error))
            return
        deadline = time.monotonic() + float(case["limit_s"])
        context: Any = None
        for index, turn in enumerate(case["turns"]):
            values = {**case["context"], **turn.get("context", {})}
            try:
                context = await _maybe(module.create_context(values))
            except Exception as error:
                self._tell("case_failed", at_ms=self.at_ms(), raised=tracebacks.describe(error))
                return
            left = deadline - time.monotonic()
            goes_on = await self._turn(
                index,
                turn,
                server=server,
                context=context,
                conversation=conversation,
                limit_s=max(left, 0.05),
            )
            if not goes_on:
                break
        self.turn = None
        await self._read_back(server, context, conversation)
        await _cancel_leftovers()

    async def _turn(
        self,
        index: int,
        turn: Mapping[str, Any],
        *,
        server: Any,
        context: Any,
        conversation: Conversation,
        limit_s: float,
    ) -> bool:
        """One request; False when the conversation cannot go on."""
        self.turn = index
        request = conversation.request(turn)
        cpu, starved = time.process_time(), starved_ms()
        self._tell("turn_started", turn=index, user=turn["words"], request=request, at_ms=self.at_ms())
        end: Dict[str, Any]
        try:
            end = await asyncio.wait_for(self._ask(index, request, server, context, conversation), limit_s)
        except asyncio.TimeoutError:
            end = {"end": "hung"}
        self._tell(
            "turn_ended",
            turn=index,
            at_ms=self.at_ms(),
            cpu_ms=round((time.process_time() - cpu) * 1000, 3),
            starved_ms=_since(starved),
            **end,
        )
        return end["end"] == "done" or (end["end"] == "raised" and conversation.thread_id is not None)

    async def _ask(
        self, index: int, request: Mapping[str, Any], server: Any, context: Any, conversation: Conversation
    ) -> Dict[str, Any]:
        try:
            result = await server.process(body(request), context)
        except Exception as error:
            return {"end": "rejected", "raised": tracebacks.describe(error)}
        buffer = b""
        try:
            if not hasattr(result, "__aiter__"):
                return {"end": "done", "response": _json(result)}
            async for chunk in result:
                events, buffer = split_events(buffer + _bytes(chunk))
                for data in events:
                    self._event(index, data, conversation)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            return {"end": "raised", "raised": tracebacks.describe(error)}
        if buffer.strip():
            self._tell("event", turn=index, at_ms=self.at_ms(), raw=buffer.decode("utf-8", "surrogateescape"))
        return {"end": "done"}

    def _event(self, index: int, data: bytes, conversation: Conversation) -> None:
        fields = parse(data)
        self._tell("event", turn=index, at_ms=self.at_ms(), **fields)
        if "data" in fields:
            conversation.observe(fields["data"])

    async def _read_back(self, server: Any, context: Any, conversation: Conversation) -> None:
        """Ask the server for what it stored, as a client does after a reload."""
        if conversation.thread_id is None:
            return
        items: List[Any] = []
        try:
            thread = await self._operation(
                server, context, "threads.get_by_id", {"thread_id": conversation.thread_id}
            )
            after = None
            for _page in range(20):
                params = {"thread_id": conversation.thread_id, "limit": PAGE, "order": "asc", "after": after}
                page = await self._operation(server, context, "items.list", params)
                items.extend(page.get("data", []))
                after = page.get("after")
                if not page.get("has_more") or not after:
                    break
            thread.pop("items", None)
        except Exception as error:
            self._tell("stored", thread=None, items=items, raised=tracebacks.describe(error))
            return
        self._tell("stored", thread=thread, items=items, raised=None)

    async def _operation(self, server: Any, context: Any, kind: str, params: Mapping[str, Any]) -> Any:
        result = await asyncio.wait_for(server.process(body({"type": kind, "params": params}), context), 10)
        return _json(result)


def starved_ms() -> Optional[float]:
    """How long the main thread has waited for a processor so far (Linux; None elsewhere)."""
    try:
        with open("/proc/self/schedstat", encoding="ascii") as file:
            return int(file.read().split()[1]) / 1e6
    except (OSError, ValueError, IndexError):
        return None


def _since(earlier: Optional[float]) -> Optional[float]:
    now = starved_ms()
    return None if now is None or earlier is None else round(now - earlier, 3)


def _json(result: Any) -> Any:
    return answer(_bytes(result.json))


def _bytes(chunk: Any) -> bytes:
    return chunk.encode("utf-8", "surrogatepass") if isinstance(chunk, str) else bytes(chunk)


async def _maybe(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


async def _cancel_leftovers() -> None:
    """End what the server left running, so that it cannot reach into the next case."""
    current = asyncio.current_task()
    tasks = [task for task in asyncio.all_tasks() if task is not current]
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=1)
