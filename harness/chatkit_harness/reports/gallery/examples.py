"""A plain example of each component, what a prop needs beside it to be seen, and what stands around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chatkit_harness.reports.gallery.pictures import picture
from chatkit_harness.reports.gallery.samples import DATA

Widget = dict[str, Any]

_LONG = (
    "Apple closed higher after three days of losses, while the makers of chips that it buys from gave back "
    "part of what they had gained since the beginning of the week."
)
_TITLE = {"type": "Title", "value": "AAPL", "size": "sm"}
_PRICE = {"type": "Text", "value": "190.17"}
_CHANGE = {"type": "Badge", "label": "+2.1%", "color": "success"}
_CAPTION = {"type": "Caption", "value": "Apple Inc., as of 16:00"}
_INPUT = {"type": "Input", "name": "price", "placeholder": "Price"}
_SEND = {"type": "Button", "label": "Set alert", "submit": True, "style": "primary"}
_OPTIONS = [
    {"label": "Day", "value": "1D"},
    {"label": "Week", "value": "1W"},
    {"label": "Month", "value": "1M"},
]
_REFRESH = {"type": "quote.refresh", "payload": {"symbol": "AAPL"}}
_BOX = {"background": "surface-secondary", "padding": 3, "gap": 2, "radius": "md"}
_TEXTS = [{"type": "Text", "value": each} for each in ("One", "Two", "Three")]
_MANY = [{"type": "Badge", "label": f"Level {180 + each}"} for each in range(8)]


def _cell(text: str, **props: Any) -> Widget:
    return {"type": "Table.Cell", "children": [{"type": "Text", "value": text}], **props}


def _row(*texts: str, **props: Any) -> Widget:
    return {"type": "Table.Row", "children": [_cell(each) for each in texts], **props}


def _item(text: str, change: str) -> Widget:
    badge = {"type": "Badge", "label": change, "color": "danger" if change.startswith("-") else "success"}
    return {
        "type": "ListViewItem",
        "children": [{"type": "Text", "value": text}, {"type": "Spacer"}, badge],
    }


_ITEMS = [_item(*each) for each in (("NVDA", "+2.1%"), ("TSLA", "-0.8%"), ("AAPL", "+0.4%"))]

PLAIN: Mapping[str, Widget] = {
    "Card": {"children": [_TITLE, _CAPTION, {"type": "Row", "gap": 2, "children": [_PRICE, _CHANGE]}]},
    "ListView": {"children": _ITEMS},
    "Basic": {"children": [_TITLE, _CAPTION, _PRICE]},
    "Box": {**_BOX, "children": [_TITLE, _CAPTION]},
    "Row": {**_BOX, "children": [_TITLE, _PRICE, _CHANGE]},
    "Col": {**_BOX, "children": [_TITLE, _CAPTION]},
    "Form": {"children": [_INPUT, _SEND]},
    "Divider": {},
    "Spacer": {},
    "Transition": {"children": {"type": "Box", **_BOX, "children": [_PRICE]}},
    "Table": {
        "children": [_row("Symbol", "Close", header=True), _row("AAPL", "190.17"), _row("NVDA", "178.90")]
    },
    "Table.Row": {"children": [_cell("AAPL"), _cell("190.17")]},
    "Table.Cell": {"children": [{"type": "Text", "value": "AAPL"}]},
    "ListViewItem": {"children": _ITEMS[0]["children"]},
    "Title": {"value": "Apple Inc."},
    "Text": {"value": "Apple closed higher after three days of losses."},
    "Caption": {"value": "As of 16:00 in New York"},
    "Label": {"value": "Price", "fieldName": "price"},
    "Markdown": {"value": "**AAPL** closed *higher*:\n\n- support at `180.00`\n- resistance at `195.50`"},
    "Badge": {"label": "Bullish"},
    "Icon": {"name": "chart"},
    "Image": {"src": picture("rises"), "alt": "A chart that rises"},
    "Chart": {
        "data": DATA,
        "series": [{"type": "bar", "dataKey": "volume", "label": "Volume"}],
        "xAxis": "day",
    },
    "Button": {"label": "Refresh"},
    "Input": {"name": "symbol", "placeholder": "Symbol"},
    "Textarea": {"name": "note", "placeholder": "A note"},
    "Select": {"name": "timeframe", "options": _OPTIONS},
    "DatePicker": {"name": "from"},
    "RadioGroup": {"name": "timeframe", "options": _OPTIONS},
    "Checkbox": {"name": "once", "label": "Only once"},
}

_LINES = {
    "data": DATA,
    "series": [
        {"type": "bar", "dataKey": "close", "label": "Close"},
        {"type": "bar", "dataKey": "open", "label": "Open"},
    ],
}
_WRAPPED = {"children": _MANY, "width": 240}
_SPREAD = {"children": _TEXTS, "width": 300}
_TALL = {
    "children": [
        _TITLE,
        {"type": "Text", "value": "One", "size": "xs"},
        {"type": "Text", "value": "Two", "size": "xl"},
    ],
    "height": 90,
    "direction": "row",
}

# For `Component.path`, `*.path` of any component; the longest beginning of the path that is named counts.
BESIDE: Mapping[str, Widget] = {
    "*.wrap": _WRAPPED,
    "*.justify": _SPREAD,
    "*.align": {key: value for key, value in _TALL.items() if key != "direction"},
    "*.gap": {"children": _TEXTS},
    "Box.justify": {**_SPREAD, "direction": "row"},
    "Box.align": _TALL,
    "Box.wrap": {**_WRAPPED, "direction": "row"},
    "Col.justify": {"children": _TEXTS, "height": 170},
    "Col.align": {"children": _TEXTS[:2]},
    "Col.wrap": {"children": _MANY, "height": 90},
    "Form.justify": {**_SPREAD, "direction": "row"},
    "Form.align": _TALL,
    "Form.wrap": {**_WRAPPED, "direction": "row"},
    "Form.background": {"padding": 3},
    "Form.radius": {"padding": 3, "border": 2},
    "Basic.justify": {"children": _TEXTS, "direction": "row"},
    "Basic.align": {"children": [_TITLE, {"type": "Text", "value": "Two", "size": "xl"}], "direction": "row"},
    "Basic.direction": {"children": _TEXTS},
    "*.maxHeight": {"children": _TEXTS},
    "*.border": {"padding": 3},
    "Image.maxHeight": {},
    "Chart.maxHeight": {},
    "Title.truncate": {"value": _LONG},
    "Title.maxLines": {"value": _LONG},
    "Text.truncate": {"value": _LONG},
    "Text.maxLines": {"value": _LONG},
    "Text.width": {"value": _LONG},
    "Caption.truncate": {"value": _LONG},
    "Caption.maxLines": {"value": _LONG},
    "Button.iconSize": {"iconStart": "bolt"},
    "Button.uniform": {"label": "1D"},
    "Button.submit": {"label": "Send"},
    "Image.fit": {"width": 130, "height": 130, "background": "surface-tertiary"},
    "Image.position": {"width": 60, "height": 110},
    "Image.background": {"fit": "contain", "width": 150, "height": 150},
    "Image.aspectRatio": {"width": 150},
    "Image.alt": {"src": "nowhere"},
    "Textarea.rows": {},
    "Textarea.maxRows": {"autoResize": True, "defaultValue": "One\nTwo\nThree\nFour\nFive\nSix\nSeven"},
    "Textarea.autoResize": {"defaultValue": "One\nTwo\nThree\nFour\nFive"},
    "Select.clearable": {"defaultValue": "1W"},
    "DatePicker.clearable": {"defaultValue": "2026-11-20T00:00:00Z"},
    "Chart.barGap": _LINES,
    "Chart.barCategoryGap": _LINES,
    "Chart.series[].bar.stack": {"data": DATA},
    "ListView.limit": {"children": _ITEMS},
    "Table.Cell.align": {"children": [_PRICE]},
    "Input.autoSelect": {"defaultValue": "AAPL"},
    "Textarea.autoSelect": {"defaultValue": "AAPL"},
    "Input.inputType": {"defaultValue": "5"},
    "ListViewItem.align": {"children": _TALL["children"]},
    "Card.collapsed": {"confirm": {"label": "Buy", "action": _REFRESH}},
    "Card.asForm": {"children": [_INPUT], "confirm": {"label": "Set alert", "action": _REFRESH}},
}


def example(component: str, path: str = "") -> Widget:
    """A component with what it needs, and with what shows the prop or part at the path."""
    plain = PLAIN.get(component, {})
    steps = path.split(".")
    for end in range(len(steps), 0, -1):
        for owner in (component, "*"):
            beside = BESIDE.get(f"{owner}.{'.'.join(steps[:end])}")
            if beside is not None and (owner == component or "children" in plain):
                return {"type": component, **plain, **beside}
    return {"type": component, **plain}


def framed(component: str, path: str, widget: Widget, roots: frozenset[str]) -> Widget:
    """A whole widget that shows the component: itself where it may be one, else in what it belongs into."""
    if component in roots:
        return widget
    return _root(_around(component, path, widget))


def _around(component: str, path: str, widget: Widget) -> Widget | Sequence[Widget]:
    if path.partition(".")[0] == "flex":
        other = {"type": "Box", **_BOX, "flex": 1, "children": [{"type": "Text", "value": "flex 1"}]}
        return {"type": "Row", "gap": 2, "children": [widget, other]}
    if component == "Divider":
        return {"type": "Card", "children": [_PRICE, widget, _CAPTION]}
    if component == "Spacer":
        return {"type": "Row", "children": [_TITLE, widget, _CHANGE]}
    if component == "Image" and path == "flush":
        return {"type": "Card", "children": [widget, _CAPTION]}
    if component == "Label":
        return [widget, {**_INPUT, "name": "price"}]
    return _of_lists(component, path, widget)


def _of_lists(component: str, path: str, widget: Widget) -> Widget | Sequence[Widget]:
    if component == "ListViewItem":
        return {"type": "ListView", "children": [widget, _ITEMS[1]]}
    if component == "Table.Row":
        return {"type": "Table", "children": [widget, _row("NVDA", "178.90")]}
    if component == "Table.Cell":
        tall = {"type": "Table.Cell", "children": [{"type": "Title", "value": "190.17", "size": "lg"}]}
        rows = [_row("NVDA", "178.90", "+2.1%"), _row("TSLA", "430.60", "-0.8%")]
        first = {"type": "Table.Row", "children": [widget, tall]}
        return {"type": "Table", "children": [first, *rows]}
    if component == "Button" and path.startswith("submit"):
        return {"type": "Form", "onSubmitAction": _REFRESH, "children": [widget]}
    return widget


def _root(held: Widget | Sequence[Widget]) -> Widget:
    if isinstance(held, dict):
        if held["type"] in ("Card", "ListView"):
            return held
        return {"type": "Basic", "children": [held]}
    return {"type": "Basic", "children": list(held)}
