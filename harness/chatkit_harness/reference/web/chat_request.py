"""A ChatKit request as the chatkit at hand understands it, and what no chatkit checks in it."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from chatkit.types import ChatKitReq
from pydantic import TypeAdapter, ValidationError

from .bodies import invalid_body, wrong_fields
from .failures import ApiError

REQUEST: TypeAdapter[Any] = TypeAdapter(ChatKitReq)

MAX_NAMED = 200
"""Items or attachments that one request may name: each of them is looked up."""


def parse(body: bytes, server: Any) -> Any:
    """The request. Raises ApiError: 422 for none that this chatkit knows, 501 for what the server does not
    offer.
    """
    try:
        asked = REQUEST.validate_json(body)
    except ValidationError as error:
        raise wrong_fields(error) from None
    params = asked.params
    attached = getattr(getattr(params, "input", None), "attachments", None) or ()
    if (attached or asked.type.startswith("attachments.")) and server.attachment_store is None:
        raise ApiError(501, "not_implemented", "This server takes no attachments.")
    _few("params.input.attachments", attached)
    _few("params.item_ids", getattr(params, "item_ids", ()))
    _audio(getattr(params, "audio_base64", None))
    # chatkit's own default of an action's type is a type variable.
    if not isinstance(getattr(getattr(params, "action", None), "type", ""), str):
        raise _wrong("params.action.type", "Field required")
    return asked


def _few(field: str, named: Any) -> None:
    if len(named) > MAX_NAMED:
        raise _wrong(field, f"At most {MAX_NAMED} can be named")


def _audio(encoded: str | None) -> None:
    if encoded is not None:
        try:
            base64.b64decode(encoded)
        except (ValueError, binascii.Error):
            raise _wrong("params.audio_base64", "This is not base64") from None


def _wrong(field: str, problem: str) -> ApiError:
    message = "The body does not have the fields that this route takes."
    return invalid_body(message, problems=[{"field": field, "problem": problem}])
