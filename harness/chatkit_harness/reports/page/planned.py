"""What a scenario says of its cases beforehand: of every case, whether the page has it in full or not.

The document (`plans` of the block `run`, each once; `plan` says by column which):

    budgets     {first_event_ms, widget_ms, total_ms, model_calls}: those that are set
    opened      by turn, the chart that the page shows when it is asked: {symbol, timeframe or null}, or null
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chatkit_harness.checks import reading
from chatkit_harness.comparison.charts import opened
from chatkit_harness.comparison.nouns import OpenChart
from chatkit_harness.reports.text import clip

_BUDGETS = ("first_event_ms", "widget_ms", "total_ms", "model_calls")
_MOST_TURNS = 200
_SHORT = 40


def plan_of(document: Mapping[str, Any], path: str) -> dict[str, Any]:
    """The document of a scenario on a path."""
    own = reading.mapping(document.get("agent_builder")) if path == reading.WORKFLOW else {}
    budgets = reading.mapping(own.get("budgets") or document.get("budgets"))
    turns = min(len(reading.sequence(document.get("turns"))), _MOST_TURNS)
    charts = [chart_of(opened(document, turn)) for turn in range(max(turns, 1))]
    return {
        "budgets": {key: budgets[key] for key in _BUDGETS if budgets.get(key) is not None},
        "opened": charts if any(charts) else [],
    }


def chart_of(chart: OpenChart | None) -> dict[str, Any] | None:
    """A chart that the page shows, as scripts read it."""
    if chart is None:
        return None
    timeframe = clip(chart.timeframe, _SHORT) if chart.timeframe else None
    return {"symbol": clip(chart.symbol, _SHORT), "timeframe": timeframe}
