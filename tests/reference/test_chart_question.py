from __future__ import annotations

import pytest

from chatkit_harness.reference.chart_question import TIMEFRAMES, read_question, read_timeframe


@pytest.mark.parametrize(
    ("query", "symbol"),
    [
        ("draw support for TSLA", "TSLA"),
        ("draw support for tesla", "TSLA"),
        ("Load nvda please", "NVDA"),
        ("show me Google on the daily chart", "GOOGL"),
        ("what about $f today?", "F"),
        ("chart BRK.B", "BRK.B"),
        ("load ZZZZ", "ZZZZ"),
        ("LOAD ZZZZ NOW", "ZZZZ"),
        ("DRAW SUPPORT FOR TSLA", "TSLA"),
        ("add RSI and MACD", None),
        ("show the H4 chart, TA please, OK", None),
        ("I bought it. Draw support", None),
        ("loading, doing it now", None),
        ("what is the S&P doing", None),
        ("", None),
    ],
)
def test_a_symbol_is_found_where_there_is_one(query: str, symbol: str | None) -> None:
    assert read_question(query).symbol == symbol


@pytest.mark.parametrize(
    ("query", "timeframe"),
    [
        ("TSLA on 1h", "1H"),
        ("switch to H4", "4H"),
        ("M30 please", "30m"),
        ("1m candles", "1m"),
        ("the 1M chart", "1M"),
        ("1MON", "1M"),
        ("a 15-minute chart", "15m"),
        ("4 hour view", "4H"),
        ("the last 3 months", "3M"),
        ("weekly", "1W"),
        ("year to date", "YTD"),
        ("show MAX", "MAX"),
        ("the max I can lose", None),
        ("add the 5-day moving average", None),
        ("7 hours", None),
        ("support at $5m", None),
    ],
)
def test_a_timeframe_is_found_where_there_is_one(query: str, timeframe: str | None) -> None:
    assert read_question(query).timeframe == timeframe


@pytest.mark.parametrize("timeframe", sorted(TIMEFRAMES))
def test_every_timeframe_reads_as_itself(timeframe: str) -> None:
    assert read_timeframe(timeframe) == timeframe


@pytest.mark.parametrize(
    ("query", "lines"),
    [
        ("draw support", (True, False)),
        ("only resistances", (False, True)),
        ("support and resistance", (True, True)),
        ("the key levels", (True, True)),
        ("support levels", (True, False)),
        ("draw suport for TSLA", (True, False)),
        ("Unterstützung und Widerstand", (True, True)),
        ("remove the support", (False, False)),
        ("don't draw resistance", (False, False)),
        ("draw support, no resistance", (True, False)),
        ("load it", (False, False)),
    ],
)
def test_support_and_resistance_are_told_apart(query: str, lines: tuple[bool, bool]) -> None:
    asked = read_question(query)
    assert (asked.support, asked.resistance) == lines


@pytest.mark.parametrize(
    ("query", "commands"),
    [
        ("add RSI and MACD", ("INDICATOR:RSI", "INDICATOR:MACD")),
        ("RSI 14", ("INDICATOR:RSI:ON:14",)),
        ("SMA 50", ("INDICATOR:SMA:ON:50",)),
        ("the 50-day moving average", ("INDICATOR:SMA:ON:50",)),
        ("SMA 20 and 50, EMA(21)", ("INDICATOR:SMA:ON:20", "INDICATOR:SMA:ON:50", "INDICATOR:EMA:ON:21")),
        ("a moving average", ("INDICATOR:SMA:ON:20",)),
        ("exponential moving average", ("INDICATOR:EMA:ON:20",)),
        ("remove the RSI, add Bollinger bands", ("INDICATOR:RSI:OFF", "INDICATOR:BOLLINGER")),
        ("turn off MACD", ("INDICATOR:MACD:OFF",)),
        ("is RSI 30% reliable", ("INDICATOR:RSI",)),
        ("nothing of the kind", ()),
    ],
)
def test_indicators_are_read_with_their_periods(query: str, commands: tuple[str, ...]) -> None:
    assert read_question(query).indicators == commands


@pytest.mark.parametrize(
    ("query", "wish"),
    [
        ("draw fib levels", "fibonacci"),
        ("give me a trade setup", "setup"),
        ("where is a good entry?", "setup"),
        ("How does NVDA look technically?", "analysis"),
        ("what chart is loaded?", "current"),
        ("Which symbol is on the chart now?", "current"),
    ],
)
def test_other_wishes_are_understood(query: str, wish: str) -> None:
    assert getattr(read_question(query), wish) is True


def test_what_a_stock_trades_at_is_no_trade() -> None:
    assert not read_question("What is TSLA trading at?").draws


def test_no_question_is_too_odd() -> None:
    for query in ("\x00", "\ud800", "(" * 5000, "RSI " * 2000, "9" * 5000, "TSLA" * 3000):
        read_question(query)


@pytest.mark.parametrize(
    ("query", "commands"),
    [
        ("zoom in", ("ZOOM:IN",)),
        ("please clear the chart", ("CLEAR:ALL",)),
        ("remove all drawings", ("CLEAR:ALL",)),
        ("clear everything and zoom out", ("CLEAR:ALL", "ZOOM:OUT")),
        ("line chart please", ("STYLE:LINE",)),
        ("hide the crosshair", ("CROSSHAIR:OFF",)),
        ("reset the view", ("RESET:VIEW",)),
        ("clear support", ()),
        ("a clear breakout, all in all", ()),
        ("weekly candles", ()),
    ],
)
def test_wishes_for_the_view_are_commands(query: str, commands: tuple[str, ...]) -> None:
    assert read_question(query).view == commands


def test_all_there_is_is_a_timeframe() -> None:
    assert read_question("All time chart for AAPL").timeframe == "MAX"
