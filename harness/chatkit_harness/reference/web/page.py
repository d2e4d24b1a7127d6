"""What a page calls besides the conversation: its session, what its chart shows, what is to be drawn."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse

from ..chart_control import ChartContext, control_chart
from ..market import UnknownSymbolError
from ..market.data import MarketDataTimeoutError, UpstreamError
from .backend import Backend, plain_symbol, plain_timeframe
from .bodies import ChartAction, OpenSession, UpdateContext
from .failures import invalid_symbol


class Page:
    """The routes of a page; each takes a request and gives the JSON of its answer."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def session(self, request: Request) -> JSONResponse:
        """POST /api/chatkit/session: a session, the one at hand where it is good, and a secret for it."""
        backend = self._backend
        backend.admit_nameless(request)
        body = await backend.read(request, OpenSession)
        session, secret = backend.identity.open(request, body)
        request.scope["state"]["audited"].who = session.user
        return JSONResponse({"client_secret": secret, "session_id": session.id, "user": session.user})

    async def update_context(self, request: Request) -> JSONResponse:
        """POST /api/chatkit/update-context: what the chart of a session shows from now on."""
        backend = self._backend
        backend.admit(request, keeps=True)
        body = await backend.read(request, UpdateContext)
        backend.caller(request, body.session_id, keeps=True)  # before anybody is asked for the symbol
        symbol = plain_symbol(body.symbol)
        timeframe = plain_timeframe(body.timeframe)
        try:
            await backend.market_for(backend.base_context(request)).quote(symbol)
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
        backend.admit(request)
        body = await backend.read(request, ChartAction)
        shown = body.chart_context or (body.metadata.chart_context if body.metadata else None)
        # A ticker in the question comes first in any case, and the market is asked for it below, once.
        context = await backend.context(request, session_id=body.session_id, shown=shown, question=None)
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
