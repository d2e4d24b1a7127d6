"""Thread events: each one that goes out against the event schema of the cell's chatkit release."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from chatkit_harness.contracts import catalogue
from chatkit_harness.contracts.validate import event_violations
from chatkit_harness.contracts.violation import Violation
from chatkit_harness.core.errors import SelectionError
from chatkit_harness.core.nouns import Finding, Severity
from chatkit_harness.core.transcript import Transcript, Turn

from . import reading

_PLAIN_ROOT = {"type": "Card", "children": []}
_PLAIN_COMPONENT = {"type": "Text", "value": ""}
_WORDS = frozenset({"id", "item_id", "thread_id", "call_id", "created_at", "text", "delta", "url"})
"""Keys whose text differs from event to event and is of no account, as long as it is text."""


def check(transcript: Transcript) -> Iterator[Finding]:
    """`run/invalid-event`, each kind once: what a release does not name, and items of another thread.

    A property too many is a warning, since clients pass over it. A release whose schemas are not stored
    is not judged, and neither are the answers to HTTP calls.
    """
    release = _release(transcript)
    told: set[str] = set()
    thread = ""
    for turn in transcript.turns:
        if turn.request.get("type") == "http":
            continue
        thread = _thread(turn) or thread
        for number, (_, event) in enumerate(reading.events(turn)):
            for finding in _of_event(event, release, thread):
                if finding.key not in told:
                    told.add(finding.key)
                    yield _placed(finding, turn, number, event)


def _release(transcript: Transcript) -> str | None:
    pinned = transcript.cell.pins.get("openai-chatkit")
    try:
        # An event that a release newer than all that is stored names by itself is no fault of it.
        return pinned if pinned is not None and catalogue.known(pinned).exact else None
    except SelectionError:
        return None


def _thread(turn: Turn) -> str:
    """The thread that a turn is on: the request names it, or the server makes it."""
    asked = reading.words(reading.mapping(turn.request.get("params")).get("thread_id"))
    made = (
        reading.words(reading.mapping(event.get("thread")).get("id"))
        for _, event in reading.events(turn)
        if event.get("type") == "thread.created"
    )
    return asked or next(made, "")


def _of_event(event: Mapping[str, Any], release: str | None, thread: str) -> Iterator[Finding]:
    if release is not None:
        yield from (_finding(violation) for violation in _violations(event, release))
    item = reading.mapping(event.get("item"))
    holder = reading.words(item.get("thread_id"))
    if thread and holder and holder != thread:
        kind = reading.words(item.get("type")) or "item"
        message = f"the {kind} {reading.words(item.get('id'))} is of thread {holder}, not of {thread}"
        yield _made("error", f"wrong-thread:{kind}", message, {"component": kind, "prop": "thread_id"})


def _violations(event: Mapping[str, Any], release: str) -> tuple[Violation, ...]:
    """An event that differs from an earlier one in its words only is not judged again."""
    plain = _without_widgets(event)
    try:
        return _remembered(json.dumps(_shape(plain)), release)
    except (RecursionError, TypeError, ValueError):  # too deep, or no JSON: nothing to remember it by
        return tuple(event_violations(plain, release))


@lru_cache(maxsize=4096)
def _remembered(shape: str, release: str) -> tuple[Violation, ...]:
    return tuple(event_violations(json.loads(shape), release))


def _without_widgets(event: Mapping[str, Any]) -> dict[str, Any]:
    """The event with plain widgets in it: what is inside of them is for the check of widgets."""
    plain = dict(event)
    for holder in ("item", "update"):
        held = plain.get(holder)
        if isinstance(held, Mapping):
            stand_ins = {"widget": _PLAIN_ROOT, "component": _PLAIN_COMPONENT}
            plain[holder] = {**held, **{key: value for key, value in stand_ins.items() if key in held}}
    return plain


def _shape(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {
            str(key): "…" if key in _WORDS and isinstance(value, str) else _shape(value)
            for key, value in node.items()
        }
    return [_shape(each) for each in node] if isinstance(node, list | tuple) else node


def _finding(violation: Violation) -> Finding:
    severity: Severity = "warning" if violation.rule == "unknown-prop" else "error"
    about = f"{violation.component}.{violation.prop}" if violation.prop else violation.component
    evidence = {
        "component": violation.component,
        "prop": violation.prop,
        "path": violation.path,
        "reason": violation.reason,
    }
    return _made(severity, f"{violation.rule}:{about}", violation.reason, evidence)


def _made(severity: Severity, about: str, message: str, evidence: Mapping[str, Any]) -> Finding:
    return Finding(
        rule="run/invalid-event",
        severity=severity,
        key=f"run/invalid-event {about}",
        message=message,
        evidence=evidence,
    )


def _placed(finding: Finding, turn: Turn, number: int, event: Mapping[str, Any]) -> Finding:
    kind = reading.words(event.get("type")) or "(without a type)"
    return Finding(
        rule=finding.rule,
        severity=finding.severity,
        key=finding.key,
        message=f"turn {turn.index + 1}: event {number}, {kind}, is not valid: {finding.message}",
        evidence={"turn": turn.index, "event": number, "type": kind, **finding.evidence},
    )
