from __future__ import annotations

import pytest

from chatkit_harness import chart
from chatkit_harness.chart import CommandError


def read(text: str) -> list[str]:
    return [chart.to_text(each) for each in chart.extract(text).commands]


def refused(text: str) -> list[tuple[str, str]]:
    return [(each.verb, each.reason) for each in chart.extract(text).rejected]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("LOAD:TSLA", "LOAD:TSLA"),
        ("CHART:BRK.B", "LOAD:BRK.B"),
        ("LOAD:$TSLA", "LOAD:TSLA"),
        ("LOAD: BTC-USD", "LOAD:BTC-USD"),
        ("I loaded it, LOAD:TSLA.", "LOAD:TSLA"),
        ("TIMEFRAME:1m", "TIMEFRAME:1m"),
        ("TIMEFRAME:1M", "TIMEFRAME:1M"),
        ('SUPPORT:450.00 "key level"', 'SUPPORT:450.00 "key level"'),
        ("SUPPORT:450", "SUPPORT:450.00"),
        ("SUPPORT: $1,443.84", "SUPPORT:1443.84"),
        ("SUPPORT:$104,500", "SUPPORT:104500.00"),
        ("RESISTANCE:470.75", "RESISTANCE:470.75"),
        ("STOP:435", "STOPLOSS:435.00"),
        ("STOPLOSS:435", "STOPLOSS:435.00"),
        ("STOP LOSS: 435", "STOPLOSS:435.00"),
        ("TARGET:0.00001234", "TARGET:0.00001234"),
        ('- **SUPPORT: 443.84** "Recent low"', 'SUPPORT:443.84 "Recent low"'),
        ("**SUPPORT:** 443.84", "SUPPORT:443.84"),
        ("**SUPPORT**: 443.84", "SUPPORT:443.84"),
        ("`SUPPORT:443.84`", "SUPPORT:443.84"),
        ("1. SUPPORT: 443.84 \u2013 a recent low", "SUPPORT:443.84"),
        ("SUPPORT: 443.84 - 3 touches", "SUPPORT:443.84"),
        ("SUPPORT:440 “curly”", 'SUPPORT:440.00 "curly"'),
        ('SUPPORT:440 "cut sho', "SUPPORT:440.00"),
        ("TRENDLINE:440:1700000000:450:1700086400", "TRENDLINE:440.00:1700000000:450.00:1700086400"),
        ("TRENDLINE:440:2024-01-15:450:2024-02-15", "TRENDLINE:440.00:2024-01-15:450.00:2024-02-15"),
        (
            'TRENDLINE:440,2024-01-15:450,2024-02-15 "up"',
            'TRENDLINE:440.00:2024-01-15:450.00:2024-02-15 "up"',
        ),
        ("TRENDLINE:1700000000:440:1700086400:450", "TRENDLINE:440.00:1700000000:450.00:1700086400"),
        (
            "TRENDLINE:44:2024-01-15T09:30:45:2024-02-15T09:30",
            "TRENDLINE:44.00:2024-01-15T09:30:00:45.00:2024-02-15T09:30:00",
        ),
        ("FIBONACCI:470:430", "FIBONACCI:470.00:430.00"),
        ("FIBONACCI:430:470", "FIBONACCI:470.00:430.00"),
        ("INDICATOR:RSI", "INDICATOR:RSI"),
        ("INDICATOR:RSI:ON", "INDICATOR:RSI"),
        ("INDICATOR:RSI:OFF", "INDICATOR:RSI:OFF"),
        ("INDICATOR:SMA:ON:20", "INDICATOR:SMA:ON:20"),
        ("INDICATOR:EMA:period=20", "INDICATOR:EMA:ON:20"),
        ("INDICATOR:SMA50", "INDICATOR:SMA:ON:50"),
        ("INDICATOR:RSI(14)", "INDICATOR:RSI:ON:14"),
        ("INDICATOR:MACD:12:26:9", "INDICATOR:MACD:ON:fast=12,signal=9,slow=26"),
        ("INDICATOR:BOLLINGER_BANDS", "INDICATOR:BOLLINGER"),
        ("ADD:RSI", "INDICATOR:RSI"),
        ("SHOW:VWAP", "INDICATOR:VWAP"),
        ("REMOVE:MACD", "INDICATOR:MACD:OFF"),
        ("HIDE:SMA:20", "INDICATOR:SMA:OFF:20"),
        ("PATTERN:TRIANGLE", "PATTERN:TRIANGLE"),
        ("PATTERN:TRIANGLE:2024-01-15:1700086400", "PATTERN:TRIANGLE:2024-01-15:1700086400"),
        ("PATTERN:head_shoulders:20:45", "PATTERN:HEAD_SHOULDERS:20:45"),
        ("PATTERN:HEAD AND SHOULDERS", "PATTERN:HEAD_AND_SHOULDERS"),
        ("DRAW:LEVEL:p1:SUPPORT:440", "DRAW:LEVEL:p1:SUPPORT:440.00"),
        ("DRAW:TARGET:p1:465", "DRAW:TARGET:p1:465.00"),
        (
            "DRAW:TRENDLINE:tl:1700000000:440:1700086400:450:dashed",
            "DRAW:TRENDLINE:tl:1700000000:440.00:1700086400:450.00:dashed",
        ),
        ("ANNOTATE:PATTERN:p1:CONFIRMED", "ANNOTATE:PATTERN:p1:confirmed"),
        ("ANNOTATE:PATTERN:p1:pending:neckline near 440", "ANNOTATE:PATTERN:p1:pending:neckline near 440"),
        ("CLEAR:PATTERN:p1", "CLEAR:PATTERN:p1"),
        ("CLEAR:ALL", "CLEAR:ALL"),
        ("ZOOM:IN", "ZOOM:IN"),
        ("PAN:LEFT", "PAN:LEFT"),
        ("SCROLL:2024-01-15", "SCROLL:2024-01-15"),
        ("STYLE:CANDLESTICKS", "STYLE:CANDLES"),
        ("RESET:SCALE", "RESET:SCALE"),
        ("CROSSHAIR:TOGGLE", "CROSSHAIR:TOGGLE"),
        ("ANALYZE:TECHNICAL", "ANALYZE:TECHNICAL"),
    ],
)
def test_every_form_is_read(text: str, canonical: str) -> None:
    assert read(text) == [canonical]
    assert refused(text) == []
    assert read(canonical) == [canonical]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("ENTRY:445 STOP:435 TARGET:465", ["ENTRY:445.00", "STOPLOSS:435.00", "TARGET:465.00"]),
        ("ENTRY:445,STOP:435;TARGET:465", ["ENTRY:445.00", "STOPLOSS:435.00", "TARGET:465.00"]),
        ("SUPPORT:440 / RESISTANCE:460", ["SUPPORT:440.00", "RESISTANCE:460.00"]),
        ("SUPPORT:440/RESISTANCE:460", ["SUPPORT:440.00", "RESISTANCE:460.00"]),
        ("SUPPORT: 440, 435 and 430", ["SUPPORT:440.00", "SUPPORT:435.00", "SUPPORT:430.00"]),
        (
            "ANNOTATE:PATTERN:p:ok:neck broken SUPPORT:440",
            ["ANNOTATE:PATTERN:p:ok:neck broken", "SUPPORT:440.00"],
        ),
        ("ADD:RSI REMOVE:MACD", ["INDICATOR:RSI", "INDICATOR:MACD:OFF"]),
        ("Buy (ENTRY:445), sell (TARGET:465).", ["ENTRY:445.00", "TARGET:465.00"]),
        ("Here it is: LOAD:TSLA and then TIMEFRAME:1D!", ["LOAD:TSLA", "TIMEFRAME:1D"]),
        ('["LOAD:TSLA", "SUPPORT:440"]', ["LOAD:TSLA", "SUPPORT:440.00"]),
        ("SUPPORT:440, 10 shares", ["SUPPORT:440.00"]),
    ],
)
def test_several_commands_stand_beside_each_other(text: str, canonical: list[str]) -> None:
    assert read(text) == canonical
    assert refused(text) == []


@pytest.mark.parametrize(
    ("text", "verb", "words"),
    [
        ("LOAD:", "LOAD", "no symbol"),
        ("LOAD:Tesla", "LOAD", "no symbol"),
        ("LOAD:TOOLONGASYMBOL", "LOAD", "no symbol"),
        ("LOAD:tsla", "LOAD", "'tsla' is no symbol"),
        ("SUPPORT:443,84", "SUPPORT", "a comma where a price has its decimal point"),
        ('SUPPORT: 1.234,5 "low"', "SUPPORT", "'1.234,5' has a comma"),
        ("LOAD:NASDAQ:TSLA", "LOAD", "no symbol"),
        ("TIMEFRAME:7m", "TIMEFRAME", "no timeframe"),
        ("SUPPORT:abc", "SUPPORT", "no price"),
        ("SUPPORT:-5", "SUPPORT", "above zero"),
        ("SUPPORT: -5", "SUPPORT", "above zero"),
        ("SUPPORT:0", "SUPPORT", "above zero"),
        ("SUPPORT:NaN", "SUPPORT", "no finite number"),
        ("SUPPORT: inf", "SUPPORT", "no finite number"),
        ("SUPPORT:" + "9" * 400, "SUPPORT", "20 digits"),
        ("SUPPORT:99999999999", "SUPPORT", "below 1,000,000,000"),
        ("SUPPORT:1e5", "SUPPORT", "no price"),
        ("SUPPORT:5%", "SUPPORT", "percentage"),
        ("SUPPORT:88M", "SUPPORT", "write the price out"),
        ("SUPPORT:440-445", "SUPPORT", "range"),
        ("SUPPORT: 440 to 445", "SUPPORT", "range"),
        ("SUPPORT:440,435,430", "SUPPORT", "one number or several"),
        ("SUPPORT:440:435", "SUPPORT", "too much"),
        ("TRENDLINE:440:450", "TRENDLINE", "without a time"),
        ("TRENDLINE:440:2024-13-45:450:2024-02-15", "TRENDLINE", "no date"),
        ("TRENDLINE:440:1700000000000:450:1700086400000", "TRENDLINE", "milliseconds"),
        ("TRENDLINE:440:1700000000:450", "TRENDLINE", "field is missing"),
        ("FIBONACCI:470", "FIBONACCI", "second price"),
        ("FIBONACCI:470:470", "FIBONACCI", "same price"),
        ("SHOW:TSLA", "SHOW", "no indicator that is known"),
        ("ADD:RSI:OFF", "ADD", "contradict"),
        ("INDICATOR:SMA:ON:-20", "INDICATOR", "too much"),
        ("PATTERN:TRIANGLE:20", "PATTERN", "end is missing"),
        ("DRAW:LEVEL:a:SUPPORT:-1", "DRAW", "above zero"),
        ("DRAW:SUPPORT:420", "DRAW", "not one of LEVEL, TARGET, TRENDLINE"),
        ("ZOOM:SIDEWAYS", "ZOOM", "not one of IN, OUT"),
        ("SCROLL:yesterday", "SCROLL", "no time"),
        ("SUPORT:440", "SUPORT", "did you mean SUPPORT?"),
        ("- SUPORT: 440", "SUPORT", "did you mean SUPPORT?"),
        ("RESISTENCE:440", "RESISTENCE", "did you mean RESISTANCE?"),
        ("FIBONACI:440:430", "FIBONACI", "did you mean FIBONACCI?"),
        ("EXPLODE:now", "EXPLODE", "no such verb; valid: LOAD"),
    ],
)
def test_what_cannot_be_read_is_rejected_with_the_reason(text: str, verb: str, words: str) -> None:
    around = f"RESISTANCE:460\n{text}\nLOAD:NVDA"
    found = chart.extract(around)
    assert [(each.verb, words in each.reason) for each in found.rejected] == [(verb, True)], found.rejected
    assert found.rejected[0].start == around.index(text.lstrip("- "))
    assert read(around) == ["RESISTANCE:460.00", "LOAD:NVDA"]


@pytest.mark.parametrize(
    "text",
    [
        "Note: buy low",
        "NVDA: up 3%",
        "NVDA:188.08",
        "WARNING: volatile",
        "WARNING:volatile",
        "Time: 10:30",
        "TIME:10:30",
        "see https://example.com/SUPPORT:440?x=LOAD:TSLA",
        "HTTP://EXAMPLE",
        "NASDAQ:AAPL",
        "SUPPORT:\n- $440\n- $435",
        "SUPPORT: strong near the lows",
        "TARGET: 10% upside",
        "TARGET: N/A",
        "ENTRY: 3 days before earnings",
        "ENTRY: 10:30 in the morning",
        "SUPPORT: 24/7 by chat",
        "CHART: A look at TSLA",
        "ADD: a trailing stop once it moves",
        "STYLE: Line by line",
        "STOP: do not trade this",
        "MYSUPPORT:440 and x_LOAD:TSLA",
        "a SUPORT:440 in a sentence",
        "RSI:45",
        "std::vector, :::: and key:value",
    ],
)
def test_ordinary_prose_is_neither_read_nor_rejected(text: str) -> None:
    assert read(text) == []
    assert refused(text) == []


def test_spans_are_exact() -> None:
    text = 'x\n- **SUPPORT: 443.84** "Recent low"\nENTRY:445 SUPPORT:bad'
    found = chart.extract(text)
    assert [text[each.start : each.end] for each in found.placed] == [
        'SUPPORT: 443.84** "Recent low"',
        "ENTRY:445",
    ]
    assert [text[each.start : each.end] for each in found.rejected] == ["SUPPORT:bad"]


def test_a_command_inside_a_rejected_one_survives() -> None:
    assert read("SUPPORT:RESISTANCE:460") == ["RESISTANCE:460.00"]
    assert refused("SUPPORT:RESISTANCE:460")[0][0] == "SUPPORT"
    assert read("DRAW:LEVEL:a b:SUPPORT:440") == []


@pytest.mark.parametrize("text", ["", "LOAD", "hello", "LOAD:TSLA LOAD:NVDA", "please LOAD:TSLA", "LOAD:"])
def test_parse_wants_one_command(text: str) -> None:
    with pytest.raises(CommandError) as caught:
        chart.parse(text)
    assert caught.value.reason


def test_the_error_of_parse_says_verb_position_and_reason() -> None:
    with pytest.raises(ValueError, match="SUPPORT: 'abc' is no price") as caught:
        chart.parse("  SUPPORT:abc")
    assert isinstance(caught.value, CommandError)
    assert (caught.value.verb, caught.value.position) == ("SUPPORT", 2)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("1h", "1H"), ("H4", "4H"), ("M30", "30m"), ("1d", "1D"), ("ALL", "MAX"), ("1MON", "1M"),
        ("1mo", "1M"), ("1min", "1m"), ("15min", "15m"), ("M1", "1m"), ("MN1", "1M"), ("30M", "30m"),
        ("3m", "3M"), ("ytd", "YTD"), ("daily", "1D"), ("WEEKLY", "1W"), ("12M", "1Y"), ("60m", "1H"),
        ("4-hour", "4H"), ("1year", "1Y"),
    ],
)  # fmt: skip
def test_timeframes_are_normalised(text: str, canonical: str) -> None:
    assert read(f"TIMEFRAME:{text}") == [f"TIMEFRAME:{canonical}"]


@pytest.mark.parametrize("text", ["0m", "45m", "1X", "H", "", "1H1", "100000000D"])
def test_other_timeframes_are_refused(text: str) -> None:
    known = {"H": ["TIMEFRAME:1H"]}
    assert read(f"TIMEFRAME:{text}") == known.get(text, [])
