from __future__ import annotations

import pytest

from chatkit_harness import chart


def read(text: str) -> list[str]:
    found = chart.from_prose(text)
    assert found.rejected == ()
    assert all(0 <= each.start < each.end <= len(text) for each in found.placed)
    return [chart.to_text(each) for each in found.commands]


S440, S435, S430, R460 = "SUPPORT:440.00", "SUPPORT:435.00", "SUPPORT:430.00", "RESISTANCE:460.00"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("support at $440, $435 and $430, resistance at $460", [S440, S435, S430, R460]),
        ("Fibonacci from 430 to 470", ["FIBONACCI:470.00:430.00"]),
        ("entry at 445, stop loss at 435, target 465", ["ENTRY:445.00", "STOPLOSS:435.00", "TARGET:465.00"]),
        ("add RSI and MACD", ["INDICATOR:RSI", "INDICATOR:MACD"]),
        ('**SUPPORT: 443.84** "recent low"', ['SUPPORT:443.84 "recent low"']),
    ],
)
def test_the_examples_of_the_specification(text: str, canonical: list[str]) -> None:
    assert read(text) == canonical


@pytest.mark.parametrize(
    "text", ["a false flag", "2 weeks to $456.51", "the 23.6% retracement", "loading, doing it now"]
)
def test_the_traps_of_the_specification(text: str) -> None:
    assert read(text) == []
    assert read(f"{text[0].upper()}{text[1:]}.") == []


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("support of 440-445", [S440, "SUPPORT:445.00"]),
        ("support between 440 and 445", [S440, "SUPPORT:445.00"]),
        ("Support sits at $440.", [S440]),
        ("Support for TSLA on the daily chart is near $440", [S440]),
        ("support (440)", [S440]),
        ("Support: $440", [S440]),
        ("**Support:** $440 | **Resistance:** $460", [S440, R460]),
        ("| Support | $440 |\n| Resistance | $460 |", [S440, R460]),
        ("Support 1: $440, Support 2: $435", [S440, S435]),
        ("S1: 440, R1: 460", [S440, R460]),
        ("resistance around $460.50 and then $472", ["RESISTANCE:460.50", "RESISTANCE:472.00"]),
        ("resistance at 460, followed by 472", [R460, "RESISTANCE:472.00"]),
        ("key levels: support 440 / resistance 460", [S440, R460]),
        ("support and resistance at 440 and 460", [S440, R460]),
        ("resistance and support at 440 and 460", [S440, R460]),
        ("entry and stop at 445 and 435", ["ENTRY:445.00", "STOPLOSS:435.00"]),
        (
            "between the support at **$443.84** and resistance at **$458.00**",
            ["SUPPORT:443.84", "RESISTANCE:458.00"],
        ),
        ("the $440 support and the $460 resistance", [S440, R460]),
        ("440 is the key support", [S440]),
        ("$440 and $435 act as support", [S440, S435]),
        ("$440 (support) and $460 (resistance)", [S440, R460]),
        ("support at $440 (recent low), $435 (prior close) and $430", [S440, S435, S430]),
        ("support at the 50-day moving average near $440", [S440]),
        ("support at the 61.8% Fibonacci level of $440", [S440]),
        ('support at 440 "old low"', ['SUPPORT:440.00 "old low"']),
        ("support at 440 and 10 shares", [S440]),
        ("support at 440, 3 touches", [S440]),
        ("support at 440 and 460 resistance", [S440, R460]),
        ("support at $1,440.50", ["SUPPORT:1440.50"]),
        ("strong support at 2024", ["SUPPORT:2024.00"]),
        ("Enter at 445 with a stop just below 435", ["ENTRY:445.00", "STOPLOSS:435.00"]),
        ("set your stop-loss to $435 and take profit at $465", ["STOPLOSS:435.00", "TARGET:465.00"]),
        ("Targets: 465, 480", ["TARGET:465.00", "TARGET:480.00"]),
        ("support at 440. Again: support at 440", [S440]),
        ("TSLA is at $456.51. Key support is at $440, with resistance at $460.", [S440, R460]),
        ("The stock found support near its 200-day moving average at $440.", [S440]),
        ("Stop: $435 | Target: $465 | Entry: $445", ["STOPLOSS:435.00", "TARGET:465.00", "ENTRY:445.00"]),
        (
            "- **Entry**: $445-$447\n- **Stop-loss**: $435",
            ["ENTRY:445.00", "ENTRY:447.00", "STOPLOSS:435.00"],
        ),
        ("- **Take-profit**: $465 (R:R 2:1)\nTarget 2: $480.00", ["TARGET:465.00", "TARGET:480.00"]),
        ("a break above resistance at $460 could target $475", [R460, "TARGET:475.00"]),
        ("If it loses support at $440, next target is $430.", [S440, "TARGET:430.00"]),
        ("Resistance at $460 has been tested 3 times", [R460]),
        ("Support levels: $440.00 (S1), $435.00 (S2), and $430.00 (S3)", [S440, S435, S430]),
        ("resistance is seen at the $460-$465 zone", [R460, "RESISTANCE:465.00"]),
        ("Immediate support: **$440** (previous close)\nMajor support: **$430**", [S440, S430]),
        ("support zone: 440\u2013445", [S440, "SUPPORT:445.00"]),
        ("support turned resistance at 460", [R460]),
        ("52-week high of $460 acts as resistance", [R460]),
        ("support at 443.84 looks solid", ["SUPPORT:443.84"]),
        ("It found support at 5,850 yesterday.", ["SUPPORT:5850.00"]),
        ("The 200-day average at $412 has acted as support.", ["SUPPORT:412.00"]),
        ("Support has held at $440 three times since March 3, 2025.", [S440]),
        ("DOGE: support at $0.0812, resistance at $0.0955", ["SUPPORT:0.0812", "RESISTANCE:0.0955"]),
        ("BTC support at 58,400 and 56,000", ["SUPPORT:58400.00", "SUPPORT:56000.00"]),
        ("the triangle gives a target of $475", ["TARGET:475.00"]),
        ("Watch $440 as support and $460 as resistance.", [S440, R460]),
        ("| Support | $440.00 | low |\n| Resistance | $460.00 | high |", [S440, R460]),
        ("Support levels to watch:\n\n1. $440 \u2013 recent low\n2. $435 \u2013 close", [S440, S435]),
    ],
)
def test_levels_are_found(text: str, canonical: list[str]) -> None:
    assert read(text) == canonical


def test_a_list_under_a_heading() -> None:
    support = '**Support Levels:**\n- $443.84 "low"\n- $440.06 - close\n\n'
    text = f"{support}**Resistance Levels:**\n1. $458.00\n2. $462.29\n\nOther: $5\n- $6"
    expected = ['SUPPORT:443.84 "low"', "SUPPORT:440.06", "RESISTANCE:458.00", "RESISTANCE:462.29"]
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "no support below 430",
        "There is no clear support at 430",
        "it isn't support at 430",
        "support for dark mode",
        "It supports Python 3.11",
        "it supports 5 languages",
        "supports up to 16 devices",
        "support in 2024",
        "support from 10 analysts",
        "24 support tickets",
        "the $5 support plan",
        "24/7 support",
        "support at -440",
        "support near 88M in volume",
        "resistance near $1.2 trillion",
        "support around 23.6%",
        "support since 2024-01-15",
        "support at 10:30",
        "support fell 3 percent",
        "support and resistance at 440",
        "insulin resistance of 3 patients",
        "analysts have an average price target of $500",
        "we target 18-35 year olds",
        "stop at 5 pm",
        "We stop at 435",
        "an entry fee of 20 dollars",
        "entry 3 of 5",
        "Last Price: $188.08 (down $7.13, -3.65%)",
        "Day Range: $186.38 \u2013 $197.62\n- 52-Week Range: $86.62 \u2013 $212.19",
        "Volume was 88M, 12% above its 20-day average",
        "TSLA closed at $440 in 2024",
        "Fibonacci levels at 440, 450 and 460",
        "Fibonacci from 2023 to 2024",
        "Fibonacci retracement from 23.6% to 61.8%",
        "do not draw Fibonacci from 430 to 470",
        "Fibonacci was born in 1170",
        "support version 1.2.3",
        "support level #1",
        "price target raised to $500 from $450 by analysts",
        "net-zero target 2030",
        "support: call 1-800-555-0199",
        "support: 1-800-555",
        "an entry-level price is 20",
        "a resistance of 4.7 ohms",
        "resistance of 10 ohms",
        "support 3 of 4 requests",
        "Target (TGT) trades at 140",
        "Will they stop at 4?",
        "Is there support at $440?",
        "Would you like me to draw support at $440?",
        "Let me know if I can draw resistance at $460 for you.",
        "Shall I mark the $440 support and the $460 resistance?",
        "Wedbush raised its price target to $600 from $500.",
        "Goldman has a target of $310 on AAPL.",
        "The bank's 12-month price target: $298.",
        "TGT: Target at $98.20, Walmart at $102.50.",
        "Support: 443,84",
        "support at 1.234,56",
        "support at 1.234,56 €",
        "support at 60.000 €",
    ],
)
def test_it_is_quiet_where_there_is_no_level(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Fibonacci from 470 to 430",
        "a fib retracement between $430 and $470",
        "Fibonacci retracement drawn from the swing low of $430 to the swing high of $470",
        "Fibonacci (430 - 470)",
        "Fibonacci with a high of 470 and a low of 430".replace(" with a", ""),
        "fib high 470 low 430",
        "I drew Fibonacci from the $470 high to the $430 low.",
    ],
)
def test_fibonacci_anchors_are_found(text: str) -> None:
    assert read(text) == ["FIBONACCI:470.00:430.00"]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("I've added RSI and the 50-day SMA to the chart.", ["INDICATOR:RSI", "INDICATOR:SMA:ON:50"]),
        ("add SMA 20 and EMA(50)", ["INDICATOR:SMA:ON:20", "INDICATOR:EMA:ON:50"]),
        ("add the 20 and 50-day SMAs", ["INDICATOR:SMA:ON:20", "INDICATOR:SMA:ON:50"]),
        (
            "Adding RSI (14), MACD (12, 26, 9) and VWAP.",
            ["INDICATOR:RSI:ON:14", "INDICATOR:MACD", "INDICATOR:VWAP"],
        ),
        ("Turn on Bollinger Bands", ["INDICATOR:BOLLINGER"]),
        ("turn off VWAP", ["INDICATOR:VWAP:OFF"]),
        ("remove the MACD", ["INDICATOR:MACD:OFF"]),
        ("RSI and MACD have been added", ["INDICATOR:RSI", "INDICATOR:MACD"]),
        ("please add rsi", ["INDICATOR:RSI"]),
        ("show the RSI", ["INDICATOR:RSI"]),
        ("load NVDA", ["LOAD:NVDA"]),
        ("Loaded NVDA chart.", ["LOAD:NVDA"]),
        ("The NVDA (NVIDIA) chart is now loaded. Would you like a technical analysis...", ["LOAD:NVDA"]),
        ("I've loaded NVIDIA (NVDA)", ["LOAD:NVDA"]),
        ("switched the chart to BRK.B", ["LOAD:BRK.B"]),
        ("pulling up AAPL now", ["LOAD:AAPL"]),
        ("show me the AAPL chart", ["LOAD:AAPL"]),
        ("switching from TSLA to NVDA", ["LOAD:NVDA"]),
        ("Switch to TSLA from NVDA", ["LOAD:TSLA"]),
        ("I added the RSI indicator, which reads 65", ["INDICATOR:RSI"]),
        ("switch to 5-minute candles", ["TIMEFRAME:5m"]),
        ("switch to the 4-hour chart", ["TIMEFRAME:4H"]),
        ("Switched to 1D", ["TIMEFRAME:1D"]),
        ("switching to the weekly timeframe", ["TIMEFRAME:1W"]),
        ("set the timeframe to 15 minutes", ["TIMEFRAME:15m"]),
        ("Timeframe: 1D", ["TIMEFRAME:1D"]),
        ("load TSLA and add RSI", ["LOAD:TSLA", "INDICATOR:RSI"]),
    ],
)
def test_actions_are_found(text: str, canonical: list[str]) -> None:
    assert read(text) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "show me the news",
        "show me TSLA news",
        "add 10 shares",
        "add TSLA to your watchlist",
        "RSI shows 65 and MACD is bullish",
        "indicators show RSI at 65",
        "Would you like me to add RSI and MACD?",
        "I can add RSI if you want",
        "Should I load NVDA?",
        "If you load NVDA, look at the volume",
        "I could not load NVDA",
        "don't add RSI",
        "unable to load TSLA",
        "Loading, one moment",
        "LOADING, DOING IT NOW",
        "load the data",
        "front-load NVDA",
        "switch to AI",
        "switch to dark mode",
        "switch to NVDA earnings",
        "the daily chart shows a triangle",
        "the 4-hour chart is bullish",
        "a change of 3M",
        "set a reminder to 1D",
        "a workload of 5 days",
        "show the RSI divergence",
        "NVDA added 3% today",
        "Analysts added NVDA to the list",
    ],
)
def test_it_is_quiet_where_nothing_is_done(text: str) -> None:
    assert read(text) == []


def test_spans_of_prose_are_exact() -> None:
    text = "There is support at **$440** and $435."
    found = chart.from_prose(text).placed
    assert [text[each.start : each.end] for each in found] == ["support at **$440", "$435"]


def test_written_commands_come_along_once_and_labelled() -> None:
    text = 'SUPPORT:440 "low"\nThere is support at $440 and resistance at $460.'
    assert read(text) == ['SUPPORT:440.00 "low"', R460]


COMPARED = "Levels:\n- AAPL: support $250, resistance $262\n- MSFT (Microsoft): support $505"
APPLE, MICROSOFT = ["SUPPORT:250.00", "RESISTANCE:262.00"], ["SUPPORT:505.00"]


@pytest.mark.parametrize(
    ("text", "symbol", "canonical"),
    [
        (COMPARED, None, []),
        (COMPARED, "MSFT", MICROSOFT),
        (COMPARED, "AAPL", APPLE),
        (f"I've loaded AAPL. {COMPARED}", None, ["LOAD:AAPL", *APPLE]),
        ("TSLA support 440, NVDA support 170.", None, []),
        ("Tesla (TSLA) has support at $440. Nvidia (NVDA) has support at $170.", "TSLA", [S440]),
        ("### TSLA\n- Support: $440\n\n### NVDA\n- Support: $170", "TSLA", [S440]),
        ("| BTC | Support | $58,400 |\n| ETH | Support | $3,150 |", "BTC-USD", ["SUPPORT:58400.00"]),
        ("Support at $440. For comparison, NVDA has support at $170.", "TSLA", [S440]),
        ("TSLA: support $440. OPEC meets. RSI: 62. Resistance at $460 (ATH).", None, [S440, R460]),
        ("XBT: support $440", "BTC", [S440]),
    ],
)
def test_levels_of_other_symbols_are_not_for_this_chart(
    text: str, symbol: str | None, canonical: list[str]
) -> None:
    assert [chart.to_text(each) for each in chart.from_prose(text, symbol).commands] == canonical


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("BRK-B", "BRK.B", True),
        ("BTC", "BTC-USD", True),
        ("BTCUSDT", "BTC/USD", True),
        ("GOOG", "GOOGL", True),
        ("META", "MET", False),
        ("USD", "EURUSD", False),
        ("BTC-EUR", "BTC-USD", False),
    ],
)
def test_one_thing_has_several_symbols(first: str, second: str, same: bool) -> None:
    assert chart.same_symbol(first, second) is same
