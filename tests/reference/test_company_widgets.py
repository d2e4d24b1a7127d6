"""The widgets of the newer tools: valid on every release, nothing lost, words and colours as they should."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.reference.test_widgets import lost, quote, sent, values

from chatkit_harness.contracts import catalogue
from chatkit_harness.contracts.validate import violations
from chatkit_harness.reference.market import FixtureMarketData, OptionTrade, Quote
from chatkit_harness.reference.market.catalogue import AS_OF, LISTINGS
from chatkit_harness.reference.widgets import (
    Widget,
    alert_card,
    alert_form,
    calendar_list,
    comparison_list,
    earnings_list,
    failed_card,
    insider_list,
    news_list,
    options_list,
    quote_card,
    ratings_list,
)
from chatkit_harness.reference.widgets.parts import round_dollars

MARKET = FixtureMarketData()


async def everything(symbol: str) -> dict[str, Widget]:
    """Every widget about a symbol, in each of its forms."""
    price = await MARKET.quote(symbol)
    assert price is not None
    return {
        "quote": quote_card(price),
        "quote again": quote_card(price, refreshed=True),
        "comparison": comparison_list([price], {"ZZZZ": "not a known symbol"}),
        "nothing compared": comparison_list([], {}),
        "news": news_list(symbol, await MARKET.news(symbol)),
        "calendar": calendar_list("all", await MARKET.calendar("month")),
        "earnings": earnings_list("all", await MARKET.earnings(None)),
        "no earnings": earnings_list("none", []),
        "insiders": insider_list(symbol, await MARKET.insiders(symbol)),
        "ratings": ratings_list(symbol, await MARKET.ratings(symbol)),
        "options": options_list(symbol, await MARKET.options(symbol)),
        "no options": options_list(symbol, []),
        "form": alert_form(price),
        "form again": alert_form(price, "Please enter a price above zero."),
        "alert": alert_card(symbol, "below", 1234.5),
        "failed": failed_card(symbol, "The market data cannot be reached."),
    }


@pytest.mark.parametrize("version", catalogue.releases())
async def test_every_widget_is_valid_on_every_release(version: str) -> None:
    for name, widget in (await everything("NVDA")).items():
        assert violations(widget, version) == [], name


@pytest.mark.parametrize("symbol", LISTINGS)
async def test_the_models_lose_nothing(symbol: str) -> None:
    for name, widget in (await everything(symbol)).items():
        assert list(lost(widget, sent(widget))) == [], name


@pytest.mark.parametrize("symbol", LISTINGS)
async def test_the_keys_of_a_list_are_its_rows_own(symbol: str) -> None:
    for widget in (await everything(symbol)).values():
        keys = [row["key"] for row in widget["children"] if "key" in row]
        assert len(keys) == len(set(keys))


def test_the_comparison_has_a_row_for_each_symbol_the_missing_last() -> None:
    widget = comparison_list([quote(101)], {"ZZZZ": "not a known symbol"})
    assert [values(row, "value") for row in widget["children"]] == [
        ["AAPL", "Apple Inc.", "$101.00", "+1.00 (+1.00%)"],
        ["ZZZZ", "not a known symbol"],
    ]


@pytest.mark.parametrize(
    ("widget", "words"),
    [
        (comparison_list([], {}), "No symbols to compare"),
        (earnings_list("x", []), "No earnings reports in this period"),
        (insider_list("SPY", []), "No recent insider activity"),
        (ratings_list("SPY", []), "No recent analyst ratings"),
        (options_list("SPY", []), "No unusual options activity"),
    ],
)
def test_an_empty_list_says_so(widget: Widget, words: str) -> None:
    assert values(widget["children"], "value") == [words]


async def test_signed_figures_have_the_colour_of_their_sign() -> None:
    shown = [
        text
        for widget in (await everything("TSLA")).values()
        for text in texts(widget)
        if text["value"][0] in "+-"
    ]
    assert len(shown) > 20
    wrong = [text for text in shown if text["color"] != ("success" if text["value"][0] == "+" else "danger")]
    assert wrong == []


def texts(widget: Any) -> list[dict[str, Any]]:
    if isinstance(widget, list):
        return [found for part in widget for found in texts(part)]
    if not isinstance(widget, dict):
        return []
    own = [widget] if widget.get("type") == "Text" else []
    return own + [found for part in widget.values() for found in texts(part)]


@pytest.mark.parametrize(
    ("kind", "bought", "colour"),
    [
        ("call", True, "success"),
        ("call", False, "danger"),
        ("put", True, "danger"),
        ("put", False, "success"),
    ],
)
def test_a_premium_has_the_colour_of_its_bet(kind: Any, bought: bool, colour: str) -> None:
    trade = OptionTrade("1", kind, 190.0, AS_OF.date(), 500, 400, 2_500_000, bought, AS_OF)
    row = options_list("NVDA", [trade])["children"][0]
    assert row["children"][-1] == {"type": "Text", "value": "$2.5M", "color": colour}
    assert "opening" in json.dumps(row)


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "$0"), (950, "+$950"), (-1500, "-$1.5K"), (2.5e6, "+$2.5M"), (-3e9, "-$3.0B")],
)
def test_a_sum_is_told_in_its_unit(value: float, words: str) -> None:
    assert round_dollars(value, signed=True) == words


def test_the_form_sends_what_it_is_about() -> None:
    price = Quote("AAPL", "Apple Inc.", 271.84, 269.12, AS_OF)
    form = alert_form(price)["children"][-1]
    assert form["onSubmitAction"] == {"type": "submit_price_alert", "payload": {"symbol": "AAPL"}}
    names = [part["name"] for part in form["children"] if "name" in part]
    assert names == [part["fieldName"] for part in form["children"] if part["type"] == "Label"]
    assert [part["submit"] for part in form["children"] if part["type"] == "Button"] == [True]
