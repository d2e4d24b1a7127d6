"""From findings to a verdict: what was expected, what is only a consequence, and what remains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from chatkit_harness.core.nouns import Finding, Outcome
from chatkit_harness.core.scenario import Expectation, FindingExpectation, Scenario
from chatkit_harness.core.transcript import Transcript

from . import client, expect, imports, latency, reading, run
from .unjudged import trouble_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What one case came to; `timing` is in milliseconds, of the slowest turn (`cpu_ms`: of all turns)."""

    outcome: Outcome
    reason: str | None = None
    findings: tuple[Finding, ...] = ()
    timing: Mapping[str, float | None] = field(default_factory=dict)


def judge(
    transcript: Transcript,
    scenario: Scenario,
    findings: Iterable[Finding],
    *,
    names: Sequence[str] | None = None,
) -> Judgement:
    """The verdict on a case that was driven, by the findings of the named checks (None: of all).

    `pass`, `fail` (what is tested has a finding of severity error) or `error` (the harness's own
    conversation with the cell broke, or whatever failed follows from what says nothing of the versions, such
    as a database that went down). Expected findings become notes, and one that is missing is a
    finding, where the check that would find it ran; so do those that merely follow from another. An
    interaction of the cassette that was left unused is a finding of `run`, and fails the case, only where
    nothing else does: a conversation that ends early is otherwise seen by nobody.

    Where `imports` or `run` was not named, what they say is no finding of the case; but nobody can say
    `pass` of a conversation that broke, so that it is `error` then.
    """
    held = list(findings)
    ended = run.how_it_ended(transcript)
    if ended is not None and not any(each.rule == ended.rule for each in held):
        held.append(ended)
    timing = timing_of(transcript, held)
    if transcript.ended == "unreadable":
        reason = f"the conversation with the cell broke: {_last_words(transcript)}"
        return Judgement(outcome="error", reason=reason, findings=tuple(held), timing=timing)
    held = _expected(transcript, scenario, held, names)
    held = client.told_once(_consequences(held, scenario))
    if _ran("run", names) and not any(each.severity == "error" for each in held):
        held += _unused(transcript, held)
    failing = [each for each in held if each.severity == "error"]
    trouble = trouble_of(transcript, scenario)
    doubtful = failing or (transcript.exam is not None and transcript.exam.outcome == "unsupported")
    if trouble is not None and doubtful and all(map(trouble.explains, failing)):
        notes = [
            _as_note(each, consequence_of=trouble.reason) if each.severity == "error" else each
            for each in held
        ]
        return Judgement(outcome="error", reason=trouble.reason, findings=tuple(notes), timing=timing)
    if failing:
        reason = failing[0].message
        return Judgement(outcome="fail", reason=reason, findings=tuple(held), timing=timing)
    if scenario.exam is not None:
        return _of_exam(transcript, held, timing)
    broken = _broken(transcript, scenario, names)
    if broken is not None:
        by = ", ".join(names or ())
        reason = f"the conversation broke before it could be judged by {by}: {broken.message}"
        return Judgement(outcome="error", reason=reason, findings=tuple(held), timing=timing)
    if not transcript.turns and scenario.turns:
        reason = f"nothing was driven: {_last_words(transcript)}"
        return Judgement(outcome="error", reason=reason, findings=tuple(held), timing=timing)
    return Judgement(outcome="pass", findings=tuple(held), timing=timing)


def _of_exam(
    transcript: Transcript, findings: list[Finding], timing: Mapping[str, float | None]
) -> Judgement:
    """The verdict on a rule that nothing broke: it held, it does not apply, or nobody put it to the test."""
    exam = transcript.exam
    if exam is None:
        reason = f"nothing was examined: {_last_words(transcript)}"
        return Judgement(outcome="error", reason=reason, findings=tuple(findings), timing=timing)
    outcome: Outcome = "skipped" if exam.outcome == "unsupported" else "pass"
    return Judgement(outcome=outcome, reason=exam.reason, findings=tuple(findings), timing=timing)


def _broken(transcript: Transcript, scenario: Scenario, names: Sequence[str] | None) -> Finding | None:
    """What broke the conversation, by the checks that were not asked for; None where nothing did.

    Of imports alone it is not asked: they are over before the conversation begins.
    """
    if names is None or set(names) <= {"imports"}:
        return None
    found = [] if _ran("imports", names) else [*imports.check(transcript, scenario)]
    found += [] if _ran("run", names) else [*run.check(transcript, scenario)]
    told = _expected(transcript, scenario, found, ())
    return next((each for each in told if each.severity == "error" and _breaks(each)), None)


def _breaks(finding: Finding) -> bool:
    """Whether less was said because of it. What is not valid has gone out all the same."""
    silent = finding.rule in _SILENT or finding.rule == "run/not-driven"
    return silent or (_is_root(finding) and finding.rule not in _GOES_ON)


_GOES_ON = frozenset({"run/invalid-event", "run/invalid-answer", "run/invalid-request"})


def _last_words(transcript: Transcript) -> str:
    lines = [
        line.strip() for line in [*transcript.last_words.splitlines(), *transcript.notes] if line.strip()
    ]
    return lines[-1][:300] if lines else "it left no word"


def timing_of(transcript: Transcript, findings: Iterable[Finding]) -> Mapping[str, float | None]:
    """Milliseconds of the case: total_ms, first_event_ms, widget_ms (first valid widget), cpu_ms.

    All None for answers that were saved: when they came is not known.
    """
    if transcript.saved:
        return dict.fromkeys(("total_ms", "first_event_ms", "widget_ms", "cpu_ms"))
    invalid = frozenset(
        str(each.evidence["item"])
        for each in findings
        if each.rule.startswith("widgets/") and each.severity == "error" and "item" in each.evidence
    )
    turns = [latency.turn_times(turn, invalid) for turn in transcript.turns]
    cpu = [turn.cpu_ms for turn in transcript.turns if turn.cpu_ms is not None]
    slowest: dict[str, float | None] = {}
    for name in ("total_ms", "first_event_ms", "widget_ms"):
        taken = [times[name] for times in turns]
        slowest[name] = max((each for each in taken if each is not None), default=None)
    return {**slowest, "cpu_ms": round(sum(cpu), 3) if cpu else None}


def matches(wanted: FindingExpectation, finding: Finding) -> bool:
    """Whether a finding is the expected one, or one of its alternatives."""
    if wanted.any_of:
        return any(matches(each, finding) for each in wanted.any_of)
    if wanted.rule is not None and not _rule_fits(wanted.rule, finding.rule):
        return False
    asked = {"component": wanted.component, "prop": wanted.prop}
    return all(value is None or finding.evidence.get(name) == value for name, value in asked.items())


def _rule_fits(wanted: str, rule: str) -> bool:
    return rule.startswith(wanted[:-1]) if wanted.endswith("/*") else rule == wanted


def describe(wanted: FindingExpectation) -> str:
    """An expected finding in words."""
    if wanted.any_of:
        return " or ".join(describe(each) for each in wanted.any_of)
    about = ", ".join(
        f"{name} {value}" for name, value in (("component", wanted.component), ("prop", wanted.prop)) if value
    )
    return f"{wanted.rule or 'a finding'}{f' ({about})' if about else ''}"


def _ran(check: str, names: Sequence[str] | None) -> bool:
    return names is None or check in names


def _demanded(wanted: FindingExpectation, names: Sequence[str] | None) -> bool:
    """Whether a finding can be missed: where a check that might show it did not run, nobody knows."""
    return not wanted.optional and all(_ran(check, names) for check in _owners(wanted))


def _owners(wanted: FindingExpectation) -> frozenset[str]:
    """The checks that may show an expected finding; without a rule those that name components."""
    if wanted.any_of:
        return frozenset().union(*map(_owners, wanted.any_of))
    if wanted.rule is None:
        return frozenset({"run", "widgets"})
    name = wanted.rule.partition("/")[0]
    return frozenset({"run" if name == "upstream" else name})


def _expected(
    transcript: Transcript, scenario: Scenario, findings: list[Finding], names: Sequence[str] | None
) -> list[Finding]:
    """Expected findings as notes, and a finding for each expectation that nothing meets."""
    wanted = scenario.expect.findings
    failing_turns = set(_turns_that_may_fail(transcript, scenario))
    # Where the model never failed as it was told to, what failed instead is not what was to be shown.
    other = any(finding.rule == FAULT_NOT_MET for finding in findings)
    result = []
    for finding in findings:
        meant = any(matches(each, finding) for each in wanted)
        meant = meant or (finding.rule in _TOLD and finding.evidence.get("turn") in failing_turns)
        meant = meant and not (other and finding.rule in _TOLD)
        result.append(_as_note(finding, expected=True) if meant else finding)
    demanded = [each for each in wanted if _demanded(each, names)]
    unmet = [each for each in demanded if not any(matches(each, finding) for finding in findings)]
    return result + [_missing(each) for each in unmet]


_TOLD = frozenset({"run/error-event", "run/logged-exception", "run/raised", "run/tool-error"})
"""What an expected error of a turn shows as."""


def _turns_that_may_fail(transcript: Transcript, scenario: Scenario) -> Iterator[int]:
    for turn in transcript.turns:
        own = scenario.turns[turn.index].expect if 0 <= turn.index < len(scenario.turns) else None
        for expected in (scenario.expect, own or Expectation()):
            error = expected.error
            told = reading.errors_told(transcript, turn)
            if error is not None and any(expect.error_holds(event, error) for event in told):
                yield turn.index


def _missing(wanted: FindingExpectation) -> Finding:
    said = describe(wanted)
    return Finding(
        rule="expect/finding-missing",
        severity="error",
        key=f"expect/finding-missing {said}",
        message=f"the scenario shows a defect that was not found: {said}",
        evidence={"turn": None, "expected": said},
    )


def _as_note(finding: Finding, **evidence: object) -> Finding:
    return replace(finding, severity="note", evidence={**finding.evidence, **evidence})


_SILENT = frozenset({"run/silent-end", "run/no-answer"})
_NOT_DRAWN = (
    *("commands/missing", "commands/wrong-symbol", "commands/wrong-timeframe", "commands/wrong-indicators"),
    *("commands/levels-missing", "commands/intent-without-command"),
)
FAULT_NOT_MET = "run/fault-not-met"
_FOLLOWS = ("expect/", *_SILENT, "run/not-driven", FAULT_NOT_MET, "text/empty", *_NOT_DRAWN)
_FOLLOWS_EXPECTED = ("expect/widget-", "expect/items", *_NOT_DRAWN)


def _is_root(finding: Finding) -> bool:
    return finding.rule.startswith(("imports/", "run/", "upstream/unmatched")) and finding.rule not in (
        "run/leak",
        *_SILENT,
        FAULT_NOT_MET,
        "run/not-driven",
        "run/not-read-back",
    )


def _consequences(findings: list[Finding], scenario: Scenario) -> list[Finding]:
    """Findings that follow from an earlier one in the same or a previous turn, as notes that say so.

    After something raised, the missing widget is no second fault. After a raise that is among the findings
    that the scenario expects, only missing widgets and items of that turn are excused: the rest it had to
    expect as well. After an `error` of a turn that it names, nothing is: what follows is its subject.
    """
    roots = [each for each in findings if _is_root(each) and each.severity == "error"]
    wanted = scenario.expect.findings
    excused = [each for each in findings if _is_root(each) and any(matches(one, each) for one in wanted)]
    result = []
    for finding in findings:
        follows = finding.rule.startswith(_FOLLOWS) and _after(finding, roots)
        if not follows and finding.rule.startswith(_FOLLOWS_EXPECTED):
            follows = _after(finding, [each for each in excused if _same_turn(finding, each)])
        result.append(
            _as_note(finding, consequence_of=follows.key)
            if follows and finding.severity == "error"
            else finding
        )
    return result


def _same_turn(finding: Finding, root: Finding) -> bool:
    turns = (finding.evidence.get("turn"), root.evidence.get("turn"))
    return None in turns or turns[0] == turns[1]


def _after(finding: Finding, roots: list[Finding]) -> Finding | None:
    """The first root that came no later than the finding; one without a turn is about the whole case."""
    turn = finding.evidence.get("turn")
    for root in roots:
        began = root.evidence.get("turn")
        if root is not finding and (turn is None or began is None or began <= turn):
            return root
    return None


def _unused(transcript: Transcript, findings: list[Finding]) -> list[Finding]:
    cassette = transcript.cassette
    if cassette is None or not cassette.unused or any(_is_root(each) for each in findings):
        return []
    if cassette.origin == "script":
        # As of requests that it has no answer to, a script's answers are counted from one.
        left = ", ".join(str(number + 1) for number in cassette.unused)
        message = f"of the script's {cassette.interactions} answers, nobody asked for number {left}"
    else:
        left = ", ".join(map(str, cassette.unused))
        message = f"of {cassette.interactions} recorded answers of the model, nobody asked for {left}"
    return [
        Finding(
            rule="upstream/unused",
            severity="error",
            key="upstream/unused",
            message=message,
            evidence={"turn": None, "unused": list(cassette.unused), "cassette": cassette.name},
        )
    ]
