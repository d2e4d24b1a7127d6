"""Asks a server as ChatKit's client does, over whatever line leads to it, as one of two users."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional

from chatkit_harness.incell.exam import Examination, UnsupportedError
from chatkit_harness.incell.requests import parse
from chatkit_harness.incell.subject import Subject

TOO_OFTEN = 429
USERS = ("harness-alice", "harness-bob")
"""The ids of the two users, where the server learns them from its request context."""
ASK = "Please answer with one short sentence."
LIMIT_S = 20.0
PATIENCE_S = 20.0
"""How long a case waits in all, where the server says that it is asked too often."""


@dataclass
class Reply:
    """What came of one request.

    `how`: `stream` (with its events), `json` (with its document), `refused` (before anything was answered),
    `broken` (in the middle) or `silent` (no end within the limit). `status` is None without HTTP. `words`
    say why it was refused or broke.
    """

    how: str
    events: List[Dict[str, Any]] = field(default_factory=list)
    raw: List[str] = field(default_factory=list)
    document: Any = None
    status: Optional[int] = None
    headers: Mapping[str, str] = field(default_factory=dict)
    words: str = ""

    @property
    def refused(self) -> bool:
        """Whether the server did not do it, and said so: by an exception, a status, or an error event."""
        return self.how in ("refused", "broken") or any(each.get("type") == "error" for each in self.events)

    @property
    def thread_id(self) -> Optional[str]:
        """The thread that a stream says it has made."""
        for event in self.of("thread.created"):
            thread = event.get("thread")
            if isinstance(thread, dict) and isinstance(thread.get("id"), str):
                return str(thread["id"])
        return None

    def of(self, kind: str) -> List[Dict[str, Any]]:
        """The events of one type."""
        return [event for event in self.events if event.get("type") == kind]

    def done(self, kind: Optional[str] = None) -> List[Dict[str, Any]]:
        """The items that the stream says are done, of one type or of all."""
        found = [event.get("item") for event in self.of("thread.item.done")]
        items = [each for each in found if isinstance(each, dict)]
        return [each for each in items if kind is None or each.get("type") == kind]

    def told(self) -> Dict[str, Any]:
        """The reply in a few words, for evidence."""
        kinds = [str(event.get("type")) for event in self.events]
        told: Dict[str, Any] = {"how": self.how, "status": self.status, "words": self.words, "events": kinds}
        told["content_type"] = self.headers.get("content-type")
        return {name: value for name, value in told.items() if value not in (None, "", [])}


class Client:
    """Requests of two users to one server."""

    def __init__(self, subject: Subject, case: Mapping[str, Any]) -> None:
        self.subject = subject
        self._values: Dict[str, Any] = dict(case["context"])
        self._target: Mapping[str, Any] = case["target"]
        self._patience = PATIENCE_S

    @property
    def over_http(self) -> bool:
        """Whether there are statuses and headers to look at."""
        return self.subject.over_http

    async def who(self, *, other: bool = False) -> Any:
        """The request context, or the headers, of one of the two users."""
        return await self.subject.who({**self._values, "user_id": USERS[int(other)]}, other=other)

    async def require_two_users(self) -> None:
        """Raise UnsupportedError where nobody can tell the two users apart."""
        if self.over_http:
            if not self._target["other_headers"]:
                raise UnsupportedError(
                    "no second user is known: name what tells the server that somebody else asks, with "
                    "--other-header"
                )
            if await self.who() == await self.who(other=True):
                raise UnsupportedError(
                    "--header and --other-header say the same: they have to be of two users"
                )
            await self._require_let_in()
            return
        one, two = await self.who(), await self.who(other=True)
        if _same(one, two):
            raise UnsupportedError(
                "the server's context is the same for every user_id: nobody else can be asked for"
            )

    async def _require_let_in(self) -> None:
        """Whoever is shut out altogether is refused everything, which says nothing of what is whose."""
        for option, other in (("--header", False), ("--other-header", True)):
            reply = await self.threads(other=other)
            if reply.how != "json":
                why = reply.words or reply.how
                raise UnsupportedError(f"the user of {option} cannot list their own threads: {why}"[:300])

    async def ask(self, kind: str, params: Mapping[str, Any], *, other: bool = False) -> Reply:
        """One request of the protocol."""
        return await self.raw(json.dumps({"type": kind, "params": params}).encode(), other=other)

    async def raw(self, body: bytes, *, other: bool = False) -> Reply:
        """One request, whatever its body; again where the server says that it is asked too often.

        Raises UnsupportedError where it wants to be left alone for too long.
        """
        while True:
            reply = await self._once(body, other=other)
            if reply.status != TOO_OFTEN:
                return reply
            wait_s = _seconds(reply.headers.get("retry-after", ""))
            if wait_s > self._patience:
                raise UnsupportedError(
                    f"the server lets nobody ask for another {wait_s:.0f} s (429): raise its rate limit for "
                    "this run"
                )
            self._patience -= wait_s
            await asyncio.sleep(wait_s)

    async def _once(self, body: bytes, *, other: bool) -> Reply:
        reply = Reply(how="json")

        def on_event(data: bytes) -> None:
            fields = parse(data)
            if "data" in fields:
                reply.events.append(fields["data"])
            else:
                reply.raw.append(fields["raw"])

        who = await self.who(other=other)
        asked = self.subject.line.send(body, who, on_event)
        try:
            sent = await asyncio.wait_for(asked, LIMIT_S)
        except asyncio.TimeoutError:
            reply.how, reply.words = "silent", f"it did not end within {LIMIT_S:.0f} seconds"
            return reply
        reply.status, reply.headers = sent.get("status"), sent.get("headers", {})
        raised = sent.get("raised") or {}
        reply.words = str(raised.get("message", ""))
        if not self.over_http and raised:
            reply.words = f"{raised['type']}: {reply.words}"
        reply.document = sent.get("response")
        if sent["end"] != "done":
            reply.how = "refused" if not reply.events else "broken"
        elif sent.get("streamed"):
            reply.how = "stream"
            if bytes(sent.get("rest") or b"").strip():
                reply.raw.append(bytes(sent["rest"]).decode("utf-8", "replace"))
        return reply

    async def start(self, text: str = ASK, *, other: bool = False) -> Reply:
        """A new thread with one message. Raises UnsupportedError where the server makes none."""
        reply = await self.ask("threads.create", {"input": message(text)}, other=other)
        if reply.thread_id is None:
            why = reply.words or ", ".join(str(each.get("type")) for each in reply.events) or reply.how
            raise UnsupportedError(f"no thread can be made, without which nothing can be asked: {why}"[:300])
        return reply

    async def say(self, thread: str, text: str = ASK, *, other: bool = False) -> Reply:
        """A further message."""
        return await self.ask(
            "threads.add_user_message", {"thread_id": thread, "input": message(text)}, other=other
        )

    async def thread(self, thread: str, *, other: bool = False) -> Reply:
        """A thread as it is stored."""
        return await self.ask("threads.get_by_id", {"thread_id": thread}, other=other)

    async def items(
        self, thread: str, *, other: bool = False, order: str = "asc", limit: int = 100, after: Any = None
    ) -> Reply:
        """A page of a thread's items."""
        params = {"thread_id": thread, "limit": limit, "order": order, "after": after}
        return await self.ask("items.list", params, other=other)

    async def threads(
        self, *, other: bool = False, order: str = "desc", limit: int = 100, after: Any = None
    ) -> Reply:
        """A page of the user's threads."""
        return await self.ask("threads.list", {"limit": limit, "order": order, "after": after}, other=other)


def rows_of(exam: Examination, reply: Reply, what: str) -> Optional[List[Dict[str, Any]]]:
    """The rows of a page; None, and a breach, where there is no page: that is not the same as no rows."""
    held = reply.how == "json" and isinstance(reply.document, dict)
    return (
        data_of(reply) if exam.require(held, "no-page", f"{what} cannot be listed", **reply.told()) else None
    )


def message(text: str) -> Dict[str, Any]:
    """What a user says, as requests have it."""
    return {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}


def words_of(item: Any) -> str:
    """The text of an item's content."""
    content = item.get("content") if isinstance(item, dict) else None
    parts = content if isinstance(content, list) else []
    return "".join(str(part.get("text", "")) for part in parts if isinstance(part, dict))


def data_of(reply: Reply) -> List[Dict[str, Any]]:
    """The rows of a page; none where the reply is no page."""
    document = reply.document
    rows = document.get("data") if isinstance(document, dict) else None
    return [each for each in rows if isinstance(each, dict)] if isinstance(rows, list) else []


def ids_of(reply: Reply) -> List[str]:
    """The ids of a page's rows."""
    return [str(each.get("id")) for each in data_of(reply)]


def _seconds(words: str) -> float:
    """What Retry-After asks for; a second where it asks for nothing that can be read."""
    return float(words) if words.isdecimal() and len(words) < 7 else 1.0


def _same(one: Any, two: Any) -> bool:
    if one is two:
        return True
    try:
        return bool(one == two)
    except Exception:  # somebody's __eq__: what cannot be compared is not the same
        return False
