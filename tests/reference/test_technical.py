from __future__ import annotations

import json
from typing import Any

import pytest

from chatkit_harness.contracts import catalogue
from chatkit_harness.contracts.validate import violations
from chatkit_harness.reference.indicators import indicators
from chatkit_harness.reference.levels import find_levels
from chatkit_harness.reference.market import FixtureMarketData
from chatkit_harness.reference.shim import widget_root
from chatkit_harness.reference.technical import Technical, technical_card


async def technical(symbol: str, days: int = 126) -> Technical:
    bars = await FixtureMarketData().history(symbol, days)
    return Technical(symbol, "1D", find_levels(bars), indicators(bars))


def rows(card: dict[str, Any]) -> list[list[str]]:
    """What stands in each row that has a badge."""
    return [
        [part.get("label") or part["value"] for part in row["children"]]
        for row in card["children"]
        if row["type"] == "Row" and row["children"][0]["type"] == "Badge"
    ]


@pytest.mark.parametrize("version", catalogue.releases())
async def test_the_card_is_valid_on_every_release(version: str) -> None:
    assert violations(technical_card(await technical("NVDA")), version) == []


async def test_the_models_lose_nothing() -> None:
    card = technical_card(await technical("TSLA"))
    sent = json.loads(widget_root(card).model_dump_json(exclude_none=True))
    assert rows(sent) == rows(card)


async def test_the_levels_stand_as_on_a_chart_and_the_indicators_below() -> None:
    assert rows(technical_card(await technical("NVDA"))) == [
        ["Resistance", "$230.11", "tested 2 times, last on 2026-09-23"],
        ["Resistance", "$216.89", "tested 3 times, last on 2026-10-15"],
        ["Resistance", "$200.02", "tested 4 times, last on 2026-11-03"],
        ["Support", "$165.94", "swing low of 2026-11-13"],
        ["neutral", "RSI 14", "50.9"],
        ["price above", "SMA 20", "183.85"],
        ["price below", "SMA 50", "203.19"],
        ["above signal", "MACD", "-6.23"],
    ]


async def test_what_a_short_history_does_not_know_is_left_out() -> None:
    short = await technical("NVDA", 10)
    assert [row[0] for row in rows(technical_card(short))] == ["Resistance", "Support"]
    assert short.as_document()["indicators"] == {"rsi_14": None, "sma_20": None, "sma_50": None, "macd": None}
