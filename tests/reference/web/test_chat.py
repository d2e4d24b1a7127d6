from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.reference.loopback import LoopbackModel
from tests.reference.web.conftest import Page, message, strict

from chatkit_harness.reference.market import FixtureMarketData
from chatkit_harness.reference.server import MarketChatKitServer
from chatkit_harness.reference.stores import MemoryStore

QUESTION = "What's AAPL trading at?"


class Halting(MarketChatKitServer):
    """Says nothing after the user's message, until it is let go of."""

    ended = False

    async def respond(self, *_: Any) -> AsyncIterator[Any]:
        try:
            await asyncio.Event().wait()
            yield
        finally:
            self.ended = True


class Breaking(MarketChatKitServer):
    """Its events break off in the middle, with words that nobody may read."""

    async def process(self, request: Any, context: Any) -> Any:
        result: Any = await super().process(request, context)

        async def cut(events: Any) -> AsyncIterator[bytes]:
            yield await anext(events)
            raise RuntimeError("sk-live-0123456789")

        result.json_events = cut(result.json_events)
        return result


def answer_quote(model: LoopbackModel) -> None:
    model.calls(("show_stock_quote", {"symbol": "AAPL"}))
    model.says("Apple is up.")


def types(events: list[Any]) -> list[str]:
    return [event["type"] for event in events]


async def test_a_question_is_answered_event_by_event(page: Page, model: LoopbackModel) -> None:
    answer_quote(model)
    said = await page.sdk("threads.create", input=message(QUESTION))
    assert said.status == 200
    assert said.headers["content-type"].startswith("text/event-stream")
    assert types(said.events)[0] == "thread.created"
    items = [event["item"]["type"] for event in said.events if event["type"] == "thread.item.done"]
    assert items == ["user_message", "widget", "assistant_message"]


async def test_other_requests_are_answered_as_json(page: Page) -> None:
    said = await page.sdk("threads.list")
    assert (said.status, said.body["data"]) == (200, [])
    assert said.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("threads.get_by_id", {}),
        ("threads.add_user_message", {"input": message("hi")}),
        ("threads.delete", {}),
        ("items.list", {}),
        ("items.feedback", {"item_ids": ["msg_1"], "kind": "positive"}),
    ],
)
async def test_a_thread_that_is_not_there_is_not_found(page: Page, kind: str, params: Any) -> None:
    said = await page.sdk(kind, thread_id="thr_none", **params)
    assert (said.status, said.error["code"]) == (404, "unknown_thread")


async def test_what_the_server_does_not_offer_is_said(page: Page) -> None:
    said = await page.sdk("attachments.create", name="a.png", size=3, mime_type="image/png")
    assert (said.status, said.error["code"]) == (501, "not_implemented")
    asked = {**message("look at this"), "attachments": ["atc_1"]}
    said = await page.sdk("threads.create", input=asked)
    assert (said.status, said.error["code"]) == (501, "not_implemented"), "before anything is streamed"


async def test_a_client_secret_finds_the_session_and_its_user(page: Page, model: LoopbackModel) -> None:
    answer_quote(model)
    ada, bob = await page.session(user_id="ada"), await page.session(user_id="bob")
    events = (await page.sdk("threads.create", token=ada["client_secret"], input=message(QUESTION))).events
    thread = {"thread_id": events[0]["thread"]["id"]}
    assert (await page.sdk("threads.get_by_id", token=ada["client_secret"], **thread)).status == 200
    named = {"session_id": ada["session_id"]}
    assert (await page.sdk("threads.get_by_id", metadata=named, **thread)).status == 200
    assert (await page.sdk("threads.get_by_id", token=bob["client_secret"], **thread)).status == 403


async def test_a_forged_secret_and_an_old_one_find_no_session(page: Page) -> None:
    secret = (await page.session())["client_secret"]
    forged = secret[:-2] + ("AA" if secret[-2:] != "AA" else "BB")
    for token in (forged, "nonsense", "a.b", ".", "ä.ö"):
        said = await page.sdk("threads.list", token=token)
        assert (said.status, said.error["code"]) == (401, "token_invalid")
        assert said.headers["www-authenticate"].startswith("Bearer ")
    await page.post("/api/chatkit/session", {}, x_harness_context={"hours_later": 1})
    said = await page.sdk("threads.list", token=secret)
    assert (said.status, said.error["code"]) == (401, "token_expired")
    renewed = await page.session(existing_session=secret)
    assert (await page.sdk("threads.list", token=renewed["client_secret"])).status == 200


SHOWN = [
    ("NVDA", {"chart_context": {"symbol": "AAPL"}}, "What about MSFT?", "shows NVDA at the 1D"),
    (None, {"chart_context": {"symbol": "aapl", "timeframe": "1w"}}, "And MSFT?", "shows AAPL at the 1W"),
    (None, {"chart_context": "AAPL"}, "What about MSFT?", "shows MSFT."),
    (None, None, "What about the CPI?", "No chart is loaded"),
]


@pytest.mark.parametrize("case", SHOWN)
async def test_the_model_is_told_what_the_chart_shows(
    page: Page, model: LoopbackModel, case: tuple[str | None, Any, str, str]
) -> None:
    known, metadata, words, shown = case
    model.says("Fine.")
    secret = (await page.session(known))["client_secret"]
    await page.sdk("threads.create", token=secret, metadata=metadata, input=message(words))
    assert shown in model.requests[0]["instructions"]


async def test_a_failure_after_the_first_event_is_the_protocols_own(page: Page, model: LoopbackModel) -> None:
    assert model.answers == []
    said = await page.sdk("threads.create", input=message(QUESTION))
    assert said.status == 200
    assert "error" in types(said.events)


async def test_a_stream_that_breaks_off_ends_in_an_error_without_its_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    page = await strict(Breaking(MemoryStore(), FixtureMarketData())).somebody()
    said = await page.sdk("threads.create", input=message(QUESTION))
    assert types(said.events) == ["thread.created", "error"]
    assert "sk-live" not in json.dumps(said.events)
    assert any(said.headers["x-correlation-id"] in record.getMessage() for record in caplog.records)


async def test_a_page_that_goes_away_ends_the_turn() -> None:
    server = Halting(MemoryStore(), FixtureMarketData())
    page = await strict(server).somebody()
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(page.sdk("threads.create", input=message(QUESTION)), 0.3)
    assert server.ended
