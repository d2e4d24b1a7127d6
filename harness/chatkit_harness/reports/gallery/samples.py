"""Samples of what a schema leaves open: texts, numbers, lists; two of each at least, which look apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from chatkit_harness.reports.gallery.pictures import picture

_NEWS = {"type": "Text", "value": "Chip makers rise before the figures"}
_PRICE = {"type": "Text", "value": "190.17", "weight": "semibold"}
_CHANGE = {"type": "Badge", "label": "+2.1%", "color": "success"}
_ITEM = {"type": "ListViewItem", "children": [_NEWS]}
_OTHER_ITEM = {"type": "ListViewItem", "children": [_CHANGE, {"type": "Text", "value": "NVDA closes higher"}]}
_CELL = {"type": "Table.Cell", "children": [{"type": "Text", "value": "190.17"}]}
_HEAD = {"type": "Table.Cell", "children": [{"type": "Text", "value": "Close"}]}
_ROW = {"type": "Table.Row", "children": [_CELL]}
_OPTIONS = [
    {"label": "Day", "value": "1D"},
    {"label": "Week", "value": "1W"},
    {"label": "Month", "value": "1M"},
]
DATA = [
    {"day": day, "close": close, "volume": volume, "open": opened}
    for day, close, volume, opened in (
        ("Mon", 180.2, 120, 176.0),
        ("Tue", 186.6, 151, 181.1),
        ("Wed", 183.1, 96, 187.0),
        ("Thu", 191.4, 173, 182.2),
        ("Fri", 190.2, 142, 192.5),
    )
]

_TEXT_COLOURS = (
    "secondary",
    "prose",
    "primary",
    "emphasis",
    "tertiary",
    "success",
    "warning",
    "danger",
    "info",
    "discovery",
    "caution",
)
_SURFACES = ("surface-secondary", "surface-tertiary", "surface-elevated-secondary", "alpha-10")
_BORDER_COLOURS = ("strong", "default", "subtle", "blue-500", "rgb(190 60 120)")
_CHART_COLOURS = ("purple", "blue", "orange", "green", "red", "yellow", "pink", "teal-600", "rgb(190 60 120)")

_DATES = ("2026-11-20T00:00:00Z", "2026-12-24T00:00:00Z")

# By the end of the path: with or without the component before it, the longest that fits.
_STRINGS: Mapping[str, Sequence[str]] = {
    "key": ("row-1", "row-2"),
    "id": ("quote", "news"),
    "label": ("Follow", "Show all the news"),
    "Checkbox.label": ("Tell me when it closes", "Once"),
    "value": ("Apple Inc.", "NVIDIA Corporation"),
    "Markdown.value": (
        "**NVDA** is up *2.1%* today, after `LOAD:NVDA`.",
        "1. Load the chart\n2. Draw the levels\n\n> Nothing here is advice.",
    ),
    "text": ("Market open", "Delayed by 15 minutes"),
    "name": ("symbol", "alert.price"),
    "fieldName": ("symbol", "price"),
    "placeholder": ("Symbol", "For example NVDA"),
    "pattern": ("[A-Z]{1,5}", "[0-9]+"),
    "defaultValue": ("TSLA", "NVDA"),
    "DatePicker.defaultValue": _DATES,
    "DatePicker.min": _DATES,
    "DatePicker.max": _DATES,
    "Select.defaultValue": ("1W", "1M"),
    "RadioGroup.defaultValue": ("1W", "1M"),
    "ariaLabel": ("Timeframe", "How often"),
    "autoComplete": ("email", "username"),
    "color": _TEXT_COLOURS,
    "Divider.color": _BORDER_COLOURS,
    "border.color": _BORDER_COLOURS,
    "top.color": _BORDER_COLOURS,
    "bottom.color": _BORDER_COLOURS,
    "left.color": _BORDER_COLOURS,
    "right.color": _BORDER_COLOURS,
    "x.color": _BORDER_COLOURS,
    "y.color": _BORDER_COLOURS,
    "bar.color": _CHART_COLOURS,
    "line.color": _CHART_COLOURS,
    "area.color": _CHART_COLOURS,
    "background": _SURFACES,
    "light": ("blue-700", "rgb(140 30 95)"),
    "dark": ("blue-300", "rgb(255 180 225)"),
    "background.light": ("blue-100", "rgb(252 234 244)"),
    "background.dark": ("blue-900", "rgb(62 20 48)"),
    "aspectRatio": ("16 / 9", "2 / 1"),
    "flex": ("2 1 0%", "0 0 6rem"),
    "dataKey": ("close", "volume"),
    "xAxis": ("day", "volume"),
    "xAxis.dataKey": ("day", "volume"),
    "stack": ("together", "apart"),
    "alt": ("A chart that rises", "A chart that falls"),
    "type": ("quote.refresh", "news.open"),
    "payload": ("AAPL", "NVDA"),
    "option.value": ("1H", "4H"),
    "options[].value": ("1H", "4H"),
    "options[].label": ("Hour", "Four hours"),
    "options[].description": ("Candles of an hour", "Six candles a day"),
    "gap": ("12px", "2rem"),
    "padding": ("20px", "2rem"),
    "margin": ("20px", "2rem"),
    "Divider.size": ("4px", "0.5rem"),
    "spacing": ("20px", "2rem"),
    "width": ("60%", "9rem"),
    "Table.Cell.width": ("40%", "6rem"),
    "Text.width": ("60%", "9rem"),
    "height": ("9rem", "140px"),
    "size": ("7rem", "130px"),
    "Spacer.minSize": ("4rem", "90px"),
    "maxWidth": ("60%", "7rem"),
    "maxHeight": ("2rem", "40px"),
    "maxSize": ("4rem", "50px"),
    "minWidth": ("80%", "17rem"),
    "minHeight": ("8rem", "150px"),
    "minSize": ("17rem", "280px"),
    "": ("some words", "other words"),
}
_EDGES = ("padding", "margin")
_SIDES = ("top", "bottom", "left", "right", "x", "y")

_NUMBERS: Mapping[str, Sequence[int]] = {
    "gap": (2, 7),
    "padding": (3, 7),
    "margin": (2, 6),
    "border": (2, 4),
    **{f"border.{side}": (2, 4) for side in _SIDES},
    "border.size": (2, 5),
    **{f"{side}.size": (2, 5) for side in _SIDES},
    "Divider.size": (2, 6),
    "spacing": (4, 7),
    "flex": (1, 3),
    "width": (150, 220),
    "Table.Cell.width": (80, 120),
    "height": (90, 160),
    "size": (96, 150),
    "minWidth": (290, 310),
    "minHeight": (120, 180),
    "minSize": (290, 310),
    "Spacer.minSize": (8, 24),
    "maxWidth": (120, 200),
    "maxHeight": (24, 36),
    "maxSize": (60, 90),
    "maxLines": (1, 2),
    "minLines": (2, 4),
    "rows": (1, 5),
    "maxRows": (3, 5),
    "limit": (1, 2),
    "barGap": (0, 12),
    "barCategoryGap": (4, 40),
    "colSpan": (2, 3),
    "rowSpan": (2, 3),
    "aspectRatio": (1, 3),
    "payload": (1, 2),
    "": (1, 2),
}
_FRACTIONS: Mapping[str, float] = {"aspectRatio": 1.5, "flex": 1.5}
_WHOLE = ("colSpan", "rowSpan", "maxLines", "minLines", "rows", "maxRows", "limit")
"""Where the client says "number", and nothing but whole ones have a meaning."""

_ARRAYS: Mapping[str, Sequence[Any]] = {
    "children": ([_NEWS], [_PRICE, _CHANGE]),
    "ListView.children": ([_ITEM], [_OTHER_ITEM, _ITEM]),
    "Table.children": ([_ROW], [{"type": "Table.Row", "header": True, "children": [_HEAD]}, _ROW]),
    "Table.Row.children": ([_HEAD, _CELL], [_CELL]),
    "options": (_OPTIONS, _OPTIONS[:2]),
    "data": (DATA, DATA[:3]),
    "series": (
        [{"type": "bar", "dataKey": "close"}, {"type": "bar", "dataKey": "open", "stack": "together"}],
        [{"type": "line", "dataKey": "close"}, {"type": "area", "dataKey": "open"}],
    ),
    "payload": (["AAPL"], ["NVDA", 1]),
    "": ([],),
}
_OBJECTS: Mapping[str, Sequence[Any]] = {
    "children": (_NEWS, _CHANGE),
    "children[]": ([_NEWS], [_PRICE]),
    "labels": ({"Mon": "M", "Fri": "F"}, {"Mon": "20 Nov", "Tue": "21 Nov"}),
    "payload": ({"symbol": "AAPL"}, {"symbol": "NVDA", "days": 5}),
    "": ({},),
}


_OF_AN_ACTION = re.compile(r"(^on\w+Action|\.action)\.\w*$")


def samples(component: str, path: str, kind: str) -> Sequence[Any]:
    """Values of a kind (a JSON type, or `date-time`) for a place of a component."""
    if kind == "boolean":
        return (True, False)
    if kind == "date-time":
        return _DATES
    if kind == "string":
        return _pictures() if path.endswith(("src", "favicon")) else _found(_strings(), component, path)
    if kind in ("integer", "number"):
        return _numbers(component, path, fraction=kind == "number")
    return _found(_ARRAYS if kind == "array" else _OBJECTS, component, path)


def sample_pattern(pattern: str) -> str:
    """A text that a pattern of the schemas takes: they say how names of icons begin."""
    return {"^vendor:": "vendor:stripe"}.get(pattern, pattern.lstrip("^") + "rocket")


def companions(path: str) -> Mapping[str, Any]:
    """What has to stand beside a part of an object for it to be seen."""
    if path.endswith(".frame"):
        return {"favicon": _pictures()[0]}
    if path.endswith((".style", ".color")) and not path.startswith("series"):
        return {"size": 4}
    if _OF_AN_ACTION.search(path):
        return {"payload": {"symbol": "AAPL"}}
    return {}


def _found(table: Mapping[str, Sequence[Any]], component: str, path: str) -> Sequence[Any]:
    """The entry for the longest end of `Component.path`; where a later release has more, its fallback."""
    steps = f"{component}.{path}".split(".")
    for start in range(len(steps)):
        found = table.get(".".join(steps[start:]))
        if found is not None:
            return found
    return table[""]


def _numbers(component: str, path: str, *, fraction: bool) -> Sequence[Any]:
    table = {**_NUMBERS, **{f"{edge}.{side}": (3, 7) for edge in _EDGES for side in _SIDES}}
    whole = _found(table, component, path)
    name = path.rpartition(".")[2]
    if not fraction or name in _WHOLE:
        return whole
    between = _FRACTIONS.get(name, whole[0] + 1.5)
    return (*whole, between)


@cache
def _strings() -> Mapping[str, Sequence[str]]:
    return {**_STRINGS, **{f"{edge}.{side}": ("20px", "2rem") for edge in _EDGES for side in _SIDES}}


@cache
def _pictures() -> Sequence[str]:
    return (picture("rises"), picture("falls"))
