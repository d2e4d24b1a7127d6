"""News and economic releases: lists of what was written, and of what is due."""

from __future__ import annotations

from collections.abc import Sequence

from ..market.data import EconomicEvent, Impact, NewsArticle
from .parts import Widget, badge, listed, row, two_lines

IMPACT_COLOURS: dict[Impact, str] = {"high": "danger", "medium": "warning", "low": "info"}


def news_list(symbol: str, articles: Sequence[NewsArticle]) -> Widget:
    """A list of articles that open on a click; one row that says so when there are none."""
    rows = [_article_row(article) for article in articles]
    return listed(f"Latest news for {symbol}", "document", rows, "No recent news available")


def _article_row(article: NewsArticle) -> Widget:
    return {
        "type": "ListViewItem",
        "key": article.id,
        # The browser opens the article by itself; a server action could not.
        "onClickAction": {"type": "open_url", "payload": {"url": article.url}, "handler": "client"},
        "children": [two_lines(article.title, f"{article.source} • {article.age}")],
    }


def calendar_list(title: str, events: Sequence[EconomicEvent]) -> Widget:
    """A list of economic releases with an impact badge each; one row that says so when there are none."""
    return listed(title, "calendar", [_event_row(event) for event in events], "No events in this period")


def _event_row(event: EconomicEvent) -> Widget:
    impact = badge(event.impact, IMPACT_COLOURS[event.impact])
    return row(event.id, impact, two_lines(event.name, _event_details(event)))


def _event_details(event: EconomicEvent) -> str:
    parts = [event.at.strftime("%a %b %d, %H:%M ET")]
    if event.forecast:
        parts.append(f"forecast {event.forecast}")
    if event.previous:
        parts.append(f"previous {event.previous}")
    return " • ".join(parts)


def as_documented(list_view: Widget) -> Widget:
    """The same list as the older documents drew it: in a Card, with a `newspaper` icon. Wrong twice.

    A ListView is a root and belongs in no Card, and no chatkit release has that icon. Some releases refuse
    to build it, others let it through: kept as a defect that a check has to find.
    """
    bare = {key: value for key, value in list_view.items() if key != "status"}
    status = {"text": list_view["status"]["text"], "icon": "newspaper"}
    return {"type": "Card", "size": "md", "status": status, "children": [bare]}
