from __future__ import annotations

import json
from typing import Any

import pytest
from tests.checks import build

from chatkit_harness.checks import prices

QUOTE = {"symbol": "TSLA", "price": 456.51, "change": -3.2}
CANDLES = [{"date": "2026-11-18", "close": 450.0}, {"date": "2026-11-19", "close": 456.51}]


def told(output: Any, arguments: str = "{}") -> list[tuple[str | None, float]]:
    """The prices that a tool's output tells."""
    text = output if isinstance(output, str) else json.dumps(output)
    asked = build.asked("get_stock_price", arguments, text)
    held = build.transcript(build.turn(build.message("Done.")), exchanges=(build.exchange(asked),))
    return [(each.symbol, each.value) for each in prices.known(held, held.turns[0])]


@pytest.mark.parametrize(
    "output",
    [
        QUOTE,
        {"data": QUOTE},
        [{"type": "text", "text": json.dumps(QUOTE)}],
        {"type": "text", "text": json.dumps(QUOTE)},
        {"symbol": "TSLA", "last_price": "$456.51"},
        {"symbol": "TSLA", "history": CANDLES},
        {"symbol": "TSLA", "text": "It is trading at $456.51 now."},
        {"text": "It last traded at $456.51.", "chart_context": {"symbol": "TSLA"}},
        {"text": "TSLA last traded at $456.51."},
    ],
)
def test_a_price_is_found_in_what_a_tool_gives(output: Any) -> None:
    assert told(output) == [("TSLA", 456.51)]


def test_a_price_is_of_the_symbol_that_was_asked_for() -> None:
    assert told({"price": 456.51}, '{"symbol": "tsla"}') == [("TSLA", 456.51)]


@pytest.mark.parametrize(
    "output",
    [
        {"levels": [{"role": "support", "price": 440.0}]},
        {"price": 0},
        {"price": True},
        {"price": "n/a"},
        {"text": "It trades at 25 times its earnings."},
        "no price today",
        {"previous_close": 450.0},
        [],
        "[[[",
    ],
)
def test_what_is_no_price_is_none(output: Any) -> None:
    assert told(output) == []


@pytest.mark.parametrize(
    ("words", "symbol", "value"),
    [
        ("Currently, TSLA is trading at **$456.51**, near support.", "TSLA", 456.51),
        ("- Last Price: $188.08 (down $7.13)", None, 188.08),
        ("BRK.B (Berkshire) trades at 1,234.50.", "BRK.B", 1234.5),
        ("It closed at 12.", None, 12.0),
    ],
)
def test_a_price_is_found_in_words(words: str, symbol: str | None, value: float) -> None:
    (found,) = prices.in_words(words, "the words")
    assert (found.symbol, found.value) == (symbol, value)


def test_what_a_tool_gives_is_more_certain_than_words() -> None:
    asked = build.asked("get_stock_price", output=json.dumps(QUOTE))
    held = build.transcript(
        build.turn(build.message("TSLA trades at 400.")), exchanges=(build.exchange(asked),)
    )
    assert prices.known(held, held.turns[0])[-1].value == 456.51


@pytest.mark.parametrize(
    "words",
    [
        "The $450 call trades at $12.30.",
        "Its ten-year bond yield closed at $4.30.",
        "It traded at $1,200 in November 2021.",
        "It was trading at $300 last year.",
        "It closed at $40 five years ago.",
        "Apple trades at $258.45. Microsoft trades at $512.30.",
    ],
)
def test_words_about_something_else_tell_no_price(words: str) -> None:
    assert not list(prices.in_words(words, "the words"))


def test_of_several_prices_those_with_a_symbol_count() -> None:
    words = "AAPL is trading at $258.45 on Friday. Microsoft trades at $512.30. It trades at $1."
    assert [(each.symbol, each.value) for each in prices.in_words(words, "the words")] == [("AAPL", 258.45)]
