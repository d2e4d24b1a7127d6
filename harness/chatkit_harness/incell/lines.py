"""How a ChatKit request reaches a server: `process()`, an ASGI application in this process, or a URL.

sent = await line.send(body, who, on_event)        # {"end": "done", "response": ...} for JSON
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any, Callable, Dict, List, Mapping, Optional

from . import asgi, endpoint, remote, tracebacks
from .plain_context import hinted
from .requests import answer, split_events
from .unjudged import UnjudgedError

OnEvent = Callable[[bytes], None]
Sent = Dict[str, Any]
"""How a request ended: `end` (done, raised, rejected), and `response`, `raised`, `rest` where there are any.

Over HTTP there are `status` and `headers` (lower-case names), too; `rest` is what came after the last whole
event of a stream, `streamed` whether the answer was one.
"""

SHOWN = 500
NOT_KNOWN = (401, 403, 407)
_PLAIN = ("Not Found", "Method Not Allowed")
NO_ROUTE = ("", *_PLAIN, *(f'{{"detail":"{words}"}}' for words in _PLAIN))
"""What frameworks say by themselves where nothing listens at a path."""


class ProcessLine:
    """A ChatKitServer's own `process()`; `who` is the request context."""

    def __init__(self, server: Any) -> None:
        self._server = server

    async def send(self, body: bytes, who: Any, on_event: OnEvent) -> Sent:
        """One request. What the server raises is told, not raised."""
        try:
            result = await self._server.process(body, who)
        except Exception as error:
            return {"end": "rejected", "raised": hinted(tracebacks.describe(error), who)}
        buffer = b""
        try:
            if not hasattr(result, "__aiter__"):
                return {"end": "done", "response": answer(as_bytes(result.json))}
            async for chunk in result:
                events, buffer = split_events(buffer + as_bytes(chunk))
                for data in events:
                    on_event(data)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            raised = hinted(tracebacks.describe(error), who)
            return {"end": "raised", "raised": raised, "streamed": True}
        finally:
            # Who stops listening leaves nothing half open behind: a real server closes its response, too.
            closing = getattr(result, "aclose", None)
            if closing is not None:
                with contextlib.suppress(Exception):
                    await closing()
        return {"end": "done", "streamed": True, "rest": buffer}

    async def close(self) -> None:
        """Nothing was opened."""


class AsgiLine:
    """An application of the user's, called in this process; `who` are headers."""

    def __init__(self, app: asgi.App, path: str) -> None:
        self._app, self._endpoint = app, path
        self._lifespan: Optional[asgi.Lifespan] = None
        self._asked = False

    async def open(self) -> None:
        """Start the application. Raises AsgiError where it cannot start."""
        self._lifespan = asgi.Lifespan(self._app)
        await self._lifespan.__aenter__()

    async def send(self, body: bytes, who: Mapping[str, str], on_event: OnEvent) -> Sent:
        """One POST to the endpoint. Raises UnjudgedError where the first one shows that there is none."""
        try:
            found = await asgi.call(
                self._app, "POST", self._endpoint, body=body, headers=dict(who), on_event=on_event
            )
        except asyncio.CancelledError:
            raise
        except Exception as error:
            return {"end": "raised", "raised": tracebacks.describe(error)}
        first, self._asked = not self._asked, True
        if first:
            await self._require_endpoint(found, who)
        return over_http(found.status, found.headers, found.body, option=" --endpoint")

    async def _require_endpoint(self, found: asgi.Answer, who: Mapping[str, str]) -> None:
        plain = found.body.decode("utf-8", "replace").strip() in NO_ROUTE
        nobody = endpoint.nothing_there(self._app, self._endpoint, found.status, plain=plain, headers=who)
        if await nobody:
            raise UnjudgedError(endpoint.words(self._app, self._endpoint, found.status))

    async def close(self) -> None:
        """Shut the application down."""
        if self._lifespan is not None:
            lifespan, self._lifespan = self._lifespan, None
            await lifespan.__aexit__(None, None, None)


class RemoteLine:
    """A server that already runs, in whatever language; `who` are headers."""

    def __init__(self, url: str, timeout_s: float) -> None:
        self._url, self._timeout_s = url, timeout_s

    async def send(self, body: bytes, who: Mapping[str, str], on_event: OnEvent) -> Sent:
        """One POST to the URL."""
        try:
            found = await remote.post(self._url, body, who, on_event, timeout_s=self._timeout_s)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            return {"end": "raised", "raised": {**tracebacks.describe(error), "frames": [], "cause": None}}
        return over_http(found.status, found.headers, found.body)

    async def close(self) -> None:
        """Nothing was opened."""


def over_http(status: int, headers: Mapping[str, str], body: bytes, *, option: str = "") -> Sent:
    """What an answer over HTTP came to: from status 300 on (no redirect is followed) it was rejected.

    `option` is the one that names the path, where there is one.
    """
    sent: Sent = {"status": status, "headers": dict(headers)}
    if status >= 300:
        words = body.decode("utf-8", "replace").strip()[:SHOWN]
        return {
            **sent,
            "end": "rejected",
            "raised": refusal(status, words, option),
            "response": document(body),
        }
    if headers.get("content-type", "").startswith("text/event-stream"):
        return {**sent, "end": "done", "streamed": True, "rest": body}
    return {**sent, "end": "done", "response": document(body)}


def refusal(status: int, words: str, option: str = "") -> Dict[str, Any]:
    """A refusal over HTTP as an exception is told, with what may be wrong about the way it was asked."""
    nobody = status in (404, 405) and words in NO_ROUTE
    told = f"the server answered {status}" + (f": {words}" if words and not nobody else "")
    if status < 400 or nobody:
        told += f" (is that the path of its ChatKit endpoint?{option})"
    elif status in NOT_KNOWN:
        told += " (say who asks: --header)"
    return {"type": "http.Refused", "message": told, "frames": [], "cause": None, "subject": None}


def document(data: bytes) -> Any:
    """The answer's JSON, or its text where it is none; None for nothing."""
    if not data:
        return None
    try:
        return answer(data)
    except ValueError:
        return data.decode("utf-8", "replace")


def as_bytes(chunk: Any) -> bytes:
    """What a server sends, as bytes."""
    return chunk.encode("utf-8", "surrogatepass") if isinstance(chunk, str) else bytes(chunk)


def headers_of(pairs: Mapping[str, str]) -> Dict[str, str]:
    """The headers of a request: those given, and the content type where they say nothing of it."""
    names = {name.lower() for name in pairs}
    usual = {} if "content-type" in names else {"content-type": "application/json"}
    return {**usual, **pairs}


def dumped(values: Mapping[str, Any]) -> str:
    """JSON that may stand in a header."""
    return json.dumps(dict(values), ensure_ascii=True)


__all__: List[str] = [
    "AsgiLine",
    "ProcessLine",
    "RemoteLine",
    "document",
    "dumped",
    "headers_of",
    "over_http",
]
