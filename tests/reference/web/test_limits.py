"""How much one user may ask for, and what a browser's page may do."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.reference.loopback import LoopbackModel
from tests.reference.web.conftest import Page, message, strict

from chatkit_harness.reference.market import FixtureMarketData
from chatkit_harness.reference.server import MarketChatKitServer, create_server
from chatkit_harness.reference.stores import MemoryStore
from chatkit_harness.reference.web import turns
from chatkit_harness.reference.web.backend import Clock
from chatkit_harness.reference.web.failures import ApiError
from chatkit_harness.reference.web.limits import MAX_BUCKETS, Limits, RequestRate, Streams

ACTION = ("/api/chatkit/chart-action", {"query": "draw support for TSLA"})
APP = "https://app.example.com"


class Slow(MarketChatKitServer):
    """Begins to answer, and never ends."""

    async def respond(self, *_: Any) -> AsyncIterator[Any]:
        await asyncio.Event().wait()
        yield


class Dead(MemoryStore):
    """A store that does not answer."""

    async def load_threads(self, *_: Any, **__: Any) -> Any:
        raise ConnectionError("postgresql://ada:sk-live-1@db")


async def test_who_asks_too_often_is_told_when_to_come_back() -> None:
    now = 0.0
    limits = Limits(requests_per_minute=6, burst=3)
    page = strict(None, limits=limits, clock=Clock(lambda: now))
    ada, bob = await page.somebody(), await page.somebody()
    assert [(await ada.post(*ACTION)).status for _ in range(4)] == [200, 200, 200, 429]
    said = await ada.post(*ACTION)
    assert (said.error["code"], said.headers["retry-after"]) == ("rate_limited", "10")
    assert (await bob.post(*ACTION)).status == 200, "everybody has their own"
    now += 10
    assert [(await ada.post(*ACTION)).status for _ in range(2)] == [200, 429]


async def test_sessions_are_not_opened_without_end() -> None:
    page = strict(None, limits=Limits(requests_per_minute=1, burst=2))
    statuses = [(await page.post("/api/chatkit/session", {})).status for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_only_so_many_users_are_remembered() -> None:
    rate = RequestRate(Limits(), lambda: 0.0)
    for number in range(MAX_BUCKETS + 50):
        rate.take(f"user-{number}")
    assert len(rate) == MAX_BUCKETS


def test_a_place_is_given_back_however_a_conversation_ends() -> None:
    streams = Streams(Limits(streams=1))
    with pytest.raises(RuntimeError), streams.one("ada"):
        raise RuntimeError
    with streams.one("ada"), streams.one("bob"), pytest.raises(ApiError) as refused, streams.one("ada"):
        pass
    assert refused.value.status == 429


async def test_a_turn_that_takes_too_long_ends_in_an_error_and_its_thread_goes_on() -> None:
    server = Slow(MemoryStore(), FixtureMarketData())
    page = await strict(server, limits=Limits(turn_s=0.2)).somebody()
    said = await page.sdk("threads.create", input=message("Hi"))
    assert said.events[-1] == {"type": "error", "code": "stream.error", "allow_retry": True}
    thread = said.events[0]["thread"]["id"]
    items = (await page.sdk("items.list", thread_id=thread)).body["data"]
    assert [item["type"] for item in items] == ["user_message"]


async def test_a_turn_is_not_kept_without_end_for_who_does_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MAX_UNREAD_BYTES", 1000)

    async def talk() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 100

    turn = turns.Turn(talk(), 5)
    with pytest.raises(ApiError):
        [event async for event in turn]
    await turn.end()
    assert turn.outcome == "not_read"


async def test_the_plain_conversation_has_its_time_too(model: LoopbackModel) -> None:
    model.says("Hi.")
    page = await strict(create_server({}), limits=Limits(turn_s=0.0)).somebody()
    said = await page.post("/api/chatkit/proxy", {"messages": [{"role": "user", "content": "Hi"}]})
    assert (said.status, said.error["code"]) == (504, "turn_timeout")


async def test_a_store_that_does_not_answer_is_told_without_its_words() -> None:
    page = strict(MarketChatKitServer(Dead(), FixtureMarketData()))
    said = await page.get("/health")
    assert (said.status, said.error["code"]) == (503, "store_unavailable")
    assert said.error["details"]["store"] == {"name": "dead", "answers": False}
    assert "sk-live" not in json.dumps(said.body)


# What is written down


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    records = [record for record in caplog.records if record.name == "chatkit_harness.audit"]
    assert all(record.getMessage().isascii() and record.getMessage().isprintable() for record in records)
    return [json.loads(record.getMessage()) for record in records]


async def test_each_request_is_a_line_of_who_did_what(
    caplog: pytest.LogCaptureFixture, model: LoopbackModel
) -> None:
    caplog.set_level(logging.INFO, "chatkit_harness.audit")
    model.says("Fine.")
    page = await strict(create_server({})).somebody()
    said = await page.sdk("threads.create", input=message("sell everything, my pin is 4711"))
    await page.sdk("threads.get_by_id", thread_id="thr_\nINFO all is well\x1b[31m")
    opened, turn, wrong = lines(caplog)
    assert set(turn) == {"who", "operation", "thread", "outcome", "status", "ms", "correlation_id"}
    assert (turn["operation"], turn["outcome"], turn["status"]) == ("threads.create", "done", 200)
    assert turn["thread"] == said.events[0]["thread"]["id"]
    assert turn["correlation_id"] == said.headers["x-correlation-id"]
    assert turn["who"] == opened["who"] != "anonymous"
    assert (wrong["thread"], wrong["outcome"], wrong["status"]) == ("?", "refused", 404)
    assert "4711" not in json.dumps([opened, turn, wrong])


async def test_how_a_turn_failed_is_written_down(
    caplog: pytest.LogCaptureFixture, model: LoopbackModel
) -> None:
    caplog.set_level(logging.INFO, "chatkit_harness.audit")
    assert model.answers == []
    page = await strict(create_server({})).somebody()
    await page.sdk("threads.create", input=message("Hi"))
    slow = await strict(Slow(MemoryStore(), FixtureMarketData()), limits=Limits(turn_s=0.1)).somebody()
    await slow.sdk("threads.create", input=message("Hi"))
    endless = await strict(Slow(MemoryStore(), FixtureMarketData())).somebody()
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(endless.sdk("threads.create", input=message("Hi")), 0.2)
    said = [line["outcome"] for line in lines(caplog) if line["operation"] == "threads.create"]
    assert said == ["error_event", "timed_out", "client_gone"]


@pytest.mark.parametrize(
    ("path", "level"),
    [("/", "DEBUG"), ("/static/app.js", "DEBUG"), ("/static/none.js", "INFO"), ("/health", "INFO")],
)
async def test_files_of_the_page_are_written_down_for_debugging_only(
    caplog: pytest.LogCaptureFixture, path: str, level: str
) -> None:
    caplog.set_level(logging.DEBUG, "chatkit_harness.audit")
    with contextlib.suppress(json.JSONDecodeError):  # this caller expects JSON, which the page is not
        await strict(None).get(path)
    (record,) = [each for each in caplog.records if each.name == "chatkit_harness.audit"]
    assert record.levelname == level


@pytest.mark.parametrize("path", ["/token=sk-live-1", "/attachments/sk-live-1/x", "/a\nb", "/%0aINFO"])
async def test_a_path_that_nobody_serves_is_not_repeated(caplog: pytest.LogCaptureFixture, path: str) -> None:
    caplog.set_level(logging.INFO, "chatkit_harness.audit")
    await strict(None).get(path)
    (line,) = lines(caplog)
    assert "sk-live" not in line["operation"]
    assert line["status"] == 404


# Pages of other sites


@pytest.mark.parametrize("path", ["/health", "/nowhere", "/api/chatkit/session"])
async def test_every_answer_tells_browsers_to_be_careful(path: str) -> None:
    said = await strict(None).get(path)
    assert said.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in said.headers["content-security-policy"]
    assert "access-control-allow-origin" not in said.headers


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver.evil.example", ""])
async def test_a_page_of_another_site_is_refused(origin: str) -> None:
    page = strict(None, origins=[APP])
    said = await page.post("/api/chatkit/session", {}, origin=origin)
    assert (said.status, said.error["code"]) == (403, "origin_not_allowed")
    assert "access-control-allow-origin" not in said.headers


@pytest.mark.parametrize("origin", ["http://testserver", APP])
async def test_its_own_page_and_a_listed_one_are_not(origin: str) -> None:
    said = await strict(None, origins=[APP]).post("/api/chatkit/session", {}, origin=origin)
    assert said.status == 200
    assert said.headers.get("access-control-allow-origin") == (APP if origin == APP else None)


async def test_a_preflight_is_answered_for_listed_ones_only() -> None:
    page = strict(None, origins=[APP])
    asks = {"access-control-request-method": "POST"}
    said = await preflight(page, origin=APP, **asks)
    assert (said.status, said.headers["access-control-allow-origin"]) == (204, APP)
    assert "authorization" in said.headers["access-control-allow-headers"]
    assert (await preflight(page, origin="https://evil.example", **asks)).status == 403


@pytest.mark.parametrize(
    ("host", "status"), [("localhost:8765", 200), ("127.0.0.1", 200), ("evil.example", 421)]
)
async def test_a_name_that_a_stranger_gives_this_machine_is_not_served(host: str, status: int) -> None:
    page = strict(None, hosts=("localhost", "127.0.0.1"))
    said = await page.post("/api/chatkit/session", {}, host=host, origin=f"http://{host}")
    assert said.status == status


async def preflight(page: Page, **headers: str) -> Any:
    return await page._call("OPTIONS", "/api/chatkit/session", None, headers)  # noqa: SLF001 - the one OPTIONS
