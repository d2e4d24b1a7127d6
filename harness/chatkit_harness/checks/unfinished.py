"""Run: items that a client saw begin, and that were never finished, though the turn was."""

from __future__ import annotations

from collections.abc import Iterator

from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.transcript import Transcript, Turn

from . import reading
from .servers import is_built_in

_ENDS = frozenset({"thread.item.done", "thread.item.replaced"})
_STAYS_OPEN = frozenset({"workflow"})
"""What may go on in the next turn."""


def check(transcript: Transcript, turn: Turn) -> Iterator[Finding]:
    """An item that is added and neither done nor removed: chatkit does not store it, and it looks busy.

    A warning where a user's own server has stored it itself, or shows what nobody can look up: it may have
    meant to.
    """
    if turn.end != "done" or reading.error_events(turn) or not reading.answered(turn):
        return  # a turn that says nothing at all is told of already
    kept = _stored(transcript)
    for identity, kind in _begun(turn).items():
        if kind in _STAYS_OPEN:
            continue
        there = kept is not None and identity in kept
        gone = not there and (kept is not None or is_built_in(transcript))
        sure = gone or is_built_in(transcript)
        yield Finding(
            rule="run/unfinished",
            severity="error" if sure else "warning",
            key=f"run/unfinished {kind}",
            message=f"turn {turn.index + 1} began a {kind} and never finished it: it looks busy until "
            f"the page is loaded again{', and then it is gone' if gone else ''}",
            evidence={"turn": turn.index, "item": identity, "type": kind},
        )


def _stored(transcript: Transcript) -> frozenset[str] | None:
    """The ids of what is stored at the end; None where nobody could look."""
    stored = transcript.stored
    if stored is None or stored.raised is not None:
        return None
    return frozenset(reading.words(item.get("id")) for item in stored.items)


def _begun(turn: Turn) -> dict[str, str]:
    """The items that are still open at the turn's end, by id."""
    found: dict[str, str] = {}
    for _, event in reading.events(turn):
        item = reading.mapping(event.get("item"))
        identity = reading.words(item.get("id") or event.get("item_id"))
        if event.get("type") == "thread.item.added":
            found[identity] = reading.words(item.get("type"))
        elif event.get("type") in _ENDS or event.get("type") == "thread.item.removed":
            found.pop(identity, None)
    return found
