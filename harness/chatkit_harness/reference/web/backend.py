"""What every route needs: market data, sessions, a clock, and who asks in front of which chart."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any

from starlette.requests import Request

from ..chart_question import read_question, read_timeframe
from ..context import RequestContext, create_context
from ..market import MarketData, UnknownSymbolError, with_fault
from ..market.data import MarketDataTimeoutError, UpstreamError
from ..sessions import SessionStore
from .bodies import B, ChartShown, invalid_body, read
from .failures import SYMBOL, invalid_symbol
from .identity import Caller, Identity, address
from .limits import Limits, RequestRate, Streams

SWEEP_EVERY_S = 60.0
HARNESS_HEADER = "x-harness-context"


class Clock:
    """Seconds since the epoch; a scenario may put it forward, and it never goes back."""

    def __init__(self, base: Callable[[], float] = time.time) -> None:
        self._base = base
        self._ahead = 0.0

    def __call__(self) -> float:
        """The time by this clock."""
        return self._base() + self._ahead

    def put_forward(self, hours: float) -> None:
        """Let it be at least that many hours ahead of the real time."""
        self._ahead = max(self._ahead, hours * 3600)


@dataclass
class Backend:
    """The parts of one application. `server` is None where there is no chatkit.

    `trust_harness` lets the header `x-harness-context` say what the chart shows, which part is to fail and
    how late it is: for scenarios only, never where strangers can reach it.
    """

    server: Any
    market: MarketData
    sessions: SessionStore
    identity: Identity
    limits: Limits
    clock: Clock
    trust_harness: bool = False
    rate: RequestRate = field(init=False)
    streams: Streams = field(init=False)
    _swept: float = 0.0

    def __post_init__(self) -> None:
        self.rate = RequestRate(self.limits, self.clock)
        self.streams = Streams(self.limits)

    def timestamp(self, seconds: float | None = None) -> str:
        """A time of the clock (default: now) as ISO 8601, in UTC."""
        return datetime.fromtimestamp(self.clock() if seconds is None else seconds, timezone.utc).isoformat()

    def sweep(self) -> None:
        """Let go of expired sessions, once in a while."""
        now = self.clock()
        if now - self._swept >= SWEEP_EVERY_S:
            self._swept = now
            self.sessions.sweep()

    def base_context(self, request: Request) -> RequestContext:
        """What a scenario says of the request; of anybody else's, nothing is known yet."""
        values = self._harness_values(request)
        try:
            self.clock.put_forward(float(values.get("hours_later") or 0))
            return create_context(values)
        except (TypeError, ValueError, AttributeError):
            raise invalid_body(f"The header {HARNESS_HEADER} cannot be used.") from None

    def _harness_values(self, request: Request) -> Mapping[str, Any]:
        if not self.trust_harness:
            return {}
        try:
            values = json.loads(request.headers.get(HARNESS_HEADER) or "{}")
        except (ValueError, RecursionError):
            values = None
        if not isinstance(values, dict):
            raise invalid_body(f"The header {HARNESS_HEADER} is not a JSON object.")
        return values

    def admit(self, request: Request, *, keeps: bool = False) -> None:
        """Let a request in before its body is read. Raises ApiError: 401 where nobody knows who asks (see
        `Identity.claims`), 429 where they have asked too often.
        """
        base = self.base_context(request)
        self.sweep()
        claims = self.identity.claims(request, keeps=keeps)
        self._count(request, self._nameless(request, base) if claims is None else claims.user)

    def admit_nameless(self, request: Request) -> None:
        """Let a request in that nobody has to be known for: it counts by its address."""
        self.base_context(request)
        self.sweep()
        self._count(request, address(request))

    def caller(self, request: Request, named: str | None, *, keeps: bool = False) -> Caller:
        """Who asks; `named` is the session in the body. Raises as `Identity` does."""
        claims = self.identity.claims(request, keeps=keeps)
        otherwise = self._nameless(request, self.base_context(request))
        caller = self.identity.caller(claims, named, otherwise=otherwise)
        request.scope["state"]["audited"].who = caller.user
        return caller

    def _nameless(self, request: Request, base: RequestContext) -> str:
        return base.user_id if self.trust_harness else address(request)

    def _count(self, request: Request, user: str) -> None:
        request.scope["state"]["audited"].who = user
        self.rate.take(user)

    async def read(self, request: Request, model: type[B]) -> B:
        """The request's body as that model; `bodies.read` within the limits."""
        return await read(request, model, self.limits.body_bytes, self.limits.body_s)

    async def context(
        self,
        request: Request,
        *,
        session_id: str | None,
        shown: ChartShown | None,
        question: str | None,
        keeps: bool = False,
    ) -> RequestContext:
        """Who asks, and what their chart shows: from the session, else from what the page sends along, else
        from a ticker in the question, if there is one to look at.

        Raises as `caller` does, and ApiError for a symbol that cannot be one.
        """
        caller = self.caller(request, session_id, keeps=keeps)
        base = replace(self.base_context(request), user_id=caller.user)
        session = caller.session
        if session is not None:
            base = replace(base, faults={**session.faults, **base.faults})
            if session.symbol is not None:
                return replace(base, symbol=session.symbol, timeframe=session.timeframe)
        if shown is not None and shown.symbol is not None:
            return replace(
                base, symbol=plain_symbol(shown.symbol), timeframe=plain_timeframe(shown.timeframe)
            )
        if base.symbol is None and question is not None:
            return replace(base, symbol=await self._named_in(question, base))
        return base

    async def _named_in(self, question: str, context: RequestContext) -> str | None:
        """The ticker that a question names, if there is market data for it."""
        symbol = read_question(question).symbol
        if symbol is None:
            return None
        try:
            await self.market_for(context).quote(symbol)
        except (UnknownSymbolError, UpstreamError, MarketDataTimeoutError):
            return None
        return symbol

    def market_for(self, context: RequestContext) -> MarketData:
        """The market data, failing as the request's scenario asks for."""
        return with_fault(self.market, context.faults.get("market_data"))


def plain_symbol(symbol: str) -> str:
    """The symbol in capitals; ApiError 404 for what no symbol looks like."""
    plain = symbol.strip().upper()
    if SYMBOL.fullmatch(plain) is None:
        raise invalid_symbol(plain)
    return plain


def plain_timeframe(timeframe: str | None) -> str | None:
    """The timeframe as charts write it (`1h` is `1H`; `1m` a minute, `1M` a month); None for None.

    Raises ApiError 422 for what is none.
    """
    if timeframe is None:
        return None
    plain = "MAX" if timeframe.upper() in ("ALL", "MAX") else read_timeframe(timeframe)
    if plain is None:
        problem = {"field": "timeframe", "problem": "Write it as 1m, 15m, 1H, 1D, 1W, 1M, 1Y, YTD or MAX"}
        raise invalid_body("There is no such timeframe.", problems=[problem])
    return plain
