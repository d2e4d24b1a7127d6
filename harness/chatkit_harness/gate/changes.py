"""Two runs of the same cases beside each other: what is new, what is mended, what cannot be compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from chatkit_harness.core.nouns import CaseResult, Finding

Kind = Literal["new_failure", "other_failure", "fixed", "same_failure", "same_pass", "incomparable"]
"""What became of a case.

new_failure: it passes with the base and fails with the candidate. other_failure: it fails with both, and
with the candidate for a reason that the base does not have. fixed: the other way round. incomparable: one
side has no verdict on it.
"""

KINDS: tuple[Kind, ...] = (
    "new_failure", "other_failure", "fixed", "same_failure", "same_pass", "incomparable",
)  # fmt: skip
JUDGED = ("pass", "fail")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseKey:
    """What makes two cases of two cells the same question."""

    path: str
    scenario: str
    server: str
    store: str
    client: str

    def __str__(self) -> str:
        """As it is told: only what differs from the plain case is named besides the scenario."""
        plain = {"server": "reference", "store": "memory", "client": "none", "path": "native"}
        more = [getattr(self, name) for name, usual in plain.items() if getattr(self, name) != usual]
        return " ".join([self.scenario, *(f"[{each}]" for each in more)])


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChange:
    """One case on both sides; either is None where that side does not have it.

    `new` are the candidate's findings that fail it and that the base lacks; `gone` the base's that the
    candidate lacks; `why` says in words what cannot be compared.
    """

    key: CaseKey
    kind: Kind
    base: CaseResult | None
    candidate: CaseResult | None
    new: tuple[Finding, ...] = ()
    gone: tuple[Finding, ...] = ()
    why: str | None = None


def key_of(case: CaseResult) -> CaseKey:
    """The question that a case asks, whatever its cell is."""
    return CaseKey(
        path=case.path, scenario=case.scenario, server=case.server, store=case.store, client=case.client
    )


def compared(base: Iterable[CaseResult], candidate: Iterable[CaseResult]) -> list[CaseChange]:
    """Each question that either side asks, in the order of the base, then of the candidate."""
    before, after = _by_key(base), _by_key(candidate)
    return [_change(key, before.get(key), after.get(key)) for key in dict.fromkeys([*before, *after])]


def comparable(changes: Iterable[CaseChange]) -> list[CaseChange]:
    """Those with a verdict on both sides."""
    return [change for change in changes if change.kind != "incomparable"]


def is_neutral(change: CaseChange) -> bool:
    """Whether a case without a verdict leaves nothing in doubt."""
    return nothing_lost(*(each.outcome if each else None for each in (change.base, change.candidate)))


def nothing_lost(base: str | None, candidate: str | None) -> bool:
    """The same by the outcomes of the two sides, None where a side does not have the case.

    What neither side drives is neutral, and so is what the candidate alone drives, and passes. What was
    judged with the base and is skipped with the candidate is lost from sight.
    """
    skipped = "skipped" in (base, candidate)
    return skipped and base in ("skipped", None) and candidate in ("skipped", "pass", None)


def _by_key(cases: Iterable[CaseResult]) -> Mapping[CaseKey, CaseResult]:
    """The last attempt of each question."""
    found: dict[CaseKey, CaseResult] = {}
    for case in cases:
        key = key_of(case)
        if key not in found or case.attempt >= found[key].attempt:
            found[key] = case
    return found


def _change(key: CaseKey, base: CaseResult | None, candidate: CaseResult | None) -> CaseChange:
    if base is None or candidate is None or not {base.outcome, candidate.outcome} <= set(JUDGED):
        why = " ".join(_unjudged("the base", base)) or " ".join(_unjudged("the candidate", candidate))
        return CaseChange(key=key, kind="incomparable", base=base, candidate=candidate, why=why)
    before, after = _failing(base), _failing(candidate)
    new = tuple(each for name, each in after.items() if name not in before)
    gone = tuple(each for name, each in before.items() if name not in after)
    kind = _kind(base.outcome, candidate.outcome, new=bool(new))
    return CaseChange(key=key, kind=kind, base=base, candidate=candidate, new=new, gone=gone)


def _kind(before: str, after: str, *, new: bool) -> Kind:
    if before == "pass":
        return "same_pass" if after == "pass" else "new_failure"
    if after == "pass":
        return "fixed"
    return "other_failure" if new else "same_failure"


def _failing(case: CaseResult) -> dict[str, Finding]:
    """What fails a case, by key."""
    return {each.key: each for each in case.findings if each.severity == "error"}


def _unjudged(side: str, case: CaseResult | None) -> Iterator[str]:
    if case is None:
        yield f"Only one side has it: {side} lacks it."
    elif case.outcome not in JUDGED:
        yield f"{side[0].upper()}{side[1:]}: {case.outcome}{f' ({case.reason})' if case.reason else ''}."
