"""Client: each widget, action and effect that went out against the types that the client declares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from chatkit_harness.checks.reading import events
from chatkit_harness.checks.widget_states import Sent, sent_widgets
from chatkit_harness.checks.widgets import BY_VALUE, key_name, small
from chatkit_harness.contracts.client_faults import ClientFault, effect_faults, widget_faults
from chatkit_harness.contracts.clients import client_releases, spans
from chatkit_harness.core.nouns import Finding, Severity
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.core.transcript import Transcript

_EFFECT = "client_effect"


def check(
    transcript: Transcript,
    scenario: Scenario,  # noqa: ARG001 - as every check
    clients: Sequence[str] = (),
) -> Iterator[Finding]:
    """Findings `client/<rule>` on what these releases of the client do not declare, each told once.

    Without `clients` the newest is asked, and what it does not declare is a warning: its declarations are not
    the browser, and nobody said that this release counts. Where releases are named, it is an error. The
    evidence says which of them do not declare it (`clients`), and which releases do (`declared_by`).
    """
    every = client_releases()
    if not every:
        return
    asked = tuple(clients) or every[-1:]
    severity: Severity = "error" if clients else "warning"
    told: set[tuple[str, str, str]] = set()
    for fault, where in (*_of_widgets(transcript, asked), *_of_effects(transcript, asked)):
        finding = _finding(fault, where, severity)
        mark = (str(where["item"]), finding.key, fault.violation.path)
        if mark not in told:
            told.add(mark)
            yield finding


def _of_widgets(
    transcript: Transcript, clients: Sequence[str]
) -> Iterator[tuple[ClientFault, dict[str, Any]]]:
    for sent in sent_widgets(transcript):
        # What is empty, or no object at all, is a finding of `widgets` already.
        if sent.streamed or not sent.widget or not isinstance(sent.widget, Mapping):
            continue
        if sent.component and not widget_faults(sent.component, clients, whole=False):
            continue
        for fault in widget_faults(sent.widget, clients, whole=sent.whole):
            yield fault, _where(sent)


def _where(sent: Sent) -> dict[str, Any]:
    told = {"item": sent.item, "turn": sent.turn, "event": sent.event}
    return {**told, "where": sent.where} if sent.where else told


def _of_effects(
    transcript: Transcript, clients: Sequence[str]
) -> Iterator[tuple[ClientFault, dict[str, Any]]]:
    for turn in transcript.turns:
        for _, event in events(turn):
            if event.get("type") == _EFFECT:
                carried = {key: value for key, value in event.items() if key != "type" and value is not None}
                for fault in effect_faults(carried, clients):
                    yield fault, {"item": "", "turn": turn.index, "event": _EFFECT}


def _finding(fault: ClientFault, where: Mapping[str, Any], severity: Severity) -> Finding:
    violation = fault.violation
    name = key_name(violation, by_value=violation.rule in BY_VALUE)
    declared = (
        f"Releases of the client that declare it: {spans(fault.declared_by, client_releases())}."
        if fault.declared_by
        else "No release of the client declares it."
    )
    return Finding(
        rule=f"client/{violation.rule}",
        severity=severity,
        key=f"client/{violation.rule}:{name}",
        message=f"{violation.reason} {declared}",
        evidence={
            "component": violation.component,
            "prop": violation.prop,
            "path": violation.path,
            "value": small(violation.value),
            "reason": violation.reason,
            "clients": list(fault.by),
            "declared_by": list(fault.declared_by),
            **where,
        },
    )


def told_once(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, where what `widgets` finds at the same place is only a note of `client`.

    What the server's own release does not name is its author's slip, whatever a client makes of it.
    """
    held = list(findings)
    by_place = {_place(each): each for each in held if each.rule.startswith("widgets/")}
    return [
        replace(
            each, severity="note", evidence={**each.evidence, "consequence_of": by_place[_place(each)].key}
        )
        if each.rule.startswith("client/") and each.severity != "note" and _place(each) in by_place
        else each
        for each in held
    ]


def _place(finding: Finding) -> tuple[object, ...]:
    return tuple(finding.evidence.get(name) for name in ("turn", "item", "where", "path"))
