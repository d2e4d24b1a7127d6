from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from chatkit.types import ThreadItem
from pydantic import TypeAdapter

from chatkit_harness.reference.market import EconomicEvent, FixtureMarketData, NewsArticle, Quote
from chatkit_harness.reference.market.catalogue import AS_OF
from chatkit_harness.reference.shim import widget_root
from chatkit_harness.reference.widgets import (
    Widget,
    as_documented,
    calendar_list,
    change_colour,
    news_list,
    quote_card,
    signed_change,
)

ARTICLE = NewsArticle("tsla-1", "Tesla slips", "Ticker Daily", "https://news.example.com/1", AS_OF, "1h ago")
EVENT = EconomicEvent("nfp", "Nonfarm Payrolls (NFP)", AS_OF, "high", "95K", "119K")


def quote(price: float, before: float = 100.0) -> Quote:
    return Quote("AAPL", "Apple Inc.", price, before, AS_OF)


def sent(authored: Widget) -> Any:
    """What a client gets of an authored widget."""
    return json.loads(widget_root(authored).model_dump_json(exclude_none=True))


def lost(authored: Any, out: Any, path: str = "$") -> Iterator[str]:
    """Where something authored is missing from, or different in, what went out."""
    if isinstance(authored, dict):
        for key, value in authored.items():
            yield from lost(value, out[key], f"{path}.{key}") if key in out else [f"{path}.{key}"]
    elif isinstance(authored, list):
        for number, value in enumerate(authored):
            yield from lost(value, out[number], f"{path}[{number}]")
    elif authored != out:
        yield path


def values(widget: Any, key: str) -> list[Any]:
    """Every value of a key, in the order in which it is read."""
    if isinstance(widget, list):
        return [found for part in widget for found in values(part, key)]
    if not isinstance(widget, dict):
        return []
    inner = [found for part in widget.values() for found in values(part, key)]
    return ([widget[key]] if key in widget else []) + inner


@pytest.mark.parametrize(
    "authored",
    [
        quote_card(quote(101)),
        quote_card(quote(99)),
        quote_card(quote(100)),
        news_list("TSLA", [ARTICLE]),
        news_list("TSLA", []),
        calendar_list("Economic calendar: month", [EVENT]),
        calendar_list("Economic calendar: today", []),
    ],
)
def test_the_models_keep_everything(authored: Widget) -> None:
    assert list(lost(authored, sent(authored))) == []


async def test_every_fixture_survives_the_models() -> None:
    market = FixtureMarketData()
    for symbol in ("AAPL", "NVDA", "TSLA"):
        authored = news_list(symbol, await market.news(symbol))
        assert list(lost(authored, sent(authored))) == []
    authored = calendar_list("all", await market.calendar("month"))
    assert list(lost(authored, sent(authored))) == []


@pytest.mark.parametrize(
    ("price", "change", "colour"),
    [
        (102.5, "+2.50 (+2.50%)", "success"),
        (97.0, "-3.00 (-3.00%)", "danger"),
        (100, "+0.00 (+0.00%)", "secondary"),
    ],
)
def test_the_change_is_signed_and_coloured(price: float, change: str, colour: str) -> None:
    assert (signed_change(quote(price)), change_colour(quote(price))) == (change, colour)


def test_the_quote_has_the_symbol_left_and_the_price_right() -> None:
    left, right = quote_card(quote(1234.5))["children"][0]["children"]
    assert values(left, "value") == ["AAPL", "Apple Inc."]
    assert values(right, "value")[0] == "$1,234.50"


def test_a_row_of_news_opens_its_article() -> None:
    row = news_list("TSLA", [ARTICLE])["children"][0]
    assert row["onClickAction"]["payload"] == {"url": ARTICLE.url}
    assert values(row, "value") == ["Tesla slips", "Ticker Daily • 1h ago"]


def test_no_news_says_so() -> None:
    assert values(news_list("SPY", []), "value") == ["No recent news available"]


@pytest.mark.parametrize(("impact", "colour"), [("high", "danger"), ("medium", "warning"), ("low", "info")])
def test_the_impact_is_a_badge(impact: Any, colour: str) -> None:
    event = EconomicEvent("e", "CPI", AS_OF, impact)
    badge = calendar_list("week", [event])["children"][0]["children"][0]
    assert badge == {"type": "Badge", "label": impact, "color": colour}


def test_an_event_says_when_and_what_is_expected() -> None:
    assert values(calendar_list("week", [EVENT]), "value")[1] == (
        "Fri Nov 20, 16:00 ET • forecast 95K • previous 119K"
    )


def test_lists_are_limited_roots() -> None:
    for widget in (news_list("TSLA", [ARTICLE]), calendar_list("week", [EVENT])):
        assert (widget["type"], widget["limit"]) == ("ListView", 10)


def test_as_documented_a_list_sits_in_a_card_and_loses_its_icon() -> None:
    authored = as_documented(news_list("TSLA", [ARTICLE]))
    assert (authored["type"], authored["children"][0]["type"]) == ("Card", "ListView")
    assert list(lost(authored, sent(authored))) == ["$.status.icon"]


def test_a_stored_widget_is_read_back_unchanged() -> None:
    item = {"type": "widget", "id": "w", "thread_id": "t", "created_at": "2026-11-20T16:00:00Z"}
    adapter: TypeAdapter[Any] = TypeAdapter(ThreadItem)
    once = adapter.validate_python(item | {"widget": news_list("TSLA", [ARTICLE])})
    assert adapter.validate_json(once.model_dump_json()).model_dump() == once.model_dump()
