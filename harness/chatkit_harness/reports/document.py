"""The one document that scripts may rely on: `results.json`, and what `--format json` prints.

Its schema is `schemas/results.schema.json`. It is written in pieces: of a full sweep it is 100 megabytes.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from chatkit_harness.causes import causes_of
from chatkit_harness.core.codec import to_document
from chatkit_harness.core.nouns import CaseResult, Cause, Cell, Finding
from chatkit_harness.results import Results, summary

SCHEMA_VERSION = 1

_CELL = ("id", "chatkit", "agents", "python", "resolution", "lock", "isolation", "pins", "lacks", "seconds")
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
    "fingerprint",
    "confirmed",
)
_CAUSE = (
    "key",
    "title",
    "cases",
    "confirmed",
    "culprit",
    "advice",
    "ranges",
    "suspect",
    "reproduce",
)
_FINDING = tuple(field.name for field in dataclasses.fields(Finding))


def result_document(results: Results) -> dict[str, Any]:
    """A run as one JSON document, held whole; `document_pieces` gives a big one piece by piece."""
    document = json.loads("".join(document_pieces(results)))
    assert isinstance(document, dict)  # noqa: S101 - the pieces begin with a brace
    return document


def document_pieces(results: Results) -> Iterator[str]:
    """The document as JSON text, one line a cell, a case and a cause: easy to compare, cheap to write.

    `run` holds what the other keys have no room for.
    """
    causes = causes_of(results)
    yield f'{{\n"schema_version": {SCHEMA_VERSION},\n"cells": '
    yield from _list(results.cells, _CELL)
    yield ',\n"cases": '
    yield from _list(results.cases, _CASE)
    yield ',\n"causes": '
    yield from _list(causes, _CAUSE)
    yield f',\n"summary": {_text(summary(results.cases))},\n"run": {_text(_run(results))}\n}}\n'


def _list(nouns: Iterable[Cell | CaseResult | Cause], keys: tuple[str, ...]) -> Iterator[str]:
    before = "["
    for noun in nouns:
        yield f"{before}\n{_text({key: _member(noun, key) for key in keys})}"
        before = ","
    yield "[]" if before == "[" else "\n]"


def _member(noun: Cell | CaseResult | Cause, key: str) -> Any:
    value = getattr(noun, key)
    if key == "findings":
        return [{name: getattr(each, name) for name in _FINDING} for each in value]
    return value


def _text(value: Any) -> str:
    try:
        # The short way takes what a results file can hold as it is, and says so where it cannot.
        return json.dumps(value, allow_nan=False, default=_within)
    except (TypeError, ValueError):
        return json.dumps(plain(to_document(value)), allow_nan=False)


def _within(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return to_document(value) if dataclasses.is_dataclass(value) else repr(value)


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
        "shard": header.matrix.get("shard"),
        "enforcement": header.enforcement,
        "pacing": header.pacing,
        "checks": list(header.checks),
        "scenarios": sorted(header.scenarios),
        "host": to_document(header.host),
        "index": header.index,
        "reasons": {c.id: c.unresolvable or c.unavailable for c in results.cells if _reason(c)},
        "complaints": to_document(results.complaints),
        "notes": list(results.notes),
        **({"rechecked": to_document(footer.rechecked)} if footer and footer.rechecked else {}),
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
