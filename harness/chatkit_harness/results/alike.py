"""Whether two runs or two transcripts say the same, but for times, ids, the machine and the order of work."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from chatkit_harness.core.codec import to_document
from chatkit_harness.core.nouns import CaseResult, Cause, Cell, Finding
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.results.plain import TIME, Plain
from chatkit_harness.results.reader import Results

_COSTS = frozenset({"at_ms", "sent_at_ms", "ended_at_ms", "cpu_ms", "starved_ms", "ms"})
"""What a transcript measures. `critical_ms` is of the recording, and the same whenever it is played."""

_DURATION = re.compile(r"\b\d+(?:\.\d+)? ?(?:ms|s|seconds|milliseconds)\b")


def plain_form(results: Results) -> dict[str, Any]:
    """A run as a document in which only what it found is left: cells, cases and causes by their names.

    Left out are times, costs, attempts, ids, evidence, where things lie, the isolation, the order in which
    things were done, and everything about the run itself.
    """
    outcomes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for case in results.cases:
        outcomes[case.cell][case.outcome] += 1
    causes = results.footer.causes if results.footer else ()
    return {
        "cells": {each.id: _cell(each, outcomes[each.id]) for each in _sorted(results.cells, "id")},
        "cases": {each.id: case_form(each) for each in _sorted(results.cases, "id")},
        "causes": {each.key: _cause(each) for each in _sorted(causes, "key")},
    }


def transcript_form(transcript: Transcript) -> dict[str, Any]:
    """A transcript as a document without times and costs; generated ids are numbered as they appear.

    Two cases that did the same, in whichever isolation and on whichever machine, have the same form.
    """
    plain = Plain().document(to_document(transcript), without=_COSTS)
    assert isinstance(plain, dict)  # noqa: S101 - a transcript's document is an object
    return plain


def differences(one: Any, other: Any) -> list[str]:
    """What differs between two runs (as read, or in plain form) or two transcripts (as read, or in form).

    One sentence each, with the place; an empty list where they are alike.
    """
    return list(_differences(_form(one), _form(other), ""))


def _form(value: Any) -> Any:
    if isinstance(value, Results):
        return plain_form(value)
    return transcript_form(value) if isinstance(value, Transcript) else value


def _cell(cell: Cell, outcomes: Mapping[str, int]) -> dict[str, Any]:
    return {
        "chatkit": cell.chatkit,
        "agents": cell.agents,
        "python": cell.python,
        "resolution": cell.resolution,
        "pins": dict(sorted(cell.pins.items())),
        "lock": cell.lock,
        "unresolvable": _said(cell.unresolvable),
        "unavailable": _said(cell.unavailable),
        "lacks": sorted(cell.lacks),
        "outcomes": dict(sorted(outcomes.items())),
    }


def case_form(case: CaseResult) -> dict[str, Any]:
    """What a case came to, without what it cost and the evidence."""
    return {
        "cell": case.cell,
        "path": case.path,
        "scenario": case.scenario,
        "server": case.server,
        "store": case.store,
        "client": case.client,
        "outcome": case.outcome,
        "reason": _said(case.reason),
        "findings": [_finding(each) for each in case.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "key": _said(finding.key),
        "message": _said(finding.message),
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "title": _said(cause.title),
        "cases": sorted(cause.cases),
        "culprit": cause.culprit,
        "ranges": list(cause.ranges),
        "suspect": cause.suspect,
    }


def _said(text: str | None) -> str | None:
    """A sentence by itself: its ids are numbered in it, and durations are left out."""
    return None if text is None else _DURATION.sub(TIME, Plain().text(text))


def _sorted(nouns: Any, by: str) -> list[Any]:
    return sorted(nouns, key=lambda noun: str(getattr(noun, by)))


def _differences(one: Any, other: Any, where: str) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys([*one, *other]):
            place = f"{where}.{key}" if where else str(key)
            if key not in other:
                yield f"{place} is only in the first: {_short(_text(one[key]))}."
            elif key not in one:
                yield f"{place} is only in the second: {_short(_text(other[key]))}."
            else:
                yield from _differences(one[key], other[key], place)
    elif isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            yield f"{where} has {len(one)} in the first, {len(other)} in the second."
        for number, (left, right) in enumerate(zip(one, other, strict=False)):
            yield from _differences(left, right, f"{where}[{number}]")
    elif _text(one) != _text(other):
        left, right = _text(one), _text(other)
        pairs = enumerate(zip(left, right, strict=False))
        same = next((place for place, (one_of, other_of) in pairs if one_of != other_of), 0)
        yield f"{where} is {_short(left, same)} in the first, {_short(right, same)} in the second."


def _text(value: Any) -> str:
    """As JSON, in which 1, 1.0, true and "1" differ, and NaN is like itself."""
    return json.dumps(value, sort_keys=True, default=repr)


def _short(text: str, same: int = 0) -> str:
    """A text, or that part of a long one where it stops being the same."""
    start = max(0, min(same - 40, len(text) - 160)) if len(text) > 160 else 0
    return ("…" if start else "") + text[start : start + 160] + ("…" if len(text) > start + 160 else "")
