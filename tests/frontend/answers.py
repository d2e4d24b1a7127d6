"""Answers like the eight real ones, with words and figures of our own; and the real ones where they are."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

NEWS_CARD: dict[str, Any] = {
    "type": "Card",
    "size": "lg",
    "status": {"text": "Wire", "icon": "newspaper"},
    "children": [
        {"type": "Title", "value": "Adobe (ADBE) headlines"},
        {
            "type": "ListView",
            "children": [{"type": "ListViewItem", "children": [{"type": "Text", "value": "A new editor"}]}],
        },
    ],
}
LEVELS = ["LOAD:ADBE", "TIMEFRAME:1D", "SUPPORT:301.5", "SUPPORT:298.25", "RESISTANCE:355.0"]
LEVELS_TEXT = """I'll mark the levels on your ADBE chart.

**Support:**
- **SUPPORT: 331.40** "Low of last week - buyers came back"
- **SUPPORT: 327.15** "Where it closed before that"

Now at **$340.10**, between **$331.40** and **$352.00**.

"""


def classifier(intent: str, **more: Any) -> str:
    return json.dumps({"intent": intent, "symbol": "ADBE", "confidence": "high", **more})


def _chart_action(text: str, commands: list[str]) -> str:
    data = {"tools_used": ["detect_chart_patterns"], "chart_context": {"symbol": "ADBE", "timeframe": "1D"}}
    answer = {"success": True, "text": text, "chart_commands": commands, "data": data, "error": None}
    return json.dumps(answer, indent=2)


def _news(widgets: list[Any]) -> str:
    words = {"response_text": "What was written on Adobe today:", "query_intent": "news", "symbol": "ADBE"}
    return f"{classifier('news')}\n\n{json.dumps({**words, 'widgets': widgets})}\n"


OUR_OWN = {
    "01_classifier_then_widgets.txt": _news([NEWS_CARD]),
    "02_classifier_only.txt": classifier("news"),
    "03_classifier_then_prose.txt": json.dumps(json.loads(classifier("chart_command")), indent=2)
    + "\n\nADBE (Adobe) at a glance...\n- Last: $340.10 (up $2.05)\n- High: $341.75\n\nMore?\n",
    "04_empty_widgets.txt": _news([{}, {}]),
    "05_truncated_command.txt": classifier("chart_command")
    + '\n\n{"text":"The chart is there.","chart_commands":["LOAD"]}\n\nAnything else on Adobe?\n',
    "06_chart_action_markdown_levels.json": _chart_action(LEVELS_TEXT + "\n".join(LEVELS), LEVELS),
    "07_chart_action_load_only.json": _chart_action(
        "LOAD:ADBE\nTIMEFRAME:1D\nANALYZE:TECHNICAL", ["LOAD:ADBE", "TIMEFRAME:1D", "ANALYZE:TECHNICAL"]
    ),
    "08_double_comma.txt": '{"type":"Card","children":[{"type":"Title","value":"AD"},,{"type":"Divider"}]}\n',
}


def answers(name: str) -> list[str]:
    """The one of ours, and the real one where CHATKIT_HARNESS_DATA names a folder that holds it."""
    folder = os.environ.get("CHATKIT_HARNESS_DATA")
    real = [each.read_text("utf-8") for each in sorted(Path(folder).rglob(name))] if folder else []
    return [OUR_OWN[name], *real]
