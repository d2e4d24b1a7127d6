"""Signed links: what may be done with which file of whom, and until when, so that nothing has to be kept."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass

from ..signing import decode, encode
from . import refusals

MAX_CHARACTERS = 1000


@dataclass(frozen=True)
class Link:
    """Leave to do one thing: `upload` (exactly `size` bytes) or `preview`.

    `home` stands for the user, whose name has no business in an address. `expires` is in seconds since the
    epoch; None is good for as long as the file is there.
    """

    what: str
    attachment_id: str
    home: str
    size: int | None = None
    expires: float | None = None


def sign(secret: bytes, link: Link) -> str:
    """A token that says this, of characters that an address may hold."""
    payload = encode(json.dumps(asdict(link), separators=(",", ":")).encode())
    return f"{payload}.{encode(_signature(secret, payload))}"


def verify(secret: bytes, token: str, what: str, attachment_id: str, now: float) -> Link:
    """What a token says. Raises AttachmentRefusedError unless it is for this, signed here, and still good."""
    payload, _dot, signature = token[:MAX_CHARACTERS].partition(".")
    try:
        signed = hmac.compare_digest(decode(signature), _signature(secret, payload))
        link = Link(**json.loads(decode(payload))) if signed else None
    except (ValueError, TypeError):
        link = None
    if link is None or (link.what, link.attachment_id) != (what, attachment_id):
        raise refusals.bad_link(expired=False)
    if link.expires is not None and link.expires <= now:
        raise refusals.bad_link(expired=True)
    return link


def _signature(secret: bytes, payload: str) -> bytes:
    # Its own label: the same key may sign other things elsewhere.
    return hmac.new(secret, b"attachment:" + payload.encode(), hashlib.sha256).digest()
