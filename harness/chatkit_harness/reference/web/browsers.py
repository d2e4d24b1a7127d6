"""What pages in a browser may do with this server: its own page all, another site's nothing but by a list.

A browser sends the cookies and the network position of its user along with any site's requests, and tells
the site in `Origin`. So a request that changes something is refused when its origin is neither this server
nor listed, even where CORS would only keep the answer from being read.
"""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .failures import HEADER, ApiError, enveloped

METHODS = "GET, POST, PUT, DELETE"
ALLOWED_HEADERS = f"authorization, content-type, {HEADER}"
EXPOSED_HEADERS = f"{HEADER}, retry-after, www-authenticate"

SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
}
"""On each answer that does not set them itself, as the page does that is shown."""


class Browsers:
    """Middleware: refuses other sites' pages, answers preflights, puts the headers on.

    `origins` are those sites' (`https://app.example.com`); `*` is none of them. `hosts`, where given, are the
    only names that the server may be asked for under: on loopback, a name that a stranger's DNS points here
    would otherwise make a page of theirs look like this server's own.
    """

    def __init__(self, app: ASGIApp, origins: Collection[str] = (), hosts: Collection[str] = ()) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._origins = frozenset(origin.rstrip("/").lower() for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer for it: 403 to a page of another site, 421 for another's name."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refused = self._refused(scope["method"], headers)

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._put_headers(MutableHeaders(scope=message), headers.get("origin"))
            await send(message)

        if refused is not None:
            await enveloped(refused, scope)(scope, receive, tell)
        elif scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await _preflight()(scope, receive, tell)
        else:
            await self._app(scope, receive, tell)

    def _refused(self, method: str, headers: Headers) -> ApiError | None:
        if self._hosts and _name(headers.get("host", "")) not in self._hosts:
            return ApiError(421, "host_not_served", "This server is not to be asked for under this name.")
        origin = headers.get("origin")
        if method in ("GET", "HEAD") or origin is None or self._lists(origin) or _is_own(origin, headers):
            return None
        return ApiError(403, "origin_not_allowed", "Pages of this origin may not use this server.")

    def _put_headers(self, answered: MutableHeaders, origin: str | None) -> None:
        if self._origins:
            # Their pages show pictures of this server's, and a picture is asked for without an origin.
            answered.setdefault("cross-origin-resource-policy", "cross-origin")
            answered.add_vary_header("origin")
        for name, value in SECURITY_HEADERS.items():
            answered.setdefault(name, value)
        if origin is not None and self._lists(origin):
            answered["access-control-allow-origin"] = origin
            answered["access-control-expose-headers"] = EXPOSED_HEADERS

    def _lists(self, origin: str) -> bool:
        return origin.lower() in self._origins


def _preflight() -> Response:
    allowed = {
        "access-control-allow-methods": METHODS,
        "access-control-allow-headers": ALLOWED_HEADERS,
        "access-control-max-age": "600",
    }
    return Response(status_code=204, headers=allowed)


def _is_own(origin: str, headers: Headers) -> bool:
    """Whether the page comes from this very server: the name that it was asked for under."""
    return origin.partition("://")[2].lower() == headers.get("host", "").lower()


def _name(host: str) -> str:
    """A host without its port; an IPv6 address keeps its brackets."""
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdecimal() else host.lower()
