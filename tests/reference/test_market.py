from __future__ import annotations

from datetime import timedelta

import pytest

from chatkit_harness.reference.market import (
    FixtureMarketData,
    MarketDataTimeoutError,
    UnknownSymbolError,
    UpstreamError,
    with_fault,
)
from chatkit_harness.reference.market.catalogue import AS_OF, LISTINGS
from chatkit_harness.reference.market.data import Period

MARKET = FixtureMarketData()


def test_there_are_a_dozen_symbols() -> None:
    assert len(LISTINGS) == 12


@pytest.mark.parametrize("symbol", LISTINGS)
async def test_the_history_ends_with_the_quote(symbol: str) -> None:
    quote, bars = await MARKET.quote(symbol), await MARKET.history(symbol, 5)
    assert quote is not None
    assert [bar.close for bar in bars[-2:]] == [quote.previous_close, quote.price]
    assert bars[-1].day == AS_OF.date()
    assert all(bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high for bar in bars)


async def test_the_history_is_the_same_on_every_machine() -> None:
    first = (await MARKET.history("TSLA", 260))[0]
    assert (first.day.isoformat(), first.close, first.volume) == ("2025-11-24", 497.61, 119957243)


async def test_a_symbol_is_known_in_small_letters() -> None:
    quote = await MARKET.quote("aapl")
    assert quote is not None
    assert (quote.symbol, quote.change, quote.change_percent) == ("AAPL", 2.72, 1.01)


async def test_an_unknown_symbol_is_named() -> None:
    for ask in (MARKET.quote, MARKET.history, MARKET.news):
        with pytest.raises(UnknownSymbolError, match="unknown symbol ZZZZ"):
            await ask("zzzz")


async def test_the_newest_article_comes_first() -> None:
    articles = await MARKET.news("TSLA")
    assert [article.published for article in articles] == sorted(
        (article.published for article in articles), reverse=True
    )
    assert [article.age for article in articles] == ["1h ago", "4h ago", "11h ago", "1d ago", "2d ago"]


async def test_some_symbols_have_no_news() -> None:
    assert await MARKET.news("SPY") == ()


async def test_nonfarm_payrolls_are_due_on_the_first_friday() -> None:
    names = {event.name: event.at for event in await MARKET.calendar("month", "high")}
    assert names["Nonfarm Payrolls (NFP)"].isoformat() == "2026-12-04T08:30:00-05:00"


@pytest.mark.parametrize(("period", "days"), [("today", 0), ("week", 7), ("month", 30)])
async def test_a_period_ends(period: Period, days: int) -> None:
    events = await MARKET.calendar(period)
    assert events
    assert max(event.at.date() for event in events) <= AS_OF.date() + timedelta(days=days)
    assert list(events) == sorted(events, key=lambda event: event.at)


async def test_tomorrow_is_a_saturday_without_releases() -> None:
    assert await MARKET.calendar("tomorrow") == ()


async def test_the_impact_filters() -> None:
    assert {event.impact for event in await MARKET.calendar("month", "low")} == {"low"}


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("unknown_symbol", UnknownSymbolError),
        ("timeout", MarketDataTimeoutError),
        ("upstream_502", UpstreamError),
    ],
)
async def test_a_fault_strikes(fault: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        await with_fault(MARKET, fault).quote("AAPL")


async def test_a_calendar_has_no_unknown_symbol() -> None:
    assert await with_fault(MARKET, "unknown_symbol").calendar("month")


async def test_empty_is_no_error() -> None:
    market = with_fault(MARKET, "empty")
    assert await market.quote("AAPL") is None
    assert [*await market.news("AAPL"), *await market.history("AAPL"), *await market.calendar("month")] == []


async def test_slow_says_the_same_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatkit_harness.reference.market.faults.SLOW_SECONDS", 0.001)
    assert await with_fault(MARKET, "slow").quote("AAPL") == await MARKET.quote("AAPL")


def test_no_fault_is_the_market_itself() -> None:
    assert with_fault(MARKET, None) is MARKET


def test_a_fault_that_does_not_exist_is_answered_with_those_that_do() -> None:
    with pytest.raises(ValueError, match=r"'boom'.*unknown_symbol, timeout, upstream_502, empty, slow"):
        with_fault(MARKET, "boom")
