"""Every failure as an HTTP status and one envelope, with an id under which the log says what went wrong.

    {"error": {"code", "message", "details", "correlation_id"}}

Nothing of an exception's own words is sent: they may hold keys, paths, or what others have said.
"""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..market.data import MarketDataTimeoutError, UnknownSymbolError, UpstreamError
from ..sessions import ExpiredSessionError, UnknownSessionError

log = logging.getLogger(__name__)

HEADER = "x-correlation-id"
SYMBOL = re.compile(r"[A-Z][A-Z0-9.-]{0,9}")
_OWN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class ApiError(Exception):
    """A failure that its caller is told: status, a code for programs, a sentence, and details."""

    def __init__(self, status: int, code: str, message: str, **details: Any) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.headers: Mapping[str, str] = {}


def as_api_error(error: Exception) -> ApiError:
    """What the caller is told of an exception; of one that nobody foresaw, nothing but that it happened."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, HTTPException):
        return _of_starlette(error)
    if isinstance(error, UnknownSessionError):
        return ApiError(404, "unknown_session", "There is no such session: open a new one.")
    if isinstance(error, ExpiredSessionError):
        return ApiError(404, "session_expired", "The session has expired: open a new one.")
    if isinstance(error, UnknownSymbolError):
        return invalid_symbol(error.symbol)
    if isinstance(error, (UpstreamError, MarketDataTimeoutError)):
        return upstream_failed("market_data")
    return ApiError(500, "internal_error", "The server could not answer this; its log says why.")


def upstream_failed(upstream: str) -> ApiError:
    """What this server asks for its answers did not answer itself: `model` or `market_data`."""
    name = upstream.replace("_", " ")
    return ApiError(502, "upstream_failed", f"The {name} did not answer as it should.", upstream=upstream)


def invalid_symbol(symbol: str) -> ApiError:
    """Nothing is listed under this symbol. It is repeated only if it looks like one."""
    shown = {"symbol": symbol} if SYMBOL.fullmatch(symbol) else {}
    return ApiError(404, "invalid_symbol", "No market data is known for this symbol.", **shown)


def _of_starlette(error: HTTPException) -> ApiError:
    known = {
        404: ("unknown_route", "There is no such route."),
        405: ("method_not_allowed", "This route does not take this method."),
    }
    code, message = known.get(error.status_code, ("bad_request", "The request could not be taken."))
    told = ApiError(error.status_code, code, message)
    told.headers = error.headers or {}
    return told


class Failures:
    """Middleware: gives each exception its envelope."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and answer for it where it fails."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def tell(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
            await send(message)

        try:
            await self._app(scope, receive, tell)
        except Exception as error:
            if started:  # half an answer is out: all that is left is to break it off where all can see it
                log.exception("%s %r broke off [%s]", scope["method"], scope["path"], correlation_id(scope))
                raise
            await enveloped(error, scope)(scope, receive, tell)


def handled(request: Request, error: Exception) -> Response:
    """Starlette's own failures (no such route, no such method) in the same envelope."""
    return enveloped(error, request.scope)


def enveloped(error: Exception, scope: Scope) -> JSONResponse:
    """The answer for an exception, which is logged: the caller's mistakes briefly, ours with all there is."""
    told = as_api_error(error)
    known = correlation_id(scope)
    said = (scope["method"], scope["path"], told.status, told.code, known)
    if told.status >= 500 and told.status != 501:
        # What led to it says more than where it was given its status.
        log.error("%s %r: %d %s [%s]", *said, exc_info=error.__cause__ or error)
    else:
        log.info("%s %r: %d %s [%s]", *said)
    envelope = {"code": told.code, "message": told.message, "details": told.details, "correlation_id": known}
    return JSONResponse({"error": envelope}, told.status, headers=dict(told.headers))


def correlation_id(scope: Scope) -> str:
    """The id of a request: the caller's own where it is harmless, else a new one; always the same."""
    state: dict[str, Any] = scope.setdefault("state", {})
    if "correlation_id" not in state:
        given = Headers(scope=scope).get(HEADER, "")
        state["correlation_id"] = given if _OWN_ID.fullmatch(given) else uuid.uuid4().hex
    return str(state["correlation_id"])
