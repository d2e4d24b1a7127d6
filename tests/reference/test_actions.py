"""Clicks and forms: by themselves, and through the server as events, as one item, and in what is stored."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import chatkit.types
import pytest
from tests.reference.loopback import Chat, LoopbackModel, done, words

from chatkit_harness.reference.actions import carry_out
from chatkit_harness.reference.chart_control import ChartContext
from chatkit_harness.reference.market import FixtureMarketData, with_fault
from chatkit_harness.reference.tools.running import market_data  # noqa: F401 - the tools are imported first

Start = Callable[..., Chat]
CHART = ChartContext("NVDA", "1D")
REFRESH = ("refresh_quote", {"symbol": "AAPL"})
ALERT = {"symbol": "AAPL", "direction": "above", "price": "280"}


async def outcome(kind: str, payload: Any, fault: str | None = None) -> Any:
    return await carry_out(kind, payload, with_fault(FixtureMarketData(), fault), CHART)


async def shown(talk: Chat, model: LoopbackModel, tool: str, **arguments: Any) -> str:
    """The id of the widget that a tool shows."""
    model.calls((tool, arguments))
    model.says("There it is.")
    (item,) = done(await talk.says("?"), "widget")
    return str(item["id"])


async def click(talk: Chat, item: str | None, kind: str, payload: Any, sync: bool = False) -> Any:
    request = "threads.sync_custom_action" if sync else "threads.custom_action"
    action = {"type": kind, "payload": payload}
    more = {} if item is None else {"item_id": item}
    return await talk.send(request, thread_id=talk.thread_id, action=action, **more)


async def stored(talk: Chat) -> list[dict[str, Any]]:
    page = (await talk.send("items.list", thread_id=talk.thread_id, order="asc"))[0]
    return list(page["data"])


async def test_a_refreshed_quote_takes_the_card_s_place(chat: Start, model: LoopbackModel) -> None:
    talk = chat()
    item = await shown(talk, model, "show_stock_quote", symbol="AAPL")
    events = await click(talk, item, *REFRESH)
    (replaced,) = [event["item"] for event in events if event["type"] == "thread.item.replaced"]
    assert replaced["id"] == item
    assert "As of Fri Nov 20, 16:00 ET" in json.dumps(replaced["widget"])
    assert [each["type"] for each in await stored(talk)] == ["user_message", "widget", "assistant_message"]
    assert len(model.requests) == 2


async def test_without_a_sender_the_widget_is_a_new_item(chat: Start, model: LoopbackModel) -> None:
    talk = chat()
    await shown(talk, model, "show_stock_quote", symbol="AAPL")
    events = await click(talk, None, *REFRESH)
    assert len(done(events, "widget")) == 1
    assert [each["type"] for each in await stored(talk)].count("widget") == 2


async def test_the_timeframe_changes_and_its_button_with_it() -> None:
    found = await outcome("change_timeframe", {"symbol": "nvda", "timeframe": "1w"})
    buttons = {
        part["label"]: part["variant"]
        for row in found.widget["children"]
        for part in row.get("children", ())
        if part["type"] == "Button"
    }
    assert buttons == {"1H": "outline", "1D": "outline", "1W": "solid", "Draw the levels": "outline"}


async def test_the_page_is_told_the_commands_and_the_user_in_words(chat: Start, model: LoopbackModel) -> None:
    talk = chat(symbol="NVDA", timeframe="1D")
    item = await shown(talk, model, "show_technical_analysis", symbol="NVDA", timeframe="1D")
    query = {"query": "draw support and resistance for NVDA", "timeframe": "1W"}
    events = await click(talk, item, "chart_command", query)
    (effect,) = [event for event in events if event["type"] == "client_effect"]
    assert effect["data"]["commands"][:2] == ["LOAD:NVDA", "TIMEFRAME:1W"]
    assert "Support: $" in words(events)[0]


async def test_before_there_were_effects_the_commands_are_a_message(
    chat: Start, model: LoopbackModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(chatkit.types, "ClientEffectEvent")  # as before chatkit 1.4.0
    talk = chat()
    item = await shown(talk, model, "show_technical_analysis", symbol="NVDA", timeframe="1D")
    commands, text = words(await click(talk, item, "chart_command", {"query": "load NVDA"}))
    assert commands.splitlines() == ["LOAD:NVDA", "TIMEFRAME:1D"]
    assert "189.27" in text


async def test_an_alert_is_kept_with_the_thread(chat: Start, model: LoopbackModel) -> None:
    talk = chat()
    item = await shown(talk, model, "show_price_alert_form", symbol="AAPL")
    events = await click(talk, item, "submit_price_alert", ALERT)
    assert "AAPL above $280.00" in json.dumps(events)
    thread = await talk.server.store.load_thread(talk.thread_id, talk.context)
    assert thread.metadata["alerts"] == [{"symbol": "AAPL", "direction": "above", "price": 280.0}]


@pytest.mark.parametrize("price", [None, "", "abc", "0", "-5", "nan", "inf", "1e400", True, [280], "2e9"])
async def test_a_price_that_is_none_brings_the_form_back_with_a_hint(price: Any) -> None:
    found = await outcome("submit_price_alert", ALERT | {"price": price})
    assert found.alert is None
    assert "Please enter a price above zero" in json.dumps(found.widget)
    assert '"Form"' in json.dumps(found.widget)


@pytest.mark.parametrize(("price", "read"), [("280", 280.0), (" $1,280.50 ", 1280.5), (280, 280.0)])
async def test_a_price_is_read_as_people_type_it(price: Any, read: float) -> None:
    assert (await outcome("submit_price_alert", ALERT | {"price": price})).alert.price == read


@pytest.mark.parametrize(
    ("kind", "payload", "told"),
    [
        ("buy_it", {"shares": 3}, "I do not know what to do for “buy_it”. Please ask for it in words."),
        ("x" * 500, None, "“xxxx"),
        ("refresh_quote", None, "it names no symbol"),
        ("refresh_quote", {"symbol": 7}, "it names no symbol"),
        ("refresh_quote", {"symbol": "A" * 500}, "it names no symbol"),
        ("refresh_quote", {"symbol": "zzzz"}, "ZZZZ is not a known symbol"),
        ("change_timeframe", {"symbol": "NVDA", "timeframe": "soon"}, "there is no such timeframe"),
        ("chart_command", {}, "it names no query"),
        ("submit_price_alert", ALERT | {"direction": "sideways"}, "above or below"),
    ],
)
async def test_what_cannot_be_done_is_said_in_words(kind: str, payload: Any, told: str) -> None:
    found = await outcome(kind, payload)
    assert told in found.text
    assert (found.widget, found.commands, found.alert) == (None, (), None)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("timeout", "did not come in time"),
        ("upstream_502", "cannot be reached"),
        ("empty", "no price of AAPL"),
    ],
)
async def test_a_failing_provider_leaves_the_card_and_says_why(fault: str, told: str) -> None:
    found = await outcome(*REFRESH, fault=fault)
    assert (found.widget, told in found.text) == (None, True)


async def test_an_unknown_action_is_a_message_that_stays(chat: Start, model: LoopbackModel) -> None:
    talk = chat()
    item = await shown(talk, model, "show_stock_quote", symbol="AAPL")
    events = await click(talk, item, "buy_it", {"shares": 3})
    assert [event["type"] for event in events if event["type"] == "error"] == []
    assert "Please ask for it in words" in words(events)[0]
    assert (await stored(talk))[-1]["type"] == "assistant_message"


async def test_at_once_the_one_item_is_the_answer_and_is_stored(chat: Start, model: LoopbackModel) -> None:
    talk = chat()
    item = await shown(talk, model, "show_price_alert_form", symbol="AAPL")
    (answer,) = await click(talk, item, "submit_price_alert", ALERT, sync=True)
    assert (answer["updated_item"]["id"], "Alert noted" in json.dumps(answer)) == (item, True)
    assert "Alert noted" in json.dumps((await stored(talk))[1])
    thread = await talk.server.store.load_thread(talk.thread_id, talk.context)
    assert len(thread.metadata["alerts"]) == 1


@pytest.mark.parametrize(
    ("kind", "payload", "told"),
    [
        ("buy_it", {}, "I do not know what to do"),
        ("chart_command", {"query": "load NVDA"}, "by a message only"),
    ],
)
async def test_at_once_words_stand_in_the_status_line(
    chat: Start, model: LoopbackModel, kind: str, payload: Any, told: str
) -> None:
    talk = chat()
    item = await shown(talk, model, "show_stock_quote", symbol="AAPL")
    (answer,) = await click(talk, item, kind, payload, sync=True)
    assert told in answer["updated_item"]["widget"]["status"]["text"]
    assert "$271.84" in json.dumps(answer)


async def test_at_once_without_a_widget_there_is_nothing_to_update(chat: Start, model: LoopbackModel) -> None:
    talk = chat()
    await shown(talk, model, "show_stock_quote", symbol="AAPL")
    assert await click(talk, None, "buy_it", {}, sync=True) == [{}]
