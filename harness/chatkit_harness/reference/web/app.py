"""The application: which route does what, and what stands before all of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ..market import FixtureMarketData, MarketData
from ..sessions import SessionStore
from .audit import Audit
from .backend import Backend, Clock
from .browsers import Browsers
from .failures import ApiError, Failures, handled
from .health import Health
from .history import History
from .identity import Identity
from .limits import UNLIMITED, Limits
from .openapi import Description
from .page import Page
from .static_files import static_routes

Handler = Callable[[Request], Awaitable[Response]]


def create_app(
    server: Any,
    *,
    market: MarketData,
    sessions: SessionStore | None = None,
    clock: Clock | None = None,
    secret: bytes | None = None,
    issuer_key: str | None = None,
    anonymous: bool = False,
    trust_harness: bool = False,
    limits: Limits | None = None,
    origins: Collection[str] = (),
    hosts: Collection[str] = (),
) -> Starlette:
    """The application around a ChatKitServer, or (None) without one.

    `sessions` should go by `clock` where both are given. `secret` signs client secrets; by default a new
    one, so that they end with the process. `issuer_key` lets who presents it open sessions for users that
    they name. `anonymous` lets the routes that keep nothing be used without a token: for a server on
    loopback. `origins` are the other sites whose pages may call, `hosts` (empty: any) the names that this
    server goes by. `trust_harness` believes every word and honours the header `x-harness-context`, which may
    make parts fail and time pass: for scenarios only; there, nobody has to wait either.
    """
    clock = clock or Clock()
    sessions = sessions or SessionStore(clock=clock)
    identity = Identity(
        sessions=sessions,
        clock=clock,
        issuer_key=issuer_key,
        anonymous=anonymous,
        trust_harness=trust_harness,
    )
    if secret is not None:
        identity.secret = secret
    backend = Backend(
        server=server,
        market=market,
        sessions=sessions,
        identity=identity,
        limits=limits or (UNLIMITED if trust_harness else Limits()),
        clock=clock,
        trust_harness=trust_harness,
    )
    routes = _routes(backend)
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(Audit, paths=[route.path for route in routes if isinstance(route, Route)]),
            Middleware(Browsers, origins=origins, hosts=hosts),
            Middleware(Failures),
        ],
        exception_handlers={HTTPException: handled},
    )
    app.router.redirect_slashes = False  # a path that nobody serves is an unknown route, not another one
    return app


def create_app_for(server: Any, options: Mapping[str, Any]) -> Starlette:
    """The application for a scenario: fixtures for market data, and the scenario's word on what happens."""
    del options  # what a scenario sets is the server's
    return create_app(server, market=FixtureMarketData(), trust_harness=True)


def _routes(backend: Backend) -> list[BaseRoute]:
    page = Page(backend)
    sdk, proxy = _conversations(backend)
    return [
        Route("/chatkit/sdk", sdk, methods=["POST"]),
        Route("/api/chatkit/session", page.session, methods=["POST"]),
        Route("/api/chatkit/update-context", page.update_context, methods=["POST"]),
        Route("/api/chatkit/chart-action", page.chart_action, methods=["POST"]),
        Route("/api/chatkit/proxy", proxy, methods=["POST"]),
        Route("/api/chatkit/history", History(backend).history, methods=["GET"]),
        Route("/health", Health(backend).health, methods=["GET"]),
        Route("/openapi.json", Description(backend.server).answer, methods=["GET"]),
        *_attachments(backend),
        *static_routes(),
    ]


def _attachments(backend: Backend) -> list[Route]:
    if getattr(backend.server, "attachment_store", None) is None:
        return []
    from ..attachments.routes import attachment_routes  # imports chatkit, too

    return attachment_routes(backend)


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
