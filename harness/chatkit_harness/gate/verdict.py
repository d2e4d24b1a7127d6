"""What a gate says: safe, breaks, or cannot be told; and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from chatkit_harness.core.nouns import Finding

from .baseline import Accepted, Baseline
from .changes import CaseChange, CaseKey, comparable, is_neutral
from .compared import Compared
from .findings import of_wire, slower, timed, unnamed
from .problems import Met, Problem, met_in, of_itself, problems
from .stale import overdue

__all__ = ["STATUS", "Borne", "Compared", "Verdict", "Word", "verdict"]

Word = Literal["safe", "breaks", "inconclusive"]
STATUS: dict[Word, int] = {"safe": 0, "breaks": 1, "inconclusive": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Borne:
    """A new finding that an entry of the baseline accepts, and the cases in which that entry does."""

    finding: Finding
    entry: Accepted
    cases: tuple[CaseKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer.

    `problems` are the upgrade's own; `overdue` is what is wrong with the baseline, a sentence each; `doubts`
    say why something could not be judged; `accepted` are findings that the baseline passes over, once for
    each entry that says so.
    """

    word: Word
    problems: tuple[Problem, ...] = ()
    overdue: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    accepted: tuple[Borne, ...] = ()
    base_is_broken: bool = False

    @property
    def status(self) -> int:
        """The exit status: 0 safe, 1 breaks, 3 cannot be told."""
        return STATUS[self.word]


def verdict(compared: Compared, baseline: Baseline, *, today: dt.date) -> Verdict:
    """What the comparison comes to. Nothing compared is never safe."""
    problems, accepted = _sorted_out(compared, baseline, today)
    late = tuple(overdue(compared, baseline, today))
    doubts = tuple(dict.fromkeys([*compared.doubts, *_doubts(compared, baseline, today)]))
    word: Word = "breaks" if problems or late else "inconclusive" if doubts else "safe"
    return Verdict(
        word=word,
        problems=problems,
        overdue=late,
        doubts=doubts,
        accepted=accepted,
        base_is_broken=_base_is_broken(compared),
    )


def _sorted_out(
    compared: Compared, baseline: Baseline, today: dt.date
) -> tuple[tuple[Problem, ...], tuple[Borne, ...]]:
    """New findings that nobody accepted, by cause, and those that somebody did, by entry."""
    left: list[Met] = []
    accepted: dict[Accepted, list[tuple[Finding, CaseKey]]] = {}
    for finding, case, root in _new(compared):
        entry = baseline.entry(finding, scenario=case.scenario, path=case.path)
        if entry is not None and not entry.expired(today):
            accepted.setdefault(entry, []).append((finding, case))
        else:
            left.append((finding, case, root))
    return problems(left), tuple(_borne(entry, met) for entry, met in accepted.items())


def _borne(entry: Accepted, met: Sequence[tuple[Finding, CaseKey]]) -> Borne:
    """All that one entry accepts, which is one finding: its rule and key are the entry's."""
    return Borne(finding=met[0][0], entry=entry, cases=tuple(dict.fromkeys(case for _, case in met)))


def _new(compared: Compared) -> Iterator[Met]:
    for change in compared.changes:
        if change.kind in ("new_failure", "other_failure"):
            yield from met_in(change, change.new or (unnamed(change.candidate),))
    for each in compared.wire:
        if each.change.effect == "breaking":
            finding = of_wire(each.change)
            for case in each.cases:
                yield finding, case, of_itself(finding)
    if compared.latency.word == "slower":
        finding = slower(compared.latency)
        for case in timed(compared):
            yield finding, case, of_itself(finding)


def _is_borne(compared: Compared, baseline: Baseline, today: dt.date) -> bool:
    """Whether somebody accepted slower answers already: that they may be slower then is no doubt."""
    finding = slower(compared.latency)
    cases = timed(compared)
    entries = [baseline.entry(finding, scenario=case.scenario, path=case.path) for case in cases]
    return bool(cases) and all(each is not None and not each.expired(today) for each in entries)


def _doubts(compared: Compared, baseline: Baseline, today: dt.date) -> Iterator[str]:
    if not comparable(compared.changes):
        yield "No case has a verdict on both sides: nothing was compared."
    if compared.latency.word == "inconclusive" and not _is_borne(compared, baseline, today):
        found = compared.latency
        yield f"The candidate may be slower ({found.ratio:.1f} times, {found.pairs} turns): it may be chance."
    for change in compared.changes:
        if change.kind == "incomparable" and not is_neutral(change):
            yield f"{change.key}: {change.why}"
    if _base_is_broken(compared) and not any(each.kind == "fixed" for each in compared.changes):
        yield "The base itself is broken: no case passes with it, so nothing says what the upgrade breaks."


def _base_is_broken(compared: Compared) -> bool:
    judged = comparable(compared.changes)
    return bool(judged) and all(_failed(change) for change in judged)


def _failed(change: CaseChange) -> bool:
    return change.base is not None and change.base.outcome == "fail"
