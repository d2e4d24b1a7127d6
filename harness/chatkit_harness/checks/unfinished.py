"""Run: items that a client saw begin, and that were never finished, though the turn was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.transcript import Transcript, Turn

from . import reading
from .servers import is_built_in

_ENDS = frozenset({"thread.item.done", "thread.item.replaced"})
_GOES_ON = "workflow"
"""What may wait for the page: chatkit goes on with it in the turn that brings a client tool's output."""
_OUTPUT = "threads.add_client_tool_output"


def check(transcript: Transcript, turn: Turn) -> Iterator[Finding]:
    """An item that is added and neither done nor removed: chatkit does not store it, and it looks busy.

    A warning where a user's own server has stored it itself, or shows what nobody can look up: it may have
    meant to. A workflow is open as long as the page is waited for, and no longer.
    """
    if not _went_well(turn):
        return
    kept = _stored(transcript)
    before = _left_waiting(transcript, turn)
    for identity, kind in _open(turn, before).items():
        if kind == _GOES_ON and _waits(turn):
            continue
        there = kept is not None and identity in kept
        gone = not there and (kept is not None or is_built_in(transcript))
        sure = gone or is_built_in(transcript)
        what = f"{'went on with' if identity in before else 'began'} a {kind} and never finished it"
        yield Finding(
            rule="run/unfinished",
            severity="error" if sure else "warning",
            key=f"run/unfinished {kind}",
            message=f"turn {turn.index + 1} {what}: it looks busy until "
            f"the page is loaded again{', and then it is gone' if gone else ''}",
            evidence={"turn": turn.index, "item": identity, "type": kind},
        )


def _went_well(turn: Turn) -> bool:
    """Whether the turn came to its end and said something; one that says nothing is told of already."""
    return turn.end == "done" and not reading.error_events(turn) and reading.answered(turn)


def _waits(turn: Turn) -> bool:
    """Whether it is the page's turn to do something."""
    calls = reading.client_tool_calls(turn)
    return any(each.document.get("status", "pending") == "pending" for each in calls)


def _left_waiting(transcript: Transcript, turn: Turn) -> dict[str, str]:
    """The workflows that waited for what the page brings in this turn, by id."""
    found: dict[str, str] = {}
    if turn.request.get("type") != _OUTPUT:
        return found
    for each in transcript.turns:
        if each.index >= turn.index:
            break
        goes_on = each.request.get("type") == _OUTPUT
        still = _open(each, found if goes_on else {}) if _went_well(each) and _waits(each) else {}
        found = {identity: kind for identity, kind in still.items() if kind == _GOES_ON}
    return found


def _stored(transcript: Transcript) -> frozenset[str] | None:
    """The ids of what is stored at the end; None where nobody could look."""
    stored = transcript.stored
    if stored is None or stored.raised is not None:
        return None
    return frozenset(reading.words(item.get("id")) for item in stored.items)


def _open(turn: Turn, before: Mapping[str, str]) -> dict[str, str]:
    """The items that are open at the turn's end, by id: of what it began, and of what was so before."""
    found = dict(before)
    for _, event in reading.events(turn):
        item = reading.mapping(event.get("item"))
        identity = reading.words(item.get("id") or event.get("item_id"))
        if event.get("type") == "thread.item.added":
            found[identity] = reading.words(item.get("type"))
        elif event.get("type") in _ENDS or event.get("type") == "thread.item.removed":
            found.pop(identity, None)
    return found
