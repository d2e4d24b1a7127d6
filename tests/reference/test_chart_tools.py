from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import chatkit.types
import pytest
from tests.reference.loopback import Chat, LoopbackModel, done, words

Start = Callable[..., Chat]

SUPPORT = ["LOAD:TSLA", "TIMEFRAME:1D", 'SUPPORT:395.56 "tested 5 times, last on 2026-11-17"']


def effects(events: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    return [(event["name"], event["data"]) for event in events if event["type"] == "client_effect"]


async def test_the_page_is_told_the_commands_and_the_model_what_was_done(
    chat: Start, model: LoopbackModel
) -> None:
    model.calls(("chart_control", {"query": "draw support for TSLA"}))
    model.says("Support is on the chart.")
    events = await chat().says("draw support for TSLA")
    output = json.loads(model.outputs[0])
    assert effects(events) == [("chart_commands", {"commands": output["chart_commands"]})]
    assert output["chart_commands"][:3] == SUPPORT
    assert sorted(output) == ["chart_commands", "chart_context", "text", "tools_used"]
    assert words(events) == ["Support is on the chart."]


async def test_a_release_without_effects_says_the_commands_in_a_message_of_their_own(
    chat: Start, model: LoopbackModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(chatkit.types, "ClientEffectEvent")  # as before chatkit 1.4.0
    model.calls(("chart_control", {"query": "draw support for TSLA"}))
    model.says("Support is on the chart.")
    events = await chat().says("draw support for TSLA")
    assert effects(events) == []
    commands, sentence = words(events)
    assert commands.splitlines()[:3] == SUPPORT
    assert sentence == "Support is on the chart."


async def test_the_chart_of_the_request_is_the_one_that_is_meant(chat: Start, model: LoopbackModel) -> None:
    model.calls(("chart_control", {"query": "switch to 1h"}))
    model.says("Done.")
    events = await chat(symbol="AAPL", timeframe="1D").says("switch to 1h")
    assert effects(events) == [("chart_commands", {"commands": ["LOAD:AAPL", "TIMEFRAME:1H"]})]


async def test_where_there_is_nothing_to_do_the_page_is_told_nothing(
    chat: Start, model: LoopbackModel
) -> None:
    model.calls(("chart_control", {"query": "draw support"}))
    model.says("Which symbol?")
    assert effects(await chat().says("draw support")) == []
    assert "Which symbol" in json.loads(model.outputs[0])["text"]


@pytest.mark.parametrize(
    ("call", "cards"),
    [
        (("chart_control", {"query": "load ZZZZ"}), 0),
        (("show_technical_analysis", {"symbol": "ZZZZ", "timeframe": "1D"}), 1),
    ],
)
async def test_an_unknown_symbol_is_a_plain_answer(
    chat: Start,
    model: LoopbackModel,
    caplog: pytest.LogCaptureFixture,
    call: tuple[str, dict[str, str]],
    cards: int,
) -> None:
    model.calls(call)
    model.says("I do not know ZZZZ.")
    events = await chat().says("ZZZZ?")
    assert (effects(events), len(done(events, "widget"))) == ([], cards)
    assert json.loads(model.outputs[0])["error"] == "unknown symbol ZZZZ"
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


@pytest.mark.parametrize(
    ("call", "about"),
    [
        (("chart_control", {"query": "draw support for TSLA"}), "chart_control"),
        (("show_technical_analysis", {"symbol": "TSLA", "timeframe": "1D"}), "TSLA technical analysis"),
    ],
)
async def test_a_failing_provider_is_logged_and_the_turn_goes_on(
    chat: Start,
    model: LoopbackModel,
    caplog: pytest.LogCaptureFixture,
    call: tuple[str, dict[str, str]],
    about: str,
) -> None:
    model.calls(call)
    model.says("No data right now.")
    events = await chat(faults={"market_data": "upstream_502"}).says("TSLA?")
    assert words(events) == ["No data right now."]
    warned = [record.message for record in caplog.records if record.levelno >= logging.WARNING]
    assert warned == [f"{about}: the market data provider answered 502"]


async def test_an_analysis_shows_a_card_and_tells_its_figures(chat: Start, model: LoopbackModel) -> None:
    model.calls(("show_technical_analysis", {"symbol": "nvda", "timeframe": "1D"}))
    model.says("Neutral.")
    events = await chat().says("How does NVDA look technically?")
    assert [item["widget"]["type"] for item in done(events, "widget")] == ["Card"]
    output = json.loads(model.outputs[0])
    assert (output["symbol"], output["price"], output["indicators"]["rsi_14"]) == ("NVDA", 189.27, 50.87)
    assert output["levels"]["support"] == [{"price": 165.94, "note": "swing low of 2026-11-13"}]


async def test_without_a_history_a_card_says_so(chat: Start, model: LoopbackModel) -> None:
    model.calls(("show_technical_analysis", {"symbol": "NVDA", "timeframe": "1D"}))
    model.says("Nothing.")
    events = await chat(faults={"market_data": "empty"}).says("How does NVDA look technically?")
    assert "There is no price history at the moment." in json.dumps(done(events, "widget"))
    assert json.loads(model.outputs[0])["error"] == "no price history at the moment"
