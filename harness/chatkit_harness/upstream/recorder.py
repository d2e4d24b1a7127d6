"""The recording proxy: forwards a cell's requests to a live API and keeps what comes back."""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

from chatkit_harness.core.redaction import REDACTED, allowed_headers, redact, redact_text, secret_spans
from chatkit_harness.upstream.cassette import Cassette, Chunk, Interaction, Provenance, api_of
from chatkit_harness.upstream.delivery import Departure, Progress, deliver, raw_headers
from chatkit_harness.upstream.loopback import CutConnectionError, Loopback
from chatkit_harness.upstream.reply import error_reply

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
    the cell needs no key; without it the cell's own goes through. Neither is kept.
    """

    def __init__(self, live: str, *, api_key: str | None = None, timeout_s: float = 600) -> None:
        self._live = live.rstrip("/")
        self._key = api_key
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
        headers = allowed_headers(take.headers)
        chunks = _plain(take.chunks, headers.get("content-encoding", ""))
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
            message=redact_text(take.message),
            headers=headers,
            chunks=clean_chunks(chunks, self._key),
            cut=take.cut,
        )

    def _without_key(self, body: Any) -> Any:
        if not self._key:
            return body
        text = json.dumps(body, ensure_ascii=False)
        return json.loads(text.replace(self._key, REDACTED))

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
        try:
            live = await self._ask(request, path, raw)
        except httpx.HTTPError as trouble:
            await self._unreachable(trouble, receive, send, arrived)
            return
        await self._forward(live, take, receive, send, arrived)

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
        self, live: httpx.Response, take: _Take, receive: Receive, send: Send, arrived: float
    ) -> None:
        headers = [(name, value) for name, value in live.headers.multi_items() if name not in _HOP]
        take.status, take.message, take.headers = live.status_code, live.reason_phrase, headers
        departure = Departure(receive, asyncio.Event())
        start = {"type": "http.response.start", "status": live.status_code, "headers": raw_headers(headers)}
        try:
            await send(start)
            async for data in live.aiter_raw():
                at_ms = round((time.monotonic() - arrived) * 1000, 3)
                take.chunks.append(Chunk(at_ms=at_ms, data=data))
                if departure.gone:
                    take.cut = True
                    raise CutConnectionError
                await send({"type": "http.response.body", "body": data, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except httpx.HTTPError:
            take.cut = True
            raise CutConnectionError from None
        finally:
            departure.forget()
            await live.aclose()

    async def _unreachable(
        self, trouble: httpx.HTTPError, receive: Receive, send: Send, arrived: float
    ) -> None:
        told = redact_text(f"{type(trouble).__name__}: {trouble}")
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


def clean_chunks(chunks: list[Chunk], key: str | None = None) -> tuple[Chunk, ...]:
    """Chunks without secrets, split where they were; one that held nothing else is left out.

    A secret that two chunks share is replaced in the first of them.
    """
    body = b"".join(chunk.data for chunk in chunks)
    text = body.decode("latin-1")  # one character a byte, so that places are places of bytes
    spans = secret_spans(text)
    start = text.find(key) if key else -1
    while key and start >= 0:
        spans.append((start, start + len(key)))
        start = text.find(key, start + len(key))
    cleaned, place = [], 0
    for chunk in chunks:
        end = place + len(chunk.data)
        data = _without(chunk.data, place, _merged(spans))
        if data:
            cleaned.append(Chunk(at_ms=chunk.at_ms, data=data))
        place = end
    return tuple(cleaned)


def _without(data: bytes, place: int, spans: list[tuple[int, int]]) -> bytes:
    kept, at = [], 0
    for start, end in spans:
        low, high = max(start - place, 0), min(end - place, len(data))
        if low >= high:
            continue
        kept.append(data[at:low])
        if start >= place:
            kept.append(REDACTED.encode())
        at = high
    return b"".join([*kept, data[at:]])


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _plain(chunks: list[Chunk], encoding: str) -> list[Chunk]:
    """Chunks of an API that compressed although it was asked not to, unpacked one by one."""
    bits = {"gzip": 31, "deflate": 15}.get(encoding)
    if bits is None:
        return chunks
    unpack = zlib.decompressobj(wbits=bits)
    return [Chunk(at_ms=chunk.at_ms, data=unpack.decompress(chunk.data)) for chunk in chunks]


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None
