"""What a page calls besides the conversation: its session, what its chart shows, what is to be drawn."""

from __future__ import annotations

import platform
import secrets
from importlib import metadata

from starlette.requests import Request
from starlette.responses import JSONResponse

from ..chart_control import ChartContext, control_chart
from ..market import UnknownSymbolError
from ..market.data import MarketDataTimeoutError, UpstreamError
from ..sessions import ExpiredSessionError, Session, UnknownSessionError
from .backend import Backend, plain_symbol, plain_timeframe
from .bodies import ChartAction, OpenSession, UpdateContext, read
from .failures import invalid_symbol

DISTRIBUTIONS = {"chatkit": "openai-chatkit", "agents": "openai-agents", "openai": "openai"}


class Page:
    """The routes of a page; each takes a request and gives the JSON of its answer."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def health(self, request: Request) -> JSONResponse:
        """GET /health: that this server lives, what it runs on, and where it keeps threads."""
        del request
        return JSONResponse({"status": "ok", "versions": versions(), "store": "memory"})

    async def session(self, request: Request) -> JSONResponse:
        """POST /api/chatkit/session: a session, the one at hand where it is good, and a secret for it."""
        backend = self._backend
        backend.base_context(request)
        backend.sweep()
        body = await read(request, OpenSession, backend.max_body_bytes)
        user = body.user_id or body.device_id
        session = self._existing(body.existing_session, user)
        if session is None:
            session = backend.sessions.create(user or f"anonymous-{secrets.token_hex(8)}")
        secret = backend.client_secret(session)
        return JSONResponse({"client_secret": secret, "session_id": session.id, "user": session.user})

    def _existing(self, named: str | None, user: str | None) -> Session | None:
        """The session named by its id or secret, unless it is over, or somebody else's."""
        if named is None:
            return None
        backend = self._backend
        try:
            # Only a secret has a dot.
            session_id = backend.session_of(named, renewing=True) if "." in named else named
            session = backend.sessions.get(session_id)
        except (UnknownSessionError, ExpiredSessionError):
            return None
        return session if user in (None, session.user) else None

    async def update_context(self, request: Request) -> JSONResponse:
        """POST /api/chatkit/update-context: what the chart of a session shows from now on."""
        backend = self._backend
        context = backend.base_context(request)
        body = await read(request, UpdateContext, backend.max_body_bytes)
        backend.sessions.get(body.session_id)  # before anybody is asked for the symbol
        symbol = plain_symbol(body.symbol)
        timeframe = plain_timeframe(body.timeframe)
        try:
            await backend.market_for(context).quote(symbol)
        except UnknownSymbolError:
            raise invalid_symbol(symbol) from None
        except (UpstreamError, MarketDataTimeoutError):
            pass  # the chart shows it whether or not somebody can say what it trades at
        session = backend.sessions.update(
            body.session_id, symbol=symbol, timeframe=timeframe, snapshot_id=body.snapshot_id
        )
        updated_at = backend.timestamp(session.updated)
        return JSONResponse({"success": True, "session_id": session.id, "updated_at": updated_at})

    async def chart_action(self, request: Request) -> JSONResponse:
        """POST /api/chatkit/chart-action: what the chart is to do, worked out without a model."""
        backend = self._backend
        body = await read(request, ChartAction, backend.max_body_bytes)
        shown = body.chart_context or (body.metadata.chart_context if body.metadata else None)
        context = await backend.context(request, session_id=body.session_id, shown=shown, question=body.query)
        chart = ChartContext(symbol=context.symbol, timeframe=context.timeframe)
        answer = await control_chart(body.query, chart, backend.market_for(context))
        data = {
            "tools_used": list(answer.tools_used),
            "chart_context": dict(answer.chart_context),
            "timestamp": backend.timestamp(),
        }
        commands = list(answer.chart_commands)
        return JSONResponse(
            {"success": True, "text": answer.text, "chart_commands": commands, "data": data, "error": None}
        )


def versions() -> dict[str, str | None]:
    """What this process runs on; None for what is not installed."""
    installed = {name: _version(distribution) for name, distribution in DISTRIBUTIONS.items()}
    return {**installed, "python": platform.python_version()}


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None
