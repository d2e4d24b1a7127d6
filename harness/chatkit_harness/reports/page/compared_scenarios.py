"""Each scenario of a comparison as the page has it, by the pairing that stands for the others.

    name, title, fault, verdict, state, sign
    cells       how the cells were judged, in words; `pairings` one by one: [{cell, verdict, alike (how many
                cells), cases {native, agent_builder: {case, cell, outcome, sign}}}]
    words       in what the sides differ: what decides, else that nothing does
    reasons     [{words, decides, favours, cells}], `cells` in words where it is not all of them
    same        how many facts both sides give; `only` {native, agent_builder: [text]} those of one alone
    numbers     [[what, native, agent_builder]] medians over the cells; `brief` the same, for a narrow table
    moments     [[what, native, agent_builder]], a side being [overhead ms, model ms or null, at most,
                assumed model ms or null] or null
    sides       {native, agent_builder}: {words_of, case, cell, outcome, sign, reason, defects
                [{rule, severity, count, words}], turns}
    a turn      {user, opened {symbol, timeframe} or null, parts [[kind, text]], widgets, commands, problems,
                nothing, message, found, stages [[name, agent, ms]]}: kind is `said`, or `leak` for raw JSON;
                `nothing`: nothing came of it

Texts and widgets are numbers on shelves.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chatkit_harness.comparison.nouns import Defect, Fact, Pairing, ScenarioComparison, Side, SideTurn
from chatkit_harness.comparison.where import cells_of
from chatkit_harness.frontend import read
from chatkit_harness.reports.comparison_rows import (
    CALLS,
    CONTENT,
    END,
    VERDICT_SIGNS,
    VERDICT_STATES,
    Number,
    cells_words,
    decisive_words,
    in_brief,
    moments,
    numbers,
    shown,
)
from chatkit_harness.reports.conversation import found_words
from chatkit_harness.reports.page.planned import chart_of
from chatkit_harness.reports.text import SYMBOLS, clean, clip

_BRIEF = (CONTENT, END, CALLS)
_MOST_FACTS = 30
_MOST_TURNS = 40
_MOST_COMMANDS = 200


class Shelf:
    """Texts and widgets, each once, by number; what is longer than `cut` is cut."""

    def __init__(self, cut: int) -> None:
        self.texts: list[str] = []
        self.widgets: list[Any] = []
        self._cut = cut
        self._places: dict[str, int] = {}

    def text(self, text: str) -> int:
        """Where a text is."""
        told = clean(text)
        rest = len(told) - self._cut
        return self._put("text", f"{told[: self._cut]}\n… ({rest:,} more characters)" if rest > 0 else told)

    def widget(self, widget: Mapping[str, Any]) -> int:
        """Where a widget is; of one that is too large there is a note in its place."""
        written = clean(json.dumps(widget, ensure_ascii=False))
        if len(written) > 10 * self._cut:
            kind, size = clip(str(widget.get("type")), 60), f"{len(written):,}"
            note = f"A widget ({kind}) of {size} characters: too large for this page."
            written = json.dumps({"type": "Text", "value": note})
        return self._put("widget", written)

    def _put(self, kind: str, written: str) -> int:
        key = f"{kind}:{written}"
        if key not in self._places:
            shelf: list[Any] = self.texts if kind == "text" else self.widgets
            self._places[key] = len(shelf)
            shelf.append(written if kind == "text" else json.loads(written))
        return self._places[key]


def compared_scenario(scenario: ScenarioComparison, shelf: Shelf) -> dict[str, Any]:
    """One scenario; its long texts and its widgets are put on the shelf."""
    told, pairing = numbers(scenario), shown(scenario)
    content = pairing.content
    return {
        "name": clean(scenario.scenario),
        "title": clip(scenario.title, 200),
        "fault": clip(scenario.fault, 200) if scenario.fault else None,
        "verdict": scenario.verdict,
        "state": VERDICT_STATES[scenario.verdict],
        "sign": VERDICT_SIGNS[scenario.verdict],
        "cells": cells_words(scenario),
        "pairings": [_pairing(each) for each in scenario.pairings],
        "words": [clip(words, 420) for words in decisive_words(scenario)],
        "reasons": _reasons(scenario),
        "same": content.same,
        "only": {"native": _facts(content.native_only), "agent_builder": _facts(content.agent_builder_only)},
        "numbers": [_row(each) for each in told],
        "brief": [_row(in_brief(each)) for each in told if each.what in _BRIEF],
        "moments": _moments(scenario),
        "cell": clean(pairing.cell),
        "joined": clean(pairing.joined),
        "sides": _sides(pairing, shelf),
    }


def _pairing(pairing: Pairing) -> dict[str, Any]:
    return {
        "cell": clean(pairing.cell),
        "verdict": pairing.verdict,
        "alike": len(pairing.alike),
        "cases": {each.path: _case(each) for each in (pairing.native, pairing.agent_builder)},
    }


def _case(side: Side) -> dict[str, Any]:
    """Which case a side is, and what came of it."""
    return {
        "case": clean(side.case),
        "cell": clean(side.cell),
        "outcome": side.outcome,
        "sign": SYMBOLS[side.outcome],
    }


def _reasons(scenario: ScenarioComparison) -> list[dict[str, Any]]:
    return [
        {
            "words": clip(reason.words, 500),
            "decides": reason.decides,
            "favours": reason.favours,
            "cells": clean(cells_of(scenario, reason)),
        }
        for reason in scenario.reasons
    ]


def _facts(facts: Sequence[Fact]) -> list[str]:
    told = list(dict.fromkeys(clip(fact.shown, 120) for fact in facts))
    rest = len(told) - _MOST_FACTS
    return [*told[:_MOST_FACTS], f"and {rest} more"] if rest > 0 else told


def _row(number: Number) -> list[str]:
    return [number.what, number.native, number.agent_builder]


def _moments(scenario: ScenarioComparison) -> list[list[Any]]:
    def told(moment: Any) -> list[Any] | None:
        if moment.overhead_ms is None:
            return None
        model, assumed = (None if ms is None else round(ms, 1) for ms in (moment.model_ms, moment.assumed_ms))
        return [round(moment.overhead_ms, 1), model, moment.at_most, assumed]

    return [[what, told(native), told(there)] for what, native, there in moments(scenario)]


def _sides(pairing: Pairing, shelf: Shelf) -> dict[str, Any]:
    return {each.path: _side(each, shelf) for each in (pairing.native, pairing.agent_builder)}


def _side(side: Side, shelf: Shelf) -> dict[str, Any]:
    return {
        **_case(side),
        "words_of": clip(side.words_of, 300),
        "reason": clip(side.reason, 600) if side.reason else None,
        "defects": [_defect(each) for each in side.defects],
        "turns": [_turn(turn, shelf) for turn in side.turns[:_MOST_TURNS]],
        "turns_left_out": max(0, len(side.turns) - _MOST_TURNS),
    }


def _defect(defect: Defect) -> dict[str, Any]:
    return {
        "rule": clean(defect.rule),
        "severity": "on purpose" if defect.expected else defect.severity,
        "count": defect.count,
        "words": clip(defect.message, 300),
    }


def _turn(turn: SideTurn, shelf: Shelf) -> dict[str, Any]:
    return {
        "user": shelf.text(turn.user),
        "opened": chart_of(turn.opened),
        "parts": [[kind, shelf.text(text)] for kind, text in _parts(turn)],
        "widgets": [shelf.widget(widget) for widget in turn.widgets],
        "commands": [clip(each, 400) for each in turn.commands[:_MOST_COMMANDS]],
        "problems": [clip(each, 600) for each in turn.problems],
        "nothing": not turn.answered and not turn.problems,
        "message": shelf.text(turn.message) if turn.message is not None else None,
        "found": found_words(read(turn.message)) if turn.message is not None else "",
        "stages": [
            [clip(stage.name, 60), clip(stage.agent, 80) if stage.agent else None, round(stage.ms, 2)]
            for stage in turn.stages
        ],
    }


def _parts(turn: SideTurn) -> Iterator[tuple[str, str]]:
    """The text as the user reads it, in parts: what was meant, and raw JSON that was left in it."""
    rest = turn.text
    for raw in turn.raw_json:
        before, found, after = rest.partition(raw)
        if not found:
            continue
        if before.strip():
            yield "said", before.strip("\n")
        yield "leak", raw
        rest = after
    if rest.strip():
        yield "said", rest.strip("\n")
