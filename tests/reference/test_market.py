from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from chatkit_harness.reference.market import (
    EarningsReport,
    FixtureMarketData,
    MarketDataTimeoutError,
    UnknownSymbolError,
    UpstreamError,
    with_fault,
)
from chatkit_harness.reference.market.catalogue import AS_OF, LISTINGS
from chatkit_harness.reference.market.company import FUNDS
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
    asks = (MARKET.quote, MARKET.history, MARKET.news, MARKET.insiders, MARKET.ratings, MARKET.options)
    for ask in (*asks, partial(MARKET.earnings, "week")):
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


async def test_reports_of_a_period_come_soonest_first() -> None:
    reports = await MARKET.earnings("month")
    assert [report.day for report in reports] == sorted(report.day for report in reports)
    assert all(AS_OF.date() <= report.day <= AS_OF.date() + timedelta(days=30) for report in reports)
    assert await MARKET.earnings("today") == ()


@pytest.mark.parametrize("symbol", LISTINGS)
async def test_each_company_has_its_next_report_and_a_fund_has_none(symbol: str) -> None:
    reports = await MARKET.earnings(None, symbol.lower())
    assert [report.symbol for report in reports] == ([] if symbol in FUNDS else [symbol])


def test_growth_is_against_the_year_before() -> None:
    report = EarningsReport("X", "X", AS_OF.date(), "before the open", 1.5, 1.2)
    assert report.growth_percent == 25.0
    assert replace(report, year_ago=-0.1).growth_percent is None


@pytest.mark.parametrize("symbol", sorted(LISTINGS.keys() - FUNDS))
async def test_insiders_trade_at_prices_of_their_days_newest_first(symbol: str) -> None:
    trades = await MARKET.insiders(symbol)
    bars = {bar.day: bar for bar in await MARKET.history(symbol, 260)}
    assert 2 <= len(trades) <= 5
    assert all(bars[trade.day].low <= trade.price <= bars[trade.day].high for trade in trades)
    assert [trade.day for trade in trades] == sorted((trade.day for trade in trades), reverse=True)
    assert all((trade.value > 0) is (trade.side == "buy") for trade in trades)


@pytest.mark.parametrize("symbol", sorted(LISTINGS.keys() - FUNDS))
async def test_ratings_agree_with_their_targets(symbol: str) -> None:
    price = LISTINGS[symbol].price
    for rating in await MARKET.ratings(symbol):
        assert rating.day.weekday() < 5
        reaches = {"Buy": (1.05, 1.35), "Hold": (0.93, 1.1), "Sell": (0.77, 0.97)}[rating.rating]
        assert reaches[0] < rating.target / price < reaches[1]
        before, order = rating.previous_rating, ("Sell", "Hold", "Buy")
        step = 0 if before is None else order.index(rating.rating) - order.index(before)
        assert rating.action in {1: ["upgrade"], -1: ["downgrade"]}.get(step, ["reiteration", "initiation"])


@pytest.mark.parametrize("symbol", LISTINGS)
async def test_option_trades_are_of_the_session_and_the_dearest_comes_first(symbol: str) -> None:
    trades = await MARKET.options(symbol)
    assert [trade.premium for trade in trades] == sorted((trade.premium for trade in trades), reverse=True)
    for trade in trades:
        assert trade.at.date() == AS_OF.date() < trade.expires
        assert (9, 30) <= (trade.at.hour, trade.at.minute) < (16, 0)
        assert 0.85 < trade.strike / LISTINGS[symbol].price < 1.15


async def test_funds_have_neither_insiders_nor_analysts() -> None:
    assert [*await MARKET.insiders("SPY"), *await MARKET.ratings("QQQ")] == []


async def test_what_is_drawn_is_the_same_on_every_machine() -> None:
    trade = (await MARKET.insiders("AAPL"))[0]
    rating = (await MARKET.ratings("AAPL"))[0]
    option = (await MARKET.options("AAPL"))[0]
    assert (trade.insider, trade.shares, trade.price) == ("Maren Oduya", 6200, 272.97)
    assert (rating.firm, rating.rating, rating.target) == ("Tern Capital", "Hold", 275.0)
    assert (option.kind, option.strike, option.volume) == ("put", 290.0, 21100)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("unknown_symbol", UnknownSymbolError),
        ("timeout", MarketDataTimeoutError),
        ("upstream_502", UpstreamError),
    ],
)
async def test_a_fault_strikes(fault: str, error: type[Exception]) -> None:
    market = with_fault(MARKET, fault)
    asks = (market.quote, market.history, market.news, market.insiders, market.ratings, market.options)
    for ask in (*asks, partial(market.earnings, "week")):
        with pytest.raises(error):
            await ask("AAPL")


async def test_a_calendar_has_no_unknown_symbol() -> None:
    market = with_fault(MARKET, "unknown_symbol")
    assert await market.calendar("month")
    assert await market.earnings("month")


async def test_empty_is_no_error() -> None:
    market = with_fault(MARKET, "empty")
    assert await market.quote("AAPL") is None
    assert [*await market.news("AAPL"), *await market.history("AAPL"), *await market.calendar("month")] == []
    assert [
        *await market.insiders("AAPL"),
        *await market.ratings("AAPL"),
        *await market.options("AAPL"),
    ] == []
    assert await market.earnings("month") == ()


async def test_slow_says_the_same_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatkit_harness.reference.market.faults.SLOW_SECONDS", 0.001)
    assert await with_fault(MARKET, "slow").quote("AAPL") == await MARKET.quote("AAPL")


def test_no_fault_is_the_market_itself() -> None:
    assert with_fault(MARKET, None) is MARKET


def test_a_fault_that_does_not_exist_is_answered_with_those_that_do() -> None:
    with pytest.raises(ValueError, match=r"'boom'.*unknown_symbol, timeout, upstream_502, empty, slow"):
        with_fault(MARKET, "boom")
