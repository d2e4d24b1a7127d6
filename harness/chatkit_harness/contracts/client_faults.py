"""What the client does not declare of a widget or an effect, and which of its releases do declare it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from chatkit_harness.contracts.clients import PACKAGE, ClientKind, alike, client_judge, client_releases
from chatkit_harness.contracts.violation import Violation

_UNJUDGED = "too-deep"
"""Of what nests deeper than can be judged the strict schema of the server says so already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFault:
    """One thing that a client release does not declare.

    `violation` is in the words of the newest of the releases `by` that were asked about and do not declare
    it; `declared_by` are all stored releases that do.
    """

    violation: Violation
    by: tuple[str, ...]
    declared_by: tuple[str, ...]


def widget_faults(
    widget: Mapping[str, Any], clients: Sequence[str], *, whole: bool = True
) -> list[ClientFault]:
    """What these client releases do not declare of a widget, or of a single component of one.

    Never raises on any JSON value. Raises SelectionError for a release that is not stored.
    """
    return _faults(widget, "widget", "WidgetRoot" if whole else "WidgetComponent", clients)


def effect_faults(effect: Mapping[str, Any], clients: Sequence[str]) -> list[ClientFault]:
    """The same for what an effect carries: its `name` and its `data`."""
    return _faults(effect, "effect", "ClientEffect", clients)


def _faults(
    document: Mapping[str, Any], kind: ClientKind, definition: str, clients: Sequence[str]
) -> list[ClientFault]:
    """Each fault once, however many of the releases have it, in the words of the newest."""
    try:
        text = json.dumps(document)
    except (RecursionError, TypeError, ValueError):  # too deep, or no JSON
        return []
    found: dict[str, ClientFault] = {}
    groups = alike(client_releases(), kind)
    for group in reversed(groups):
        asked = tuple(version for version in group if version in clients)
        for violation in _violations(text, asked[-1], kind, definition) if asked else ():
            if violation.rule == _UNJUDGED:
                continue
            before = found.get(violation.path)
            declaring = before.declared_by if before else _declaring(text, kind, definition, violation.path)
            found[violation.path] = ClientFault(
                violation=before.violation if before else violation,
                by=(*asked, *(before.by if before else ())),
                declared_by=declaring,
            )
    return list(found.values())


def _declaring(text: str, kind: ClientKind, definition: str, path: str) -> tuple[str, ...]:
    """The releases that find no fault at a place, nor with what it stands in."""
    return tuple(
        version
        for group in alike(client_releases(), kind)
        if not any(_leads_to(each.path, path) for each in _violations(text, group[-1], kind, definition))
        for version in group
    )


def _leads_to(path: str, place: str) -> bool:
    return place == path or place.startswith((f"{path}.", f"{path}["))


@lru_cache(maxsize=8192)
def _violations(text: str, version: str, kind: ClientKind, definition: str) -> tuple[Violation, ...]:
    """A matrix sends the same few widgets again and again: each is judged once a release."""
    judge = client_judge(version, kind)
    if judge is None:
        return (_undeclared(kind, version),)
    return tuple(judge.judged(json.loads(text), definition))


def _undeclared(kind: ClientKind, version: str) -> Violation:
    reason = f"{PACKAGE} {version} declares no {kind}s: nothing in the page hears of it."
    return Violation(component=kind, prop="", path="$", value=None, reason=reason, rule=f"unknown-{kind}")
