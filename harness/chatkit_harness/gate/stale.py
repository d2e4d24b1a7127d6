"""Entries of a baseline that have had their time.

Nothing is said to be gone that was not looked for: an entry is stale only where each case that it is about
was judged on both sides, by the check that would see its finding.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence

from chatkit_harness.checks.rules import checks_for
from chatkit_harness.core.errors import nearest

from .baseline import Accepted, Baseline
from .changes import CaseChange, is_neutral
from .compared import Compared, Place
from .findings import FAILURE, LATENCY, Name, shown


def overdue(compared: Compared, baseline: Baseline, today: dt.date) -> Iterator[str]:
    """What is wrong with entries, a sentence each: expired, without a scenario, or without a finding."""
    gone = stale(compared, baseline.accepted)
    for number, entry in enumerate(baseline.accepted):
        if entry.expired(today):
            when = f"expired on {entry.expires}"
            yield f"{entry.where}: the entry for {entry.key!r} {when}. Mend it, or say why not."
        elif _is_nowhere(entry, compared):
            yield _nowhere(entry, compared)
        elif number in gone:
            yield f"{entry.where}: {entry.key!r} no longer occurs. Remove it, or let --update-baseline do so."


def stale(compared: Compared, entries: Sequence[Accepted]) -> Sequence[int]:
    """The entries, by number, whose finding was looked for and is gone, whatever their day is."""
    places: dict[Name, set[Place]] = {}
    for finding, case in shown(compared):
        places.setdefault((finding.rule, finding.key), set()).add((case.scenario, case.path))
    return [
        number
        for number, entry in enumerate(entries)
        if _is_stale(entry, compared, places.get((entry.rule, entry.key), ()))
    ]


def _is_nowhere(entry: Accepted, compared: Compared) -> bool:
    """Whether there is no such scenario, or not on that path: nothing could ever show the finding."""
    if compared.scope is None or not compared.whole or entry.scenario is None:
        return False
    if any(_is_at(entry, change) for change in compared.changes):
        return False
    known = [place for place in compared.scope.known if entry.is_at(*place)]
    return not known and (compared.scope.lacks(entry.scenario) or _has_it(entry.scenario, compared))


def _has_it(scenario: str, compared: Compared) -> bool:
    known = compared.scope.known if compared.scope else ()
    return any(scenario == name for name, _ in known)


def _nowhere(entry: Accepted, compared: Compared) -> str:
    scenario = str(entry.scenario)
    if _has_it(scenario, compared):
        what, offer = f"scenario {scenario!r} has no path {entry.path!r}", ""
    else:
        names = {name for name, _ in compared.scope.known} if compared.scope else set()
        close = nearest(scenario, sorted(names), limit=1)
        what = f"there is no scenario {scenario!r}"
        offer = f" Did you mean {close[0]!r}?" if close else ""
    return f"{entry.where}: {what}, and {entry.key!r} is accepted there.{offer} Mend the entry, or remove it."


def _is_stale(entry: Accepted, compared: Compared, shown_at: Collection[Place]) -> bool:
    """Whether a finding is gone from every case that the entry is about."""
    if any(entry.is_at(*place) for place in shown_at) or not _was_looked_for(entry, compared):
        return False
    meant = [change for change in compared.changes if _is_at(entry, change)]
    judged = [change for change in meant if change.kind != "incomparable"]
    if not judged or any(_is_open(change) for change in meant):
        return False
    if entry.rule.startswith("wire/") or entry.rule == LATENCY[0]:
        # Of a case that fails neither is known.
        kinds = {change.kind for change in judged}
        return "same_pass" in kinds and "new_failure" not in kinds and _was_timed(entry, compared)
    return True


def _was_looked_for(entry: Accepted, compared: Compared) -> bool:
    """Whether every place of the entry was driven, and the checks ran that see such a finding."""
    if entry.scenario is None and not compared.whole:
        return False
    scope = compared.scope
    if scope is None:
        return True
    driven = {(change.key.scenario, change.key.path) for change in compared.changes}
    if any(entry.is_at(*place) and place not in driven for place in scope.places):
        return False
    if scope.checks is None:
        return True
    return entry.rule != FAILURE[0] and all(check in scope.checks for check in checks_for(entry.rule))


def _was_timed(entry: Accepted, compared: Compared) -> bool:
    found = compared.latency
    return entry.rule != LATENCY[0] or (found.word == "same" and found.pairs > 0)


def _is_at(entry: Accepted, change: CaseChange) -> bool:
    return entry.is_at(change.key.scenario, change.key.path)


def _is_open(change: CaseChange) -> bool:
    """Whether a case has no verdict, and should have one."""
    return change.kind == "incomparable" and not is_neutral(change)
