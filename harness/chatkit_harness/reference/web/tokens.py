"""Client secrets: whose session and until when, signed by this server, so that nothing has to be kept."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass

from ..signing import decode, encode

LIFETIME_S = 600.0
"""How long a client secret is good; the page asks for another one with the one that it has."""

RENEWABLE_S = 30 * 24 * 3600.0
"""How long after that it still proves whose session it was, and can be exchanged for a new one."""


class InvalidTokenError(ValueError):
    """Not signed by this server, or no token at all."""


class ExpiredTokenError(ValueError):
    """Signed by this server, and too old."""


@dataclass(frozen=True)
class Claims:
    """What a client secret says: a session, its user, and `expires` in seconds of the server's clock.

    `vouched` is True where somebody with the issuer's key named the user: only they can renew it then.
    """

    session: str
    user: str
    expires: float
    vouched: bool = False


def sign(secret: bytes, claims: Claims) -> str:
    """A token that says this."""
    payload = encode(json.dumps(asdict(claims)).encode())
    return f"{payload}.{encode(_signature(secret, payload))}"


def verify(secret: bytes, token: str, now: float) -> Claims:
    """What a token says. Raises InvalidTokenError or ExpiredTokenError."""
    payload, _dot, signature = token.partition(".")
    try:
        signed = hmac.compare_digest(decode(signature), _signature(secret, payload))
        claims = Claims(**json.loads(decode(payload))) if signed else None
    except (ValueError, TypeError):
        claims = None
    if claims is None:
        raise InvalidTokenError("not a token of this server")
    if claims.expires <= now:
        raise ExpiredTokenError("the token is too old")
    return claims


def _signature(secret: bytes, payload: str) -> bytes:
    return hmac.new(secret, payload.encode(), hashlib.sha256).digest()
