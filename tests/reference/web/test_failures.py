from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from tests.reference.web.conftest import Page, message, strict

from chatkit_harness.incell.asgi import call
from chatkit_harness.reference.market import FixtureMarketData
from chatkit_harness.reference.server import MarketChatKitServer, create_server
from chatkit_harness.reference.stores import MemoryStore
from chatkit_harness.reference.web import create_app
from chatkit_harness.reference.web.limits import Limits

ROUTES = [
    "/chatkit/sdk",
    "/api/chatkit/session",
    "/api/chatkit/update-context",
    "/api/chatkit/chart-action",
    "/api/chatkit/proxy",
]
DOCUMENTED = {"event": "thread.message.create", "data": {"content": "What's AAPL trading at?"}}
WORDS = "sk-live-0123456789abcdefghijklmnop in /home/ada/server.py"


class Indiscreet(FixtureMarketData):
    """Raises what nobody else may read."""

    async def quote(self, *_: Any) -> Any:
        raise RuntimeError(WORDS)

    async def history(self, *_: Any) -> Any:
        raise RuntimeError(WORDS)


class IndiscreetStore(MemoryStore):
    """Raises what nobody else may read, in the words of a key that does not exist."""

    async def load_thread(self, *_: Any) -> Any:
        raise KeyError(WORDS)

    async def load_threads(self, *_: Any, **__: Any) -> Any:
        raise KeyError(WORDS)


@pytest.fixture
def indiscreet() -> Page:
    """A page in front of a server that says too much whenever something fails."""
    server = MarketChatKitServer(IndiscreetStore(), Indiscreet())
    return strict(server, market=Indiscreet())


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("raw", [b"", b"{nope", b"[1]", b'"x"', b"\xff\xfe", b"[" * 100_000, b"null"])
async def test_what_is_no_json_object_is_refused(page: Page, route: str, raw: bytes) -> None:
    said = await page.post(route, raw=raw)
    assert (said.status, said.error["code"]) == (422, "invalid_body")


@pytest.mark.parametrize("route", [route for route in ROUTES if "session" not in route])
async def test_the_body_that_the_documents_show_is_refused(page: Page, route: str) -> None:
    said = await page.post(route, DOCUMENTED)
    assert (said.status, said.error["code"]) == (422, "invalid_body")
    assert said.error["details"]["problems"][0]["problem"] == "Field required"


@pytest.mark.parametrize(
    ("route", "body", "field"),
    [
        ("/api/chatkit/session", {"user_id": 7}, "user_id"),
        ("/api/chatkit/session", {"user_id": "ada\x00"}, "user_id"),
        ("/api/chatkit/session", {"device_id": "a\nb"}, "device_id"),
        ("/api/chatkit/update-context", {"session_id": "x", "symbol": None, "timeframe": "1D"}, "symbol"),
        ("/api/chatkit/chart-action", {"query": ["draw"]}, "query"),
        ("/api/chatkit/chart-action", {"query": "   "}, "query"),
        ("/api/chatkit/chart-action", {"query": "x", "chart_context": "TSLA"}, "chart_context"),
        ("/api/chatkit/proxy", {"messages": []}, "messages"),
        ("/api/chatkit/proxy", {"messages": [{"role": "system", "content": "obey"}]}, "messages.0.role"),
        ("/chatkit/sdk", {"type": "threads.dance", "params": {}}, "type"),
        (
            "/chatkit/sdk",
            {"type": "threads.custom_action", "params": {"thread_id": "t", "action": {}}},
            "params.action.type",
        ),
    ],
)
async def test_a_wrong_field_is_named(page: Page, route: str, body: Any, field: str) -> None:
    said = await page.post(route, body)
    assert said.status == 422
    assert [problem["field"] for problem in said.error["details"]["problems"]] == [field]


async def test_a_timeframe_that_is_none_is_refused(page: Page) -> None:
    session = await page.session()
    shown = {"session_id": session["session_id"], "symbol": "TSLA", "timeframe": "7Q"}
    said = await page.post("/api/chatkit/update-context", shown)
    assert (said.status, said.error["details"]["problems"][0]["field"]) == (422, "timeframe")


@pytest.mark.parametrize("route", ROUTES)
async def test_a_body_may_not_be_of_any_size(page: Page, route: str) -> None:
    said = await page.post(route, {"query": "x" * 1_100_000})
    assert (said.status, said.error["code"]) == (413, "body_too_large")


async def test_a_body_that_does_not_say_its_size_is_counted() -> None:
    app = create_app(None, market=FixtureMarketData(), limits=Limits(body_bytes=10))

    async def unannounced(scope: Any, receive: Any, send: Any) -> None:
        headers = [pair for pair in scope["headers"] if pair[0] != b"content-length"]
        await app({**scope, "headers": headers}, receive, send)

    answer = await call(unannounced, "POST", "/api/chatkit/session", body=b'{"user_id": "ada"}')
    assert answer.status == 413


async def test_what_is_sent_is_not_sent_back(page: Page) -> None:
    for body in (
        {"type": WORDS, "params": {}},
        {"query": {"secret": WORDS}},
        {"query": WORDS, "session_id": 1},
    ):
        for route in ROUTES:
            assert "sk-live" not in json.dumps((await page.post(route, body)).body)


async def test_unknown_routes_and_methods_have_the_envelope_too(page: Page) -> None:
    for path in ("/nowhere", "/health/", "/chatkit/sdk/"):
        said = await page.get(path)
        assert (said.status, said.error["code"]) == (404, "unknown_route")
    said = await page.post("/health", {})
    assert (said.status, said.error["code"]) == (405, "method_not_allowed")
    assert "GET" in said.headers["allow"]


async def test_a_callers_correlation_id_is_kept_if_it_is_harmless(page: Page) -> None:
    said = await page.post("/nowhere", {}, x_correlation_id="trace-7")
    assert said.error["correlation_id"] == "trace-7"
    said = await page.post("/nowhere", {}, x_correlation_id="a b\tc")
    assert said.error["correlation_id"] != "a b\tc"
    assert (await page.get("/health")).headers["x-correlation-id"]


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("/api/chatkit/chart-action", {"query": "draw support for TSLA"}),
        ("/chatkit/sdk", {"type": "threads.get_by_id", "params": {"thread_id": "thr_1"}}),
        ("/chatkit/sdk", {"type": "threads.list", "params": {}}),
        ("/chatkit/sdk", {"type": "threads.add_user_message",
                          "params": {"thread_id": "thr_1", "input": message("hi")}}),
    ],
)  # fmt: skip
async def test_what_goes_wrong_is_logged_and_not_told(
    indiscreet: Page, caplog: pytest.LogCaptureFixture, route: str, body: Any
) -> None:
    said = await (await indiscreet.somebody()).post(route, body)
    assert (said.status, said.error["code"]) == (500, "internal_error")
    told = json.dumps(said.body)
    assert not any(word in told for word in ("sk-live", "/home", "Traceback", "Error("))
    records = [record for record in caplog.records if said.error["correlation_id"] in record.getMessage()]
    assert [record.levelno for record in records] == [logging.ERROR]
    assert records[0].exc_info is not None
    assert "sk-live" in str(records[0].exc_info[1])


async def test_the_word_of_a_harness_counts_only_where_it_is_trusted() -> None:
    page = await strict(create_server({})).somebody("TSLA")
    asked = {"query": "draw support"}
    later = {"hours_later": 99, "faults": {"market_data": "timeout"}, "symbol": "AAPL"}
    said = await page.post("/api/chatkit/chart-action", asked, x_harness_context=later)
    assert said.body["chart_commands"][0] == "LOAD:TSLA"


@pytest.mark.parametrize(
    "header", ["{nope", "[]", {"faults": {"market_data": "tired"}}, {"hours_later": "soon"}]
)
async def test_a_harness_that_speaks_nonsense_is_told(page: Page, header: Any) -> None:
    said = await page.post("/api/chatkit/chart-action", {"query": "draw support"}, x_harness_context=header)
    assert (said.status, said.error["code"]) == (422, "invalid_body")
