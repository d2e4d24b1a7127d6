"""What an upgrade breaks, by cause: findings of one root are one problem, however many cases show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chatkit_harness.bisect.nouns import Change, Constraint, Turn
from chatkit_harness.causes.root import Root, roots_of
from chatkit_harness.core.nouns import CaseResult, Finding

from .changes import CaseChange, CaseKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Culprit:
    """What made it break, as far as it was searched for.

    `verdict` is found (driven, and confirmed), suspected (the search was ended before) or unknown; `text`
    says it in a sentence.
    """

    verdict: str
    text: str
    changes: tuple[Change, ...] = ()
    turn: Turn | None = None
    constraint: Constraint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that the upgrade breaks, and where: findings of one root, which nobody accepted.

    `key` is that of the root, `reproduce` a line for a shell.
    """

    key: str
    title: str
    findings: tuple[Finding, ...]
    cases: tuple[CaseKey, ...]
    culprit: Culprit | None = None
    reproduce: str = ""

    @property
    def finding(self) -> Finding:
        """The first of its findings."""
        return self.findings[0]


Met = tuple[Finding, CaseKey, Root]
"""A finding, the case that shows it, and what that case owes it to."""


def problems(met: Iterable[Met]) -> tuple[Problem, ...]:
    """Findings by their roots, in the order in which those are met first."""
    roots: dict[str, Root] = {}
    findings: dict[str, dict[tuple[str, str], Finding]] = {}
    cases: dict[str, dict[CaseKey, None]] = {}
    for finding, case, root in met:
        roots.setdefault(root.key, root)
        findings.setdefault(root.key, {}).setdefault((finding.rule, finding.key), finding)
        cases.setdefault(root.key, {})[case] = None
    return tuple(
        Problem(key=key, title=root.said, findings=tuple(findings[key].values()), cases=tuple(cases[key]))
        for key, root in roots.items()
    )


def met_in(change: CaseChange, findings: Iterable[Finding]) -> Iterator[Met]:
    """Findings of a changed case, each with its root: an exception, or the finding itself."""
    roots = _roots(change.candidate)
    for finding in findings:
        yield finding, change.key, roots.get(finding.key) or roots.get("") or of_itself(finding)


def of_itself(finding: Finding) -> Root:
    """A finding that is its own root."""
    return Root(key=finding.key, said=finding.message, rule=finding.rule)


def _roots(case: CaseResult | None) -> Mapping[str, Root]:
    """By finding its root; what all of a case's findings owe to one exception stands under no name."""
    if case is None:
        return {}
    found = list(roots_of(case, None))
    return {"" if root.raised is not None else root.key: root for root in found}


def culprit_form(culprit: Culprit | None) -> dict[str, Any] | None:
    """A culprit as the answer's document tells it."""
    if culprit is None:
        return None
    turn, constraint = culprit.turn, culprit.constraint
    return {
        "verdict": culprit.verdict,
        "changes": [
            {"name": each.name, "base": each.good, "candidate": each.bad} for each in culprit.changes
        ],
        "first_bad": {"name": turn.axis, "version": turn.bad} if turn else None,
        "constraint": constraint.requirement if constraint else None,
        "verified": constraint.verified if constraint else False,
        "text": culprit.text,
    }
