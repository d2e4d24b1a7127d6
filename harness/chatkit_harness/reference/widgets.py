"""Data in, authored widget out: plain JSON as chatkit's widget documentation describes it.

Every shape here is valid on every chatkit release; the two `as_documented` ones at the end are wrong on
purpose. Nothing here imports chatkit: what its models make of a widget is `shim.py`'s business.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .market.data import EconomicEvent, Impact, NewsArticle, Quote

Widget = dict[str, Any]

LIST_LIMIT = 10
IMPACT_COLOURS: dict[Impact, str] = {"high": "danger", "medium": "warning", "low": "info"}


def quote_card(quote: Quote) -> Widget:
    """A card: symbol and name on the left, price and signed change on the right."""
    return {
        "type": "Card",
        "size": "sm",
        "children": [
            {
                "type": "Row",
                "justify": "between",
                "align": "center",
                "children": [
                    {
                        "type": "Col",
                        "children": [
                            {"type": "Title", "value": quote.symbol, "size": "sm"},
                            {"type": "Caption", "value": quote.name},
                        ],
                    },
                    {
                        "type": "Col",
                        "align": "end",
                        "children": [
                            {"type": "Text", "value": f"${quote.price:,.2f}", "weight": "semibold"},
                            {"type": "Text", "value": signed_change(quote), "color": change_colour(quote)},
                        ],
                    },
                ],
            }
        ],
    }


def signed_change(quote: Quote) -> str:
    """The change as people write it: `+2.72 (+1.01%)`."""
    return f"{quote.change:+.2f} ({quote.change_percent:+.2f}%)"


def change_colour(quote: Quote) -> str:
    """A text colour token: success for a gain, danger for a loss, secondary for neither."""
    if quote.change == 0:
        return "secondary"
    return "success" if quote.change > 0 else "danger"


def news_list(symbol: str, articles: Sequence[NewsArticle]) -> Widget:
    """A list of articles that open on a click; one row that says so when there are none."""
    return {
        "type": "ListView",
        "limit": LIST_LIMIT,
        "status": {"text": f"Latest news for {symbol}", "icon": "document"},
        "children": [_article_row(article) for article in articles]
        or [_empty_row("No recent news available")],
    }


def _article_row(article: NewsArticle) -> Widget:
    return {
        "type": "ListViewItem",
        "key": article.id,
        # The browser opens the article by itself; a server action could not.
        "onClickAction": {"type": "open_url", "payload": {"url": article.url}, "handler": "client"},
        "children": [
            {
                "type": "Col",
                "gap": 1,
                "children": [
                    {"type": "Text", "value": article.title, "weight": "semibold"},
                    {"type": "Caption", "value": f"{article.source} • {article.age}"},
                ],
            }
        ],
    }


def calendar_list(title: str, events: Sequence[EconomicEvent]) -> Widget:
    """A list of economic releases with an impact badge each; one row that says so when there are none."""
    return {
        "type": "ListView",
        "limit": LIST_LIMIT,
        "status": {"text": title, "icon": "calendar"},
        "children": [_event_row(event) for event in events] or [_empty_row("No events in this period")],
    }


def _event_row(event: EconomicEvent) -> Widget:
    return {
        "type": "ListViewItem",
        "key": event.id,
        "gap": 3,
        "align": "center",
        "children": [
            {"type": "Badge", "label": event.impact, "color": IMPACT_COLOURS[event.impact]},
            {
                "type": "Col",
                "gap": 1,
                "children": [
                    {"type": "Text", "value": event.name, "weight": "semibold"},
                    {"type": "Caption", "value": _event_details(event)},
                ],
            },
        ],
    }


def _event_details(event: EconomicEvent) -> str:
    parts = [event.at.strftime("%a %b %d, %H:%M ET")]
    if event.forecast:
        parts.append(f"forecast {event.forecast}")
    if event.previous:
        parts.append(f"previous {event.previous}")
    return " • ".join(parts)


def _empty_row(text: str) -> Widget:
    return {"type": "ListViewItem", "children": [{"type": "Text", "value": text, "color": "secondary"}]}


def as_documented(list_view: Widget) -> Widget:
    """The same list as the older documents drew it: in a Card, with a `newspaper` icon. Wrong twice.

    A ListView is a root and belongs in no Card, and no chatkit release has that icon. Some releases refuse
    to build it, others let it through: kept as a defect that a check has to find.
    """
    bare = {key: value for key, value in list_view.items() if key != "status"}
    status = {"text": list_view["status"]["text"], "icon": "newspaper"}
    return {"type": "Card", "size": "md", "status": status, "children": [bare]}
