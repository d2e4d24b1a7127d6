"""Where files come in and go out over HTTP.

| route | does |
|---|---|
| POST /attachments | direct upload: a form with one `file`; the attachment as JSON |
| PUT or POST /attachments/{id}/content?token= | second phase: the bytes, or a form with one `file` |
| GET /attachments/{id}/content | the file, for its owner |
| GET /attachments/{id}/preview?token= | the small picture of an image, for its owner or who holds the link |
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

from chatkit.store import NotFoundError
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from ..context import RequestContext
from ..web.bodies import announced
from ..web.failures import ApiError
from ..web.identity import not_yours
from . import refusals
from .names import content_disposition
from .store import DiskAttachmentStore, StoredFile

FORM_BYTES = 64 * 1024
"""What a form may have around its file."""
CHUNK = 64 * 1024

# Whatever a file holds, a browser neither guesses at its type nor runs anything in it.
SAFE = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "cache-control": "private, no-store",
    "referrer-policy": "no-referrer",
}

Handler = Callable[[Request], Awaitable[Response]]
Read = Callable[[str, RequestContext], Awaitable[StoredFile]]


def attachment_routes(backend: Any) -> list[Route]:
    """The routes for the attachments of a backend's server; none where it takes no attachments."""
    attachments = getattr(backend.server, "attachment_store", None)
    if not isinstance(attachments, DiskAttachmentStore):
        return []
    doors = _Doors(backend, attachments)
    return [
        Route("/attachments", _told_as_api(doors.direct), methods=["POST"]),
        Route("/attachments/{id}/content", _told_as_api(doors.second_phase), methods=["PUT", "POST"]),
        Route("/attachments/{id}/content", _told_as_api(doors.content), methods=["GET"]),
        Route("/attachments/{id}/preview", _told_as_api(doors.preview), methods=["GET"]),
    ]


def as_api_error(refused: refusals.AttachmentRefusedError) -> ApiError:
    """A refusal in the words of the HTTP side."""
    return ApiError(refused.status, refused.code, refused.message, **refused.details)


def _told_as_api(handler: Handler) -> Handler:
    @functools.wraps(handler)
    async def told(request: Request) -> Response:
        try:
            return await handler(request)
        except refusals.AttachmentRefusedError as refused:
            raise as_api_error(refused) from None
        except NotFoundError:
            raise ApiError(404, "unknown_attachment", "There is no such attachment.") from None
        except asyncio.TimeoutError:
            raise ApiError(408, "upload_timeout", "The upload took too long.") from None

    return told


class _Doors:
    """What each route does."""

    def __init__(self, backend: Any, attachments: DiskAttachmentStore) -> None:
        self._backend = backend
        self._attachments = attachments

    async def direct(self, request: Request) -> Response:
        """POST /attachments; who sends it is known before a byte of it is read."""
        context = self._caller(request)
        if not _is_form(request):
            raise refusals.bad_upload("Send a form (multipart/form-data) with one file.")
        most = self._attachments.limits.file_bytes
        if announced(request) > most + FORM_BYTES:
            raise refusals.too_large(most)

        async def taken() -> Any:
            async with _Form(request, most) as file:
                name, declared, size = file.filename or "", file.content_type, file.size
                return await self._attachments.take_direct(name, declared, size, _chunks(file), context)

        return await self._within_time(taken())

    async def second_phase(self, request: Request) -> Response:
        """PUT /attachments/{id}/content; the link says whose it is, nobody's token is needed."""
        self._backend.admit_nameless(request)
        token, attachment_id = request.query_params.get("token", ""), request.path_params["id"]
        most = self._attachments.require_upload(token, attachment_id)
        if announced(request) > most + (FORM_BYTES if _is_form(request) else 0):
            raise refusals.longer(most)

        async def taken() -> Any:
            if not _is_form(request):
                declared = request.headers.get("content-type")
                return await self._attachments.take(token, attachment_id, declared, _body(request))
            async with _Form(request, most) as file:
                return await self._attachments.take(token, attachment_id, file.content_type, _chunks(file))

        return await self._within_time(taken())

    async def content(self, request: Request) -> Response:
        """GET /attachments/{id}/content."""
        return _sent(await self._of_the_caller(request, self._attachments.file), save=True)

    async def preview(self, request: Request) -> Response:
        """GET /attachments/{id}/preview, which an <img> asks for without a token of its own."""
        token, attachment_id = request.query_params.get("token"), request.path_params["id"]
        if token is None:
            return _sent(await self._of_the_caller(request, self._attachments.small), save=False)
        self._backend.admit_nameless(request)
        return _sent(await self._attachments.small_by_link(token, attachment_id), save=False)

    async def _of_the_caller(self, request: Request, read: Read) -> StoredFile:
        """What `read` gives them; 403 for what is another user's."""
        attachment_id, context = request.path_params["id"], self._caller(request)
        try:
            return await read(attachment_id, context)
        except NotFoundError:
            if self._attachments.is_somebody_elses(attachment_id, context):
                raise not_yours("This attachment belongs to somebody else.") from None
            raise

    def _caller(self, request: Request) -> RequestContext:
        self._backend.admit(request, keeps=True)
        caller = self._backend.caller(request, None, keeps=True)
        known: RequestContext = self._backend.base_context(request)
        return replace(known, user_id=caller.user)

    async def _within_time(self, taken: Awaitable[Any]) -> Response:
        attachment = await asyncio.wait_for(taken, self._attachments.limits.receive_s)
        content = attachment.model_dump_json(exclude_none=True)
        return Response(content, media_type="application/json", headers=SAFE)


class _Form:
    """The one file of a form, read no further than it may be long: `async with _Form(...) as file`."""

    def __init__(self, request: Request, most: int) -> None:
        self._request = request
        self._most = most
        self._file: UploadFile | None = None

    async def __aenter__(self) -> UploadFile:
        parser = MultiPartParser(self._request.headers, self._bounded(), max_files=1, max_fields=8)
        try:
            form = await parser.parse()
        except MultiPartException as error:
            if isinstance(error, _TooLongError):
                raise refusals.too_large(self._most) from None
            raise refusals.bad_upload("The body is no form with one file.") from None
        except KeyError:  # no boundary is named
            raise refusals.bad_upload("The body is no form with one file.") from None
        files = [each for each in form.values() if isinstance(each, UploadFile)]
        if len(files) != 1:
            raise refusals.bad_upload("The form has no file.")
        self._file = files[0]
        return self._file

    async def __aexit__(self, *_error: object) -> None:
        if self._file is not None:
            await self._file.close()

    async def _bounded(self) -> AsyncGenerator[bytes, None]:
        read = 0
        async for chunk in _body(self._request):
            read += len(chunk)
            if read > self._most + FORM_BYTES:
                raise _TooLongError("too long")  # so that the parser lets go of what it has
            yield chunk


class _TooLongError(MultiPartException):
    """More has come than may come."""


async def _body(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes. Who goes away in the middle has sent half a file."""
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        raise refusals.bad_upload("The upload broke off.") from None


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(CHUNK):
        yield chunk


def _is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").lower().startswith("multipart/form-data")


def _sent(file: StoredFile, *, save: bool) -> Response:
    disposition = content_disposition(file.name, file.mime_type) if save else "inline"
    headers = {**SAFE, "content-disposition": disposition}
    if not save:  # chatkit's frame, which is another site's, shows it
        headers["cross-origin-resource-policy"] = "cross-origin"
    return Response(file.content, media_type=file.mime_type, headers=headers)
