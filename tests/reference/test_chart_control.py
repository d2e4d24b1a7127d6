from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from chatkit_harness.reference.chart_control import ChartAnswer, ChartContext, control_chart
from chatkit_harness.reference.market import (
    Bar,
    FixtureMarketData,
    MarketDataTimeoutError,
    UnknownSymbolError,
    UpstreamError,
    with_fault,
)

MARKET = FixtureMarketData()
NOTHING = ChartContext(None, None)
TESLA = ChartContext("TSLA", "1D")


async def ask(query: str, chart: ChartContext = TESLA, fault: str | None = None) -> ChartAnswer:
    return await control_chart(query, chart, with_fault(MARKET, fault))


def verbs(answer: ChartAnswer) -> list[str]:
    return [command.split(":")[0] for command in answer.chart_commands]


async def test_draw_support_for_tsla() -> None:
    answer = await ask("draw support for TSLA", NOTHING)
    assert answer.chart_commands == (
        "LOAD:TSLA",
        "TIMEFRAME:1D",
        'SUPPORT:395.56 "tested 5 times, last on 2026-11-17"',
        'SUPPORT:358.14 "tested 3 times, last on 2026-10-30"',
    )
    assert answer.tools_used == ("get_stock_history", "get_technical_levels")
    assert answer.chart_context == {"symbol": "TSLA", "timeframe": "1D"}


async def test_the_text_names_the_levels_of_the_commands() -> None:
    answer = await ask("support and resistance please")
    prices = [command.split(":")[1].split()[0] for command in answer.chart_commands[2:]]
    assert re.findall(r"\$(\d+\.\d\d)", answer.text) == ["418.36", *prices]


async def test_resistance_only_lies_above() -> None:
    answer = await ask("draw resistance on the weekly chart")
    assert set(verbs(answer)) == {"LOAD", "TIMEFRAME", "RESISTANCE"}
    assert answer.chart_commands[1] == "TIMEFRAME:1W"
    assert all(float(line.split(":")[1].split()[0]) > 418.36 for line in answer.chart_commands[2:])


async def test_a_question_goes_before_the_chart() -> None:
    answer = await ask("load NVDA")
    assert answer.chart_commands == ("LOAD:NVDA", "TIMEFRAME:1D")
    assert (await ask("switch to 1h")).chart_commands == ("LOAD:TSLA", "TIMEFRAME:1H")


async def test_indicators_are_switched_on() -> None:
    answer = await ask("add RSI and MACD")
    assert answer.chart_commands[2:] == ("INDICATOR:RSI", "INDICATOR:MACD")
    assert "RSI 14 is 55.1 (neutral)" in answer.text


async def test_fibonacci_has_the_high_first() -> None:
    assert (await ask("draw fibonacci")).chart_commands[2:] == ("FIBONACCI:500.29:324.21",)


async def test_a_trade_setup_has_three_lines() -> None:
    answer = await ask("give me a trade setup")
    assert verbs(answer)[2:] == ["ENTRY", "STOPLOSS", "TARGET"]
    assert "the reward is 1.5 times the risk" in answer.text


async def test_a_technical_analysis_draws_and_tells() -> None:
    answer = await ask("How does NVDA look technically?")
    assert verbs(answer)[:3] == ["LOAD", "TIMEFRAME", "ANALYZE"]
    assert {"SUPPORT", "RESISTANCE"} < set(verbs(answer))
    assert "MACD is above its signal line" in answer.text


@pytest.mark.parametrize(
    ("query", "chart", "said"),
    [
        ("what chart is loaded?", TESLA, "The chart shows TSLA at the 1D timeframe."),
        ("what chart is loaded?", NOTHING, "No chart is loaded. Which symbol would you like to see?"),
        ("draw support", NOTHING, "Which symbol shall I use?"),
        ("hello", TESLA, "The chart shows TSLA at the 1D timeframe. I can load a symbol"),
    ],
)
async def test_words_alone_move_no_chart(query: str, chart: ChartContext, said: str) -> None:
    answer = await ask(query, chart, "timeout")
    assert answer.text.startswith(said)
    assert (answer.chart_commands, answer.tools_used) == ((), ())


async def test_a_chart_in_small_letters_or_without_a_timeframe_will_do() -> None:
    answer = await ask("draw support", ChartContext("tsla", None))
    assert answer.chart_commands[:2] == ("LOAD:TSLA", "TIMEFRAME:1D")
    odd = await ask("draw support", ChartContext("TSLA", "1d\nLOAD:AAPL"))
    assert odd.chart_commands[1] == "TIMEFRAME:1D"


async def test_without_a_history_nothing_is_drawn() -> None:
    answer = await ask("draw support", fault="empty")
    assert answer.chart_commands == ("LOAD:TSLA", "TIMEFRAME:1D")
    assert answer.text == "There is no price history for TSLA at the moment."


@pytest.mark.parametrize("query", ["load TSLA", "draw support"])
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("timeout", MarketDataTimeoutError),
        ("upstream_502", UpstreamError),
        ("unknown_symbol", UnknownSymbolError),
    ],
)
async def test_what_the_market_raises_is_raised(query: str, fault: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        await ask(query, fault=fault)


async def test_an_unknown_symbol_is_named() -> None:
    with pytest.raises(UnknownSymbolError, match="ZZZZ"):
        await ask("draw support for ZZZZ")


async def test_the_document_is_plain_json_values() -> None:
    document = (await ask("load NVDA")).as_document()
    assert document == {
        "text": "The chart shows NVDA at the 1D timeframe. The last price is $189.27.",
        "chart_commands": ["LOAD:NVDA", "TIMEFRAME:1D"],
        "tools_used": ["get_stock_price"],
        "chart_context": {"symbol": "NVDA", "timeframe": "1D"},
    }


async def test_a_wish_for_the_view_leaves_the_chart_as_it_is() -> None:
    answer = await ask("zoom in")
    assert answer.chart_commands == ("ZOOM:IN",)
    assert answer.text == "Zoomed in."
    assert answer.chart_context == {"symbol": "TSLA", "timeframe": "1D"}


async def test_what_is_cleared_is_cleared_before_anything_is_drawn() -> None:
    answer = await ask("clear the chart and draw support")
    assert answer.chart_commands[:3] == ("LOAD:TSLA", "TIMEFRAME:1D", "CLEAR:ALL")
    assert verbs(answer)[3] == "SUPPORT"


async def test_a_level_that_is_to_go_is_not_drawn_and_says_why() -> None:
    answer = await ask("remove the support lines")
    assert answer.chart_commands == ()
    assert "cannot be taken off" in answer.text


async def test_an_indicator_that_goes_is_told_without_its_value() -> None:
    answer = await ask("remove RSI")
    assert "RSI is off the chart." in answer.text
    assert "RSI 14" not in answer.text


async def test_what_is_not_understood_is_not_passed_over() -> None:
    answer = await ask("draw a wedge on NVDA")
    assert "I did not understand what to draw" in answer.text


class StillMarket(FixtureMarketData):
    """A price that never moves, as that of a share of which nothing is traded."""

    async def history(self, symbol: str, days: int = 90) -> Sequence[Bar]:
        bars = await super().history(symbol, days)
        return [replace(bar, open=2.0, high=2.0, low=2.0, close=2.0) for bar in bars]


async def test_a_price_that_stands_still_has_a_trade_setup() -> None:
    answer = await control_chart("trade setup for TSLA", NOTHING, StillMarket())
    assert [line.split()[0] for line in answer.chart_commands[-3:]] == [
        "ENTRY:1.98",
        "STOPLOSS:1.97",
        "TARGET:2.02",
    ]
    assert "the reward is 4.0 times the risk" in answer.text
