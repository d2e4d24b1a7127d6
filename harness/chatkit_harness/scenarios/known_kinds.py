"""The kinds of chatkit that a scenario names: a misspelt one is refused as the file is read.

Otherwise it would be driven, never come, and be blamed on the packages. Known is what some release knows,
by the stored schemas; which of them the cell has is the run's affair. Of `openai.` and `agents.` no list is
stored, so nothing of theirs is refused here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from chatkit_harness.contracts import catalogue
from chatkit_harness.contracts.atoms import constant
from chatkit_harness.contracts.clients import client_releases, client_schema
from chatkit_harness.contracts.strict import Kind, is_component
from chatkit_harness.contracts.unions import members
from chatkit_harness.core.errors import ScenarioError, did_you_mean, nearest
from chatkit_harness.documents.schema import place_of
from chatkit_harness.documents.yaml_file import LocatedDocument, Path_

_UNIONS: Mapping[str, tuple[Kind, tuple[str, ...]]] = {
    "chatkit.event": ("event", ("ThreadStreamEvent",)),
    "chatkit.update": ("event", ("ThreadItemUpdate",)),
    "chatkit.item": ("event", ("ThreadItem",)),
    "chatkit.content": ("event", ("UserMessageContent", "AssistantMessageContent")),
    "chatkit.task": ("event", ("Task",)),
    "chatkit.source": ("event", ("Source",)),
    "chatkit.attachment": ("event", ("Attachment",)),
    "chatkit.widget": ("event", ("WidgetRoot", "WidgetComponent")),
    "chatkit.request": ("request", ("ChatKitReq",)),
}
"""By the space of names: the kind of schema that has them, and the unions whose members they name."""
_WIDGET = "chatkit.widget"


def require_known_kinds(located: LocatedDocument) -> None:
    """Raise ScenarioError, with line and nearest name, for a kind that no release of chatkit knows."""
    for place, kind in _named(located.data):
        space, _, name = kind.partition("/")
        if space in _UNIONS and not _is_known(space, name):
            stored = catalogue.releases()
            cause = f"{place_of(place)}: {kind!r} is known to no chatkit of {stored[0]} to {stored[-1]}."
            step = f"{_offer(space, name)} `chatkit-harness schemas sync` stores what later releases know."
            raise ScenarioError(located.where(place), cause, step)


def _named(data: Mapping[str, Any]) -> Iterator[tuple[Path_, str]]:
    """Every kind that a scenario names, and where."""
    yield from _expected(data, ())
    yield from _expected(data.get("agent_builder", {}), ("agent_builder",))
    for number, turn in enumerate(data.get("turns", ())):
        yield from _expected(turn, ("turns", number))
        after = turn.get("leaves", {}).get("after")
        if after is not None:
            yield ("turns", number, "leaves", "after"), after


def _expected(holder: Mapping[str, Any], place: Path_) -> Iterator[tuple[Path_, str]]:
    for key in ("passes_on", "order"):
        for number, kind in enumerate(holder.get("expect", {}).get(key, ())):
            yield (*place, "expect", key, number), kind


def _is_known(space: str, name: str) -> bool:
    """The newest release is asked first: it knows nearly all, and schemas of others need not be read."""
    return any(name in names for names in _by_release(space))


def _by_release(space: str) -> Iterator[frozenset[str]]:
    for release in reversed(catalogue.releases()):
        yield of_release(space, release)
    if space == _WIDGET:
        # From 1.4.0 on chatkit lets components through that only the client knows.
        for release in reversed(client_releases()):
            yield _of_client(release)


@cache
def of_release(space: str, release: str) -> frozenset[str]:
    """The names that one release knows in a space."""
    kind, unions = _UNIONS[space]
    definitions = catalogue.schema(kind, release)["$defs"]
    found = [_constants(definitions.get(each, {})) for each in unions]
    return frozenset(name for names in found for name in names)


def _constants(definition: Mapping[str, Any]) -> frozenset[str]:
    """What `type` may be in a union; one of a single member is that member."""
    alone = constant(definition)
    return frozenset(members(definition)) or frozenset({alone} if alone else ())


@cache
def _of_client(release: str) -> frozenset[str]:
    schema = client_schema("widget", release) or {"$defs": {}}
    return frozenset(str(constant(each)) for each in schema["$defs"].values() if is_component(each))


def _offer(space: str, name: str) -> str:
    """The space that the name is in, or else the nearest name of its own space."""
    for other in _UNIONS:
        if _is_known(other, name):
            return f"Did you mean '{other}/{name}'?"
    valid = sorted(frozenset().union(*_by_release(space)))
    close = nearest(name, valid, limit=1)
    return f"Did you mean '{space}/{close[0]}'?" if close else did_you_mean(name, valid)
