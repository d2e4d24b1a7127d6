from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from tests.reference.web.conftest import Page, strict

from chatkit_harness.reference.market import FixtureMarketData, MarketDataTimeoutError
from chatkit_harness.reference.server import create_server
from chatkit_harness.reference.web import create_app_for

DOWN = {"faults": {"market_data": "upstream_502"}}


async def test_health_says_what_it_runs_on(page: Page) -> None:
    said = await page.get("/health")
    assert said.status == 200
    assert said.body["store"] == {"name": "memory", "answers": True}
    assert set(said.body["versions"]) == {"chatkit", "agents", "openai", "python"}
    assert all(said.body["versions"].values())


async def test_a_session_belongs_to_who_opened_it(page: Page) -> None:
    said = await page.post("/api/chatkit/session", {"user_id": "ada", "device_id": "phone"})
    assert said.status == 200
    assert set(said.body) == {"client_secret", "session_id", "user"}
    assert said.body["user"] == "ada"
    assert (await page.session(device_id="phone"))["user"] == "phone"
    assert (await page.session())["user"] != (await page.session())["user"]


@pytest.mark.parametrize("name", ["session_id", "client_secret"])
async def test_a_session_that_is_good_is_kept_and_gets_another_secret(page: Page, name: str) -> None:
    first = await page.session(user_id="ada")
    again = await page.session(existing_session=first[name])
    assert (again["session_id"], again["user"]) == (first["session_id"], "ada")


async def test_a_session_of_somebody_else_or_of_nobody_is_not_kept(page: Page) -> None:
    first = await page.session(user_id="ada")
    others = await page.session(user_id="bob", existing_session=first["session_id"])
    assert others["session_id"] != first["session_id"]
    assert (await page.session(existing_session="made-up"))["session_id"]
    assert (await page.session(existing_session="made.up"))["session_id"]


async def test_what_the_chart_shows_is_kept_for_the_session(page: Page) -> None:
    session = await page.session()
    shown = {"session_id": session["session_id"], "symbol": " tsla", "timeframe": "1h", "snapshot_id": "s1"}
    said = await page.post("/api/chatkit/update-context", shown)
    assert said.status == 200
    assert set(said.body) == {"success", "session_id", "updated_at"}
    assert datetime.fromisoformat(said.body["updated_at"]).tzinfo is not None
    action = await page.post(
        "/api/chatkit/chart-action", {"query": "draw support", "session_id": session["session_id"]}
    )
    assert action.body["chart_commands"][:2] == ["LOAD:TSLA", "TIMEFRAME:1H"]


@pytest.mark.parametrize("symbol", ["NOPE", "/etc/passwd", "TSLA;DROP", "1234"])
async def test_a_symbol_that_is_none_is_not_found(page: Page, symbol: str) -> None:
    session = await page.session()
    shown = {"session_id": session["session_id"], "symbol": symbol, "timeframe": "1D"}
    said = await page.post("/api/chatkit/update-context", shown)
    assert (said.status, said.error["code"]) == (404, "invalid_symbol")


async def test_a_chart_may_change_while_market_data_is_down(page: Page) -> None:
    session = await page.session()
    shown = {"session_id": session["session_id"], "symbol": "TSLA", "timeframe": "1D"}
    said = await page.post("/api/chatkit/update-context", shown, x_harness_context=DOWN)
    assert said.status == 200


async def test_a_chart_action_answers_in_the_documented_shape(page: Page) -> None:
    said = await page.post("/api/chatkit/chart-action", {"query": "draw support for TSLA"})
    assert said.status == 200
    assert set(said.body) == {"success", "text", "chart_commands", "data", "error"}
    assert (said.body["success"], said.body["error"]) == (True, None)
    assert set(said.body["data"]) == {"tools_used", "chart_context", "timestamp"}
    assert said.body["data"]["chart_context"] == {"symbol": "TSLA", "timeframe": "1D"}
    assert any(command.startswith("SUPPORT:") for command in said.body["chart_commands"])


@pytest.mark.parametrize(
    "where",
    [
        {"chart_context": {"symbol": "AAPL", "timeframe": "1W"}},
        {"metadata": {"chart_context": {"symbol": "AAPL", "timeframe": "1W"}}},
    ],
)
async def test_the_page_may_send_along_what_the_chart_shows(page: Page, where: dict[str, object]) -> None:
    said = await page.post("/api/chatkit/chart-action", {"query": "draw support", **where})
    assert said.body["chart_commands"][:2] == ["LOAD:AAPL", "TIMEFRAME:1W"]


async def test_what_the_session_knows_comes_first(page: Page) -> None:
    session = await page.session("NVDA")
    asked = {
        "query": "draw support",
        "session_id": session["session_id"],
        "chart_context": {"symbol": "AAPL"},
    }
    assert (await page.post("/api/chatkit/chart-action", asked)).body["chart_commands"][0] == "LOAD:NVDA"


async def test_without_any_chart_it_is_asked_for(page: Page) -> None:
    said = await page.post("/api/chatkit/chart-action", {"query": "draw support"})
    assert said.status == 200
    assert said.body["chart_commands"] == []
    assert "symbol" in said.body["text"]


async def test_an_unknown_ticker_in_the_question_is_not_found(page: Page) -> None:
    said = await page.post("/api/chatkit/chart-action", {"query": "load ZZZZ"})
    assert (said.status, said.error["code"]) == (404, "invalid_symbol")


@pytest.mark.parametrize("fault", ["upstream_502", "timeout"])
async def test_market_data_that_fails_is_a_bad_gateway(page: Page, fault: str) -> None:
    asked = {"query": "draw support for TSLA"}
    faults = {"faults": {"market_data": fault}}
    said = await page.post("/api/chatkit/chart-action", asked, x_harness_context=faults)
    assert (said.status, said.error["code"]) == (502, "upstream_failed")
    assert said.error["details"] == {"upstream": "market_data"}


async def test_the_market_is_asked_once_for_one_question_about_a_chart() -> None:
    asked: list[str] = []

    class Down(FixtureMarketData):
        async def quote(self, symbol: str) -> Any:
            asked.append(f"quote {symbol}")
            raise MarketDataTimeoutError("late")

        async def history(self, symbol: str, days: int = 90) -> Any:
            asked.append(f"history {symbol}")
            raise MarketDataTimeoutError("late")

    page = await strict(create_server({}), market=Down()).somebody()
    said = await page.post("/api/chatkit/chart-action", {"query": "draw support for TSLA"})
    assert (said.status, asked) == (502, ["history TSLA"])


async def test_an_unknown_session_is_told_from_an_expired_one(page: Page) -> None:
    session = await page.session("TSLA")
    asked = {"query": "draw support", "session_id": session["session_id"]}
    assert (await page.post("/api/chatkit/chart-action", asked)).status == 200
    late = await page.post("/api/chatkit/chart-action", asked, x_harness_context={"hours_later": 25})
    assert (late.status, late.error["code"]) == (404, "session_expired")
    # The clock does not go back, and a swept session is still known to have been one.
    await page.session()
    assert (await page.post("/api/chatkit/chart-action", asked)).error["code"] == "session_expired"
    asked["session_id"] = "made-up"
    assert (await page.post("/api/chatkit/chart-action", asked)).error["code"] == "unknown_session"


async def test_without_chatkit_the_page_works_and_the_conversations_say_so() -> None:
    page = Page(create_app_for(None, {}))
    assert (await page.session("TSLA"))["session_id"]
    for path in ("/chatkit/sdk", "/api/chatkit/proxy"):
        said = await page.post(path, {})
        assert (said.status, said.error["code"]) == (501, "chatkit_missing")
