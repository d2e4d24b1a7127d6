"""Answers like the saved ones of a hosted workflow: the same forms and faults, in words of our own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Widget = dict[str, Any]


def written(folder: Path) -> Path:
    """A folder with all of them, laid out as the saved ones are."""
    place = folder / "agent_builder"
    place.mkdir(parents=True)
    for name, text in _files().items():
        (place / name).write_text(text, encoding="utf-8")
    return folder


def _files() -> dict[str, str]:
    news = _reply("The latest market news on the maker:", [NEWS])
    empty = _reply("The latest market news, as far as there is any:", [{}, {}])
    drawn = [*_lines("SUPPORT", 301, 298, 295), *_lines("RESISTANCE", 340, 345, 350)]
    levels = ["LOAD:TSLA", "TIMEFRAME:1D", *drawn]
    load = ["LOAD:TSLA", "TIMEFRAME:1D", "ANALYZE:TECHNICAL"]
    prose = "Where I would look:\n\n- **SUPPORT: 311.40** a low\n- **RESISTANCE: 352.00** a high\n\n"
    return {
        "01_classifier_then_widgets.txt": f"{_classified('news')}\n\n{json.dumps(news)}\n",
        "02_classifier_only.txt": _classified("news"),
        "03_classifier_then_prose.txt": f"{_classified('chart_command')}\n\nIt was at $188.08 last. More?\n",
        "04_empty_widgets.txt": f"{_classified('news')}\n\n{json.dumps(empty)}\n",
        "05_truncated_command.txt": f"{_classified('chart_command')}\n\n"
        + json.dumps({"text": "Here it is.", "chart_commands": ["LOAD"]})
        + "\n\nThe NVDA (NVIDIA) chart is now loaded. Anything else?\n",
        "06_chart_action_markdown_levels.json": _chart_action(prose + "\n".join(levels), levels),
        "07_chart_action_load_only.json": _chart_action("\n".join(load), load),
        "08_double_comma.txt": '{"type":"Card","children":[{"type":"Title"},,{"type":"Divider"}]}\n',
        "widget_response_examples.json": json.dumps(
            {name: _example(each) for name, each in _EXAMPLES.items()}
        ),
    }


def _example(widget: Widget) -> dict[str, Any]:
    return {"query": "What is there?", "agent_response": _reply("As asked:", [widget])}


def _classified(intent: str) -> str:
    return json.dumps({"intent": intent, "symbol": "TSLA", "confidence": "high"})


def _reply(text: str, widgets: list[Widget]) -> dict[str, Any]:
    return {"response_text": text, "query_intent": "news", "symbol": "TSLA", "widgets": widgets}


def _chart_action(text: str, commands: list[str]) -> str:
    data = {"tools_used": ["look"], "chart_context": {"symbol": "TSLA", "timeframe": "1D"}}
    answer = {"success": True, "text": text, "chart_commands": commands, "data": data, "error": None}
    return json.dumps(answer)


def _lines(verb: str, *prices: int) -> list[str]:
    return [f"{verb}:{price}.00" for price in prices]


def _card(icon: str, *children: Widget) -> Widget:
    status = {"text": "Wire", "icon": icon}
    return {"type": "Card", "size": "lg", "status": status, "children": list(children)}


def _listed(*words: str) -> Widget:
    items = [{"type": "ListViewItem", "children": [{"type": "Text", "value": each}]} for each in words]
    return {"type": "ListView", "children": items}


TITLE: Widget = {"type": "Title", "value": "Tesla (TSLA) Market News"}
ASIDE: Widget = {"type": "Box", "direction": "horizontal", "children": [{"type": "Text", "value": "Beside"}]}
NEWS = _card("newspaper", TITLE, _listed("Tesla Q4 Earnings Beat Expectations", "CNBC"))
_EXAMPLES = {
    "chart_only_example": _card("chart-candlestick", TITLE),
    "economic_events_example": _card("calendar", TITLE, _listed("Payrolls")),
    "comprehensive_analysis_example": NEWS,
    "technical_levels_example": _card("chart-line", TITLE, ASIDE),
    "news_query_example": NEWS,
    "pattern_analysis_example": _card("chart-pattern", TITLE, ASIDE),
}
