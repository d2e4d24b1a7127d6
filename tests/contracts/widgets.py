"""Small widgets for tests: a sound one, and liars with one stated defect each."""

from __future__ import annotations

from typing import Any

SOUND: dict[str, Any] = {
    "type": "Card",
    "size": "md",
    "padding": {"x": 2, "top": "1rem"},
    "status": {"text": "As of noon", "icon": "chart"},
    "confirm": {"label": "Buy", "action": {"type": "buy", "payload": {"any": {"thing": [1]}}}},
    "children": [
        {"type": "Title", "value": "AAPL", "id": "title"},
        {
            "type": "Row",
            "gap": 2,
            "border": {"size": 1, "color": {"dark": "#000", "light": "#fff"}},
            "children": [{"type": "Badge", "label": "up", "color": "success"}, {"type": "Spacer"}],
        },
        {
            "type": "Chart",
            "data": [{"day": "Mo", "close": 190.5}],
            "series": [
                {"type": "bar", "dataKey": "close"},
                {"type": "line", "label": "L", "dataKey": "close"},
            ],
            "xAxis": "day",
        },
        {"type": "Transition", "children": {"type": "Text", "value": "271.49", "editable": False}},
        {"type": "Button", "label": "More", "iconStart": "bolt", "onClickAction": {"type": "more"}},
    ],
}

NEWS_ITEM: dict[str, Any] = {"type": "ListViewItem", "children": [{"type": "Text", "value": "A headline"}]}

NEWS_AS_DOCUMENTED: dict[str, Any] = {
    "type": "Card",
    "status": {"text": "News", "icon": "newspaper"},
    "children": [{"type": "ListView", "children": [NEWS_ITEM]}],
}


def card(*children: Any, **props: Any) -> dict[str, Any]:
    return {"type": "Card", "children": list(children), **props}


def text(value: Any = "words", **props: Any) -> dict[str, Any]:
    return {"type": "Text", "value": value, **props}
