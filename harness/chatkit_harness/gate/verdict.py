"""What a gate says: safe, breaks, or cannot be told; and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from chatkit_harness.core.nouns import Finding

from .baseline import Accepted, Baseline
from .changes import CaseChange, CaseKey, comparable
from .latency import Latency
from .problems import Met, Problem, met_in, of_itself, problems
from .wire import WireChange, WireChanges

Word = Literal["safe", "breaks", "inconclusive"]
STATUS: dict[Word, int] = {"safe": 0, "breaks": 1, "inconclusive": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Everything that the two sides gave. `whole` is whether every scenario of the project was driven.

    `times` are what the latency rests on: processor time of each turn with the base and with the candidate,
    in milliseconds. `doubts` are sentences on what could not be had, such as an index out of reach.
    """

    changes: tuple[CaseChange, ...]
    wire: tuple[WireChanges, ...]
    latency: Latency
    times: tuple[tuple[float, float], ...] = ()
    doubts: tuple[str, ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer.

    `problems` are the upgrade's own; `overdue` is what is wrong with the baseline, a sentence each; `doubts`
    say why something could not be judged; `accepted` are findings that the baseline passes over.
    """

    word: Word
    problems: tuple[Problem, ...] = ()
    overdue: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    accepted: tuple[Finding, ...] = ()
    base_is_broken: bool = False

    @property
    def status(self) -> int:
        """The exit status: 0 safe, 1 breaks, 3 cannot be told."""
        return STATUS[self.word]


def verdict(compared: Compared, baseline: Baseline, *, today: dt.date) -> Verdict:
    """What the comparison comes to. Nothing compared is never safe."""
    problems, accepted = _sorted_out(compared, baseline, today)
    overdue = tuple(_overdue(compared, baseline, today))
    doubts = tuple(dict.fromkeys([*compared.doubts, *_doubts(compared)]))
    word: Word = "breaks" if problems or overdue else "inconclusive" if doubts else "safe"
    return Verdict(
        word=word,
        problems=problems,
        overdue=overdue,
        doubts=doubts,
        accepted=accepted,
        base_is_broken=_base_is_broken(compared),
    )


def breaking(change: WireChange) -> Finding:
    """A change of the wire that its older clients cannot live with, as a finding."""
    return Finding(
        rule=f"wire/{change.what}",
        severity="error",
        key=change.key,
        message=f"{change.place}: {change.why}",
    )


def _sorted_out(
    compared: Compared, baseline: Baseline, today: dt.date
) -> tuple[tuple[Problem, ...], tuple[Finding, ...]]:
    """New findings that nobody accepted, by cause, and those that somebody did."""
    left: list[Met] = []
    accepted: dict[tuple[str, str], Finding] = {}
    for finding, case, root in _new(compared):
        entry = baseline.entry(finding, scenario=case.scenario, path=case.path)
        if entry is not None and not entry.expired(today):
            accepted[finding.rule, finding.key] = finding
        else:
            left.append((finding, case, root))
    return problems(left), tuple(accepted.values())


def _new(compared: Compared) -> Iterator[Met]:
    for change in compared.changes:
        if change.kind in ("new_failure", "other_failure"):
            yield from met_in(change, change.new or (_unnamed(change),))
    for each in compared.wire:
        if each.change.effect == "breaking":
            finding = breaking(each.change)
            for case in each.cases:
                yield finding, case, of_itself(finding)
    if compared.latency.word == "slower":
        yield from _slower(compared)


def _unnamed(change: CaseChange) -> Finding:
    """A case that fails without a finding of its own says so itself."""
    reason = (change.candidate.reason if change.candidate else None) or "It fails, and says no more."
    return Finding(rule="gate/failure", severity="error", key="gate/failure", message=reason)


def _slower(compared: Compared) -> Iterator[Met]:
    found = compared.latency
    message = (
        f"The candidate takes {found.ratio:.1f} times the processor time of the base ({found.pairs} turns)."
    )
    finding = Finding(rule="gate/latency", severity="error", key="gate/latency", message=message)
    for change in comparable(compared.changes):
        if change.kind == "same_pass":
            yield finding, change.key, of_itself(finding)


def _overdue(compared: Compared, baseline: Baseline, today: dt.date) -> Iterator[str]:
    for entry in baseline.accepted:
        if entry.expired(today):
            when = f"expired on {entry.expires}"
            yield f"{entry.where}: the entry for {entry.key!r} {when}. Mend it, or say why not."
        elif _is_stale(entry, compared):
            yield f"{entry.where}: {entry.key!r} no longer occurs. Remove the entry."


def _is_stale(entry: Accepted, compared: Compared) -> bool:
    """Whether a finding is gone: only cases that were judged can show it."""
    cases = [change for change in comparable(compared.changes) if _is_meant(entry, change.key)]
    if not cases or not (compared.whole or entry.scenario):
        return False
    return not any(_has(entry, change) for change in cases) and not any(
        entry.covers(breaking(each.change), scenario=case.scenario, path=case.path)
        for each in compared.wire
        for case in each.cases
    )


def _is_meant(entry: Accepted, case: CaseKey) -> bool:
    return entry.scenario in (None, case.scenario) and entry.path in (None, case.path)


def _has(entry: Accepted, change: CaseChange) -> bool:
    findings = change.candidate.findings if change.candidate else ()
    return any(
        entry.covers(each, scenario=change.key.scenario, path=change.key.path)
        for each in findings
        if each.severity == "error"
    )


def _doubts(compared: Compared) -> Iterator[str]:
    if not comparable(compared.changes):
        yield "No case has a verdict on both sides: nothing was compared."
    if compared.latency.word == "inconclusive":
        found = compared.latency
        yield f"The candidate may be slower ({found.ratio:.1f} times, {found.pairs} turns): it may be chance."
    for change in compared.changes:
        if change.kind == "incomparable" and not _both_skipped(change):
            yield f"{change.key}: {change.why}"
    if _base_is_broken(compared) and not any(each.kind == "fixed" for each in compared.changes):
        yield "The base itself is broken: no case passes with it, so nothing says what the upgrade breaks."


def _both_skipped(change: CaseChange) -> bool:
    """What neither side drives, or only one side has no need of, is neutral."""
    sides: Sequence[str] = [each.outcome for each in (change.base, change.candidate) if each is not None]
    return "skipped" in sides and set(sides) <= {"skipped", "pass"}


def _base_is_broken(compared: Compared) -> bool:
    judged = comparable(compared.changes)
    return bool(judged) and all(_failed(change) for change in judged)


def _failed(change: CaseChange) -> bool:
    return change.base is not None and change.base.outcome == "fail"


def findings_of(changes: Iterable[CaseChange]) -> list[Finding]:
    """The findings that fail the candidate, each once."""
    found = {
        (each.rule, each.key): each
        for change in changes
        if change.candidate is not None
        for each in change.candidate.findings
        if each.severity == "error"
    }
    return list(found.values())
