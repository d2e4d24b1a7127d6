"""What may stand in a request's body, and what is said of one that holds something else."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import ClientDisconnect, Request

from .failures import ApiError

MAX_BODY_BYTES = 1024 * 1024
BODY_S = 30.0
MAX_PROBLEMS = 10
MAX_DIGITS = 18

B = TypeVar("B", bound=BaseModel)


class Body(BaseModel):
    """A JSON object whose fields have exactly these types; others are ignored, as pages may be newer."""

    model_config = ConfigDict(strict=True, extra="ignore", str_strip_whitespace=True)


class ChartShown(Body):
    """What the page says that its chart shows."""

    symbol: str | None = Field(None, min_length=1, max_length=32)
    timeframe: str | None = Field(None, min_length=1, max_length=16)


class Metadata(Body):
    """What the page sends along."""

    chart_context: ChartShown | None = None


# Who somebody is stands in logs and stores: no control characters there.
_PLAIN = r"^[^\x00-\x1f\x7f-\x9f]*$"


class OpenSession(Body):
    """POST /api/chatkit/session; `existing_session` is an earlier client secret of the same user.

    The longest is that of 200 emoji: 12 characters each in JSON, and a third more once they are encoded.
    """

    device_id: str | None = Field(None, min_length=1, max_length=200, pattern=_PLAIN)
    user_id: str | None = Field(None, min_length=1, max_length=200, pattern=_PLAIN)
    existing_session: str | None = Field(None, max_length=4000)


class UpdateContext(Body):
    """POST /api/chatkit/update-context."""

    session_id: str = Field(min_length=1, max_length=200)
    symbol: str = Field(min_length=1, max_length=32)
    timeframe: str = Field(min_length=1, max_length=16)
    snapshot_id: str | None = Field(None, max_length=200)


class ChartAction(Body):
    """POST /api/chatkit/chart-action."""

    query: str = Field(min_length=1, max_length=4000)
    session_id: str | None = Field(None, min_length=1, max_length=200)
    chart_context: ChartShown | None = None
    metadata: Metadata | None = None


class Message(Body):
    """One message of a conversation."""

    role: Literal["user", "assistant"]
    content: str = Field(min_length=1, max_length=100_000)


class Conversation(Body):
    """POST /api/chatkit/proxy; `user` names nobody: who asks is told by the bearer token."""

    messages: list[Message] = Field(min_length=1, max_length=200)
    user: str | None = Field(None, min_length=1, max_length=200, pattern=_PLAIN)
    session_id: str | None = Field(None, min_length=1, max_length=200)
    metadata: Metadata | None = None


async def read_json(request: Request, limit: int, limit_s: float = BODY_S) -> tuple[bytes, dict[str, Any]]:
    """The body as it came and as a JSON object.

    Raises ApiError: 413 above the limit (bytes), 408 where it does not arrive in time, 422 for no object.
    """
    try:
        body = await asyncio.wait_for(_read(request, limit), limit_s)
    except asyncio.TimeoutError:
        raise _too_slow() from None
    except ClientDisconnect:
        raise ApiError(499, "client_gone", "The client went away.") from None
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise invalid_body("The body is not JSON.") from None
    if not isinstance(document, dict):
        raise invalid_body("The body is not a JSON object.")
    return body, document


def announced(request: Request) -> int:
    """The length that the header tells; 0 where it tells none, more than any limit where it has no end."""
    length = request.headers.get("content-length", "")
    if not (length.isascii() and length.isdecimal()):
        return 0
    return sys.maxsize if len(length) > MAX_DIGITS else int(length)


async def _read(request: Request, limit: int) -> bytes:
    if announced(request) > limit:
        raise _too_large(limit)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise _too_large(limit)
    return bytes(body)


async def read(request: Request, model: type[B], limit: int, limit_s: float = BODY_S) -> B:
    """The body as that model. Raises ApiError as `read_json` does, and 422 with each field that is wrong."""
    body, _document = await read_json(request, limit, limit_s)
    try:
        # From the bytes: strictness is about JSON's types, not about Python's.
        return model.model_validate_json(body)
    except ValidationError as error:
        raise wrong_fields(error) from None


def wrong_fields(error: ValidationError) -> ApiError:
    """What is wrong with which field; never what stood there instead."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    problems = [_problem(each) for each in found[:MAX_PROBLEMS]]
    return invalid_body("The body does not have the fields that this route takes.", problems=problems)


def invalid_body(message: str, **details: Any) -> ApiError:
    """422: what came is not what this route takes."""
    return ApiError(422, "invalid_body", message, **details)


def _problem(found: Any) -> dict[str, str]:
    field = ".".join(str(part) for part in found["loc"])[:200]
    # Of a wrong type, pydantic repeats what was sent, and leaves the field out.
    if found["type"] == "union_tag_invalid":
        return {"field": f"{field}.type".lstrip("."), "problem": "There is no such type"}
    if found["type"] == "union_tag_not_found":
        return {"field": f"{field}.type".lstrip("."), "problem": "Field required"}
    return {"field": field, "problem": str(found["msg"])}


def _too_large(limit: int) -> ApiError:
    return ApiError(413, "body_too_large", "The body is too large.", limit_bytes=limit)


def _too_slow() -> ApiError:
    error = ApiError(408, "body_too_slow", "The body did not arrive in time.")
    error.headers = {"connection": "close"}
    return error
