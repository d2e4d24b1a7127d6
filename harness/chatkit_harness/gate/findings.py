"""What the candidate shows, as findings, and in which cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from chatkit_harness.core.nouns import CaseResult, Finding

from .changes import CaseChange, CaseKey, comparable
from .compared import Compared
from .latency import Latency
from .wire import WireChange

Name = tuple[str, str]
"""Rule and key of a finding."""

FAILURE: Name = ("gate/failure", "gate/failure")
"""What stands for a case that fails without saying why: it is no more like another one than any failure."""
LATENCY: Name = ("gate/latency", "gate/latency")
"""What stands for answers that got slower."""
RULES: Mapping[str, str] = {
    FAILURE[0]: "a case fails with the candidate, and no finding of it says why",
    LATENCY[0]: "the candidate takes more processor time, beside the base, than the budget allows",
    "wire/event-fewer": "a kind of event comes fewer times than with the base",
    "wire/event-gone": "a kind of event that comes with the base does not come",
    "wire/event-new": "a kind of event comes that does not come with the base",
    "wire/order": "the kinds of events come in another order than with the base",
    "wire/property-form": "a property of an event or answer has another form than with the base",
    "wire/property-gone": "a property that an event or answer has with the base is not there",
    "wire/property-new": "an event or answer has a property that it does not have with the base",
}
"""The rules of what only a comparison shows, each with what a finding by it says was seen."""


def of_wire(change: WireChange) -> Finding:
    """A change of the wire; only what older clients cannot live with is ever told as a finding."""
    message = f"{change.place}: {change.why}"
    return Finding(rule=f"wire/{change.what}", severity="error", key=change.key, message=message)


def unnamed(case: CaseResult | None) -> Finding:
    """A case that fails without a finding of its own says so itself."""
    reason = (case.reason if case else None) or "It fails, and says no more."
    return Finding(rule=FAILURE[0], severity="error", key=FAILURE[1], message=reason)


def slower(found: Latency) -> Finding:
    """The candidate's answers take longer than the budget allows."""
    times = f"{found.ratio or 0:.1f} times the processor time"
    message = f"The candidate takes {times} of the base ({found.pairs} turns)."
    return Finding(rule=LATENCY[0], severity="error", key=LATENCY[1], message=message)


def timed(compared: Compared) -> list[CaseKey]:
    """The cases whose times are compared."""
    return [change.key for change in comparable(compared.changes) if change.kind == "same_pass"]


def shown(compared: Compared) -> Iterator[tuple[Finding, CaseKey]]:
    """All that the candidate shows, whether the base has it too or not, and whatever it weighs."""
    for change in compared.changes:
        yield from ((each, change.key) for each in _of_case(change))
    for each in compared.wire:
        yield from ((of_wire(each.change), case) for case in each.cases)
    if compared.latency.word == "slower":
        yield from ((slower(compared.latency), case) for case in timed(compared))


def _of_case(change: CaseChange) -> Sequence[Finding]:
    case = change.candidate
    if case is None:
        return ()
    fails_silently = case.outcome == "fail" and all(each.severity != "error" for each in case.findings)
    return (*case.findings, unnamed(case)) if fails_silently else case.findings


def cases_by_finding(compared: Compared) -> Mapping[Name, Sequence[CaseKey]]:
    """The cases of each finding that the base lacks, of what changed on the wire and of the times too."""
    found: dict[Name, list[CaseKey]] = {}
    for change in compared.changes:
        names = [(each.rule, each.key) for each in change.new]
        if not names and change.kind in ("new_failure", "other_failure"):
            names = [FAILURE]
        for name in names:
            found.setdefault(name, []).append(change.key)
    for wire in compared.wire:
        found.setdefault((f"wire/{wire.change.what}", wire.change.key), []).extend(wire.cases)
    if compared.latency.word == "slower":
        found[LATENCY] = timed(compared)
    return found
