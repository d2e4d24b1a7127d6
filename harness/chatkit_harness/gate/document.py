"""A gate's answer as one JSON document, from which every other form is drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from chatkit_harness.core.nouns import Cell, Finding

from .changes import KINDS, CaseChange, CaseKey
from .drive import Driven
from .sides import Side
from .verdict import Compared, Problem, Verdict
from .wire import WireChanges

SCHEMA_VERSION = 1


def document(verdict: Verdict, compared: Compared, driven: Driven) -> dict[str, Any]:
    """The answer, what it rests on, and every change case by case."""
    kinds = Counter(change.kind for change in compared.changes)
    return {
        "schema_version": SCHEMA_VERSION,
        "verdict": verdict.word,
        "status": verdict.status,
        "base": _side(driven.base, driven.base_cell),
        "candidate": _side(driven.candidate, driven.candidate_cell),
        "pins": _pins(driven.base_cell.pins, driven.candidate_cell.pins),
        "summary": {kind: kinds[kind] for kind in KINDS},
        "problems": [_problem(each) for each in verdict.problems],
        "baseline": list(verdict.overdue),
        "accepted": [_finding(each) for each in verdict.accepted],
        "doubts": list(verdict.doubts),
        "base_is_broken": verdict.base_is_broken,
        "wire": [_wire(each) for each in compared.wire],
        "latency": {
            "verdict": compared.latency.word,
            "ratio": compared.latency.ratio,
            "budget": compared.latency.budget,
            "turns": compared.latency.pairs,
            "chance": compared.latency.chance,
        },
        "cases": [_change(each) for each in compared.changes],
    }


def _side(side: Side, cell: Cell) -> dict[str, Any]:
    return {
        "named": side.word,
        "cell": cell.id,
        "chatkit": cell.chatkit,
        "agents": cell.agents,
        "python": cell.python,
        "lock": cell.lock,
        "unresolvable": cell.unresolvable,
        "unavailable": cell.unavailable,
    }


def _pins(before: Mapping[str, str], after: Mapping[str, str]) -> list[dict[str, str | None]]:
    """What differs between the two environments, by name."""
    return [
        {"name": name, "base": before.get(name), "candidate": after.get(name)}
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]


def _problem(problem: Problem) -> dict[str, Any]:
    return {**_finding(problem.finding), "cases": _keys(problem.cases)}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "key": finding.key,
        "message": finding.message,
        "evidence": dict(finding.evidence),
    }


def _wire(each: WireChanges) -> dict[str, Any]:
    change = each.change
    return {
        "change": change.what,
        "place": change.place,
        "effect": change.effect,
        "why": change.why,
        "key": change.key,
        "cases": _keys(each.cases),
    }


def _change(change: CaseChange) -> dict[str, Any]:
    return {
        **_key(change.key),
        "change": change.kind,
        "base": change.base.outcome if change.base else None,
        "candidate": change.candidate.outcome if change.candidate else None,
        "new": [each.key for each in change.new],
        "gone": [each.key for each in change.gone],
        "why": change.why,
    }


def _keys(keys: Iterable[CaseKey]) -> list[dict[str, str]]:
    return [_key(each) for each in keys]


def _key(key: CaseKey) -> dict[str, str]:
    return {
        "path": key.path,
        "scenario": key.scenario,
        "server": key.server,
        "store": key.store,
        "client": key.client,
    }
