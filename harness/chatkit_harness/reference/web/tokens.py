"""Client secrets: a session's id and an expiry, signed by this server, so that nothing has to be kept."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json

LIFETIME_S = 600.0
"""How long a client secret is good; the page asks for another one with the session that it has."""


class InvalidTokenError(ValueError):
    """Not signed by this server, or no token at all."""


class ExpiredTokenError(ValueError):
    """Signed by this server, and too old."""


def sign(secret: bytes, session_id: str, expires: float) -> str:
    """A token for a session, good until `expires` (seconds of the server's clock)."""
    payload = _encode(json.dumps({"session": session_id, "expires": expires}).encode())
    return f"{payload}.{_encode(_signature(secret, payload))}"


def verify(secret: bytes, token: str, now: float) -> str:
    """The session that a token is for. Raises InvalidTokenError or ExpiredTokenError."""
    payload, _dot, signature = token.partition(".")
    try:
        signed = hmac.compare_digest(_decode(signature), _signature(secret, payload))
        held = json.loads(_decode(payload)) if signed else {}
    except (ValueError, binascii.Error):
        held = {}
    if not held:
        raise InvalidTokenError("not a token of this server")
    if held["expires"] <= now:
        raise ExpiredTokenError("the token is too old")
    return str(held["session"])


def _signature(secret: bytes, payload: str) -> bytes:
    return hmac.new(secret, payload.encode(), hashlib.sha256).digest()


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
