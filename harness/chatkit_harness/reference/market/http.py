"""Market data of a provider that speaks HTTP: `GET {MARKET_DATA_URL}/...`, answered with JSON.

| request | answer |
|---|---|
| /quote/AAPL | `{symbol, name, price, previous_close, as_of}`, or `null` where there is no price |
| /history/AAPL?days=90 | `[{day, open, high, low, close, volume}]`, oldest first |
| /news/AAPL | `[{id, title, source, url, published}]`, newest first |
| /calendar?period=week&impact=high | `[{id, name, at, impact, forecast?, previous?}]`, soonest first |
| /earnings?period=week&symbol=AAPL | `[{symbol, name, day, session, estimate, year_ago}]`, soonest first |
| /insiders/AAPL | `[{id, insider, role, side, shares, price, day}]`, newest first |
| /ratings/AAPL | `[{id, firm, action, rating, target, day, previous_rating?, previous_target?}]`, newest |
| /options/AAPL | `[{id, kind, strike, expires, volume, open_interest, premium, bought, at}]`, dearest |

Prices are numbers in US dollars; `day` and `expires` are `2026-11-20`, `at`, `as_of` and `published` times
of ISO 8601 with their offset. Fields with a `?` may be missing or null, others besides are passed over.
`period` (today, tomorrow, week, month), `impact` and `symbol` are left out where all are asked for. An
unknown symbol is 404. With a key, `authorization: Bearer KEY` goes along. `docs/market-data.md` tells more.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote as quoted
from urllib.parse import urlsplit

from . import reading
from .data import (
    AnalystRating,
    Bar,
    EarningsReport,
    EconomicEvent,
    Impact,
    InsiderTrade,
    MarketDataTimeoutError,
    NewsArticle,
    OptionTrade,
    Period,
    Quote,
    UnknownSymbolError,
    UnreachableError,
    UnreadableAnswerError,
    UpstreamError,
)
from .patience import RETRIED, Patience, asked_to_wait

MAX_ANSWER_BYTES = 5_000_000


class HttpMarketData:
    """A provider's market data. `close()` lets go of its connections.

    Each method makes up to `attempts` requests: another one after 429, 5xx, a broken connection or a
    timeout, later each time, and as much later as `Retry-After` asks for; the last one has only what is left
    of the patience in all. Nothing that is raised names the
    address or the key. Raises ValueError for an address that is not plain http(s), and RuntimeError where
    neither httpx nor httpx2 is installed.
    """

    name = "market data provider"

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        timeout_s: float = 5.0,
        patience: Patience | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http_library()
        _require_plain(url, self._http)
        self._url = url.rstrip("/")
        self._headers = {"accept": "application/json"} | ({"authorization": f"Bearer {key}"} if key else {})
        self._timeout_s = timeout_s
        self._patience = patience or Patience()
        self._sleep, self._clock = sleep, clock
        self._client: Any = None

    async def quote(self, symbol: str) -> Quote | None:
        """The last price; None where the provider has none."""
        answer = await self._get(f"/quote/{_path(symbol)}", symbol)
        return None if answer is None else reading.read(answer, reading.quote)

    async def history(self, symbol: str, days: int = 90) -> Sequence[Bar]:
        """The last trading days, oldest first; at most so many."""
        answer = await self._get(f"/history/{_path(symbol)}", symbol, days=days)
        return reading.rows(answer, reading.bar)[-days:]

    async def news(self, symbol: str) -> Sequence[NewsArticle]:
        """Articles, newest first."""
        return reading.rows(await self._get(f"/news/{_path(symbol)}", symbol), reading.article)

    async def calendar(self, period: Period, impact: Impact | None = None) -> Sequence[EconomicEvent]:
        """Economic releases, soonest first."""
        return reading.rows(await self._get("/calendar", None, period=period, impact=impact), reading.event)

    async def earnings(self, period: Period | None, symbol: str | None = None) -> Sequence[EarningsReport]:
        """Companies' reports, soonest first."""
        ticker = symbol.upper() if symbol is not None else None
        answer = await self._get("/earnings", symbol, period=period, symbol=ticker)
        return reading.rows(answer, reading.report)

    async def insiders(self, symbol: str) -> Sequence[InsiderTrade]:
        """Insiders' trades, newest first."""
        return reading.rows(await self._get(f"/insiders/{_path(symbol)}", symbol), reading.insider)

    async def ratings(self, symbol: str) -> Sequence[AnalystRating]:
        """Analysts' ratings, newest first."""
        return reading.rows(await self._get(f"/ratings/{_path(symbol)}", symbol), reading.rating)

    async def options(self, symbol: str) -> Sequence[OptionTrade]:
        """Large option trades, most premium first."""
        return reading.rows(await self._get(f"/options/{_path(symbol)}", symbol), reading.option)

    async def close(self) -> None:
        """Let go of the connections; a later request opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _get(self, path: str, about: str | None, **query: Any) -> Any:
        """The JSON of an answer; what is None is left out of the query. `about` is the symbol in question."""
        given = {name: value for name, value in query.items() if value is not None}
        until, attempt = self._clock() + self._patience.in_all_s, 0
        while True:
            attempt += 1
            asked: float | None = None
            problem: MarketDataTimeoutError | UpstreamError
            try:
                status, headers, body = await self._once(path, given, until - self._clock())
                if status not in RETRIED:
                    return _answered(status, body, about)
                problem, asked = UpstreamError(status), asked_to_wait(headers.get("retry-after"))
            except (MarketDataTimeoutError, UnreachableError) as failure:
                problem = failure
            wait = self._patience.before_next(attempt, random.random(), asked)  # noqa: S311 - no secret
            # What would have less than the shortest pause to answer is not asked for.
            if wait is None or self._clock() + wait + self._patience.first_wait_s > until:
                raise problem
            await self._sleep(wait)

    async def _once(
        self, path: str, query: Mapping[str, Any], left_s: float
    ) -> tuple[int, Mapping[str, str], bytes]:
        timeout_s = min(self._timeout_s, left_s)
        if self._client is None:
            # No redirects: the key is for this provider alone. No proxies of the environment: what is
            # configured is what is asked.
            self._client = self._http.AsyncClient(follow_redirects=False, trust_env=False)
        request = self._client.build_request(
            "GET", self._url + path, params=dict(query), headers=self._headers, timeout=timeout_s
        )
        try:
            # The library's timeout is for each step; a provider that drips is late all the same.
            return await asyncio.wait_for(self._answer(request), timeout_s)
        except (asyncio.TimeoutError, self._http.TimeoutException):
            raise MarketDataTimeoutError(
                f"the market data provider did not answer within {timeout_s:.3g} seconds"
            ) from None
        except self._http.HTTPError:
            raise UnreachableError from None  # its message may hold the address

    async def _answer(self, request: Any) -> tuple[int, Mapping[str, str], bytes]:
        response = await self._client.send(request, stream=True)
        try:
            body = b""
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > MAX_ANSWER_BYTES:
                    raise UnreadableAnswerError("it is too long")
        finally:
            await response.aclose()
        return response.status_code, response.headers, body


def http_library() -> Any:
    """httpx, or httpx2 where openai brings that one (3.0 on). Raises RuntimeError where there is neither."""
    for name in ("httpx", "httpx2"):
        if importlib.util.find_spec(name) is not None:
            return importlib.import_module(name)
    raise RuntimeError("market data over HTTP needs httpx: install it, or unset MARKET_DATA_URL")


def _require_plain(url: str, http: Any) -> None:
    """Raise ValueError for an address that cannot be asked, or that would tell a secret; never naming it."""
    wrong = ValueError("the market data's address has to begin with http:// or https:// and a host")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and http.URL(url)
    except (ValueError, http.InvalidURL):
        raise wrong from None
    if not usable:
        raise wrong
    if parts.username is not None or parts.query or parts.fragment:
        # Libraries log addresses: a secret in one would be in the log.
        raise ValueError("the market data's address may hold no credentials, no query and no fragment")


def _path(symbol: str) -> str:
    return quoted(symbol.upper(), safe="")


def _answered(status: int, body: bytes, about: str | None) -> Any:
    """The document of an answer that is final."""
    if status == 404 and about is not None:
        raise UnknownSymbolError(about.upper())
    if status == 204:
        return None
    if status != 200:
        raise UpstreamError(status)
    return reading.document(body)
