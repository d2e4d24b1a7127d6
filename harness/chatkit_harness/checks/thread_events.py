"""Thread events: each one that goes out against the event schema of the cell's chatkit release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chatkit_harness.contracts.violation import Violation
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.transcript import Transcript, Turn

from . import reading, wire_shapes

_RULE = "run/invalid-event"


def check(transcript: Transcript) -> Iterator[Finding]:
    """`run/invalid-event`, each kind once: what a release does not name, and items of another thread.

    A property too many is a warning, since clients pass over it. A release whose schemas are not stored
    is not judged, and neither are the answers to HTTP calls.
    """
    release = wire_shapes.release_of(transcript)
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
        yield from (wire_shapes.finding(_RULE, violation) for violation in _violations(event, release))
    item = reading.mapping(event.get("item"))
    holder = reading.words(item.get("thread_id"))
    if thread and holder and holder != thread:
        kind = reading.words(item.get("type")) or "item"
        message = f"the {kind} {reading.words(item.get('id'))} is of thread {holder}, not of {thread}"
        yield Finding(
            rule=_RULE,
            severity="error",
            key=f"{_RULE} wrong-thread:{kind}",
            message=message,
            evidence={"component": kind, "prop": "thread_id"},
        )


def _violations(event: Mapping[str, Any], release: str) -> tuple[Violation, ...]:
    plain = dict(event)
    for holder in ("item", "update"):
        held = plain.get(holder)
        if isinstance(held, Mapping):
            plain[holder] = wire_shapes.without_widgets(held)
    return wire_shapes.violations(plain, release, "event", "ThreadStreamEvent")


def _placed(finding: Finding, turn: Turn, number: int, event: Mapping[str, Any]) -> Finding:
    kind = reading.words(event.get("type")) or "(without a type)"
    return Finding(
        rule=finding.rule,
        severity=finding.severity,
        key=finding.key,
        message=f"turn {turn.index + 1}: event {number}, {kind}, is not valid: {finding.message}",
        evidence={"turn": turn.index, "event": number, "type": kind, **finding.evidence},
    )
