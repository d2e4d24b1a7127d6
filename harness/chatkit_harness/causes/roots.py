"""Collects what went wrong case by case, and tells the causes of it all at any time."""

from __future__ import annotations

import dataclasses
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from chatkit_harness.causes.asked import Asked
from chatkit_harness.causes.cause import Run, causes_of
from chatkit_harness.causes.gathered_group import Group, Key
from chatkit_harness.causes.order import rank
from chatkit_harness.causes.root import (
    Root,
    apart_from_exceptions,
    from_exception,
    raised_of,
    roots_of,
    told_by_the_model,
    waited_for,
)
from chatkit_harness.causes.tally import Candidate, Candidates, Failed, Slim, slim
from chatkit_harness.core.nouns import CaseResult, Cause, Cell, Finding

_PARSED = 512


class Roots:
    """The roots of a run's failures, grouped as its cases come in.

    Of a case that passed a bit is kept; of one that did not its ids and what its roots are called; evidence
    is kept of a few cases a root. What `causes` gives depends on the cases alone and not on their order, but
    that of two outcomes of one case the one with the higher `attempt` counts, or of equal ones the later.
    `started` (ISO 8601 in UTC) and `options` are for the command lines that reproduce a cause: when `today`
    was, and what else the run was asked for. Not safe for several threads at once.
    """

    def __init__(self, *, started: str | None = None, options: Sequence[str] = ()) -> None:
        self._started, self._options = started, tuple(options)
        self._asked = Asked()
        self._failed: dict[str, Failed] = {}
        self._attempts: dict[str, int] = {}
        self._candidates: dict[Key, Candidates] = {}
        self._slims: dict[Slim, tuple[Slim, Root]] = {}
        self._parsed: dict[str, Root] = {}

    def add(self, case: CaseResult, cell: Cell | None = None) -> None:
        """Take in what a case came to; `cell` is its cell, where it is known already."""
        if case.attempt < self._attempts.get(case.id, 1):
            return
        if case.attempt > 1:
            self._attempts[case.id] = case.attempt
        self._forget(case.id)
        question = self._asked.add(case)
        if case.outcome in ("pass", "skipped"):
            return
        kept, place = [], rank(case, cell)
        for root in self._roots(case, cell):
            found = slim(root, question)
            found, _ = self._slims.setdefault(found, (found, root))
            kept.append(found)
            candidate = Candidate(rank=place, case=case.id, root=root)
            self._candidates.setdefault(found.group, Candidates()).add(candidate)
        self._failed[case.id] = Failed(
            case=dataclasses.replace(case, findings=(), timing={}),
            keys=tuple(finding.key for finding in case.findings),
            question=question,
            roots=tuple(kept),
            excused=tuple(self._excused(case)) if case.outcome == "fail" else (),
        )

    def causes(self, cells: Iterable[Cell]) -> tuple[Cause, ...]:
        """The causes of everything that did not pass so far, in these cells.

        Failures first, then the harness's own trouble, then missing pins; among each of these the cause
        with the most cases first.
        """
        groups: dict[Key, Group] = {}
        ending = self._ending()
        for failed in self._failed.values():
            for root in _meant(failed, ending):
                if root.group not in groups:
                    groups[root.group] = Group(root.group, self._candidates[root.group])
                groups[root.group].add(failed, *self._slims[root])
        run = Run(cells, self._asked, started=self._started, options=self._options)
        return causes_of(groups, run)

    def _ending(self) -> defaultdict[Key, set[str]]:
        """By root the cells in which an exception failed a case."""
        ending: defaultdict[Key, set[str]] = defaultdict(set)
        for failed in self._failed.values():
            for root in failed.roots:
                if failed.case.outcome == "fail" and not root.question:
                    ending[root.group].add(failed.case.cell)
        return ending

    def _excused(self, case: CaseResult) -> Iterator[Slim]:
        for finding in waited_for(case):
            root = self._parsed_root(finding)
            if root is not None:
                found = slim(root)
                found, _ = self._slims.setdefault(found, (found, root))
                yield found

    def _forget(self, case: str) -> None:
        before = self._failed.pop(case, None)
        for root in before.roots if before else ():
            self._candidates[root.group].drop(case)

    def _roots(self, case: CaseResult, cell: Cell | None) -> list[Root]:
        """A case's roots; the thousands of cases that one exception ends are parsed once."""
        for finding in case.findings if case.outcome != "unresolvable" else ():
            if finding.severity != "error" or not finding.evidence.get("raised"):
                continue
            if told_by_the_model(case, finding):
                continue
            root = self._parsed_root(finding)
            if root is not None:
                return [root, *apart_from_exceptions(case.findings)]
        return list(roots_of(case, cell))

    def _parsed_root(self, finding: Finding) -> Root | None:
        text = json.dumps(finding.evidence["raised"], default=repr)
        if text not in self._parsed:
            raised = raised_of(finding)
            if raised is None:
                return None
            if len(self._parsed) >= _PARSED:
                self._parsed.clear()
            self._parsed[text] = from_exception(raised)
        return self._parsed[text]


def _meant(failed: Failed, ending: Mapping[Key, Collection[str]]) -> Sequence[Slim]:
    """What a case failed by.

    An exception that ends other conversations of the cell is not what a scenario waited for, and explains
    what is missing. Not so where another exception is there to explain it.
    """
    if all(root.question for root in failed.roots):
        for each in failed.excused:
            if failed.case.cell in ending[each.group]:
                return (each,)
    return failed.roots
