"""What one case owes its outcome to.

The root is an exception; where there is none, a finding. Of a chain of exceptions the deepest counts,
since a wrapper says less than what it wraps. Where a third party raised it, as it should when a server does
not answer, and chatkit or agents raised another one from it, who did that is kept, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from chatkit_harness.causes.keys import exception_key
from chatkit_harness.causes.table import AGENTS, CHATKIT
from chatkit_harness.causes.words import said
from chatkit_harness.checks import exceptions
from chatkit_harness.core.codec import CodecError, from_document, to_document
from chatkit_harness.core.nouns import CaseResult, Cell, Finding
from chatkit_harness.core.transcript import Frame, Raised

_KEY = 160
_APART = "run/leak"
_FRAMES = 24
"""The innermost ones: more are neither told nor worth their memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anew:
    """What chatkit or agents made of a third party's exception: another one, of this type and from there."""

    type: str
    place: exceptions.Place
    frame: Frame

    @property
    def key(self) -> str:
        """The same in all releases."""
        return f"{self.type}@{self.place.distribution}:{self.place.function}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A root as one case shows it; `rule` is that of the finding, where no exception is behind it."""

    key: str
    said: str
    rule: str | None = None
    raised: Raised | None = None
    place: exceptions.Place | None = None
    anew: Anew | None = None

    @property
    def alike(self) -> str | None:
        """What tells it whichever function of a third party raised it; None where none did."""
        return f"{self.raised.type}>{self.anew.key}" if self.raised and self.anew else None

    @property
    def definer(self) -> str | None:
        """The distribution that defines what the exception is about; None where that is not known."""
        subject = self.raised.subject if self.raised else None
        return subject.distribution if subject else None


def told_by_the_model(case: CaseResult, finding: Finding) -> bool:
    """Whether its exception is only how one heard that the model has no answer: that is told as such."""
    if not any(each.rule == "upstream/unmatched" and each.severity == "error" for each in case.findings):
        return False
    raised = raised_of(finding)
    return raised is not None and exceptions.root(raised).type == "openai.BadRequestError"


def waited_for(case: CaseResult) -> Iterator[Finding]:
    """Findings that the scenario shows on purpose, with an exception behind them, up to the first other one.

    What is waited for is a kind of failure. That it came does not say that it came for the reason meant.
    """
    for finding in case.findings:
        if finding.evidence.get("raised"):
            if finding.severity == "error":
                return
            if finding.severity == "note":
                yield finding


def raised_of(finding: Finding) -> Raised | None:
    """The exception behind a finding; None where there is none, or it cannot be read."""
    document = to_document(finding.evidence.get("raised"))
    if not document:
        return None
    try:
        return from_document(Raised, document)
    except CodecError:
        return None


def roots_of(case: CaseResult, cell: Cell | None) -> Iterator[Root]:
    """The roots of a case that did not pass: one exception, or each of its findings."""
    if case.outcome == "unresolvable":
        yield without_pins(case.reason or (cell and cell.unresolvable) or "no reason given")
        return
    errors = [finding for finding in case.findings if finding.severity == "error"]
    for finding in errors:
        raised = None if told_by_the_model(case, finding) else raised_of(finding)
        if raised is not None:
            # What else is wrong in this case follows from the exception: told once, under it.
            yield from_exception(raised)
            yield from apart_from_exceptions(errors)
            return
    told: dict[str, Finding] = {}
    for finding in errors:
        if not told_by_the_model(case, finding) and told.setdefault(finding.key, finding) is finding:
            yield Root(key=finding.key, said=finding.message, rule=finding.rule)
    if not errors:
        yield _unexplained(case)


def apart_from_exceptions(findings: Iterable[Finding]) -> Iterator[Root]:
    """What is wrong whatever was raised: nothing leaves the machine since something failed."""
    told = {each.key: each for each in findings if each.severity == "error" and each.rule == _APART}
    yield from (Root(key=each.key, said=each.message, rule=each.rule) for each in told.values())


def from_exception(raised: Raised) -> Root:
    """The root of an exception and its chain."""
    deepest = exceptions.root(raised)
    place = exceptions.place(deepest) or exceptions.place(raised)
    key = exception_key(deepest, place)
    anew = _raised_anew(raised, deepest) if place and _is_third_party(place) else None
    deepest = replace(deepest, frames=deepest.frames[-_FRAMES:], cause=None)
    return Root(key=key, said=said(deepest), raised=deepest, place=place, anew=anew)


def _is_third_party(place: exceptions.Place) -> bool:
    return place.distribution not in (None, CHATKIT, AGENTS, "openai")


def _raised_anew(raised: Raised, deepest: Raised) -> Anew | None:
    """The innermost of the chain's other exceptions that chatkit or agents raised."""
    found, link = None, raised
    while link is not deepest and link.cause is not None:
        place = exceptions.place(link)
        if place is not None and place.distribution in (CHATKIT, AGENTS):
            frame = next(each for each in reversed(link.frames) if each.distribution == place.distribution)
            found = Anew(type=link.type, place=place, frame=frame)
        link = link.cause
    return found


def without_pins(reason: str) -> Root:
    """The root of a cell that no set of pins exists for."""
    return Root(
        key=f"unresolvable: {exceptions.normalised(reason, _KEY)}", said=f"no set of pins exists: {reason}"
    )


def unavailable(reason: str) -> Root:
    """The root of what the harness itself had no success with."""
    return Root(key=f"harness: {exceptions.normalised(reason, _KEY)}", said=f"could not be judged: {reason}")


def _unexplained(case: CaseResult) -> Root:
    reason = case.reason or "no reason was given"
    if case.outcome == "error":
        return unavailable(reason)
    return Root(key=f"case: {exceptions.normalised(reason, _KEY)}", said=reason)
