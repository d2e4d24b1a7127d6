"""The history that the page's chart draws."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.reference.web.conftest import Page


async def bars(page: Page, timeframe: str) -> list[dict[str, Any]]:
    said = await page.get(f"/api/chatkit/history?symbol=AAPL&timeframe={timeframe}")
    assert said.status == 200
    found: list[dict[str, Any]] = said.body["bars"]
    return found


async def test_daily_bars_end_with_the_last_price(page: Page) -> None:
    said = await page.get("/api/chatkit/history?symbol=aapl")
    assert (said.body["symbol"], said.body["timeframe"], said.body["interval"]) == ("AAPL", "1D", "1D")
    assert said.body["note"] is None
    assert said.body["bars"][-1]["close"] == 271.84


async def test_bars_are_in_order_and_sound(page: Page) -> None:
    for timeframe in ("1D", "1W", "2W", "1M", "YTD"):
        found = await bars(page, timeframe)
        assert [bar["time"] for bar in found] == sorted({bar["time"] for bar in found})
        assert all(bar["low"] <= min(bar["open"], bar["close"]) for bar in found)
        assert all(bar["high"] >= max(bar["open"], bar["close"]) for bar in found)


async def test_longer_candles_hold_what_their_days_do(page: Page) -> None:
    days, weeks = await bars(page, "1D"), await bars(page, "1W")
    assert sum(bar["volume"] for bar in days) == sum(bar["volume"] for bar in weeks)
    assert max(bar["high"] for bar in days) == max(bar["high"] for bar in weeks)
    assert (days[0]["open"], days[-1]["close"]) == (weeks[0]["open"], weeks[-1]["close"])


@pytest.mark.parametrize(("timeframe", "days"), [("5D", 5), ("3M", 63), ("6M", 126), ("MAX", 260)])
async def test_a_span_is_that_much_history(page: Page, timeframe: str, days: int) -> None:
    assert len(await bars(page, timeframe)) == days


async def test_the_year_to_date_begins_in_january(page: Page) -> None:
    first = (await bars(page, "YTD"))[0]
    assert datetime.fromtimestamp(first["time"], UTC).month == 1


async def test_what_is_no_candle_of_minutes_says_so(page: Page) -> None:
    said = await page.get("/api/chatkit/history?symbol=AAPL&timeframe=15m")
    assert said.body["interval"] == "1D"
    assert "15m" in said.body["note"]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("symbol=ZZZZ", 404, "invalid_symbol"),
        ("symbol=%3Cb%3E", 404, "invalid_symbol"),
        ("symbol=", 422, "invalid_body"),
        ("", 422, "invalid_body"),
        ("symbol=AAPL&timeframe=3q", 422, "invalid_body"),
    ],
)
async def test_what_cannot_be_drawn_is_an_error(page: Page, query: str, status: int, code: str) -> None:
    said = await page.get(f"/api/chatkit/history?{query}")
    assert (said.status, said.error["code"]) == (status, code)
    assert "<b>" not in str(said.body)
