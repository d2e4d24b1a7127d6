"""The application: which route does what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..market import FixtureMarketData, MarketData
from ..sessions import SessionStore
from .backend import Backend, Clock
from .bodies import MAX_BODY_BYTES
from .failures import ApiError, Failures, handled
from .page import Page

Handler = Callable[[Request], Awaitable[Response]]


def create_app(
    server: Any,
    *,
    market: MarketData,
    sessions: SessionStore | None = None,
    clock: Clock | None = None,
    secret: bytes | None = None,
    trust_harness: bool = False,
    max_body_bytes: int = MAX_BODY_BYTES,
) -> Starlette:
    """The application around a ChatKitServer, or (None) without one.

    `sessions` should go by `clock` where both are given. `secret` signs client secrets; by default a new
    one, so that they end with the process, as the sessions do. `trust_harness` honours the header
    `x-harness-context`, which may make parts fail and time pass: for scenarios only.
    """
    clock = clock or Clock()
    backend = Backend(
        server=server,
        market=market,
        sessions=sessions or SessionStore(clock=clock),
        clock=clock,
        trust_harness=trust_harness,
        max_body_bytes=max_body_bytes,
    )
    if secret is not None:
        backend.secret = secret
    page = Page(backend)
    sdk, proxy = _conversations(backend)
    app = Starlette(
        routes=[
            Route("/chatkit/sdk", sdk, methods=["POST"]),
            Route("/api/chatkit/session", page.session, methods=["POST"]),
            Route("/api/chatkit/update-context", page.update_context, methods=["POST"]),
            Route("/api/chatkit/chart-action", page.chart_action, methods=["POST"]),
            Route("/api/chatkit/proxy", proxy, methods=["POST"]),
            Route("/health", page.health, methods=["GET"]),
        ],
        middleware=[Middleware(Failures)],
        exception_handlers={HTTPException: handled},
    )
    app.router.redirect_slashes = False  # a path that nobody serves is an unknown route, not another one
    return app


def create_app_for(server: Any, options: Mapping[str, Any]) -> Starlette:
    """The application for a scenario: fixtures for market data, and the scenario's word on what happens."""
    del options  # what a scenario sets is the server's
    return create_app(server, market=FixtureMarketData(), trust_harness=True)


def _conversations(backend: Backend) -> tuple[Handler, Handler]:
    if backend.server is None:
        return _without_chatkit, _without_chatkit
    # Here rather than above: both import chatkit.
    from .chat import Chat
    from .proxy import Proxy

    return Chat(backend).sdk, Proxy(backend).turn


async def _without_chatkit(request: Request) -> Response:
    del request
    raise ApiError(501, "chatkit_missing", "This server runs without chatkit: it holds no conversations.")
