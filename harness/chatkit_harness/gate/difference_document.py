"""What differs between two runs as one JSON document: `schemas/diff.schema.json`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from chatkit_harness import __version__
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.redaction import redact_strings
from chatkit_harness.results import Results

from .changes import KINDS, CaseChange
from .difference import CellDifference, Difference
from .document import case_form, latency_form, pins_form, wire_form
from .findings import unnamed

SCHEMA_VERSION = 1
_WORDS = {0: "nothing_new", 1: "new_failure", 3: "inconclusive"}


def difference_document(found: Difference) -> dict[str, Any]:
    """The answer, what it rests on, and every case; secrets are left out."""
    told = {
        "schema_version": SCHEMA_VERSION,
        "harness_version": __version__,
        "verdict": _WORDS[found.status],
        "status": found.status,
        "base": _run(found.base),
        "candidate": _run(found.candidate),
        "summary": _summary(found.changes),
        "new": _findings(found, _new),
        "gone": _findings(found, lambda change: change.gone),
        "cells": [_cell(each) for each in found.cells],
        "only_base": list(found.only_base),
        "only_candidate": list(found.only_candidate),
        "doubts": list(found.doubts),
        "notes": list(found.notes),
        "wire": _wire(found.cells),
        "cases": [
            {"base_cell": cell.base.id, "candidate_cell": cell.candidate.id, **case_form(change)}
            for cell in found.cells
            for change in cell.changes
        ],
    }
    clean: dict[str, Any] = redact_strings(told, json.dumps(told, ensure_ascii=False, default=repr))
    return clean


def _run(run: Results) -> dict[str, Any]:
    return {
        "folder": str(run.folder),
        "started": run.header.started,
        "harness_version": run.header.harness_version,
        "interrupted": run.interrupted,
        "cells": len(run.cells),
        "cases": len(run.cases),
    }


def _summary(changes: Iterable[CaseChange]) -> dict[str, int]:
    kinds = Counter(change.kind for change in changes)
    return {kind: kinds[kind] for kind in KINDS}


def _findings(found: Difference, chosen: Callable[[CaseChange], Iterable[Finding]]) -> list[dict[str, Any]]:
    """Each finding once, with the cells and scenarios in which it differs; the commonest first."""
    told: dict[tuple[str, str], dict[str, Any]] = {}
    for cell in found.cells:
        for change in cell.changes:
            for each in chosen(change):
                empty = {"rule": each.rule, "key": each.key, "message": each.message, "cases": 0}
                entry = told.setdefault((each.rule, each.key), {**empty, "cells": {}, "scenarios": {}})
                entry["cases"] += 1
                entry["cells"][cell.candidate.id] = None
                entry["scenarios"][change.key.scenario] = None
    for entry in told.values():
        entry |= {name: list(entry[name]) for name in ("cells", "scenarios")}
    return sorted(told.values(), key=lambda each: -each["cases"])


def _new(change: CaseChange) -> Iterable[Finding]:
    """What fails newly; a case that says nothing itself is told by its reason."""
    if change.kind not in ("new_failure", "other_failure"):
        return ()
    return change.new or (unnamed(change.candidate),)


def _cell(each: CellDifference) -> dict[str, Any]:
    return {
        "base": each.base.id,
        "candidate": each.candidate.id,
        "pins": pins_form(each.base.pins, each.candidate.pins),
        "summary": _summary(each.changes),
        "latency": latency_form(each.latency),
    }


def _wire(cells: Iterable[CellDifference]) -> list[dict[str, Any]]:
    """Each change of the wire once, with the cells in which it was met; breaking ones first."""
    told: dict[str, dict[str, Any]] = {}
    for cell in cells:
        for each in cell.wire:
            entry = told.setdefault(each.change.key, {**wire_form(each), "cases": 0, "cells": []})
            entry["cases"] += len(each.cases)
            entry["cells"].append(cell.candidate.id)
    return sorted(told.values(), key=lambda each: (each["effect"] != "breaking", each["key"]))
