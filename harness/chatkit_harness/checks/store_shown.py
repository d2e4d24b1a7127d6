"""What is stored beside what was shown last, item by item, and the user's messages beside what was sent."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from chatkit_harness.contracts.words import shown
from chatkit_harness.core.nouns import Finding, Severity
from chatkit_harness.core.transcript import Transcript, Turn

from .document_difference import Differing
from .held import answered_calls, held_items, is_pending
from .items import events
from .servers import is_built_in
from .shapes import mapping, sequence, words
from .store_same import differences, is_lost

_APART = frozenset({"id", "thread_id", "created_at"})
"""Not what an item says."""
_SENDING = frozenset({"threads.create", "threads.add_user_message"})


def check(
    transcript: Transcript, stored: Sequence[Mapping[str, Any]], streamed: Collection[str]
) -> Iterator[Finding]:
    """`store/differs`, each kind and place once; `streamed` are the ids of the items that were finished.

    Stored items that were never shown are hidden ones, and no concern of a client's. A server of a user's may
    amend what was said, or strip and mask what it was told: that is a warning, unless something is lost.
    """
    theirs = not is_built_in(transcript)
    last = {words(item.get("id")): item for item in _last_shown(transcript)}
    told: set[str] = set()
    for item in stored:
        identity, kind = words(item.get("id")), words(item.get("type")) or "item"
        found = None
        if identity in last and identity in streamed:
            found = _difference(last[identity], item, _APART, theirs=theirs)
        if found is not None:
            finding = _finding(kind, identity, "shown", found, None)
            if finding.key not in told:
                told.add(finding.key)
                yield finding
    by_id = {words(item.get("id")): item for item in stored}
    for turn in transcript.turns:
        for finding in _as_sent(turn, by_id, theirs=theirs):
            if finding.key not in told:
                told.add(finding.key)
                yield finding


def _difference(
    shown: Mapping[str, Any], stored: Mapping[str, Any], apart: frozenset[str], *, theirs: bool
) -> tuple[Differing, Severity] | None:
    """The first place that tells, and how bad it is; of a user's server the first where something is lost."""
    found = list(differences(shown, stored, apart))
    if not theirs:
        return (found[0], "error") if found else None
    lost = next((each for each in found if is_lost(shown, stored, each)), None)
    return (lost, "error") if lost is not None else (found[0], "warning") if found else None


def _last_shown(transcript: Transcript) -> Iterator[Mapping[str, Any]]:
    """Every item as a client holds it at the end; what a client answered a call with it knows by itself."""
    answered = answered_calls(transcript.turns)
    for item in held_items(transcript.turns):
        yield {**item, **(answered.get(words(item.get("id")), {}) if is_pending(item) else {})}


def _as_sent(turn: Turn, stored: Mapping[str, Mapping[str, Any]], *, theirs: bool) -> Iterator[Finding]:
    """The user's message of a turn as it is stored, against the request that brought it."""
    if turn.request.get("type") not in _SENDING:
        return
    asked = mapping(mapping(turn.request.get("params")).get("input"))
    done = (
        mapping(event.get("item")) for _, event in events(turn) if event.get("type") == "thread.item.done"
    )
    identity = next((words(item.get("id")) for item in done if item.get("type") == "user_message"), "")
    item = stored.get(identity)
    if item is None or not asked:
        return
    kept = {name: item.get(name) for name in asked}
    if "attachments" in kept:  # a request names them, an item holds them
        kept["attachments"] = [mapping(each).get("id") for each in sequence(kept["attachments"])]
    found = _difference(asked, kept, frozenset(), theirs=theirs)
    if found is not None:
        yield _finding("user_message", identity, "sent", found, turn.index)


def _finding(
    kind: str, identity: str, how: str, told: tuple[Differing, Severity], turn: int | None
) -> Finding:
    found, severity = told
    was, now = _said(found.there), _said(found.here)
    return Finding(
        rule="store/differs",
        severity=severity,
        key=f"store/differs {kind} {found.place}",
        message=f"a stored {kind} is not what was {how}: {found.place} was {was}, and is stored as {now}",
        evidence={
            "turn": turn,
            "type": kind,
            "item": identity,
            "path": found.path,
            how: found.there,
            "stored": found.here,
        },
    )


def _said(value: Any) -> str:
    return "nothing" if value is None else shown(value, 120)
