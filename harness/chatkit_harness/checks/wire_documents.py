"""Requests and JSON answers against the schemas of the cell's chatkit release, as its events are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.transcript import Transcript, Turn

from . import reading, wire_shapes
from .items import SYNC_ACTION

REQUEST, ANSWER = "run/invalid-request", "run/invalid-answer"
_FOREIGN = frozenset({"http", "not_offered"})
"""What a turn does that is no ChatKit request."""
_READ_BACK = "what was read back"

_Part = tuple[str, str, Mapping[str, Any]]
"""Where a part of an answer stands, the definition that it is held to, and the part."""
_NO_ITEMS: Mapping[str, Any] = {"data": [], "has_more": False}
"""Stands for a thread's page of items, which is judged by itself."""
ANSWERS: Mapping[str, str] = {
    "threads.get_by_id": "Thread",
    "threads.update": "Thread",
    "attachments.create": "Attachment",
    "input.transcribe": "TranscriptionResult",
    SYNC_ACTION: "SyncCustomActionResponse",
}
"""The definition that a request's answer is held to, of those that are answered with one document."""


def check(transcript: Transcript) -> Iterator[Finding]:
    """`run/invalid-request` and `run/invalid-answer`, each kind once.

    A request is no fault of the server's, and what a release refuses is told as that: it is a warning.
    Answers to HTTP calls are judged by `http_answers`, widgets by the check of widgets; a release whose
    schemas are not stored is not judged, and neither is an answer that no model of chatkit's describes.
    """
    release = wire_shapes.release_of(transcript)
    if release is None or transcript.path != "native":
        return
    told: set[str] = set()
    for finding in _all(transcript, release):
        if finding.key not in told:
            told.add(finding.key)
            yield finding


def _all(transcript: Transcript, release: str) -> Iterator[Finding]:
    for turn in transcript.turns:
        kind = reading.words(turn.request.get("type"))
        if kind in _FOREIGN:
            continue
        for violation in wire_shapes.violations(turn.request, release, "request", "ChatKitReq"):
            found = replace(wire_shapes.finding(REQUEST, violation), severity="warning")
            yield _placed(found, turn, f"the request, {kind or '(without a type)'},", {"type": kind})
        if turn.end == "done":
            for found in _of_parts(_parts(kind, turn.response), release):
                yield _placed(found, turn, f"the answer to {kind}", {"type": kind})
    stored = transcript.stored
    if stored is not None and stored.raised is None:
        thread = {**stored.thread, "items": _NO_ITEMS} if stored.thread is not None else None
        items = ((f"$.items[{n}]", "ThreadItem", item) for n, item in enumerate(stored.items))
        parts: list[_Part] = [] if thread is None else [("$", "Thread", thread)]
        for found in _of_parts([*parts, *items], release):
            yield _placed(found, None, _READ_BACK, {"type": "threads.get_by_id"})


def _parts(kind: str, answer: Any) -> Iterator[_Part]:
    """The parts of an answer that are documents of chatkit's."""
    document = reading.mapping(answer)
    definition = ANSWERS.get(kind)
    if definition == "Thread":
        yield from _thread("$", document)
    elif kind == "threads.list":
        yield "$", "Page", _without_entries(document)
        for number, thread in enumerate(reading.sequence(document.get("data"))):
            yield from _thread(f"$.data[{number}]", reading.mapping(thread))
    elif kind == "items.list":
        yield from _page("$", document)
    elif kind == SYNC_ACTION and isinstance(document.get("updated_item"), Mapping):
        yield "$.updated_item", "ThreadItem", document["updated_item"]
        yield "$", ANSWERS[kind], {key: value for key, value in document.items() if key != "updated_item"}
    elif definition is not None:
        yield "$", definition, document


def _thread(where: str, thread: Mapping[str, Any]) -> Iterator[_Part]:
    held = thread.get("items")
    yield where, "Thread", {**thread, "items": _NO_ITEMS} if isinstance(held, Mapping) else thread
    yield from _page(f"{where}.items", reading.mapping(held))


def _page(where: str, page: Mapping[str, Any]) -> Iterator[_Part]:
    """A page, and each of its items by itself: most items have been judged as a part of an event."""
    yield where, "Page", _without_entries(page)
    for number, item in enumerate(reading.sequence(page.get("data"))):
        yield f"{where}.data[{number}]", "ThreadItem", item


def _without_entries(page: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**page, "data": []} if isinstance(page.get("data"), list) else page


def _of_parts(parts: Any, release: str) -> Iterator[Finding]:
    for where, definition, part in parts:
        if not wire_shapes.defines(release, definition):
            continue  # a server of one's own may answer what its chatkit has no model of
        plain = wire_shapes.without_widgets(part) if isinstance(part, Mapping) else part
        for violation in wire_shapes.violations(plain, release, "event", definition):
            path = where + violation.path.removeprefix("$")
            yield wire_shapes.finding(ANSWER, replace(violation, path=path))


def _placed(finding: Finding, turn: Turn | None, what: str, evidence: Mapping[str, Any]) -> Finding:
    number = turn.index if turn is not None else None
    before = f"turn {turn.index + 1}: " if turn is not None else ""
    return replace(
        finding,
        message=f"{before}{what} is not valid: {finding.message}",
        evidence={"turn": number, **evidence, **finding.evidence},
    )
