"""What changed on the wire from each release of chatkit to the next, and of which part of the wire it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from chatkit_harness.contracts import catalogue
from chatkit_harness.contracts.diff import Change, diff
from chatkit_harness.contracts.normal import references
from chatkit_harness.contracts.strict import OPEN, ROOTS, Kind, is_component

EVENT_UNIONS: Mapping[str, str] = {
    "ThreadStreamEvent": "event",
    "ThreadItemUpdate": "update",
    "ThreadItem": "item",
    "Task": "task",
    "Source": "source",
    "Attachment": "attachment",
}
"""The unions that an event is made of, and what their members are."""

ANSWER = "answer"
"""What an event's schema defines and no event holds: the models that requests are answered with."""

WHOLE: Mapping[Kind, str] = {"widget": "widget", "event": "event", "request": "request"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WireStep:
    """What the release `after` changed against `before`: pairs of what it is of (`item`) and the change."""

    before: str
    after: str
    changes: tuple[tuple[str, Change], ...]


def history() -> Iterator[WireStep]:
    """Every step from a stored release to the next, oldest first."""
    for before, after in pairwise(catalogue.releases()):
        yield step(before, after)


def step(before: str, after: str) -> WireStep:
    """The step between any two releases. Raises SelectionError for one that is not stored."""
    before, after = catalogue.exactly(before), catalogue.exactly(after)
    changes = tuple((part_of(change, before, after), change) for change in diff(before, after))
    return WireStep(before=before, after=after, changes=changes)


def part_of(change: Change, before: str, after: str) -> str:
    """Which part of the wire a change is of: an event, an update, an item, a task, a request, a component."""
    name = change.where.partition(".")[0]
    if name == ROOTS[change.schema]:
        return WHOLE[change.schema]
    for release in (after, before):
        found = _parts(change.schema, release).get(name)
        if found is not None:
            return found
    return f"part of {'an' if change.schema == 'event' else 'a'} {WHOLE[change.schema]}"


@lru_cache(maxsize=64)
def _parts(kind: Kind, release: str) -> Mapping[str, str]:
    """Definitions of a release by what they are."""
    document = catalogue.schema(kind, release)
    defs: Mapping[str, Any] = document["$defs"]
    if kind == "widget":
        opened: Mapping[str, Any] = document.get(OPEN, {})
        known = {name: "component" for name, each in defs.items() if is_component(each)}
        return {name: _part_of_open(each) for name, each in opened.items()} | known
    unions = EVENT_UNIONS if kind == "event" else {ROOTS["request"]: "request"}
    parts = dict.fromkeys(_not_in_events(defs), ANSWER) if kind == "event" else {}
    for union, word in unions.items():
        parts |= {union: word} | dict.fromkeys(references(defs.get(union, {})), word)
    return parts


def _part_of_open(opened: Mapping[str, Any]) -> str:
    return WHOLE["widget"] if ROOTS["widget"] in opened["may_be"] else "component"


def _not_in_events(defs: Mapping[str, Any]) -> set[str]:
    """The definitions that no event leads to."""
    reached: set[str] = set()
    waiting = [ROOTS["event"]]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(references(defs[name]))
    return set(defs) - reached
