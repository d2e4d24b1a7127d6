"""From findings to a verdict: what was expected, what is only a consequence, and what remains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from chatkit_harness.core.nouns import Finding, Outcome
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.upstream.script import turns_of_interactions

from . import client, imports, latency, run
from .consequences import SILENT, as_note, consequences, is_root
from .expected_findings import mark_expected, matches, ran
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
    held = _weighed(transcript, scenario, held, names)
    return _verdict(
        transcript, scenario, Judgement(outcome="pass", findings=tuple(held), timing=timing), names
    )


def _weighed(
    transcript: Transcript, scenario: Scenario, findings: list[Finding], names: Sequence[str] | None
) -> list[Finding]:
    """The findings, less what was expected and what only follows from another, and with what is missing."""
    held = mark_expected(transcript, scenario, findings, names)
    expected = [each for each in held if any(matches(one, each) for one in scenario.expect.findings)]
    held = client.told_once(consequences(held, expected, scenario))
    if ran("run", names) and not any(each.severity == "error" for each in held):
        held += _unused(transcript, scenario, held)
    return held


def _verdict(
    transcript: Transcript, scenario: Scenario, told: Judgement, names: Sequence[str] | None
) -> Judgement:
    """What the findings come to, where nothing else is known against the case."""
    failing = [each for each in told.findings if each.severity == "error"]
    trouble = trouble_of(transcript, scenario)
    doubtful = failing or (transcript.exam is not None and transcript.exam.outcome == "unsupported")
    if trouble is not None and doubtful and all(map(trouble.explains, failing)):
        notes = tuple(
            as_note(each, consequence_of=trouble.reason) if each.severity == "error" else each
            for each in told.findings
        )
        return replace(told, outcome="error", reason=trouble.reason, findings=notes)
    if failing:
        return replace(told, outcome="fail", reason=failing[0].message)
    if scenario.exam is not None:
        return _of_exam(transcript, told)
    broken = _broken(transcript, scenario, names)
    if broken is not None:
        by = ", ".join(names or ())
        reason = f"the conversation broke before it could be judged by {by}: {broken.message}"
        return replace(told, outcome="error", reason=reason)
    if not transcript.turns and scenario.turns:
        return replace(told, outcome="error", reason=f"nothing was driven: {_last_words(transcript)}")
    return told


def _of_exam(transcript: Transcript, told: Judgement) -> Judgement:
    """The verdict on a rule that nothing broke: it held, it does not apply, or nobody put it to the test."""
    exam = transcript.exam
    if exam is None:
        return replace(told, outcome="error", reason=f"nothing was examined: {_last_words(transcript)}")
    return replace(told, outcome="skipped" if exam.outcome == "unsupported" else "pass", reason=exam.reason)


def _broken(transcript: Transcript, scenario: Scenario, names: Sequence[str] | None) -> Finding | None:
    """What broke the conversation, by the checks that were not asked for; None where nothing did.

    Of imports alone it is not asked: they are over before the conversation begins.
    """
    if names is None or set(names) <= {"imports"}:
        return None
    found = [] if ran("imports", names) else [*imports.check(transcript, scenario)]
    found += [] if ran("run", names) else [*run.check(transcript, scenario)]
    told = mark_expected(transcript, scenario, found, ())
    return next((each for each in told if each.severity == "error" and _breaks(each)), None)


def _breaks(finding: Finding) -> bool:
    """Whether less was said because of it. What is not valid has gone out all the same."""
    silent = finding.rule in SILENT or finding.rule == "run/not-driven"
    return silent or (is_root(finding) and finding.rule not in _GOES_ON)


_GOES_ON = frozenset({"run/invalid-event", "run/invalid-request"})


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


def _unused(transcript: Transcript, scenario: Scenario, findings: list[Finding]) -> list[Finding]:
    cassette = transcript.cassette
    if cassette is None or any(is_root(each) for each in findings):
        return []
    unused = [number for number in cassette.unused if not _is_for_nobody(number, transcript, scenario)]
    if not unused:
        return []
    if cassette.origin == "script":
        # As of requests that it has no answer to, a script's answers are counted from one.
        left = ", ".join(str(number + 1) for number in unused)
        message = f"of the script's {cassette.interactions} answers, nobody asked for number {left}"
    else:
        left = ", ".join(map(str, unused))
        message = f"of {cassette.interactions} recorded answers of the model, nobody asked for {left}"
    return [
        Finding(
            rule="upstream/unused",
            severity="error",
            key="upstream/unused",
            message=message,
            evidence={"turn": None, "unused": unused, "cassette": cassette.name},
        )
    ]


def _is_for_nobody(number: int, transcript: Transcript, scenario: Scenario) -> bool:
    """Whether an answer of the script is for a turn that the user left: a good server asks for none then."""
    turns = turns_of_interactions(scenario.script)
    left = {turn.index + 1 for turn in transcript.turns if turn.end == "left"}
    return number < len(turns) and turns[number] in left
