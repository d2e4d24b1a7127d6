"""The native path: ChatKit requests to `process()`, and calls of the page to the server's HTTP side."""

from __future__ import annotations

import asyncio
import inspect
import json
import sys
from typing import Any, Callable, Dict, List, Mapping, Optional

from . import asgi, tracebacks, user_server
from .requests import Conversation, answer, body, parse, split_events

PAGE = 100
"""How many items are read back at a time."""


class NativeTalk:
    """One case against one ChatKitServer, as a client would hold it."""

    def __init__(
        self, case: Mapping[str, Any], tell: Callable[..., None], clock: Callable[[], float]
    ) -> None:
        self._case, self._tell, self._at_ms = case, tell, clock
        self._conversation = Conversation()
        self._module: Any = None
        self._server: Any = None
        self._app: Any = None
        self._context: Any = None
        self._turn: Mapping[str, Any] = {}
        self._values: Mapping[str, Any] = {}

    async def open(self) -> None:
        """Make the server."""
        self._module = _module(self._case["target"])
        self._server = await maybe(self._module.create_server(self._case["options"]))

    async def prepare(self, turn: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """Make the request context of a turn."""
        self._turn, self._values = turn, values
        self._context = await maybe(self._module.create_context(values))

    def request(self) -> Dict[str, Any]:
        """What the client sends in this turn."""
        if self._turn.get("http"):
            return self._conversation.http(self._turn["http"])
        return self._conversation.request(self._turn)

    async def ask(self, index: int, request: Mapping[str, Any]) -> Dict[str, Any]:
        """Send it, and tell each event as it comes."""
        if request["type"] == "http":
            return await self._call(index, request)
        try:
            result = await self._server.process(body(request), self._context)
        except Exception as error:
            return {"end": "rejected", "raised": tracebacks.describe(error)}
        buffer = b""
        try:
            if not hasattr(result, "__aiter__"):
                return {"end": "done", "response": _json(result)}
            async for chunk in result:
                events, buffer = split_events(buffer + _bytes(chunk))
                for data in events:
                    self._event(index, data)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            return {"end": "raised", "raised": tracebacks.describe(error)}
        if buffer.strip():
            self._tell(
                "event", turn=index, at_ms=self._at_ms(), raw=buffer.decode("utf-8", "surrogateescape")
            )
        return {"end": "done"}

    def more(self) -> Dict[str, Any]:
        """Nothing besides the events belongs to a native turn."""
        return {}

    def goes_on(self, end: str) -> bool:
        """Whether a client could ask the next question."""
        return end == "done" or (end == "raised" and self._conversation.thread_id is not None)

    async def close(self) -> None:
        """Ask the server for what it stored, as a client does after a reload: a thread comes with its items.

        They are listed only where it comes without any, and where there are more: for each request chatkit
        builds the models of all requests anew.
        """
        if self._conversation.thread_id is None:
            return
        items: List[Any] = []
        thread_id = self._conversation.thread_id
        try:
            thread = await self._operation("threads.get_by_id", {"thread_id": thread_id})
            page = thread.pop("items", None)
            if not isinstance(page, dict) or not page.get("data"):
                page = await self._page(None)
            for _page in range(20):
                items.extend(page.get("data", []))
                if not page.get("has_more") or not page.get("after"):
                    break
                page = await self._page(page["after"])
        except Exception as error:
            self._tell("stored", thread=None, items=items, raised=tracebacks.describe(error))
            return
        self._tell("stored", thread=thread, items=items, raised=None)

    async def _page(self, after: Optional[str]) -> Any:
        params = {"thread_id": self._conversation.thread_id, "limit": PAGE, "order": "asc", "after": after}
        return await self._operation("items.list", params)

    async def _call(self, index: int, request: Mapping[str, Any]) -> Dict[str, Any]:
        """A request of the page to the server's HTTP side, without a network in between."""
        try:
            if self._app is None:
                self._app = await maybe(self._module.create_app(self._server, self._case["options"]))
            sent = request["body"]
            answered = await asgi.call(
                self._app,
                request["method"],
                request["path"],
                body=sent.encode() if isinstance(sent, str) else json.dumps(sent).encode(),
                headers={
                    "content-type": "application/json",
                    "x-harness-context": json.dumps(dict(self._values)),
                },
                on_event=lambda data: self._event(index, data),
            )
        except asyncio.CancelledError:
            raise
        except Exception as error:
            return {"end": "raised", "raised": tracebacks.describe(error)}
        document = _document(answered.body)
        self._conversation.learn(document)
        return {"end": "done", "response": {"status": answered.status, "body": document}}

    def _event(self, index: int, data: bytes) -> None:
        fields = parse(data)
        self._tell("event", turn=index, at_ms=self._at_ms(), **fields)
        if "data" in fields:
            self._conversation.observe(fields["data"])

    async def _operation(self, kind: str, params: Mapping[str, Any]) -> Any:
        asked = self._server.process(body({"type": kind, "params": params}), self._context)
        return _json(await asyncio.wait_for(asked, 10))


def _module(target: Mapping[str, Any]) -> Any:
    if target["kind"] == "server":
        return user_server.load(target["module"], target["attribute"], target.get("context"))
    return sys.modules[target["module"]]


def _document(data: bytes) -> Any:
    """The answer's JSON, or its text where it is none."""
    if not data:
        return None
    try:
        return answer(data)
    except ValueError:
        return data.decode("utf-8", "replace")


def _json(result: Any) -> Any:
    return answer(_bytes(result.json))


def _bytes(chunk: Any) -> bytes:
    return chunk.encode("utf-8", "surrogatepass") if isinstance(chunk, str) else bytes(chunk)


async def maybe(value: Any) -> Any:
    """The value, waited for where it has to be."""
    return await value if inspect.isawaitable(value) else value
