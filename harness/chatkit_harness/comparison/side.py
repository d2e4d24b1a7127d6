"""One path of one case: what its user had, what it cost, and what is wrong with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from chatkit_harness.checks import exceptions, reading
from chatkit_harness.comparison import charts
from chatkit_harness.comparison.assumption import Assumption
from chatkit_harness.comparison.measure import costs_of, is_recording, stage_times, times_of
from chatkit_harness.comparison.nouns import PATHS, Defect, OpenChart, Origin, Path, Side, SideTurn
from chatkit_harness.core.nouns import CaseResult, Finding
from chatkit_harness.core.transcript import Transcript, Turn

BUILT_IN: Mapping[str, str] = {
    "reference": "the built-in reference server",
    "workflow": "the built-in workflow",
}
"""What comes with the harness: whatever it shows is a demonstration."""

_DEEPEST = 100
_REPLAYED = {"probe": "the probe server", "probe-workflow": "the probe workflow"}


def side_of(
    case: CaseResult,
    transcript: Transcript,
    scenario: Mapping[str, Any],
    assumption: Assumption | None = None,
) -> Side:
    """What one path gave, from its case and its transcript; `scenario` is the document of what was asked."""
    invalid = frozenset(
        str(each.evidence["item"])
        for each in case.findings
        if each.rule.startswith("widgets/") and each.severity == "error" and "item" in each.evidence
    )
    turns = tuple(_turn(turn, charts.opened(scenario, turn.index)) for turn in transcript.turns)
    return Side(
        path=path_of(case.path),
        case=case.id,
        cell=case.cell,
        server=transcript.server,
        outcome=case.outcome,
        reason=case.reason,
        origin=origin_of(transcript),
        words_of=words_of(transcript),
        answered=_answered(case, transcript, turns),
        turns=turns,
        times=times_of(transcript, invalid, assumption),
        costs=costs_of(transcript),
        defects=tuple(_defects(case.findings)),
        transcript=case.transcript,
    )


def path_of(name: str) -> Path:
    """A case's path as one of the two."""
    return PATHS[1] if name == PATHS[1] else PATHS[0]


def origin_of(transcript: Transcript) -> Origin:
    """Whose words the model's were."""
    if transcript.saved:
        return "saved"
    if transcript.server == "probe-workflow":
        return "replayed text"
    if is_recording(transcript):
        return "recording"
    if transcript.cassette is None:
        return "demonstration" if transcript.server in BUILT_IN else "nothing"
    return "demonstration" if transcript.server in BUILT_IN else "script"


def words_of(transcript: Transcript) -> str:
    """Who answered, with whose words, in one phrase."""
    if transcript.saved:
        return "answers saved from a hosted workflow, not driven here"
    server = BUILT_IN.get(transcript.server) or _REPLAYED.get(transcript.server)
    who = f"demonstration: {server}" if transcript.server in BUILT_IN else server or transcript.server
    facts = transcript.cassette
    if transcript.server == "probe-workflow":
        return f"{who}, with the text of a recorded answer in the model's place"
    if facts is None:
        return f"{who}, no model asked"
    if facts.origin == "recording":
        of = f" of {facts.model}" if facts.model else ""
        return f"{who}, on a recording{of}{', expired' if facts.expired else ''}"
    return f"{who}, on a script that no model said"


def _turn(turn: Turn, opened: OpenChart | None) -> SideTurn:
    text = reading.user_text(turn)
    shown = tuple(_drawable(item.widget) for item in reading.widgets(turn) if item.widget)
    commands = charts.written(turn)
    call = reading.http(turn)
    served = call is not None and call.status < 400
    others = any(
        item.done and reading.shows(item)
        for item in reading.sent_items(turn)
        if item.kind not in ("assistant_message", "widget")
    )
    found = reading.answer(turn)
    told = SideTurn(
        user=turn.user,
        text=text,
        answered=bool(shown or commands or others or served),
        widgets=shown,
        commands=commands,
        problems=tuple(_problems(turn)),
        message=turn.message,
        raw_json=tuple(found.message[start:end] for start, end in found.stray) if found else (),
        stages=stage_times(turn),
        opened=opened,
    )
    # JSON that is left for the user to read answers nobody.
    return replace(told, answered=told.answered or bool(told.prose.strip()))


def _drawable(widget: Mapping[str, Any]) -> Mapping[str, Any]:
    """The widget, or of one that is nested deeper than any client draws its type alone."""
    level: list[Any] = [widget]
    for _ in range(_DEEPEST):
        level = [below for node in level for below in _below(node)]
        if not level:
            return widget
    return {"type": str(widget.get("type")), "children": [], "nested": f"deeper than {_DEEPEST} levels"}


def _below(node: Any) -> Iterable[Any]:
    return node.values() if isinstance(node, Mapping) else node if isinstance(node, list | tuple) else ()


def _problems(turn: Turn) -> Iterator[str]:
    """What went wrong, as far as the user, or whoever runs the server, was told."""
    for event in reading.error_events(turn):
        yield f"error event: {event.get('message') or event.get('code') or 'no message'}"
    call = reading.http(turn)
    if call is not None and call.status >= 400:
        yield f"HTTP status {call.status}"
    if turn.raised is not None:
        yield f"raised {turn.raised.type}: {turn.raised.message}"
    if turn.end in ("hung", "cut"):
        yield "the turn hung" if turn.end == "hung" else "the process was gone before the turn ended"


def _answered(case: CaseResult, transcript: Transcript, turns: tuple[SideTurn, ...]) -> bool | None:
    """Whether each turn gave the user something.

    None where the harness itself was in the way, and where somebody's own server or workflow was not made
    ready to run: that is no answer to what its users get.
    """
    if case.outcome in ("error", "unresolvable", "skipped") or transcript.ended == "unreadable":
        return None
    if any(
        record.raised and exceptions.is_advice(exceptions.root(record.raised)) for record in transcript.log
    ):
        return None
    if any(turn.raised and exceptions.is_advice(exceptions.root(turn.raised)) for turn in transcript.turns):
        return None
    answered = bool(turns) and all(turn.answered for turn in turns)
    # The model was asked for what nobody had written: that the user gets nothing is the script's doing.
    unscripted = any(finding.rule == "upstream/unmatched" for finding in case.findings)
    return None if unscripted and not answered else answered


def _defects(findings: Iterable[Finding]) -> Iterator[Defect]:
    """Findings by rule: errors and warnings, and what the scenario shows on purpose, which is one as well."""
    kinds: defaultdict[tuple[str, str, bool], list[Finding]] = defaultdict(list)
    for finding in findings:
        expected = finding.evidence.get("expected") is True
        if finding.severity in ("error", "warning") or expected:
            kinds[finding.rule, finding.severity, expected].append(finding)
    for (rule, severity, expected), found in kinds.items():
        yield Defect(
            rule=rule, severity=severity, count=len(found), message=found[0].message, expected=expected
        )
