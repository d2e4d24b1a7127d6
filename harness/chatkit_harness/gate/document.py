"""A gate's answer as one JSON document, from which every other form is drawn: `schemas/gate.schema.json`."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from chatkit_harness import __version__
from chatkit_harness.core.codec import to_document
from chatkit_harness.core.nouns import CaseResult, Cell, Finding
from chatkit_harness.core.redaction import redact_strings
from chatkit_harness.engine.sides import Side
from chatkit_harness.reports.document import plain

from .baseline import Accepted, Baseline
from .changes import KINDS, CaseChange, CaseKey
from .drive import Driven
from .latency import Latency
from .places import Place, SideFile, known_place
from .problems import Problem, culprit_form
from .verdict import Borne, Compared, Verdict
from .wire import WireChanges

SCHEMA_VERSION = 1
_PAIR = ("openai-agents", "openai-chatkit")
_FEW = 3
"""A suspicion of more changes than that points at no line."""
_WHERE = re.compile(r"^(?P<file>.+?):(?P<line>\d+): (?P<message>.*)$", re.DOTALL)


def document(
    verdict: Verdict,
    compared: Compared,
    driven: Driven,
    *,
    baseline: Baseline | None = None,
    update: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The answer, what it rests on, and every change case by case; secrets are left out.

    Of the `baseline` it is told which reasons are still to be given; `update` is what was done to it
    (`update.update_form`).
    """
    kinds = Counter(change.kind for change in compared.changes)
    base, candidate = SideFile(driven.base), SideFile(driven.candidate)
    pins = pins_form(driven.base_cell.pins, driven.candidate_cell.pins)
    told = {
        "schema_version": SCHEMA_VERSION,
        "harness_version": __version__,
        "verdict": verdict.word,
        "status": verdict.status,
        "base": _side(driven.base, driven.base_cell, base),
        "candidate": _side(driven.candidate, driven.candidate_cell, candidate),
        "pins": pins,
        "summary": {kind: kinds[kind] for kind in KINDS},
        "problems": [_problem(each, candidate, pins) for each in verdict.problems],
        "baseline": [_trouble(each) for each in verdict.overdue],
        "accepted": [_accepted(each) for each in verdict.accepted],
        "doubts": list(verdict.doubts),
        "notes": [_trouble(each) for each in (*driven.notes, *_notes((baseline or Baseline()).accepted))],
        "base_is_broken": verdict.base_is_broken,
        "wire": [wire_form(each) for each in compared.wire],
        "latency": latency_form(compared.latency),
        "cases": [case_form(each) for each in compared.changes],
        "update": update,
    }
    clean: dict[str, Any] = redact_strings(told, json.dumps(told, ensure_ascii=False, default=repr))
    return clean


def _side(side: Side, cell: Cell, file: SideFile) -> dict[str, Any]:
    return {
        "named": side.word,
        "revision": side.revision,
        "cell": cell.id,
        "chatkit": cell.chatkit,
        "agents": cell.agents,
        "python": cell.python,
        "lock": cell.lock,
        "unresolvable": cell.unresolvable,
        "unavailable": cell.unavailable,
        "place": _place(file.place()),
    }


def pins_form(before: Mapping[str, str], after: Mapping[str, str]) -> list[dict[str, str | None]]:
    """What differs between the two environments, by name."""
    return [
        {"name": name, "base": before.get(name), "candidate": after.get(name)}
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]


def _problem(problem: Problem, candidate: SideFile, pins: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One cause with its findings, its culprit, and where in the user's file that one stands."""
    findings = [_finding(each) for each in problem.findings]
    culprit = culprit_form(problem.culprit)
    return {
        **findings[0],
        "key": problem.key,
        "title": problem.title,
        "findings": findings,
        "cases": _keys(problem.cases),
        "culprit": culprit,
        "reproduce": problem.reproduce,
        "place": _place(candidate.place(_suspects(culprit, pins))),
    }


def _suspects(culprit: Mapping[str, Any] | None, pins: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Distributions whose line a reader wants to see, likeliest first."""
    if culprit is not None and (culprit["verdict"] == "found" or len(culprit["changes"]) <= _FEW):
        if culprit["first_bad"]:
            yield culprit["first_bad"]["name"]
        yield from (each["name"] for each in culprit["changes"])
    moved = {each["name"] for each in pins}
    yield from sorted(_PAIR, key=lambda name: name not in moved)


def _place(place: Place | None) -> dict[str, Any] | None:
    return {"file": place.file, "line": place.line} if place else None


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "key": finding.key,
        "message": finding.message,
        "evidence": plain(to_document(dict(finding.evidence))),
    }


def _trouble(told: str) -> dict[str, Any]:
    """What is said of the baseline, parted from its place."""
    found = _WHERE.match(told)
    if found is None:
        return {"message": told, "place": None}
    return {"message": found["message"], "place": _entry_place(f"{found['file']}:{found['line']}")}


def _entry_place(where: str) -> dict[str, Any] | None:
    """Where an entry of the baseline stands, as a repository's tools name it."""
    file, _, line = where.rpartition(":")
    return {"file": known_place(Path(file), Path.cwd()), "line": int(line)} if file else None


def _accepted(borne: Borne) -> dict[str, Any]:
    """A finding that an entry of the baseline passes over, with why, and in which cases."""
    return {
        **_finding(borne.finding),
        "cases": _keys(borne.cases),
        "reason": borne.entry.reason,
        "expires": borne.entry.expires.isoformat(),
        "place": _entry_place(borne.entry.where),
    }


def _notes(entries: Iterable[Accepted]) -> Iterator[str]:
    for entry in entries:
        if entry.unexplained:
            yield f"{entry.where}: nobody has said yet why {entry.key!r} is accepted. Write it under reason."


def wire_form(each: WireChanges) -> dict[str, Any]:
    """A change of the wire with its cases."""
    change = each.change
    return {
        "change": change.what,
        "place": change.place,
        "effect": change.effect,
        "why": change.why,
        "key": change.key,
        "cases": _keys(each.cases),
    }


def latency_form(found: Latency) -> dict[str, Any]:
    """How the times compare."""
    return {
        "verdict": found.word,
        "ratio": found.ratio,
        "budget": found.budget,
        "turns": found.pairs,
        "chance": found.chance,
    }


def case_form(change: CaseChange) -> dict[str, Any]:
    """What became of one case; times in milliseconds."""
    return {
        **_key(change.key),
        "change": change.kind,
        "base": change.base.outcome if change.base else None,
        "candidate": change.candidate.outcome if change.candidate else None,
        "base_ms": _ms(change.base),
        "candidate_ms": _ms(change.candidate),
        "new": [each.key for each in change.new],
        "gone": [each.key for each in change.gone],
        "why": change.why,
    }


def _ms(case: CaseResult | None) -> float | None:
    return (case.timing.get("driver_ms") or case.timing.get("total_ms")) if case else None


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
