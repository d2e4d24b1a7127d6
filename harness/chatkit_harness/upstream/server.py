"""The replay server: one loopback server for all cells, a session for each."""

from __future__ import annotations

import secrets
import threading
import time
from types import TracebackType
from typing import Self

from starlette.types import Receive, Scope, Send

from chatkit_harness.upstream.delivery import Progress, deliver
from chatkit_harness.upstream.loopback import Loopback
from chatkit_harness.upstream.reply import error_reply
from chatkit_harness.upstream.session import Session


class ReplayServer:
    """Plays cassettes to cells. A context manager; sessions may be opened and used from any thread."""

    def __init__(self) -> None:
        self._loopback = Loopback(self._serve)
        self._lock = threading.Lock()
        self._sessions: dict[str, Session] = {}
        self._strays: list[str] = []

    def __enter__(self) -> Self:
        self._loopback.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loopback.stop()

    @property
    def port(self) -> int:
        """The port on 127.0.0.1."""
        return self._loopback.port

    @property
    def strays(self) -> tuple[str, ...]:
        """Requests that belonged to no session, in words."""
        with self._lock:
            return tuple(self._strays)

    def open_session(self) -> Session:
        """A new session with an address of its own, which nobody else can guess."""
        token = secrets.token_urlsafe(12)
        base_url = f"http://127.0.0.1:{self.port}/{token}/v1"
        session = Session(token, base_url, self._loopback.soon, self._forget, self._loopback.settle)
        with self._lock:
            self._sessions[token] = session
        return session

    def _forget(self, token: str) -> None:
        with self._lock:
            self._sessions.pop(token, None)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        arrived = time.monotonic()
        raw = await body_of(receive)
        if raw is None:
            return
        method = scope["method"]
        _, token, path = _split(scope["path"])
        with self._lock:
            session = self._sessions.get(token)
            if session is None:
                self._strays.append(f"{method} {path} of no session")
        if session is None:
            reply = error_reply(409, "harness_no_session", "There is no such session.")
            await deliver(reply, Progress(), receive, send, pacing=0, began=arrived)
            return
        answered = session.answer(method, path, raw, arrived)
        await deliver(answered.reply, answered.progress, receive, send, pacing=answered.pacing, began=arrived)


async def body_of(receive: Receive) -> bytes | None:
    """A request's body; None where the client left before all of it had come."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _split(path: str) -> tuple[str, str, str]:
    """`/token/v1/responses` as its token and `/v1/responses`."""
    empty, _, rest = path.partition("/")
    token, _, inner = rest.partition("/")
    return empty, token, f"/{inner}"
