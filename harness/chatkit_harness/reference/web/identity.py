"""Who asks: the user of a request's bearer token, and how a page comes by such a token.

A token is a signed client secret of POST /api/chatkit/session. Whoever asks for one is a new, anonymous
user, unless they prove to be somebody: by an earlier secret of theirs (`existing_session`), or by the
issuer's key, which the operator's own backend sends for the users that it has logged in. A `user_id` or a
`device_id` proves nothing: anybody can write one down.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.requests import Request

from ..sessions import ExpiredSessionError, Session, SessionStore, UnknownSessionError
from .bodies import OpenSession
from .failures import ApiError
from .tokens import LIFETIME_S, RENEWABLE_S, Claims, ExpiredTokenError, InvalidTokenError, sign, verify

SCHEME = "bearer"


@dataclass(frozen=True)
class Caller:
    """Who asks. `session` is None where none is named, or where the one of the token is over."""

    user: str
    session: Session | None = None


@dataclass
class Identity:
    """Opens sessions and tells whose a request is.

    `issuer_key` is what the operator's backend presents to name a user; without one nobody is named.
    `anonymous` lets the routes that keep nothing be used without a token. `trust_harness` believes every
    word: for scenarios only.
    """

    sessions: SessionStore
    clock: Callable[[], float]
    secret: bytes = field(default_factory=lambda: os.urandom(32), repr=False)
    issuer_key: str | None = field(default=None, repr=False)
    anonymous: bool = False
    trust_harness: bool = False

    def claims(self, request: Request, *, keeps: bool = False) -> Claims | None:
        """What the bearer token of a request says; None where it has none and may do without.

        It may where the harness is trusted, and for anonymous ones on routes that keep nothing (`keeps`
        False). Raises ApiError 401 otherwise, and for a token that is bad.
        """
        token = bearer(request)
        if token is None:
            if self.trust_harness or (self.anonymous and not keeps):
                return None
            raise unauthenticated("token_missing", "Send the client secret of a session as bearer token.")
        try:
            return verify(self.secret, token, self.clock())
        except InvalidTokenError:
            raise unauthenticated("token_invalid", "This bearer token is none of this server's.") from None
        except ExpiredTokenError:
            message = "The client secret has expired: exchange it for another one (existing_session)."
            raise unauthenticated("token_expired", message) from None

    def caller(self, claims: Claims | None, named: str | None, *, otherwise: str) -> Caller:
        """Who asks: the user of the token, else `otherwise`; `named` is the session that the body names.

        Its id is no proof: without a token only the harness is believed whose it is. Raises ApiError 401
        there and 403 for a session of somebody else, and as `SessionStore.get` does for a named one that is
        over. That of the token may be: the server was started anew, say, and the signature holds.
        """
        if claims is None and named is not None and not self.trust_harness:
            raise unauthenticated("token_missing", "Send the client secret of this session as bearer token.")
        if claims is None:
            return Caller(otherwise) if named is None else self._in(self.sessions.get(named))
        if named is None:
            return Caller(claims.user, self._live(claims.session))
        session = self.sessions.get(named)
        if session.user != claims.user:
            raise not_yours("This session belongs to somebody else.")
        return self._in(session)

    def open(self, request: Request, body: OpenSession) -> tuple[Session, str]:
        """A session for who asks, the one at hand where it is theirs and good, and a client secret for it.

        Raises ApiError: 401 for a wrong issuer's key, 403 for a user that nobody vouches for.
        """
        believed = self.trust_harness or self._issued(request)
        if not believed and self.issuer_key is not None and body.user_id is not None:
            raise _unproven()
        wanted = (body.user_id or body.device_id) if believed else None
        proven = self._proven(body.existing_session)
        if proven is not None and wanted in (None, proven.user):
            if proven.vouched and not believed:
                raise _unproven()
            session = self._live(proven.session) or self.sessions.create(proven.user)
            vouched = proven.vouched
        else:
            session = self.sessions.create(wanted or f"anonymous-{secrets.token_hex(8)}")
            vouched = wanted is not None
        claims = Claims(session.id, session.user, self.clock() + LIFETIME_S, vouched)
        return session, sign(self.secret, claims)

    def _issued(self, request: Request) -> bool:
        """Whether the operator's backend asks. Raises ApiError 401 for somebody who only looks like it."""
        token = bearer(request)
        if self.issuer_key is None or token is None:
            return False
        if not hmac.compare_digest(token.encode(), self.issuer_key.encode()):
            raise unauthenticated("issuer_key_invalid", "This is not the key of the issuer.")
        return True

    def _proven(self, existing: str | None) -> Claims | None:
        """Whose session it is, by a secret of it that may have expired; None where that proves nothing."""
        if existing is None:
            return None
        if "." not in existing:  # only a secret has a dot; an id alone is no proof
            session = self._live(existing) if self.trust_harness else None
            return (
                None if session is None else Claims(session.id, session.user, session.expires, vouched=True)
            )
        try:
            return verify(self.secret, existing, self.clock() - RENEWABLE_S)
        except (InvalidTokenError, ExpiredTokenError):
            return None

    def _live(self, session_id: str) -> Session | None:
        try:
            return self.sessions.get(session_id)
        except (UnknownSessionError, ExpiredSessionError):
            return None

    @staticmethod
    def _in(session: Session) -> Caller:
        return Caller(session.user, session)


def bearer(request: Request) -> str | None:
    """The bearer token of a request, None where it has none; another scheme proves nothing here."""
    scheme, _space, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == SCHEME else None


def address(request: Request) -> str:
    """Who asks as far as the network knows, for those who have no name."""
    return f"address:{request.client.host if request.client else 'unknown'}"


def unauthenticated(code: str, message: str) -> ApiError:
    """401: nobody knows who asks. A token that was sent and is bad is named in the challenge (RFC 6750)."""
    error = ApiError(401, code, message)
    named = "" if code == "token_missing" else ', error="invalid_token"'
    error.headers = {"www-authenticate": f'Bearer realm="chatkit"{named}'}
    return error


def not_yours(message: str) -> ApiError:
    """403: it is there, and belongs to somebody else."""
    return ApiError(403, "not_yours", message)


def _unproven() -> ApiError:
    return ApiError(403, "user_unproven", "Only the issuer of sessions can open one for this user.")
