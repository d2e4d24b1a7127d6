"""POST /chatkit/sdk: the ChatKit protocol over HTTP, as a stream of events or as JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from chatkit.server import NonStreamingResult
from chatkit.store import NotFoundError
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from ..attachments.refusals import AttachmentRefusedError
from ..stores.errors import StoreUnavailableError, UnreadableRowError
from .backend import Backend
from .bodies import ChartShown, read_json
from .chat_request import parse
from .failures import ApiError
from .ownership import require_own
from .turns import EventStream, took_too_long


class Chat:
    """The route of the conversation."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def sdk(self, request: Request) -> Response:
        """Answer one ChatKit request.

        Whatever fails before the first event is an HTTP error. After it the status is out, and a failure is
        the protocol's `error` event.
        """
        backend, audited = self._backend, request.scope["state"]["audited"]
        backend.admit(request, keeps=True)
        body, document = await read_json(request, backend.limits.body_bytes, backend.limits.body_s)
        asked = parse(body, backend.server)
        audited.operation = asked.type
        audited.thread = getattr(asked.params, "thread_id", None)
        metadata = _metadata(document)
        context = await backend.context(
            request,
            session_id=_named(metadata),
            shown=_shown(metadata),
            question=_words(asked),
            keeps=True,
        )
        try:
            await require_own(asked, backend.server, context)
            result = await asyncio.wait_for(backend.server.process(body, context), backend.limits.turn_s)
        except Exception as error:
            raise told(error) from error
        if isinstance(result, NonStreamingResult):
            return Response(result.json, media_type="application/json")
        return EventStream(
            result.json_events,
            user=context.user_id,
            limits=backend.limits,
            streams=backend.streams,
            audited=audited,
            told=told,
        )


def told(error: Exception) -> Exception:
    """What the caller is told of a failure in chatkit or the store; any other stays as it is."""
    if isinstance(error, NotFoundError):
        return ApiError(404, "not_found", "There is nothing of that id in this thread.")
    if isinstance(error, NotImplementedError):
        return ApiError(501, "not_implemented", "This server does not offer that.")
    if isinstance(error, AttachmentRefusedError):
        return ApiError(error.status, error.code, error.message, **error.details)
    if isinstance(error, StoreUnavailableError):
        return ApiError(503, "store_unavailable", "The store does not answer: try again later.")
    if isinstance(error, UnreadableRowError):
        return ApiError(500, "row_unreadable", "What is stored here was written by a newer release.")
    if isinstance(error, asyncio.TimeoutError):
        return took_too_long()
    return error


def _metadata(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the page sends along."""
    found = document.get("metadata")
    return found if isinstance(found, dict) else {}


def _named(metadata: Mapping[str, Any]) -> str | None:
    """The session that the page names."""
    named = metadata.get("session_id")
    return named if isinstance(named, str) else None


def _shown(metadata: Mapping[str, Any]) -> ChartShown | None:
    """What the page says of its chart; this metadata is free, so anything else in its place says nothing."""
    try:
        return ChartShown.model_validate(metadata.get("chart_context"))
    except ValidationError:
        return None


def _words(asked: Any) -> str:
    """What the user says in this request."""
    content = getattr(getattr(asked.params, "input", None), "content", None) or []
    return " ".join(str(getattr(part, "text", "")) for part in content)
