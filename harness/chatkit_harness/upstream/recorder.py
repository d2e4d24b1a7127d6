"""The recording proxy: forwards a cell's requests to a live API and keeps what comes back."""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
import time
from collections.abc import AsyncIterator, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

from chatkit_harness.core.redaction import REDACTED, allowed_headers, redact, redact_text
from chatkit_harness.upstream.cassette import Cassette, Chunk, Interaction, Provenance, api_of
from chatkit_harness.upstream.chunks import clean_chunks, plain_chunks
from chatkit_harness.upstream.delivery import Departure, Progress, deliver, raw_headers
from chatkit_harness.upstream.loopback import CutConnectionError, Loopback
from chatkit_harness.upstream.reply import error_reply
from chatkit_harness.upstream.sse import is_ended

# Between two neighbours only; each side of the proxy has its own.
_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_OWN = _HOP | {"host", "content-length", "accept-encoding"}


@dataclass(slots=True, kw_only=True)
class _Take:
    """One exchange as it is recorded."""

    path: str
    method: str
    request: Any
    status: int = 0
    message: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    chunks: list[Chunk] = field(default_factory=list)
    cut: bool = False


class RecordingProxy:
    """Stands between a cell and a live API; the cell sees no difference. A context manager.

    `live` is the API's base URL, up to and with `/v1`. `api_key` replaces what the cell sends, so that
    the cell needs no key; without it the cell's own goes through. Neither is kept. White space around
    the key is no part of it.
    """

    def __init__(self, live: str, *, api_key: str | None = None, timeout_s: float = 600) -> None:
        self._live = live.rstrip("/")
        self._key = (api_key or "").strip() or None
        self._timeout = timeout_s
        self._token = secrets.token_urlsafe(12)
        # The live API's own date goes through, so none is added.
        self._loopback = Loopback(self._serve, date_header=False)
        self._client: httpx.AsyncClient | None = None
        self._takes: list[_Take] = []
        self._troubles: list[str] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._loopback.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close_client()
        self._loopback.stop()

    @property
    def base_url(self) -> str:
        """What the cell takes for its model's base URL."""
        return f"http://127.0.0.1:{self._loopback.port}/{self._token}/v1"

    @property
    def troubles(self) -> tuple[str, ...]:
        """What kept requests from reaching the live API, in words and without secrets."""
        with self._lock:
            return tuple(self._troubles)

    def to_cassette(
        self,
        name: str,
        *,
        scenario: str | None = None,
        versions: Mapping[str, str] | None = None,
        recorded: datetime | None = None,
    ) -> Cassette:
        """All that was recorded so far, without secrets, in the order in which requests came."""
        with self._lock:
            takes = [take for take in self._takes if take.status and api_of(take.path) is not None]
        interactions = tuple(self._interaction(take) for take in takes)
        models = [each.request.get("model") for each in interactions if each.request.get("model")]
        instant = (recorded or datetime.now(UTC)).replace(microsecond=0)
        provenance = Provenance(
            origin="recording",
            recorded=instant.isoformat(),
            model=str(models[0]) if models else None,
            scenario=scenario,
            versions=dict(versions or {}),
        )
        return Cassette(name=name, provenance=provenance, interactions=interactions)

    def _interaction(self, take: _Take) -> Interaction:
        headers = {name: self._blanked(value) for name, value in allowed_headers(take.headers).items()}
        chunks = plain_chunks(take.chunks, headers.get("content-encoding", ""))
        for name in ("content-encoding", "content-length", "transfer-encoding"):
            headers.pop(name, None)
        address = urlsplit(self._live)
        host = address.hostname or ""
        port = f":{address.port}" if address.port else ""
        return Interaction(
            request=self._without_key(redact(take.request)) if isinstance(take.request, dict) else {},
            method=take.method,
            uri=f"{address.scheme}://{host}{port}{address.path}{take.path}",
            status=take.status,
            message=redact_text(self._blanked(take.message)),
            headers=headers,
            chunks=clean_chunks(chunks, self._key),
            cut=take.cut,
        )

    def _without_key(self, body: Any) -> Any:
        if not self._key:
            return body
        return json.loads(self._blanked(json.dumps(body, ensure_ascii=False)))

    def _blanked(self, text: str) -> str:
        """The text without the key, as it is and as JSON or an error's message would quote it."""
        if self._key:
            sent = self._key.encode("utf-8", "surrogatepass")
            for form in (self._key, repr(self._key)[1:-1], repr(sent)[2:-1], json.dumps(self._key)[1:-1]):
                text = text.replace(form, REDACTED)
        return text

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        arrived = time.monotonic()
        request = Request(scope, receive)
        try:
            raw = await request.body()
        except ClientDisconnect:
            return
        prefix = f"/{self._token}/v1"
        if not request.scope["path"].startswith(prefix):
            reply = error_reply(409, "harness_no_session", "There is no such recording.")
            await deliver(reply, Progress(), receive, send, pacing=0, began=arrived)
            return
        path = request.scope["path"].removeprefix(prefix)
        take = _Take(path=path, method=request.method, request=_json(raw))
        with self._lock:
            self._takes.append(take)
        departure = Departure(receive, asyncio.Event())
        try:
            live = await self._unless_left(departure, self._ask(request, path, raw))
        # An address or a key that HTTP cannot carry is no HTTPError.
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as trouble:
            departure.forget()
            await self._unreachable(trouble, receive, send, arrived)
            return
        try:
            await self._forward(live, take, departure, send, arrived)
        finally:
            departure.forget()

    async def _unless_left(
        self, departure: Departure, asking: Coroutine[Any, Any, httpx.Response]
    ) -> httpx.Response:
        """The live API's response, unless the client leaves while it is waited for."""
        task = asyncio.ensure_future(asking)
        if await departure.outwait(task):
            return task.result()
        departure.forget()
        if not task.cancelled() and task.exception() is None:
            await task.result().aclose()
        raise CutConnectionError

    async def _ask(self, request: Request, path: str, raw: bytes) -> httpx.Response:
        if self._client is None:
            loopback = urlsplit(self._live).hostname in ("127.0.0.1", "localhost", "::1")
            self._client = httpx.AsyncClient(timeout=self._timeout, trust_env=not loopback)
        headers = [(name, value) for name, value in request.headers.items() if name not in _OWN]
        # What is recorded must be readable, so nothing is asked for compressed.
        headers.append(("accept-encoding", "identity"))
        if self._key is not None:
            headers = [(name, value) for name, value in headers if name != "authorization"]
            headers.append(("authorization", f"Bearer {self._key}"))
        query = f"?{request.url.query}" if request.url.query else ""
        asked = self._client.build_request(
            request.method, f"{self._live}{path}{query}", headers=headers, content=raw or None
        )
        return await self._client.send(asked, stream=True)

    async def _forward(
        self, live: httpx.Response, take: _Take, departure: Departure, send: Send, arrived: float
    ) -> None:
        headers = [(name, value) for name, value in live.headers.multi_items() if name not in _HOP]
        # Cut until its end has been sent: the client may leave at any moment, and so may the API.
        take.cut = True
        take.status, take.message, take.headers = live.status_code, live.reason_phrase, headers
        start = {"type": "http.response.start", "status": live.status_code, "headers": raw_headers(headers)}
        chunks = live.aiter_raw()
        try:
            await send(start)
            while await departure.outwait(coming := asyncio.ensure_future(_next(chunks))):
                data = coming.result()
                if data is None:
                    await send({"type": "http.response.body", "body": b"", "more_body": False})
                    take.cut = False
                    return
                at_ms = round((time.monotonic() - arrived) * 1000, 3)
                take.chunks.append(Chunk(at_ms=at_ms, data=data))
                await send({"type": "http.response.body", "body": data, "more_body": True})
            # Some clients leave as soon as they have read the event that says that nothing follows.
            take.cut = not is_ended(b"".join(chunk.data for chunk in take.chunks))
        except httpx.HTTPError:
            raise CutConnectionError from None
        finally:
            await live.aclose()
        raise CutConnectionError

    async def _unreachable(self, trouble: Exception, receive: Receive, send: Send, arrived: float) -> None:
        told = redact_text(self._blanked(f"{type(trouble).__name__}: {trouble}"))
        with self._lock:
            self._troubles.append(told)
        reply = error_reply(502, "harness_unreachable", f"The live API cannot be reached: {told}")
        await deliver(reply, Progress(), receive, send, pacing=0, began=arrived)

    def _close_client(self) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        closed = threading.Event()

        async def close() -> None:
            try:
                await client.aclose()
            finally:
                closed.set()

        self._loopback.soon(lambda: asyncio.ensure_future(close()))
        closed.wait(5)


async def _next(chunks: AsyncIterator[bytes]) -> bytes | None:
    return await anext(chunks, None)


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None
