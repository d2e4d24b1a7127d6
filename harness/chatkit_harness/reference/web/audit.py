"""One line a request in the log `chatkit_harness.audit`: who did what to which thread, and how it ended.

A line is a JSON object of ASCII without control characters: {"who", "operation", "thread", "outcome",
"status", "ms", "correlation_id"}. Nothing of what was said and no secrets: whoever reads it
learns what happened, not what about. Files of the page that were sent are told at DEBUG only.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Collection
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .failures import HEADER, correlation_id

log = logging.getLogger("chatkit_harness.audit")

ERROR_EVENT = b'data: {"type":"error"'
CREATED_EVENT = b'data: {"type":"thread.created"'
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
STATIC = "/static/"
_FIRST = re.compile(r"/[a-z]{1,20}/")
_ID = re.compile(r"[A-Za-z0-9_.-]{1,100}")


@dataclass
class Audited:
    """What is known of a request so far; `outcome` only where the status does not tell it."""

    correlation_id: str
    operation: str
    who: str | None = None
    thread: str | None = None
    outcome: str | None = None
    status: int = 0

    def observe(self, event: bytes) -> None:
        """Learn from an event of a turn: the thread that it created, or that it failed."""
        if event.startswith(CREATED_EVENT):
            self.thread = str(json.loads(event[len(b"data: ") :])["thread"]["id"])
        elif event.startswith(ERROR_EVENT):
            self.outcome = "error_event"

    def line(self, ms: float) -> str:
        """The line, once the request is over."""
        known = _ID.fullmatch(self.thread or "")
        fields = {
            "who": self.who,
            "operation": self.operation,
            # What nobody created is somebody's words.
            "thread": (self.thread if known else "?") if self.thread else None,
            "outcome": self.outcome or _outcome(self.status),
            "status": self.status or None,
            "ms": round(ms, 1),
            "correlation_id": self.correlation_id,
        }
        return json.dumps(fields)


class Audit:
    """Middleware: gives each request its correlation id and writes its line.

    Whatever answers the request finds its `Audited` in the scope's state.
    """

    def __init__(self, app: ASGIApp, paths: Collection[str] = ()) -> None:
        self._app = app
        self._paths = frozenset(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and tell how it went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        audited = Audited(correlation_id(scope), _operation(scope, self._paths))
        scope["state"]["audited"] = audited
        began = time.perf_counter()

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                audited.status = message["status"]
                MutableHeaders(scope=message)[HEADER] = audited.correlation_id
            await send(message)

        try:
            await self._app(scope, receive, tell)
        except BaseException:
            audited.outcome = audited.outcome or "broke_off"
            raise
        finally:
            line = audited.line((time.perf_counter() - began) * 1000)
            log.log(_level(scope, audited), "%s", line)


def _level(scope: Scope, audited: Audited) -> int:
    """Files of the page that were sent are of little interest: they would hide who did what."""
    is_page = scope["method"] in ("GET", "HEAD") and (
        scope["path"] == "/" or scope["path"].startswith(STATIC)
    )
    sent = audited.outcome is None and 200 <= audited.status < 400
    return logging.DEBUG if is_page and sent else logging.INFO


def _outcome(status: int) -> str:
    if status == 499:
        return "client_gone"
    return "failed" if status >= 500 else "refused" if status >= 400 else "done"


def _operation(scope: Scope, paths: frozenset[str]) -> str:
    """Method and path of a route; of any other path, which may hold anything, at most where it begins."""
    method = scope["method"] if scope["method"] in METHODS else "(other)"
    if scope["path"] in paths:
        return f"{method} {scope['path']}"
    begins = _FIRST.match(scope["path"])
    return f"{method} {begins.group()}..." if begins else f"{method} (unknown)"
