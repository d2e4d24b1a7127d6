"""The findings that a scenario expects: which ones are meant, and which did not occur."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chatkit_harness.core.errors import did_you_mean
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import Expectation, FindingExpectation, Scenario
from chatkit_harness.core.transcript import Transcript

from . import expect, reading
from .consequences import FAULT_NOT_MET, as_note
from .rules import OF_ALL, RULES


def ran(check: str, names: Sequence[str] | None) -> bool:
    """Whether a check ran, of these; None stands for all."""
    return names is None or check in names


def matches(wanted: FindingExpectation, finding: Finding) -> bool:
    """Whether a finding is the expected one, or one of its alternatives."""
    if wanted.any_of:
        return any(matches(each, finding) for each in wanted.any_of)
    if wanted.rule is not None and not _rule_fits(wanted.rule, finding.rule):
        return False
    told = f"{finding.key}\n{finding.message}".casefold()
    if any(word.casefold() not in told for word in wanted.contains):
        return False
    asked = {"component": wanted.component, "prop": wanted.prop}
    return all(value is None or finding.evidence.get(name) == value for name, value in asked.items())


def may_excuse(wanted: FindingExpectation, rule: str) -> bool:
    """Whether some finding of that rule would be the expected one, whatever else it has to say."""
    if wanted.any_of:
        return any(may_excuse(each, rule) for each in wanted.any_of)
    return wanted.rule is None or _rule_fits(wanted.rule, rule)


def _rule_fits(wanted: str, rule: str) -> bool:
    return rule.startswith(wanted[:-1]) if wanted.endswith("/*") else rule == wanted


def describe(wanted: FindingExpectation) -> str:
    """An expected finding in words."""
    if wanted.any_of:
        return " or ".join(describe(each) for each in wanted.any_of)
    asked = (("component", wanted.component), ("prop", wanted.prop))
    parts = [f"{name} {value}" for name, value in asked if value]
    about = ", ".join([*parts, *(f"with {word!r}" for word in wanted.contains)])
    return f"{wanted.rule or 'a finding'}{f' ({about})' if about else ''}"


def _demanded(wanted: FindingExpectation, names: Sequence[str] | None) -> bool:
    """Whether a finding can be missed: where a check that might show it did not run, nobody knows."""
    return not wanted.optional and all(ran(check, names) for check in _owners(wanted))


def _owners(wanted: FindingExpectation) -> frozenset[str]:
    """The checks that may show an expected finding; without a rule those that name components."""
    if wanted.any_of:
        return frozenset().union(*map(_owners, wanted.any_of))
    if wanted.rule is None:
        return frozenset({"run", "widgets"})
    name = wanted.rule.partition("/")[0]
    return frozenset({"run" if name == "upstream" else name})


def mark_expected(
    transcript: Transcript, scenario: Scenario, findings: list[Finding], names: Sequence[str] | None
) -> list[Finding]:
    """Expected findings as notes, and a finding for each expectation that nothing meets.

    `names` are the checks that ran; None means all.
    """
    wanted = scenario.expect.findings
    told = set(_told_by_expected_errors(transcript, scenario))
    # Where the model never failed as it was told to, what failed instead is not what was to be shown.
    other = any(finding.rule == FAULT_NOT_MET for finding in findings)
    result = []
    for finding in findings:
        meant = any(matches(each, finding) for each in wanted)
        meant = meant or (finding.evidence.get("turn"), finding.rule) in told
        meant = meant and not (other and finding.rule in _TOLD)
        result.append(as_note(finding, expected=True) if meant else finding)
    demanded = [each for each in wanted if _demanded(each, names)]
    unmet = [each for each in demanded if not any(matches(each, finding) for finding in findings)]
    return result + [_missing(each) for each in unmet]


_TOLD = frozenset({"run/error-event", "run/logged-exception", "run/raised", "run/tool-error"})
"""What an expected error of a turn shows as."""


def _told_by_expected_errors(transcript: Transcript, scenario: Scenario) -> Iterator[tuple[int, str]]:
    """Each turn whose error is expected, with the rules by which such an error shows.

    Not a rule of which the scenario says beside the error which finding it means: then any other is none.
    """
    for turn in transcript.turns:
        own = scenario.turns[turn.index].expect if 0 <= turn.index < len(scenario.turns) else None
        for expected in (scenario.expect, own or Expectation()):
            error = expected.error
            told = reading.errors_told(transcript, turn)
            if error is not None and any(expect.error_holds(event, error) for event in told):
                chosen = list(_chosen(expected.findings))
                for rule in _TOLD:
                    if not any(_rule_fits(each, rule) for each in chosen):
                        yield turn.index, rule


def _chosen(findings: Sequence[FindingExpectation]) -> Iterator[str]:
    """The rules of which only some findings are meant."""
    for each in findings:
        yield from _chosen(each.any_of)
        if each.rule is not None and (each.contains or each.component or each.prop):
            yield each.rule


def _missing(wanted: FindingExpectation) -> Finding:
    said = describe(wanted)
    return Finding(
        rule="expect/finding-missing",
        severity="error",
        key=f"expect/finding-missing {said}",
        message=f"the scenario shows a defect that was not found: {said}{_unknown(wanted.rule)}",
        evidence={"turn": None, "expected": said},
    )


def _unknown(rule: str | None) -> str:
    """A word on a rule that there is not, and so can never be found."""
    known = sorted({each for named in RULES.values() for each in named} | OF_ALL)
    if rule is None or rule.endswith("/*") or rule in known:
        return ""
    return f" (there is no rule {rule!r}. {did_you_mean(rule, known)})"
