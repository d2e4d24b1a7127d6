"""Market data that fails on request, so that every way of failing can be driven."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Literal, cast, get_args

from .data import (
    AnalystRating,
    Bar,
    EarningsReport,
    EconomicEvent,
    Impact,
    InsiderTrade,
    MarketData,
    MarketDataTimeoutError,
    NewsArticle,
    OptionTrade,
    Period,
    Quote,
    UnknownSymbolError,
    UpstreamError,
)

Fault = Literal["unknown_symbol", "timeout", "upstream_502", "empty", "slow"]

SLOW_SECONDS = 0.7


def market_fault(kind: str | None) -> Fault | None:
    """The fault of that name; None for None. Raises ValueError naming the ones there are."""
    if kind is not None and kind not in get_args(Fault):
        raise ValueError(f"no market_data fault called {kind!r}; there are {', '.join(get_args(Fault))}")
    return cast("Fault | None", kind)


def with_fault(market: MarketData, kind: str | None) -> MarketData:
    """The same market data, failing in that way; untouched when no fault is asked for."""
    fault = market_fault(kind)
    return market if fault is None else FaultyMarketData(market, fault)


class FaultyMarketData:
    """Market data with one fault: every call has it.

    A timeout is raised at once rather than after a wait: what a server does about it is of interest, not
    the waiting. `slow` is the fault that waits.
    """

    def __init__(self, market: MarketData, fault: Fault) -> None:
        self._market = market
        self._fault = fault

    @property
    def name(self) -> str:
        """The name of the market data underneath."""
        return self._market.name

    async def quote(self, symbol: str) -> Quote | None:
        """The quote, or the fault."""
        await self._strike(symbol)
        return None if self._fault == "empty" else await self._market.quote(symbol)

    async def history(self, symbol: str, days: int = 90) -> Sequence[Bar]:
        """The history, or the fault."""
        await self._strike(symbol)
        return () if self._fault == "empty" else await self._market.history(symbol, days)

    async def news(self, symbol: str) -> Sequence[NewsArticle]:
        """The news, or the fault."""
        await self._strike(symbol)
        return () if self._fault == "empty" else await self._market.news(symbol)

    async def calendar(self, period: Period, impact: Impact | None = None) -> Sequence[EconomicEvent]:
        """The calendar, or the fault; a calendar has no symbol that could be unknown."""
        await self._strike(None)
        return () if self._fault == "empty" else await self._market.calendar(period, impact)

    async def earnings(self, period: Period | None, symbol: str | None = None) -> Sequence[EarningsReport]:
        """The reports, or the fault."""
        await self._strike(symbol)
        return () if self._fault == "empty" else await self._market.earnings(period, symbol)

    async def insiders(self, symbol: str) -> Sequence[InsiderTrade]:
        """The insiders' trades, or the fault."""
        await self._strike(symbol)
        return () if self._fault == "empty" else await self._market.insiders(symbol)

    async def ratings(self, symbol: str) -> Sequence[AnalystRating]:
        """The ratings, or the fault."""
        await self._strike(symbol)
        return () if self._fault == "empty" else await self._market.ratings(symbol)

    async def options(self, symbol: str) -> Sequence[OptionTrade]:
        """The option trades, or the fault."""
        await self._strike(symbol)
        return () if self._fault == "empty" else await self._market.options(symbol)

    async def _strike(self, symbol: str | None) -> None:
        if self._fault == "unknown_symbol" and symbol is not None:
            raise UnknownSymbolError(symbol)
        if self._fault == "timeout":
            raise MarketDataTimeoutError("the market data provider did not answer within 10 seconds")
        if self._fault == "upstream_502":
            raise UpstreamError(502)
        if self._fault == "slow":
            await asyncio.sleep(SLOW_SECONDS)
