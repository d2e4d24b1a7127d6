"""GET /api/chatkit/history?symbol=AAPL&timeframe=1D: the bars that the page's chart draws."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timezone
from itertools import groupby
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import JSONResponse

from ..market import Bar
from .backend import Backend, plain_symbol, plain_timeframe
from .bodies import invalid_body

DAYS = {"5D": 5, "3M": 63, "6M": 126, "1Y": 252, "2Y": 504, "5Y": 1260, "MAX": 2600}
"""Timeframes that say how much history is shown, in trading days; the others say how long a candle is."""

USUAL_DAYS = 260
INTRADAY = re.compile(r"\d+[mH]")
Interval = Literal["1D", "1W", "2W", "1M"]


class HistoryBar(BaseModel):
    """One bar: `time` is its first day at midnight UTC in unix seconds; prices in US dollars."""

    model_config = ConfigDict(extra="forbid")

    time: int
    open: float
    high: float
    low: float
    close: float
    volume: int


class HistoryAnswered(BaseModel):
    """A symbol's bars, oldest first. `interval` is what each of them covers, `note` what a reader should know
    of it (null: nothing).
    """

    model_config = ConfigDict(extra="forbid")

    symbol: str
    timeframe: str
    interval: Interval
    bars: list[HistoryBar]
    note: str | None


class History:
    """The route of the chart's history."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def history(self, request: Request) -> JSONResponse:
        """The bars of `symbol` (mandatory) at `timeframe` (default 1D).

        1W, 2W and 1M are candles of that length; 5D, 3M and longer are that much history in daily candles.
        Nothing shorter than a day is known: for such a timeframe daily bars come with a note. Raises
        ApiError: 422 without a symbol and for a timeframe that there is not, 404 for an unknown symbol, 502
        where the market data does not answer.
        """
        backend = self._backend
        backend.admit(request)
        symbol = _symbol(request)
        timeframe = plain_timeframe(request.query_params.get("timeframe") or "1D") or "1D"
        market = backend.market_for(backend.base_context(request))
        days = await market.history(symbol, DAYS.get(timeframe, USUAL_DAYS))
        if timeframe == "YTD" and days:
            days = [bar for bar in days if bar.day.year == days[-1].day.year]
        interval = _interval(timeframe)
        note = None
        if INTRADAY.fullmatch(timeframe):
            note = f"The market data has daily bars only: these are days, not candles of {timeframe}."
        if not days:
            note = f"There is no price history for {symbol} at the moment."
        answer = {
            "symbol": symbol,
            "timeframe": timeframe,
            "interval": interval,
            "bars": bars(days, interval),
        }
        return JSONResponse({**answer, "note": note})


def _symbol(request: Request) -> str:
    symbol = request.query_params.get("symbol")
    if not symbol:
        problem = {"field": "symbol", "problem": "Name the symbol, such as ?symbol=AAPL"}
        raise invalid_body("The query names no symbol.", problems=[problem])
    return plain_symbol(symbol)


def _interval(timeframe: str) -> Interval:
    if timeframe == "1W":
        return "1W"
    if timeframe == "2W":
        return "2W"
    return "1M" if timeframe == "1M" else "1D"


PERIODS: dict[Interval, Callable[[date], Any]] = {
    "1D": lambda day: day,
    "1W": lambda day: day.isocalendar()[:2],
    "2W": lambda day: day.toordinal() // 14,
    "1M": lambda day: (day.year, day.month),
}
"""What the days of one bar have in common."""


def bars(days: Sequence[Bar], interval: Interval) -> list[dict[str, Any]]:
    """Days, oldest first, put together to bars of the interval."""
    return [_bar(list(part)) for _period, part in groupby(days, lambda bar: PERIODS[interval](bar.day))]


def _bar(days: Sequence[Bar]) -> dict[str, Any]:
    first = days[0].day
    return {
        "time": int(datetime(first.year, first.month, first.day, tzinfo=timezone.utc).timestamp()),
        "open": days[0].open,
        "high": max(day.high for day in days),
        "low": min(day.low for day in days),
        "close": days[-1].close,
        "volume": sum(day.volume for day in days),
    }
