"""Levels that no chartist would accept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.checks import build
from tests.checks.build import effect, rules, said, transcript, workflow

from chatkit_harness.checks import commands
from chatkit_harness.core.nouns import Finding

QUOTE = build.exchange(build.asked("get_stock_price", output=json.dumps({"symbol": "TSLA", "price": 450.0})))


def found(*given: str, price: bool = True, symbol: str | None = "TSLA", **fields: Any) -> list[Finding]:
    """What is said of commands on the chart of TSLA, which trades at 450."""
    exchanges = (QUOTE,) if price else ()
    held = transcript(build.turn(effect(*given), build.message("Drawn.")), exchanges=exchanges, **fields)
    context = {"symbol": symbol} if symbol else {}
    return list(commands.check(held, build.scenario(context=context)))


def test_levels_around_the_price_are_no_finding() -> None:
    assert not found("SUPPORT:440", "SUPPORT:425", "RESISTANCE:462", "RESISTANCE:450.5", "SUPPORT:449.9")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("SUPPORT:470", "support at 470 is above the price of 450, by the tool get_stock_price"),
        ("RESISTANCE:430", "resistance at 430 is below the price of 450, by the tool get_stock_price"),
        ("DRAW:LEVEL:a:SUPPORT:470", "support at 470 is above the price of 450, by the tool get_stock_price"),
    ],
)
def test_a_level_on_the_wrong_side_of_the_price(command: str, message: str) -> None:
    (told,) = found(command)
    assert (told.rule, told.message) == ("commands/wrong-side", f"turn 1: {message}")


@pytest.mark.parametrize(
    ("command", "severity"),
    [("SUPPORT:319.69", "warning"), ("SUPPORT:44", "error"), ("TARGET:600", None), ("TARGET:4650", "error")],
)
def test_a_level_far_from_the_price(command: str, severity: str | None) -> None:
    told = found(command)
    assert [each.severity for each in told if each.rule == "commands/far-from-price"] == [severity] * bool(
        severity
    )


def test_where_no_price_is_known_nothing_is_said() -> None:
    assert not found("SUPPORT:470", price=False)


def test_the_price_of_another_symbol_says_nothing() -> None:
    assert not found("LOAD:NVDA", "SUPPORT:170")
    assert not found("SUPPORT:170", symbol="NVDA")


def test_a_price_counts_where_the_chart_s_symbol_is_not_known() -> None:
    assert rules(found("SUPPORT:470", symbol=None)) == ["commands/wrong-side"]


def test_a_price_of_an_earlier_turn_counts() -> None:
    held = transcript(
        build.turn(build.message("TSLA trades at 450.")),
        build.turn(effect("SUPPORT:470"), build.message("Drawn.", "n"), index=1),
    )
    told = commands.check(held, build.scenario(2, context={"symbol": "TSLA"}))
    assert rules(told) == ["commands/wrong-side"]


@pytest.mark.parametrize(
    ("given", "sane"),
    [
        (("ENTRY:445", "STOP:435", "TARGET:465"), True),
        (("ENTRY:445", "STOP:455", "TARGET:425"), True),
        (("ENTRY:445", "STOP:435", "TARGET:465", "TARGET:480"), True),
        (("ENTRY:445", "TARGET:440"), True),
        (("ENTRY:445", "STOP:455", "TARGET:465"), False),
        (("ENTRY:445", "STOP:445", "TARGET:465"), False),
        (("ENTRY:445", "STOP:435", "TARGET:465", "TARGET:430"), False),
    ],
)
def test_a_trade_has_its_entry_between_stop_and_target(given: tuple[str, ...], sane: bool) -> None:
    assert rules(found(*given)) == ([] if sane else ["commands/trade-order"])


def test_one_level_drawn_twice_is_a_warning() -> None:
    (told,) = found("SUPPORT:440", "SUPPORT:440.00", "RESISTANCE:460")
    assert (told.rule, told.severity) == ("commands/duplicate", "warning")
    assert not found("SUPPORT:440", "SUPPORT:435")


def test_keys_hold_no_figure() -> None:
    told = found("SUPPORT:470", "SUPPORT:44", "ENTRY:445", "STOP:455", "TARGET:465", "SUPPORT:470")
    assert len(told) == 4
    assert not any(letter.isdigit() for each in told for letter in each.key)


def test_levels_that_only_prose_speaks_of_fail_nothing() -> None:
    held = workflow(said("TSLA is trading at $450. I see support at $470 and resistance at $4,650."))
    told = list(commands.check(held, build.scenario(context={"symbol": "TSLA"})))
    assert {each.rule for each in told} == {"commands/wrong-side", "commands/far-from-price"}
    assert {each.severity for each in told} == {"warning"}
