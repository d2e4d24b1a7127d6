"""Widgets: what went out against the release's strict schema, and against what the author wrote."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from chatkit_harness.checks import exceptions, widget_growth
from chatkit_harness.checks.reading import WORKFLOW
from chatkit_harness.checks.widget_ids import duplicate_ids, duplicate_keys
from chatkit_harness.checks.widget_states import Sent, pairs, sent_widgets
from chatkit_harness.contracts import catalogue
from chatkit_harness.contracts.dropped import dropped
from chatkit_harness.contracts.validate import component_violations, violations
from chatkit_harness.contracts.violation import Violation
from chatkit_harness.contracts.words import shown, type_of
from chatkit_harness.core.errors import SelectionError
from chatkit_harness.core.nouns import Finding, Severity
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.core.transcript import Authored, Transcript

_SHORT = re.compile(r"[\w:.%+-]{1,40}")
_BY_ANY = frozenset({"widgets/empty", "widgets/not-an-object"})
"""Rules that no release's schema is needed for."""

_Mark = tuple[str, str, str]

BY_VALUE = frozenset({"unknown-icon", "wrong-value"})
"""Rules under which the value is the fault, so that it belongs into the key."""


def check(
    transcript: Transcript,
    scenario: Scenario,  # noqa: ARG001 - as every check
    others: Sequence[str] = (),
) -> Iterator[Finding]:
    """Findings on each widget of the transcript: `widgets/<rule>` of `contracts.validate` and `.dropped`.

    Besides those: `widgets/not-an-object`, `widgets/duplicate-id` (of items) and
    `widgets/duplicate-component-id`, as a warning `widgets/duplicate-key` (among siblings) and, as a note,
    `widgets/unknown-release` where the cell's chatkit is not among the stored releases; `widgets/empty` for
    an object without anything in it; `widgets/delta-mismatch` for updates that lead to another widget than
    the finished one. A widget that its author wrote and that never went out is judged as
    written (`sent` is false in the evidence): old releases refuse to build what newer ones let through.

    A workflow needs no chatkit: where its cell has none, the newest release that is known judges its
    widgets, and each finding says so.

    `others` are releases that judge besides what went out: what one of them does not know, and the cell's
    own does, is told with all of them that say so.
    """
    sent = list(sent_widgets(transcript))
    told: set[_Mark] = set()
    if sent or transcript.authored:
        for finding, item in _by_its_own(transcript, sent):
            told.add(_mark(finding, item))
            yield finding
    yield from _by_others(sent, others, told)
    yield from widget_growth.check(transcript)


def _by_its_own(transcript: Transcript, sent: list[Sent]) -> Iterator[tuple[Finding, str]]:
    """By the release of the cell, each fault of an item once, with the item."""
    release = transcript.cell.pins.get("openai-chatkit")
    if release is None:
        if transcript.path == WORKFLOW:
            yield from _by_the_newest(transcript, sent)
        return
    try:
        known = catalogue.known(release)
    except SelectionError as error:
        yield _unknown_release(release, f"{error.cause} Its widgets were not judged."), ""
        return
    if not known.exact:
        told = f"It is newer than {known.version}, by which its widgets were judged."
        yield _unknown_release(release, told), ""
    judged: set[_Mark] = set()
    for finding, item in _all(transcript, sent, known.version):
        mark = _mark(finding, item)
        if mark not in judged:
            judged.add(mark)
            yield finding, item


def _by_others(sent: list[Sent], others: Sequence[str], told: Container[_Mark]) -> Iterator[Finding]:
    """By releases that somebody asks besides, each fault once with all of them that have it."""
    found: dict[_Mark, tuple[Finding, list[str]]] = {}
    for release in others:
        for each in sent:
            for finding in _of_sent(each, release):
                mark = _mark(finding, each.item)
                if mark in told or finding.rule in _BY_ANY:
                    continue
                releases = found.setdefault(mark, (finding, []))[1]
                if release not in releases:
                    releases.append(release)
    for finding, releases in found.values():
        yield replace(
            finding,
            message=f"{finding.message} (judged by chatkit {', '.join(releases)}, which was asked besides)",
            evidence={**finding.evidence, "judged_by": releases},
        )


def _mark(finding: Finding, item: str) -> _Mark:
    """What makes two findings one: the item, the fault and its place."""
    return item, finding.key, str(finding.evidence.get("path", ""))


def _by_the_newest(transcript: Transcript, sent: list[Sent]) -> Iterator[tuple[Finding, str]]:
    """Widgets of a cell without chatkit, judged by the newest release."""
    newest = catalogue.releases()[-1]
    for finding, item in _all(transcript, sent, newest):
        told = (
            ""
            if finding.rule in _BY_ANY
            else f" (judged by chatkit {newest}, the newest known: the cell has none)"
        )
        yield replace(finding, message=finding.message + told), item


def _all(transcript: Transcript, sent: list[Sent], release: str) -> Iterator[tuple[Finding, str]]:
    for each in sent:
        yield from ((finding, each.item) for finding in _of_sent(each, release))
    yield from _duplicates(sent)
    for written, partner in pairs(transcript, sent):
        where = f"turn {written.turn}" if partner is None else partner.item
        yield from ((finding, where) for finding in _of_written(written, partner, release))


def _of_sent(sent: Sent, release: str) -> Iterator[Finding]:
    if not isinstance(sent.widget, Mapping):
        value = sent.widget
        message = f"The widget of item {sent.item or '(no id)'} is {shown(value)}, not an object."
        evidence = _evidence(sent, release) | {"path": "$", "value": small(value), "reason": message}
        yield Finding(
            rule="widgets/not-an-object",
            severity="error",
            key=f"widgets/not-an-object:{type_of(value)}",
            message=message,
            evidence=evidence,
        )
        return
    if not sent.widget and sent.whole:
        yield _empty(sent, release)
        return
    yield from _repeated(sent, release)
    if sent.streamed or (sent.component and not component_violations(sent.component, release)):
        return
    found = violations(sent.widget, release) if sent.whole else component_violations(sent.widget, release)
    for violation in found:
        by_value = violation.rule in BY_VALUE
        yield _finding(violation, _evidence(sent, release), by_value=by_value)


def _empty(sent: Sent, release: str) -> Finding:
    message = f"The widget{f' at {sent.where}' if sent.where else ''} is empty: a user sees nothing of it."
    evidence = _evidence(sent, release) | {"path": "$", "value": {}, "reason": message}
    return _made("error", "empty", "widget", message, evidence)


def _repeated(sent: Sent, release: str) -> Iterator[Finding]:
    """Components of one widget that share a name."""
    if sent.streamed:
        return
    for name in duplicate_ids(sent.widget):
        message = f"Several components of one widget have the id {name!r}: an update cannot tell them apart."
        evidence = {**_evidence(sent, release), "prop": "id", "value": name, "reason": message}
        yield _made("error", "duplicate-component-id", _named(name), message, evidence)
    for kind, name in duplicate_keys(sent.widget):
        message = f"Several children of one {kind} have the key {name!r}."
        evidence = {**_evidence(sent, release), "component": kind, "prop": "key", "value": name}
        yield _made("warning", "duplicate-key", kind, message, {**evidence, "reason": message})


def _named(name: str) -> str:
    """A name for a key, less what differs from run to run."""
    return exceptions.normalised(name, 40)


def _of_written(written: Authored, partner: Sent | None, release: str) -> Iterator[Finding]:
    wrong = {each.path: each for each in violations(written.widget, release)}
    if partner is None:
        evidence = {"turn": written.turn, "sent": False, "release": release}
        for violation in wrong.values():
            yield _finding(violation, evidence, by_value=violation.rule in BY_VALUE)
        return
    if isinstance(partner.widget, Mapping):
        for violation in dropped(written.widget, partner.widget, release):
            cause = wrong.get(violation.path)
            by_value = cause is not None and cause.rule in BY_VALUE
            yield _finding(violation, _evidence(partner, release), by_value=by_value)


def _duplicates(sent: list[Sent]) -> Iterator[tuple[Finding, str]]:
    """Two different widgets under one item id: the client shows one of them."""
    begun: dict[str, Any] = {}
    ended: dict[str, Any] = {}
    for each in sent:
        before = begun if each.event == "thread.item.added" else ended
        if not each.item or each.event not in ("thread.item.added", "thread.item.done"):
            continue
        if each.item in before and before[each.item] != each.widget:
            message = f"Two different widgets went out under the item id {each.item!r}."
            evidence = {"item": each.item, "turn": each.turn, "event": each.event, "reason": message}
            yield _made("error", "duplicate-id", each.event, message, evidence), each.item
        before[each.item] = each.widget


def _finding(violation: Violation, evidence: Mapping[str, Any], *, by_value: bool) -> Finding:
    told = {
        "component": violation.component,
        "prop": violation.prop,
        "path": violation.path,
        "value": small(violation.value),
        "reason": violation.reason,
    }
    name = key_name(violation, by_value=by_value)
    return _made("error", violation.rule, name, violation.reason, {**told, **evidence})


def key_name(violation: Violation, *, by_value: bool) -> str:
    """What a violation is called in a key: `Badge.size`, with the type or value where that is the fault."""
    name = f"{violation.component}.{violation.prop}" if violation.prop else violation.component
    if violation.rule == "wrong-type":
        return f"{name}={type_of(violation.value)}"
    return f"{name}={violation.value}" if by_value and _SHORT.fullmatch(str(violation.value)) else name


def _made(severity: Severity, rule: str, name: str, message: str, evidence: Mapping[str, Any]) -> Finding:
    return Finding(
        rule=f"widgets/{rule}",
        severity=severity,
        key=f"widgets/{rule}:{name}",
        message=message,
        evidence=evidence,
    )


def _unknown_release(release: str, message: str) -> Finding:
    text = f"The schemas of chatkit {release} are not stored. {message}"
    return _made("note", "unknown-release", "openai-chatkit", text, {"release": release})


def _evidence(sent: Sent, release: str) -> dict[str, Any]:
    where = {"where": sent.where} if sent.where else {}
    told = {"item": sent.item, "turn": sent.turn, "event": sent.event, "sent": True, "release": release}
    return {**told, **where}


def small(value: Any) -> Any:
    """A value that a reader can take in; a whole component is told by its shape."""
    return shown(value, 200) if isinstance(value, Mapping | list | str) and len(str(value)) > 200 else value
