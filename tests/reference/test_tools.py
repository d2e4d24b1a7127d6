"""The newer tools through the server: what the user is shown, what the model is told, what is going on."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.reference.loopback import Chat, LoopbackModel, done, words

Start = Callable[..., Chat]

CALLS: dict[str, dict[str, Any]] = {
    "show_stock_quote": {"symbol": "AAPL"},
    "show_market_comparison": {"symbols": ["AAPL", "MSFT"]},
    "show_market_news": {"symbol": "AAPL"},
    "show_economic_calendar": {"time_period": "week", "impact": "all"},
    "show_earnings_calendar": {"time_period": "week", "symbol": None},
    "show_insider_activity": {"symbol": "AAPL"},
    "show_analyst_ratings": {"symbol": "AAPL"},
    "show_options_flow": {"symbol": "AAPL"},
    "show_technical_analysis": {"symbol": "AAPL", "timeframe": "1D"},
    "show_price_alert_form": {"symbol": "AAPL"},
}


def progress(events: list[dict[str, Any]]) -> list[str]:
    return [event["text"] for event in events if event["type"] == "progress_update"]


async def asked(talk: Chat, model: LoopbackModel, tool: str, **arguments: Any) -> list[dict[str, Any]]:
    """The events of a turn in which the model calls a tool."""
    model.calls((tool, arguments or CALLS[tool]))
    model.says("There it is.")
    return await talk.says("?")


@pytest.mark.parametrize("tool", CALLS)
async def test_every_show_tool_shows_a_widget_and_tells_the_model(
    chat: Start, model: LoopbackModel, tool: str
) -> None:
    events = await asked(chat(), model, tool)
    assert len(done(events, "widget")) == 1
    output = json.loads(model.outputs[0])
    assert "error" not in output
    assert output


@pytest.mark.parametrize("tool", CALLS)
@pytest.mark.parametrize(
    ("fault", "told"), [("timeout", "did not come in time"), ("upstream_502", "cannot be reached")]
)
async def test_a_failing_provider_is_a_card_that_says_what_to_do(
    chat: Start, model: LoopbackModel, tool: str, fault: str, told: str
) -> None:
    events = await asked(chat(faults={"market_data": fault}), model, tool)
    (shown,) = done(events, "widget")
    assert shown["widget"]["type"] == "Card"
    assert told in json.dumps(shown["widget"])
    assert json.loads(model.outputs[0])["error"].startswith("the market data provider")
    assert words(events) == ["There it is."]


@pytest.mark.parametrize("tool", CALLS)
async def test_where_there_is_nothing_the_user_reads_so(chat: Start, model: LoopbackModel, tool: str) -> None:
    events = await asked(chat(faults={"market_data": "empty"}), model, tool)
    (shown,) = done(events, "widget")
    assert any(word in json.dumps(shown["widget"]) for word in ('"No ', "There is no ", "no price"))


@pytest.mark.parametrize("tool", sorted(CALLS.keys() - {"show_economic_calendar", "show_market_comparison"}))
async def test_an_unknown_symbol_is_named(chat: Start, model: LoopbackModel, tool: str) -> None:
    events = await asked(chat(), model, tool, **CALLS[tool] | {"symbol": " zzzz "})
    (shown,) = done(events, "widget")
    assert "ZZZZ is not a known symbol" in json.dumps(shown["widget"])
    assert json.loads(model.outputs[0])["error"] == "unknown symbol ZZZZ"


async def test_a_comparison_takes_no_other_symbol_along_when_one_is_unknown(
    chat: Start, model: LoopbackModel
) -> None:
    symbols = ["aapl", "ZZZZ", "nvda", "AAPL", " "]
    events = await asked(chat(), model, "show_market_comparison", symbols=symbols)
    output = json.loads(model.outputs[0])
    assert [each["symbol"] for each in output["figures"]] == ["NVDA", "AAPL"]
    assert output["missing"] == {"ZZZZ": "not a known symbol"}
    assert progress(events) == ["Looking up AAPL, ZZZZ and NVDA"]


async def test_at_most_ten_symbols_are_compared(chat: Start, model: LoopbackModel) -> None:
    await asked(chat(), model, "show_market_comparison", symbols=[f"X{number}" for number in range(30)])
    assert len(json.loads(model.outputs[0])["symbols"]) == 10


async def test_one_company_is_told_its_next_report_however_late(chat: Start, model: LoopbackModel) -> None:
    await asked(chat(), model, "show_earnings_calendar", time_period="today", symbol="nvda")
    (report,) = json.loads(model.outputs[0])["reports"]
    assert (report["symbol"], report["day"]) == ("NVDA", "2027-02-24")


async def test_the_sides_of_insiders_and_options_are_summed(chat: Start, model: LoopbackModel) -> None:
    talk = chat()
    await asked(talk, model, "show_insider_activity")
    sums = json.loads(model.outputs[0])
    assert (sums["trade_count"], sums["bought"] > 0, sums["sold"] > 0) == (5, True, True)
    await asked(talk, model, "show_options_flow")
    flow = json.loads(model.outputs[0])
    assert (flow["trade_count"], flow["bullish_premium"] + flow["bearish_premium"] > 0) == (4, True)


async def test_slow_market_data_are_waited_for_and_the_user_is_told(
    chat: Start, model: LoopbackModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatkit_harness.reference.tools.running.PATIENCE_S", 0)
    monkeypatch.setattr("chatkit_harness.reference.market.faults.SLOW_SECONDS", 0.05)
    events = await asked(chat(faults={"market_data": "slow"}), model, "show_stock_quote")
    assert progress(events) == ["Still waiting for the market data"]
    assert len(done(events, "widget")) == 1


async def test_progress_is_stored_nowhere(chat: Start, model: LoopbackModel) -> None:
    talk = chat()
    assert progress(await asked(talk, model, "show_options_flow")) == ["Reading the option trades in AAPL"]
    page = (await talk.send("items.list", thread_id=talk.thread_id, order="asc"))[0]
    assert [item["type"] for item in page["data"]] == ["user_message", "widget", "assistant_message"]


async def test_the_model_reads_the_rows_of_all_tools_as_json(chat: Start, model: LoopbackModel) -> None:
    model.calls(*CALLS.items())
    model.says("All of it.")
    events = await chat().says("everything, please")
    assert len(done(events, "widget")) == len(CALLS)
    assert all(isinstance(json.loads(output), dict) for output in model.outputs)
