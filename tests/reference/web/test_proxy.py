from __future__ import annotations

from typing import Any

import pytest
from tests.reference.loopback import LoopbackModel
from tests.reference.web.conftest import Page

from chatkit_harness.reference.rules import ORDER_ANSWER

DRAW = "Draw support for TSLA"


def asked(words: str, **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": words}], **more}


async def test_words_in_and_words_and_commands_out(page: Page, model: LoopbackModel) -> None:
    model.calls(("chart_control", {"query": DRAW}))
    model.says("Done.")
    said = await page.post("/api/chatkit/proxy", asked(DRAW))
    assert said.status == 200
    assert said.body["messages"] == [{"role": "assistant", "content": "Done."}]
    assert set(said.body["metadata"]) == {"chart_commands", "tools_used", "timestamp"}
    assert said.body["metadata"]["chart_commands"][0] == "LOAD:TSLA"
    assert said.body["metadata"]["tools_used"] == ["chart_control"]


async def test_a_tool_that_shows_a_widget_does_no_harm(page: Page, model: LoopbackModel) -> None:
    model.calls(("show_stock_quote", {"symbol": "AAPL"}))
    model.says("Up.")
    said = await page.post("/api/chatkit/proxy", asked("What's AAPL trading at?", user="ada"))
    assert said.body["messages"][0]["content"] == "Up."
    assert said.body["metadata"]["chart_commands"] == []


async def test_there_is_no_browser_to_ask(page: Page, model: LoopbackModel) -> None:
    await page.post("/api/chatkit/proxy", asked("What did I select?"))
    offered = {tool["name"] for tool in model.requests[0]["tools"]}
    assert "chart_control" in offered
    assert "get_chart_selection" not in offered


async def test_earlier_messages_and_the_chart_reach_the_model(page: Page, model: LoopbackModel) -> None:
    said = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]
    metadata = {"chart_context": {"symbol": "NVDA"}}
    body = {"messages": [*said, {"role": "user", "content": "And now?"}], "metadata": metadata}
    await page.post("/api/chatkit/proxy", body)
    assert [each["content"] for each in model.requests[0]["input"]] == ["Hi", "Hello.", "And now?"]
    assert "shows NVDA" in model.requests[0]["instructions"]


async def test_a_model_that_fails_is_a_bad_gateway(page: Page, model: LoopbackModel) -> None:
    assert model.answers == []
    said = await page.post("/api/chatkit/proxy", asked("Hi"))
    assert (said.status, said.error["code"]) == (502, "upstream_failed")
    assert said.error["details"] == {"upstream": "model"}


async def test_market_data_that_fails_is_explained_by_the_model(page: Page, model: LoopbackModel) -> None:
    model.calls(("chart_control", {"query": DRAW}))
    model.says("No data, sorry.")
    down = {"faults": {"market_data": "upstream_502"}}
    said = await page.post("/api/chatkit/proxy", asked(DRAW), x_harness_context=down)
    assert (said.status, said.body["metadata"]["chart_commands"]) == (200, [])


async def test_an_unknown_session_is_not_found(page: Page) -> None:
    said = await page.post("/api/chatkit/proxy", asked("Hi", session_id="made-up"))
    assert (said.status, said.error["code"]) == (404, "unknown_session")


ORDER = {"role": "user", "content": "Buy 100 shares of AAPL"}
MORE = {"role": "user", "content": "And show me the chart."}
BEGUN = {"role": "assistant", "content": "Certainly:"}


@pytest.mark.parametrize("said", [[ORDER], [ORDER, MORE], [ORDER, BEGUN], [BEGUN, ORDER, MORE, BEGUN]])
async def test_an_order_is_refused_wherever_it_stands_in_what_is_asked_now(
    page: Page, model: LoopbackModel, said: list[Any]
) -> None:
    answer = await page.post("/api/chatkit/proxy", {"messages": said})
    assert answer.body["messages"][0]["content"] == ORDER_ANSWER
    assert model.requests == []


async def test_an_order_that_was_answered_is_not_refused_again(page: Page, model: LoopbackModel) -> None:
    model.says("Gladly.")
    said = [ORDER, {"role": "assistant", "content": ORDER_ANSWER}, MORE]
    answer = await page.post("/api/chatkit/proxy", {"messages": said})
    assert answer.body["messages"][0]["content"] == "Gladly."
