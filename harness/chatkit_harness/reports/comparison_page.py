"""A comparison's place in `report.html`, and a page of its own for a comparison of two runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chatkit_harness.comparison.nouns import (
    Comparison,
    Defect,
    Pairing,
    Reason,
    ScenarioComparison,
    Side,
)
from chatkit_harness.comparison.where import cells_of
from chatkit_harness.reports.comparison_rows import (
    CALLS,
    CONTENT,
    DEMONSTRATION,
    STATES,
    VERDICT_STATES,
    Number,
    cells_words,
    decisive_words,
    in_brief,
    numbers,
    sections,
    shown,
)
from chatkit_harness.reports.conversation import Shown, compared_turn
from chatkit_harness.reports.pages import environment
from chatkit_harness.reports.text import PATH_NAMES

_MOST_STATEMENTS = 60
_MOST_SCENARIOS = 200
_BRIEF = (CONTENT, "to the end", CALLS)


@dataclass(frozen=True, slots=True, kw_only=True)
class SideView:
    """One side as the page draws it."""

    name: str
    words_of: str
    cell: str
    outcome: str
    reason: str | None
    turns: list[Shown]
    defects: tuple[Defect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioView:
    """One scenario as the page draws it, by the pairing that stands for the others.

    `reasons` come with the cells in which they hold, empty for all of them. `brief` are figures for a table.
    """

    scenario: ScenarioComparison
    pairing: Pairing
    state: str
    cells: str
    words: list[str]
    reasons: list[tuple[Reason, str]]
    numbers: tuple[Number, ...]
    brief: list[Number]
    sides: list[SideView]


def comparison_values(comparison: Comparison | None) -> dict[str, Any]:
    """What the templates need to draw a comparison; without one they draw nothing of it."""
    if comparison is None:
        return {"comparison": None}
    return {
        "comparison": comparison,
        "comparison_state": STATES[comparison.status],
        "comparison_sections": sections(comparison),
        "compared": [_scenario(each) for each in comparison.scenarios[:_MOST_SCENARIOS]],
        "demonstration": DEMONSTRATION,
        "most_statements": _MOST_STATEMENTS,
    }


def comparison_page(comparison: Comparison) -> str:
    """A page with nothing but the comparison, as text."""
    return environment().get_template("comparison_page.html.j2").render(**comparison_values(comparison))


def _scenario(scenario: ScenarioComparison) -> ScenarioView:
    told, pairing = numbers(scenario), shown(scenario)
    return ScenarioView(
        scenario=scenario,
        pairing=pairing,
        state=VERDICT_STATES[scenario.verdict],
        cells=cells_words(scenario) if len(scenario.cells) > 1 else "",
        words=decisive_words(scenario),
        reasons=[(reason, cells_of(scenario, reason)) for reason in scenario.reasons],
        numbers=told,
        brief=[in_brief(each) for each in told if each.what in _BRIEF],
        sides=[_side(pairing.native), _side(pairing.agent_builder)],
    )


def _side(side: Side) -> SideView:
    return SideView(
        name=PATH_NAMES[side.path],
        words_of=side.words_of,
        cell=side.cell,
        outcome=side.outcome,
        reason=side.reason,
        turns=[compared_turn(turn) for turn in side.turns],
        defects=side.defects,
    )
