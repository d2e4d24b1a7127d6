"""What travels on the wire against the schemas of the cell's chatkit release, each shape judged once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from chatkit_harness.contracts import catalogue
from chatkit_harness.contracts.formats import is_address, is_sent_time
from chatkit_harness.contracts.strict import Kind
from chatkit_harness.contracts.validate import judge
from chatkit_harness.contracts.violation import Violation
from chatkit_harness.core.errors import SelectionError
from chatkit_harness.core.nouns import Finding, Severity
from chatkit_harness.core.transcript import Transcript

_STAND_INS: Mapping[str, Any] = {
    "widget": {"type": "Card", "children": []},
    "component": {"type": "Text", "value": ""},
}
_WORDS = frozenset({"id", "item_id", "thread_id", "call_id", "text", "delta"})
"""Keys whose text differs from document to document and is of no account, as long as it is text."""
_FORMED: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "created_at": (is_sent_time, "2026-01-01T00:00:00"),
    "url": (is_address, "https://example.org/"),
}
"""Keys whose text is of no account as long as it has its form, with one text that has."""


def release_of(transcript: Transcript) -> str | None:
    """The chatkit release to judge by; None where there is none, or where its schemas are not stored."""
    pinned = transcript.cell.pins.get("openai-chatkit")
    try:
        # What a release newer than all that is stored names by itself is no fault of it.
        return pinned if pinned is not None and catalogue.known(pinned).exact else None
    except SelectionError:
        return None


def violations(
    document: Mapping[str, Any], release: str, kind: Kind, definition: str
) -> tuple[Violation, ...]:
    """What a document does that a definition of the release's schema of that kind does not allow.

    One that differs from an earlier one in its words only is not judged again.
    """
    try:
        return _remembered(json.dumps(_shape(document)), release, kind, definition)
    except (RecursionError, TypeError, ValueError):  # too deep, or no JSON: nothing to remember it by
        return tuple(judge(release, kind).judged(document, definition))


@lru_cache(maxsize=4096)
def _remembered(shape: str, release: str, kind: Kind, definition: str) -> tuple[Violation, ...]:
    return tuple(judge(release, kind).judged(json.loads(shape), definition))


def _shape(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {
            str(key): _standing_for(str(key), value) if isinstance(value, str) else _shape(value)
            for key, value in node.items()
        }
    return [_shape(each) for each in node] if isinstance(node, list | tuple) else node


def _standing_for(key: str, text: str) -> str:
    """One text for all that are judged alike under a key."""
    if key in _FORMED:
        has_form, example = _FORMED[key]
        return example if has_form(text) else text
    return "…" if key in _WORDS else text


def defines(release: str, definition: str) -> bool:
    """Whether the schema of a release's events, and of its answers, has such a definition."""
    return definition in catalogue.schema("event", release)["$defs"]


def without_widgets(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item or an update with a plain widget in it: what is inside is for the check of widgets."""
    return {**item, **{key: value for key, value in _STAND_INS.items() if key in item}}


def finding(rule: str, violation: Violation) -> Finding:
    """A violation as a finding; a property too many is a warning, since readers pass over it."""
    severity: Severity = "warning" if violation.rule == "unknown-prop" else "error"
    about = f"{violation.component}.{violation.prop}" if violation.prop else violation.component
    evidence = {
        "component": violation.component,
        "prop": violation.prop,
        "path": violation.path,
        "reason": violation.reason,
    }
    return Finding(
        rule=rule,
        severity=severity,
        key=f"{rule} {violation.rule}:{about}",
        message=violation.reason,
        evidence=evidence,
    )
