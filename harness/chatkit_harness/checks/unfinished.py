"""Run: items that a client saw begin, and that were never finished, though the turn was."""

from __future__ import annotations

from collections.abc import Iterator

from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.transcript import Turn

from . import reading

_ENDS = frozenset({"thread.item.done", "thread.item.replaced"})
_STAYS_OPEN = frozenset({"workflow"})
"""What may go on in the next turn."""


def check(turn: Turn) -> Iterator[Finding]:
    """An item that is added and neither done nor removed: it is not stored, and looks busy until a reload."""
    if turn.end != "done" or reading.error_events(turn) or not reading.answered(turn):
        return  # a turn that says nothing at all is told of already
    for identity, kind in _begun(turn).items():
        if kind not in _STAYS_OPEN:
            yield Finding(
                rule="run/unfinished",
                severity="error",
                key=f"run/unfinished {kind}",
                message=f"turn {turn.index + 1} began a {kind} and never finished it: it looks busy until "
                "the page is loaded again, and then it is gone",
                evidence={"turn": turn.index, "item": identity, "type": kind},
            )


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
