from __future__ import annotations

import pytest

from chatkit_harness import chart
from chatkit_harness.chart import ChartState, View, apply


def after(*lines: str, state: ChartState | None = None) -> ChartState:
    commands = chart.read_array(list(lines))
    assert commands.rejected == ()
    return apply(state or ChartState(), commands.commands)


def test_commands_are_applied_in_the_order_of_the_language() -> None:
    given = [
        "SUPPORT:440",
        "ZOOM:IN",
        "TARGET:465",
        "CLEAR:ALL",
        "LOAD:TSLA",
        "INDICATOR:RSI",
        "TIMEFRAME:1D",
    ]
    assert after(*given) == after(*reversed(given))
    assert after(*given).prices("support") == (440.0,)


def test_applying_changes_no_state() -> None:
    before = after("LOAD:TSLA", "SUPPORT:440")
    after("LOAD:NVDA", "RESISTANCE:460", state=before)
    assert before == after("LOAD:TSLA", "SUPPORT:440")


def test_a_new_symbol_clears_what_belonged_to_the_old_one() -> None:
    full = after(
        "LOAD:TSLA", "TIMEFRAME:1D", "STYLE:LINE", "INDICATOR:RSI", "SUPPORT:440", "TARGET:465",
        "FIBONACCI:470:430", "TRENDLINE:440:2024-01-15:450:2024-02-15", "DRAW:TARGET:p:465",
        "PATTERN:FLAG", "ANNOTATE:PATTERN:p:ok", "ZOOM:IN", "SCROLL:2024-01-15", "CROSSHAIR:ON",
        "ANALYZE:TECHNICAL",
    )  # fmt: skip
    kept = ChartState(
        symbol="NVDA", timeframe="1D", style="line", indicators=full.indicators, view=View(crosshair=True)
    )
    assert after("LOAD:NVDA", state=full) == kept
    assert after("LOAD:TSLA", state=full) == full


def test_what_comes_with_the_new_symbol_stays() -> None:
    state = after("RESISTANCE:200", "LOAD:NVDA", state=after("LOAD:TSLA", "SUPPORT:440"))
    assert (state.symbol, state.prices("support"), state.prices("resistance")) == ("NVDA", (), (200.0,))


def test_twice_the_same_is_shown_once_and_told() -> None:
    lines = ["SUPPORT:440", 'SUPPORT:440.00 "low"', "SUPPORT:440", "RESISTANCE:440"]
    assert [chart.to_text(each) for each in after(*lines).levels] == [
        'SUPPORT:440.00 "low"',
        "RESISTANCE:440.00",
    ]
    again = chart.duplicates(chart.read_array(lines).commands)
    assert [chart.to_text(each) for each in again] == ['SUPPORT:440.00 "low"', "SUPPORT:440.00"]


@pytest.mark.parametrize(
    ("off", "left"),
    [
        ("INDICATOR:SMA:OFF", ["RSI"]),
        ("INDICATOR:SMA:OFF:20", ["SMA", "RSI"]),
        ("REMOVE:MACD", ["SMA", "SMA", "RSI"]),
    ],
)
def test_indicators_go_off(off: str, left: list[str]) -> None:
    on = after("INDICATOR:SMA:20", "INDICATOR:SMA:50", "INDICATOR:RSI")
    assert [each.name for each in after(off, state=on).indicators] == left
    assert [each.name for each in after("ADD:RSI", state=after(off, state=on)).indicators] == left


def test_trade_levels_and_chart_levels_are_apart() -> None:
    state = after("ENTRY:445", "SUPPORT:440", "STOP:435", "TARGET:465", "TARGET:480")
    assert state.prices("target") == (465.0, 480.0)
    assert [each.role for each in state.trade] == ["entry", "stop", "target", "target"]
    assert len(state.levels) == 1


def test_what_has_an_id_is_replaced_and_cleared_with_its_pattern() -> None:
    levels = ["DRAW:LEVEL:p1_support:SUPPORT:440", "DRAW:TARGET:p1:465", "DRAW:TARGET:p10:500"]
    drawn = after(*levels, "PATTERN:P1", "ANNOTATE:PATTERN:p1:pending")
    newer = after("DRAW:TARGET:p1:470", "ANNOTATE:PATTERN:p1:confirmed", state=drawn)
    assert [each.status for each in newer.annotations] == ["confirmed"]
    assert [chart.to_text(each) for each in newer.drawings][-1] == "DRAW:TARGET:p1:470.00"
    cleared = after("CLEAR:PATTERN:p1", state=newer)
    assert [each.id for each in cleared.drawings] == ["p10"]
    assert (cleared.annotations, cleared.patterns) == ((), ())


def test_clearing_all_keeps_symbol_and_indicators() -> None:
    state = after("CLEAR:ALL", state=after("LOAD:TSLA", "INDICATOR:RSI", "SUPPORT:440", "TARGET:465"))
    assert (state.symbol, len(state.indicators), state.levels, state.trade) == ("TSLA", 1, (), ())


def test_the_view_moves() -> None:
    state = after("ZOOM:IN", "ZOOM:IN", "PAN:LEFT", "SCROLL:2024-01-15", "PAN:RIGHT", "CROSSHAIR:TOGGLE")
    assert state.view == View(zoom=2, pan=1, scroll="2024-01-15", crosshair=True)
    assert after("RESET:SCALE", state=state).view.zoom == 0
    assert after("RESET:VIEW", "CROSSHAIR:OFF", state=state).view == View()


def test_merging_keeps_each_once_and_the_label() -> None:
    array = chart.read_array(["LOAD:TSLA", "SUPPORT:440", "ZOOM:IN", "ZOOM:IN", "LOAD"])
    text = chart.extract('SUPPORT:440.00 "low"\nZOOM:IN\nRESISTANCE:460\nLOAD:TSLA')
    merged = chart.merge(array, text)
    told = [chart.to_text(each) for each in merged.commands]
    assert told == ["LOAD:TSLA", 'SUPPORT:440.00 "low"', "ZOOM:IN", "ZOOM:IN", "RESISTANCE:460.00"]
    assert len(merged.rejected) == 1
    assert chart.merge() == chart.Commands()


def test_a_command_without_its_label_is_the_same_command() -> None:
    one, other = (chart.parse(each) for each in ('LOAD:TSLA "Tesla"', "LOAD:TSLA"))
    assert one != other
    assert chart.bare(one) == other
