"""What the widgets are made of: words for figures, colours, rows, buttons, and a card for what failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

Widget = dict[str, Any]

LIST_LIMIT = 10


def dollars(price: float) -> str:
    """A price as people write it: `$1,234.50`."""
    return f"${price:,.2f}"


def round_dollars(value: float, *, signed: bool = False) -> str:
    """A sum in the unit that it needs: `$6.8M`; with its sign where that is asked for."""
    sign = ("+" if value > 0 else "-") if signed and value else ""
    size = abs(value)
    for unit, name in ((1e9, "B"), (1e6, "M"), (1e3, "K")):
        if size >= unit:
            return f"{sign}${size / unit:,.1f}{name}"
    return f"{sign}${size:,.0f}"


def colour_of(change: float) -> str:
    """A text colour token: success for a gain, danger for a loss, secondary for neither."""
    if change == 0:
        return "secondary"
    return "success" if change > 0 else "danger"


def short_day(day: date) -> str:
    """A day that has just been as `Fri Nov 20`."""
    return day.strftime("%a %b %d")


def long_day(day: date) -> str:
    """A day that may be in another year as `Fri Nov 20, 2026`."""
    return day.strftime("%a %b %d, %Y")


def moment(at: datetime) -> str:
    """A time as `Fri Nov 20, 16:00 ET`."""
    return f"{short_day(at)}, {at.strftime('%H:%M')} {at.tzname() or 'ET'}"


def listed(status: str, icon: str, rows: Sequence[Widget], empty: str) -> Widget:
    """A list with a status; one row that says so where there are none."""
    return {
        "type": "ListView",
        "limit": LIST_LIMIT,
        "status": {"text": status, "icon": icon},
        "children": list(rows) or [empty_row(empty)],
    }


def empty_row(text: str) -> Widget:
    """The one row of a list that has nothing to show."""
    return {"type": "ListViewItem", "children": [{"type": "Text", "value": text, "color": "secondary"}]}


def row(key: str, *parts: Widget) -> Widget:
    """A row of a list."""
    return {"type": "ListViewItem", "key": key, "gap": 3, "align": "center", "children": list(parts)}


def badge(label: str, colour: str) -> Widget:
    """A badge in a badge colour token."""
    return {"type": "Badge", "label": label, "color": colour}


def two_lines(title: str, details: str, *, grows: bool = False) -> Widget:
    """A line that stands out, and a small one below it; one that grows pushes what follows to the right."""
    lines = [
        {"type": "Text", "value": title, "weight": "semibold"},
        {"type": "Caption", "value": details},
    ]
    return {"type": "Col", "gap": 1, "children": lines, **({"flex": 1} if grows else {})}


def figure(value: str, colour: str) -> Widget:
    """A coloured figure at the end of a row."""
    return {"type": "Text", "value": value, "color": colour}


def action(kind: str, payload: Mapping[str, Any]) -> Widget:
    """What a click or a form asks of the server; `actions.py` carries it out."""
    return {"type": kind, "payload": dict(payload)}


def button(label: str, on_click: Widget, *, chosen: bool = False) -> Widget:
    """A small button; the chosen one of several is filled."""
    return {
        "type": "Button",
        "label": label,
        "size": "sm",
        "variant": "solid" if chosen else "outline",
        "onClickAction": on_click,
    }


def notice_card(label: str, colour: str, title: str, message: str) -> Widget:
    """A small card that says one thing: a badge and a title, and a sentence below."""
    head = {
        "type": "Row",
        "gap": 3,
        "align": "center",
        "children": [badge(label, colour), {"type": "Text", "value": title, "weight": "semibold"}],
    }
    return {"type": "Card", "size": "sm", "children": [head, {"type": "Caption", "value": message}]}


def failed_card(title: str, message: str) -> Widget:
    """The error form of every tool: what could not be shown, and what the user can do about it."""
    return notice_card("No data", "warning", title, message)
