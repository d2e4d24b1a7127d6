"""Market data over HTTP, from a provider that really listens on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.reference.provider import Answer, Provider, provider

from chatkit_harness.reference.market import (
    FixtureMarketData,
    MarketDataTimeoutError,
    UnknownSymbolError,
    UnreachableError,
    UnreadableAnswerError,
    UpstreamError,
    market_from_environment,
)
from chatkit_harness.reference.market.http import HttpMarketData, http_library
from chatkit_harness.reference.market.patience import Patience, asked_to_wait
from chatkit_harness.reference.market.reading import age

QUOTE = {
    "symbol": "AAPL",
    "name": "Apple Inc.",
    "price": 271.84,
    "previous_close": 269.12,
    "as_of": "2026-11-20T16:00:00-05:00",
}
BAR = {"day": "2026-11-20", "open": 1.0, "high": 3, "low": 0.5, "close": 2, "volume": 10}
ARTICLE = {"id": "1", "title": "Up", "source": "Daily", "url": "https://news.example.com/1"}
EVENT = {"id": "nfp", "name": "NFP", "at": "2026-12-04T13:30:00Z", "impact": "high", "forecast": "95K"}
REPORT = {
    "symbol": "nvda",
    "name": "NVIDIA",
    "day": "2027-02-24",
    "session": "after the close",
    "estimate": 1.71,
    "year_ago": -0.2,
}
TRADE = {"id": "1", "insider": "A. B.", "role": "CEO", "side": "buy", "shares": 5, "price": 2.5} | {
    "day": "2026-11-20"
}
RATING = {"id": "1", "firm": "F", "action": "upgrade", "rating": "Buy", "target": 300, "day": "2026-11-20"}
OPTION = {
    "id": "1",
    "kind": "put",
    "strike": 190,
    "expires": "2026-12-04",
    "volume": 8600,
    "open_interest": 27600,
    "premium": 6.8e6,
    "bought": False,
    "at": "2026-11-20T14:27:00-05:00",
}
KEY = "sk-market-key-of-nobody"


@pytest.fixture
def there() -> Iterator[Provider]:
    with provider() as told:
        yield told


@asynccontextmanager
async def market(
    there: Provider, waits: list[float] | None = None, **more: Any
) -> AsyncIterator[HttpMarketData]:
    """Market data of that provider; waiting is noted, and does not happen."""

    async def sleep(seconds: float) -> None:
        if waits is not None:
            waits.append(seconds)

    data = HttpMarketData(there.url, sleep=sleep, **more)
    try:
        yield data
    finally:
        await data.close()


async def test_a_quote_is_read(there: Provider) -> None:
    there.says(QUOTE)
    async with market(there, key=KEY) as data:
        quote = await data.quote("aapl")
    assert quote is not None
    assert (quote.price, quote.change, quote.as_of.hour) == (271.84, 2.72, 16)
    assert (there.asked, there.keys) == (["/market/quote/AAPL"], [f"Bearer {KEY}"])


@pytest.mark.parametrize(("body", "status"), [(None, 200), (b"", 204)])
async def test_no_price_is_none(there: Provider, body: Any, status: int) -> None:
    there.says(body, status)
    async with market(there) as data:
        assert await data.quote("AAPL") is None
    assert there.keys == [None]


async def test_every_other_question_is_read(there: Provider) -> None:
    published = datetime.now(UTC) - timedelta(hours=3)
    article = ARTICLE | {"published": published.isoformat()}
    for body in ([BAR, BAR], [article], [EVENT], [REPORT], [TRADE], [RATING], [OPTION]):
        there.says(body)
    async with market(there) as data:
        assert [bar.close for bar in await data.history("AAPL", 1)] == [2.0]
        assert [article.age for article in await data.news("AAPL")] == ["3h ago"]
        assert [event.forecast for event in await data.calendar("week", "high")] == ["95K"]
        assert [report.growth_percent for report in await data.earnings("month", "nvda")] == [None]
        assert [trade.value for trade in await data.insiders("AAPL")] == [12.5]
        assert [rating.previous_rating for rating in await data.ratings("AAPL")] == [None]
        assert [option.bullish for option in await data.options("AAPL")] == [True]
    assert there.asked == [
        "/market/history/AAPL?days=1",
        "/market/news/AAPL",
        "/market/calendar?period=week&impact=high",
        "/market/earnings?period=month&symbol=NVDA",
        "/market/insiders/AAPL",
        "/market/ratings/AAPL",
        "/market/options/AAPL",
    ]


async def test_what_is_not_asked_for_is_left_out_of_the_query(there: Provider) -> None:
    there.says([])
    async with market(there) as data:
        assert [*await data.calendar("week"), *await data.earnings(None)] == []
    assert there.asked == ["/market/calendar?period=week", "/market/earnings"]


async def test_a_symbol_cannot_lead_to_another_path(there: Provider) -> None:
    there.says(None)
    async with market(there) as data:
        await data.quote("../admin?x=1#y")
    assert there.asked == ["/market/quote/..%2FADMIN%3FX%3D1%23Y"]


async def test_an_unknown_symbol_is_404(there: Provider) -> None:
    there.says({"error": "no such symbol"}, 404)
    async with market(there) as data:
        with pytest.raises(UnknownSymbolError, match="unknown symbol ZZZZ"):
            await data.quote("zzzz")
        with pytest.raises(UpstreamError, match="answered 404"):
            await data.calendar("week")
    assert len(there.asked) == 2


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_what_may_be_gone_in_a_moment_is_asked_again_later_each_time(
    there: Provider, status: int
) -> None:
    for _ in range(2):
        there.says(b"busy", status)
    there.says(QUOTE)
    waits: list[float] = []
    async with market(there, waits) as data:
        assert await data.quote("AAPL") is not None
    first, second = waits
    assert 0.125 <= first <= 0.25 <= second <= 0.5


@pytest.mark.parametrize("status", [400, 401, 403, 301, 418])
async def test_what_stays_wrong_is_asked_once(there: Provider, status: int) -> None:
    there.says(b"", status, location="/elsewhere")
    async with market(there, key=KEY) as data:
        with pytest.raises(UpstreamError, match=f"answered {status}"):
            await data.quote("AAPL")
    assert there.asked == ["/market/quote/AAPL"]


async def test_retry_after_is_kept_to(there: Provider) -> None:
    there.says(b"", 429, retry_after="3")
    there.says(QUOTE)
    waits: list[float] = []
    async with market(there, waits) as data:
        assert await data.quote("AAPL") is not None
    assert waits == [3.0]


async def test_who_asks_for_too_much_patience_is_not_asked_again(there: Provider) -> None:
    there.says(b"", 503, retry_after="3600")
    async with market(there) as data:
        with pytest.raises(UpstreamError, match="answered 503"):
            await data.quote("AAPL")
    assert len(there.asked) == 1


async def test_patience_ends_after_three_attempts(there: Provider) -> None:
    there.says(b"", 500)
    async with market(there) as data:
        with pytest.raises(UpstreamError, match="answered 500"):
            await data.quote("AAPL")
    assert len(there.asked) == 3


async def test_a_provider_that_is_late_is_asked_again(there: Provider) -> None:
    there.answers = [Answer(QUOTE, held=threading.Event()), Answer(QUOTE)]
    async with market(there, timeout_s=0.5) as data:
        assert await data.quote("AAPL") is not None
    assert len(there.asked) == 2


async def test_a_provider_that_stays_late_is_a_timeout(there: Provider) -> None:
    there.answers = [Answer(QUOTE, held=threading.Event())]
    async with market(there, timeout_s=0.05, patience=Patience(attempts=2)) as data:
        with pytest.raises(MarketDataTimeoutError, match=r"did not answer within 0\.05 seconds"):
            await data.quote("AAPL")
    assert len(there.asked) == 2


async def test_one_question_ends_within_the_patience_in_all(there: Provider) -> None:
    clock = [0.0]
    given: list[float] = []

    class Late(HttpMarketData):
        async def _answer(self, request: Any) -> Any:
            given.append(request.extensions["timeout"]["read"])
            clock[0] += given[-1]
            raise http_library().ReadTimeout("late")

    async def sleep(seconds: float) -> None:
        clock[0] += seconds

    data = Late(there.url, sleep=sleep, clock=lambda: clock[0])
    with pytest.raises(MarketDataTimeoutError):
        await data.quote("AAPL")
    assert (len(given), given[0], clock[0]) == (3, 5.0, Patience().in_all_s)


async def test_a_provider_that_is_not_there_cannot_be_reached() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = Provider(url=f"http://127.0.0.1:{taken.getsockname()[1]}")
        async with market(nobody, key=KEY) as data:
            with pytest.raises(UnreachableError) as caught:
                await data.quote("AAPL")
    assert str(caught.value) == "the market data provider cannot be reached"
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"<html>", "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        ([QUOTE], "an object was expected"),
        (QUOTE | {"price": "271.84"}, "price is no number"),
        (QUOTE | {"price": True}, "price is no number"),
        (QUOTE | {"price": -1}, "price is not above zero"),
        (b'{"symbol": "A", "name": "A", "price": NaN}', "price is no number"),
        (QUOTE | {"as_of": "2026-11-20T16:00:00"}, "as_of has no offset"),
        (QUOTE | {"as_of": "noon"}, "as_of is no time"),
        (QUOTE | {"name": " "}, "name is no text"),
    ],
)
async def test_what_is_not_as_agreed_on_is_told_by_its_field(
    there: Provider, body: Any, problem: str
) -> None:
    there.says(body)
    async with market(there) as data:
        with pytest.raises(UnreadableAnswerError) as caught:
            await data.quote("AAPL")
    assert caught.value.problem == problem
    assert len(there.asked) == 1


@pytest.mark.parametrize(
    ("path", "row", "problem"),
    [
        (
            "news",
            ARTICLE | {"published": "2026-11-20T16:00:00Z", "url": "javascript:alert(1)"},
            "url is not of",
        ),
        ("insiders", TRADE | {"side": "gift"}, "side is none of buy, sell"),
        ("insiders", TRADE | {"shares": 2.5}, "shares is no count"),
        ("insiders", TRADE | {"day": "20 November"}, "day is no day"),
        ("ratings", RATING | {"previous_rating": "Strong Buy"}, "previous_rating is none of"),
        ("options", OPTION | {"bought": "no"}, "bought is neither true nor false"),
        ("options", 7, "an object was expected"),
    ],
)
async def test_a_row_is_read_with_as_much_care(there: Provider, path: str, row: Any, problem: str) -> None:
    there.says([row])
    async with market(there) as data:
        with pytest.raises(UnreadableAnswerError, match=problem):
            await getattr(data, path)("AAPL")


async def test_an_answer_without_end_is_not_read_to_it(
    there: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatkit_harness.reference.market.http.MAX_ANSWER_BYTES", 1000)
    there.says([BAR] * 100)
    async with market(there) as data:
        with pytest.raises(UnreadableAnswerError, match="it is too long"):
            await data.history("AAPL")


NO_ADDRESS = ["", "market.example.com", "file:///secret", "http://", "http://[::1", "http://a b:99999999/"]


@pytest.mark.parametrize(
    "url",
    [*NO_ADDRESS, "https://me:secret@example.com", "https://example.com?key=secret", "http://e.com#secret"],
)
def test_an_address_that_cannot_be_used_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match=r"address|IPv6") as caught:
        HttpMarketData(url)
    assert "secret" not in str(caught.value)


def test_the_environment_says_which_market_data() -> None:
    assert isinstance(market_from_environment({}), FixtureMarketData)
    assert isinstance(market_from_environment({"MARKET_DATA_URL": " "}), FixtureMarketData)
    found = market_from_environment({"MARKET_DATA_URL": "https://market.example.com", "MARKET_DATA_KEY": KEY})
    assert isinstance(found, HttpMarketData)
    assert KEY not in repr(found)


def test_without_an_http_library_one_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(RuntimeError, match="market data over HTTP needs httpx"):
        http_library()


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        (" 0 ", 0.0),
        ("soon", None),
        ("-3", None),
        ("Fri, 20 Nov 2026 16:00:30 GMT", 30.0),
        ("Fri, 20 Nov 2026 15:00:00 GMT", 0.0),
        ("Fri, 99 Nov 2026 15:00:00 GMT", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(header: str | None, seconds: float | None) -> None:
    assert asked_to_wait(header, datetime(2026, 11, 20, 16, tzinfo=UTC)) == seconds


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0m ago"), (59, "59m ago"), (60, "1h ago"), (1440, "1d ago"), (-5, "0m ago")]
)
def test_an_age_is_told_in_its_unit(minutes: int, words: str) -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    assert age(now - timedelta(minutes=minutes), now) == words
