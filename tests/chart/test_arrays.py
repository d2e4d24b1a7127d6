from __future__ import annotations

from typing import Any

import pytest

from chatkit_harness import chart

LINE = {"start_price": 440, "start_time": 1700000000, "end_price": 450, "end_time": "2024-02-15"}


def read(value: Any) -> list[str]:
    found = chart.read_array(value)
    assert found.rejected == ()
    return [chart.to_text(each) for each in found.commands]


def structured(kind: str, **payload: Any) -> dict[str, Any]:
    return {"type": kind, "payload": payload}


@pytest.mark.parametrize(
    ("document", "canonical"),
    [
        (structured("load", symbol="TSLA"), "LOAD:TSLA"),
        (structured("load", symbol="tsla"), "LOAD:TSLA"),
        ({"type": "load", "symbol": "TSLA"}, "LOAD:TSLA"),
        ({"type": "load", "payload": {"symbol": "TSLA"}, "description": "Tesla"}, 'LOAD:TSLA "Tesla"'),
        (structured("timeframe", value="1h"), "TIMEFRAME:1H"),
        (structured("timeframe", interval="1D"), "TIMEFRAME:1D"),
        (structured("indicator", name="rsi", enabled=True, params={"period": 14}), "INDICATOR:RSI:ON:14"),
        (structured("indicator", name="MACD", enabled=False), "INDICATOR:MACD:OFF"),
        (
            structured("indicator", name="Bollinger Bands", params={"stdDev": 2}),
            "INDICATOR:BOLLINGER:ON:std_dev=2",
        ),
        (structured("indicator", name="SMA", params={"period": 20, "color": "red"}), "INDICATOR:SMA:ON:20"),
        (structured("drawing", style="support", price=440.5), "SUPPORT:440.50"),
        (structured("drawing", style="stop_loss", price="$1,435"), "STOPLOSS:1435.00"),
        ({"type": "support", "payload": {"price": 440}}, "SUPPORT:440.00"),
        (structured("drawing", style="trendline", **LINE), "TRENDLINE:440.00:1700000000:450.00:2024-02-15"),
        (
            structured(
                "drawing",
                style="trendline",
                startPrice=1,
                startTime=1700000000,
                endPrice=2,
                endTime=1700086400,
            ),
            "TRENDLINE:1.00:1700000000:2.00:1700086400",
        ),
        (
            structured(
                "drawing",
                style="trendline",
                points=[{"price": 1, "time": "2024-01-15"}, {"price": 2, "time": "2024-02-15"}],
            ),
            "TRENDLINE:1.00:2024-01-15:2.00:2024-02-15",
        ),
        (
            structured("drawing", style="trendline", id="t", lineStyle="dashed", **LINE),
            "DRAW:TRENDLINE:t:1700000000:440.00:2024-02-15:450.00:dashed",
        ),
        (structured("drawing", style="fibonacci", high=430, low=470), "FIBONACCI:470.00:430.00"),
        (
            structured("drawing", style="level", id="p1", levelType="support", price=440),
            "DRAW:LEVEL:p1:SUPPORT:440.00",
        ),
        (structured("drawing", style="target", id="p1", price=465), "DRAW:TARGET:p1:465.00"),
        (structured("drawing", style="target", price=465), "TARGET:465.00"),
        (structured("pattern", name="triangle"), "PATTERN:TRIANGLE"),
        (structured("pattern", name="TRIANGLE", start=20, end=45), "PATTERN:TRIANGLE:20:45"),
        (structured("pattern", pattern_id="bull_flag"), "PATTERN:BULL_FLAG"),
        (
            structured("pattern", action="annotate", id="p1", status="Confirmed"),
            "ANNOTATE:PATTERN:p1:confirmed",
        ),
        (structured("annotate", id="p1", status="pending", text="soon"), "ANNOTATE:PATTERN:p1:pending:soon"),
        (structured("pattern", action="clear", id="p1"), "CLEAR:PATTERN:p1"),
        (structured("clear", id="all"), "CLEAR:ALL"),
        (structured("reset", target="all"), "CLEAR:ALL"),
        (structured("reset", target="VIEW"), "RESET:VIEW"),
        (structured("zoom", direction="IN"), "ZOOM:IN"),
        (structured("scroll", date="2024-01-15"), "SCROLL:2024-01-15"),
        (structured("scroll", direction="left"), "PAN:LEFT"),
        (structured("pan", direction="right"), "PAN:RIGHT"),
        (structured("style", chartType="candlestick"), "STYLE:CANDLES"),
        (structured("crosshair", enabled=True), "CROSSHAIR:ON"),
        (structured("analyze"), "ANALYZE:TECHNICAL"),
        ({"legacy": "LOAD:TSLA", "type": "raw"}, "LOAD:TSLA"),
        ("load:tsla", "LOAD:TSLA"),
        ("LOAD:TSLA", "LOAD:TSLA"),
    ],
)
def test_every_structured_form_is_read(document: Any, canonical: str) -> None:
    assert read(document) == [canonical]
    assert read([document]) == [canonical]


@pytest.mark.parametrize(
    ("value", "verb", "words"),
    [
        ("LOAD", "LOAD", "its argument is missing"),
        ("LOAD:", "LOAD", "no symbol"),
        ("LOAD:ABCDEFGHIJK", "LOAD", "'ABCDEFGHIJK' is no symbol"),
        ("LOAD:1ABC", "LOAD", "'1ABC' is no symbol"),
        ("", "", "empty"),
        ("SUPORT", "SUPORT", "did you mean SUPPORT?"),
        ("BUY:440", "BUY", "no such verb"),
        ("Draw support near 440", "", "no command"),
        (None, "", "not null"),
        (7, "", "not a number"),
        (["LOAD:TSLA"], "", "not a list"),
        ({}, "", "no type"),
        ({"type": 3}, "", "no type"),
        ({"type": "lod", "payload": {}}, "lod", "did you mean load?"),
        ({"type": "load", "payload": 3}, "LOAD", "payload is an object"),
        (structured("load", symbol="Tesla Inc"), "LOAD", "no symbol"),
        (structured("load"), "LOAD", "no symbol is given"),
        (structured("drawing", style="support"), "DRAWING", "no price is given"),
        (structured("drawing", style="support", price=True), "DRAWING", "no price"),
        (structured("drawing", style="support", price=-4), "DRAWING", "above zero"),
        (structured("drawing", style="support", price=float("nan")), "DRAWING", "finite"),
        (structured("drawing", style="support", price=float("inf")), "DRAWING", "finite"),
        (structured("drawing", style="support", price=10**400), "DRAWING", "below"),
        (structured("drawing", style="support", price="9" * 400), "DRAWING", "20 digits"),
        (structured("drawing", style="blob", price=4), "DRAWING", "no style of drawing"),
        (structured("drawing", style="trendline", start_price=1, end_price=2), "DRAWING", "no time is given"),
        (structured("indicator", name="RSI", enabled="yes"), "INDICATOR", "true or false"),
        (structured("indicator", name="RSI", params={"period": float("nan")}), "INDICATOR", "parameter"),
        (structured("pattern", name="FLAG", start=3), "PATTERN", "both a start and an end"),
        (structured("zoom"), "ZOOM", "no direction is given"),
        ({"version": "3.0", "commands": []}, "", "version '3.0'"),
        ({"version": "2.0"}, "", "empty"),
    ],
)
def test_what_cannot_be_read_is_rejected_by_itself(value: Any, verb: str, words: str) -> None:
    found = chart.read_array(["LOAD:NVDA", value, "SUPPORT:440"])
    assert [chart.to_text(each) for each in found.commands] == ["LOAD:NVDA", "SUPPORT:440.00"]
    (only,) = found.rejected
    assert (only.verb, only.start, only.end) == (verb, 1, 2)
    assert only.reason.startswith("element 1: ")
    assert words in only.reason


def test_positions_in_an_array_are_indices() -> None:
    found = chart.read_array(["ENTRY:445 STOP:435", {"type": "load", "payload": {"symbol": "TSLA"}}])
    assert [(each.start, each.end) for each in found.placed] == [(0, 1), (0, 1), (1, 2)]


@pytest.mark.parametrize("empty", [None, [], {"chart_commands": []}])
def test_nothing_holds_no_command(empty: Any) -> None:
    assert read(empty) == []


def test_an_envelope_holds_commands() -> None:
    envelope = {
        "version": "2.0",
        "symbol": "TSLA",
        "timeframe": "1d",
        "overlays": [{"name": "SMA", "type": "line", "params": {"period": 50}}, "EMA20"],
        "indicators": [{"name": "RSI", "enabled": None, "params": None}],
        "commands": [{"type": "load", "payload": {"symbol": "TSLA"}}, "SUPPORT:440"],
        "notes": None,
    }
    expected = ["LOAD:TSLA", "TIMEFRAME:1D", "INDICATOR:SMA:ON:50", "INDICATOR:EMA:ON:20", "INDICATOR:RSI"]
    for document in (envelope, [envelope], {"chartObjects": envelope}, {"chart_objects": envelope}):
        assert read(document) == [*expected, "SUPPORT:440.00"]


def test_a_bad_element_of_an_envelope_takes_no_other_along() -> None:
    found = chart.from_structured(
        {"version": "2.0", "symbol": "TSLA", "commands": [{"type": "zoom"}, "ZOOM:IN"]}
    )
    assert [chart.to_text(each) for each in found.commands] == ["LOAD:TSLA", "ZOOM:IN"]
    assert [each.reason[:29] for each in found.rejected] == ["element 0, commands 0: no dir"]


def test_nesting_without_end_is_refused() -> None:
    value: Any = "LOAD:TSLA"
    for _ in range(500):
        value = {"chart_commands": [value]}
    assert chart.read_array(value).rejected


@pytest.mark.parametrize("empty", [{"type": "reset"}, {"type": "reset", "payload": {}}])
def test_a_reset_of_nothing_else_is_one_of_the_view(empty: Any) -> None:
    assert read(empty) == ["RESET:VIEW"]


@pytest.mark.parametrize("style", ["takeProfit", "take_profit", "target"])
def test_a_target_has_several_names(style: str) -> None:
    assert read(structured("drawing", style=style, price=440)) == ["TARGET:440.00"]
