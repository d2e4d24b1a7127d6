"""The one document that scripts may rely on: `results.json`, and what `--format json` prints.

Its schema is `schemas/results.schema.json`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from chatkit_harness.causes import group
from chatkit_harness.core.codec import to_document
from chatkit_harness.core.nouns import CaseResult, Cause, Cell
from chatkit_harness.results import Results, summary

SCHEMA_VERSION = 1

_CELL = ("id", "chatkit", "agents", "python", "resolution", "lock", "isolation", "pins")
_CASE = (
    "id",
    "cell",
    "path",
    "scenario",
    "server",
    "store",
    "client",
    "attempt",
    "outcome",
    "reason",
    "findings",
    "timing",
    "transcript",
)
_CAUSE = ("key", "title", "cases", "confirmed", "culprit", "advice")


def result_document(results: Results) -> dict[str, Any]:
    """A run as one JSON document; `run` holds what the other keys have no room for."""
    causes = results.footer.causes if results.footer else group(results.cases, results.cells)
    return {
        "schema_version": SCHEMA_VERSION,
        "cells": [_picked(cell, _CELL) for cell in results.cells],
        "cases": [_picked(case, _CASE) for case in results.cases],
        "causes": [_picked(cause, _CAUSE) for cause in causes],
        "summary": summary(results.cases),
        "run": plain(_run(results)),
    }


def document_text(results: Results) -> str:
    """The document as JSON text, one line a cell, a case and a cause: easy to compare, cheap to write."""
    members = []
    for key, value in result_document(results).items():
        if isinstance(value, list) and value:
            body = "[\n" + ",\n".join(json.dumps(each, allow_nan=False) for each in value) + "\n]"
        else:
            body = json.dumps(value, allow_nan=False)
        members.append(f'"{key}": {body}')
    return "{\n" + ",\n".join(members) + "\n}\n"


def _picked(noun: Cell | CaseResult | Cause, keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: plain(to_document(getattr(noun, key))) for key in keys}


def _run(results: Results) -> dict[str, Any]:
    header, footer = results.header, results.footer
    return {
        "harness_version": header.harness_version,
        "started": header.started,
        "finished": footer.finished if footer else None,
        "interrupted": results.interrupted,
        "command": list(header.command),
        "selection": to_document(header.selection),
        "matrix": to_document(header.matrix),
        "enforcement": header.enforcement,
        "pacing": header.pacing,
        "checks": list(header.checks),
        "scenarios": sorted(header.scenarios),
        "host": to_document(header.host),
        "index": header.index,
        "reasons": {c.id: c.unresolvable or c.unavailable for c in results.cells if _reason(c)},
        "complaints": to_document(results.complaints),
        "notes": list(results.notes),
    }


def _reason(cell: Cell) -> bool:
    return bool(cell.unresolvable or cell.unavailable)


def plain(value: Any) -> Any:
    """A copy that is JSON to every reader: NaN and infinities, which a server may send, become words."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, (str, int, float)):
        return value
    return repr(value)
