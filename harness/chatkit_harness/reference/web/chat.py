"""POST /chatkit/sdk: the ChatKit protocol over HTTP, as a stream of events or as JSON."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any

from chatkit.server import NonStreamingResult
from chatkit.store import NotFoundError
from chatkit.types import ChatKitReq
from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from ..context import RequestContext
from .backend import Backend
from .bodies import ChartShown, read_json, wrong_fields
from .failures import ApiError

log = logging.getLogger(__name__)

REQUEST: TypeAdapter[Any] = TypeAdapter(ChatKitReq)
BEARER = "bearer "


class Chat:
    """The route of the conversation."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def sdk(self, request: Request) -> Response:
        """Answer one ChatKit request.

        Whatever fails before the first event is an HTTP error. After it the status is out, and a failure is
        the protocol's `error` event.
        """
        body, document = await read_json(request, self._backend.max_body_bytes)
        self._require(body)
        metadata = document.get("metadata") or {}
        context = await self._backend.context(
            request,
            session_id=self._session(request, metadata),
            shown=_shown(metadata),
            question=_words(document),
        )
        known = request.scope["state"]["correlation_id"]
        params = document.get("params") or {}
        await self._require_thread(params.get("thread_id"), context)
        try:
            result = await self._backend.server.process(body, context)
            if isinstance(result, NonStreamingResult):
                return Response(result.json, media_type="application/json")
            first = await anext(result.json_events, b"")
        except NotFoundError:
            raise ApiError(404, "not_found", "There is nothing of that id in this thread.") from None
        except NotImplementedError:
            raise ApiError(501, "not_implemented", "This server does not offer that.") from None
        return EventStream(first, result.json_events, known)

    def _require(self, body: bytes) -> None:
        """Raise ApiError unless this is a request that the chatkit at hand knows and the server offers."""
        try:
            parsed = REQUEST.validate_json(body)
        except ValidationError as error:
            raise wrong_fields(error) from None
        asked = getattr(getattr(parsed, "params", None), "input", None)
        attached = parsed.type.startswith("attachments.") or getattr(asked, "attachments", None)
        if attached and self._backend.server.attachment_store is None:
            raise ApiError(501, "not_implemented", "This server takes no attachments.")

    async def _require_thread(self, thread_id: Any, context: RequestContext) -> None:
        """Raise ApiError unless there is such a thread: chatkit would find out late, or not at all."""
        if isinstance(thread_id, str):
            try:
                await self._backend.server.store.load_thread(thread_id, context)
            except NotFoundError:
                raise ApiError(404, "unknown_thread", "There is no such thread.") from None

    def _session(self, request: Request, metadata: Mapping[str, Any]) -> str | None:
        """The session that the bearer token is for, else the one that the page names."""
        authorization = request.headers.get("authorization", "")
        if authorization.lower().startswith(BEARER):
            return self._backend.session_of(authorization[len(BEARER) :].strip())
        named = metadata.get("session_id")
        return named if isinstance(named, str) else None


class EventStream(StreamingResponse):
    """Server-sent events; whoever stops reading them ends the turn."""

    def __init__(self, first: bytes, events: Any, correlation_id: str) -> None:
        self._events = events
        headers = {"cache-control": "no-store"}
        super().__init__(
            _told(first, events, correlation_id), media_type="text/event-stream", headers=headers
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send them, and let go of the turn whatever happens."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._events.aclose()


async def _told(first: bytes, events: AsyncIterator[bytes], correlation_id: str) -> AsyncIterator[bytes]:
    try:
        yield first
        async for event in events:
            yield event
    except Exception:
        log.exception("the turn broke off [%s]", correlation_id)
        error = {"type": "error", "code": "stream.error", "allow_retry": True}
        yield f"data: {json.dumps(error)}\n\n".encode()


def _shown(metadata: Mapping[str, Any]) -> ChartShown | None:
    """What the page says of its chart; this metadata is free, so anything else in its place says nothing."""
    try:
        return ChartShown.model_validate(metadata.get("chart_context"))
    except ValidationError:
        return None


def _words(document: Mapping[str, Any]) -> str:
    """What the user says in this request."""
    content = ((document.get("params") or {}).get("input") or {}).get("content") or []
    return " ".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
