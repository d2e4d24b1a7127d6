"""The native path: ChatKit requests to `process()`, and calls of the page to the server's HTTP side."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Mapping, Optional

from . import asgi, attach, tracebacks
from .leaving import Leaving
from .lines import document, dumped
from .offered import NOT_OFFERED
from .requests import Conversation, body, parse
from .subject import Subject

PAGE = 100
"""How many items are read back at a time."""


@dataclass(frozen=True)
class Asked:
    """One turn: what the user does, the context that holds for it, and who asks."""

    turn: Mapping[str, Any]
    values: Mapping[str, Any]
    who: Any


class NativeTalk:
    """One case against one server, as a client would hold it."""

    def __init__(
        self, case: Mapping[str, Any], tell: Callable[..., None], clock: Callable[[], float]
    ) -> None:
        self._case, self._tell, self._at_ms = case, tell, clock
        self._conversation = Conversation()
        self._subject = Subject(case)
        self._who: Any = None

    @property
    def is_built_in(self) -> bool:
        """Whether the server is one of the harness's own."""
        return bool(self._case["target"]["kind"] == "module")

    async def open(self) -> None:
        """Make the server ready."""
        await self._subject.open()

    async def prepare(self, turn: Mapping[str, Any], values: Mapping[str, Any]) -> Asked:
        """Make the request context of a turn."""
        self._who = await self._subject.who(values)
        return Asked(turn, values, self._who)

    def request(self, asked: Asked) -> Dict[str, Any]:
        """What the client sends in this turn."""
        if asked.turn.get("http"):
            return self._conversation.http(asked.turn["http"])
        return self._conversation.request(asked.turn)

    async def ask(self, index: int, asked: Asked, request: Mapping[str, Any]) -> Dict[str, Any]:
        """Send it, and tell each event as it comes."""
        if request["type"] == "http":
            return await self._call(index, asked, request)
        if request["type"] == NOT_OFFERED:
            return {"end": "rejected"}  # nobody can click what is not there
        sent = await self._send(index, asked, request)
        rest = sent.pop("rest", b"")
        if rest.strip():
            self._tell("event", turn=index, at_ms=self._at_ms(), raw=rest.decode("utf-8", "surrogateescape"))
        if sent["end"] == "done" and "response" in sent:
            self._conversation.answered(request, sent["response"])
        return {name: sent[name] for name in ("end", "raised", "response", "left_at_ms") if name in sent}

    async def _send(self, index: int, asked: Asked, request: Mapping[str, Any]) -> Dict[str, Any]:
        plan = asked.turn.get("leaves")
        if not plan:
            return await self._subject.line.send(
                body(request), asked.who, lambda data: self._event(index, data)
            )
        leaving = Leaving(plan, self._at_ms)
        return await leaving.follow(
            self._subject.line.send(
                body(request), asked.who, lambda data: self._event(index, data, leaving.observe)
            )
        )

    def more(self, asked: Asked) -> Dict[str, Any]:
        """Nothing besides the events belongs to a native turn."""
        del asked
        return {}

    def goes_on(self, end: str) -> bool:
        """Whether a client could ask the next question."""
        return end == "done" or (end in ("raised", "left") and self._conversation.thread_id is not None)

    async def close(self) -> None:
        """Ask the server for what it stored, as a client does after a reload: a thread comes with its items.

        They are listed only where it comes without any, and where there are more: for each request chatkit
        builds the models of all requests anew.
        """
        try:
            await self._read_back()
        finally:
            await self._subject.close()

    async def _read_back(self) -> None:
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
        except NotAnsweredError as error:
            self._tell("stored", thread=None, items=items, raised=error.raised)
            return
        except Exception as error:
            self._tell("stored", thread=None, items=items, raised=tracebacks.describe(error))
            return
        self._tell("stored", thread=thread, items=items, raised=None)

    async def _page(self, after: Optional[str]) -> Any:
        params = {"thread_id": self._conversation.thread_id, "limit": PAGE, "order": "asc", "after": after}
        return await self._operation("items.list", params)

    async def _call(self, index: int, asked: Asked, request: Mapping[str, Any]) -> Dict[str, Any]:
        """A request of the page to the server's HTTP side, without a network in between."""
        try:
            app = await self._subject.app()
            who = {"x-harness-context": dumped(asked.values)}
            if asked.turn["http"].get("attaches"):
                answered = await attach.upload(app, request["body"], who)
                self._conversation.attached += attach.ids(answered)
            else:
                sent = request["body"]
                answered = await asgi.call(
                    app,
                    request["method"],
                    request["path"],
                    body=sent.encode() if isinstance(sent, str) else json.dumps(sent).encode(),
                    headers={"content-type": "application/json", **who},
                    on_event=lambda data: self._event(index, data),
                )
        except asyncio.CancelledError:
            raise
        except Exception as error:
            return {"end": "raised", "raised": tracebacks.describe(error)}
        found = document(answered.body)
        self._conversation.learn(found)
        return {"end": "done", "response": {"status": answered.status, "body": found}}

    def _event(
        self, index: int, data: bytes, also: Optional[Callable[[Mapping[str, Any]], None]] = None
    ) -> None:
        fields = parse(data)
        self._tell("event", turn=index, at_ms=self._at_ms(), **fields)
        if "data" in fields:
            self._conversation.observe(fields["data"])
            if also is not None:
                also(fields["data"])

    async def _operation(self, kind: str, params: Mapping[str, Any]) -> Any:
        asked = self._subject.line.send(body({"type": kind, "params": params}), self._who, _ignored)
        sent = await asyncio.wait_for(asked, 10)
        if sent["end"] != "done":
            raise NotAnsweredError(sent["raised"])
        return sent["response"]


class NotAnsweredError(Exception):
    """A question about what is stored failed; `raised` tells how."""

    def __init__(self, raised: Dict[str, Any]) -> None:
        super().__init__(raised["message"])
        self.raised = raised


def _ignored(_data: bytes) -> None:
    """What comes as a stream is no answer to such a question."""
