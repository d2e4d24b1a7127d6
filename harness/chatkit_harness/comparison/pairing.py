"""One scenario on both paths in one cell: both sides read, held against each other, judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from chatkit_harness.checks import reading
from chatkit_harness.comparison import charts
from chatkit_harness.comparison.assumption import Assumption
from chatkit_harness.comparison.facts import (
    SideFacts,
    compare_content,
    facts_of,
    not_said,
    weighty,
)
from chatkit_harness.comparison.nouns import Content, Fact, Pairing, Path, Side, SideTurn
from chatkit_harness.comparison.pairs import Case, Pair
from chatkit_harness.comparison.side import path_of, side_of
from chatkit_harness.comparison.verdict import breaks_of, reasons_of, verdict_of
from chatkit_harness.core.errors import ResultsError
from chatkit_harness.core.transcript import Transcript, Turn

_MOST_TURNS = 30
_NO_TRANSCRIPT = "no transcript was kept"


def pairing_of(pair: Pair, scenario: Mapping[str, Any], assumption: Assumption | None = None) -> Pairing:
    """The verdict on one pair of cases; `scenario` is the document of what was asked.

    A side whose transcript is missing cannot be judged.
    """
    native, there = _read(pair.native), _read(pair.agent_builder)
    sides = (
        _side(pair.native, native, scenario, assumption),
        _side(pair.agent_builder, there, scenario, assumption),
    )
    content = _content(*sides)
    commands = charts.compare_commands(_turns(native), _turns(there), scenario)
    reasons = reasons_of(*sides, content, commands, fault_of(scenario))
    return Pairing(
        scenario=pair.native.result.scenario,
        cell=pair.native.result.cell,
        joined=pair.joined,
        native=sides[0],
        agent_builder=sides[1],
        content=content,
        commands=commands,
        reasons=reasons,
        verdict=verdict_of(reasons),
        breaks=breaks_of(*sides, reasons),
    )


def fault_of(scenario: Mapping[str, Any]) -> str | None:
    """What a scenario breaks on purpose, in words; None for one that breaks nothing."""
    return ", ".join(dict.fromkeys(_faults(scenario))) or None


def _faults(scenario: Mapping[str, Any]) -> Iterator[str]:
    turns = map(reading.mapping, reading.sequence(scenario.get("turns")))
    for holder in (scenario, *turns):
        faults = reading.mapping(reading.mapping(holder.get("context")).get("faults"))
        yield from (f"{part.replace('_', ' ')} {kind}" for part, kind in sorted(faults.items()))
    for path in (scenario, reading.mapping(scenario.get("agent_builder"))):
        for answer in map(reading.mapping, reading.sequence(path.get("script"))):
            fault = reading.mapping(answer.get("fault"))
            told = fault.get("status") or fault.get("kind") or ", ".join(sorted(map(str, fault)))
            if fault:
                yield f"model {told}"


def _turns(transcript: Transcript | str) -> tuple[Turn, ...]:
    return transcript.turns if isinstance(transcript, Transcript) else ()


def _read(case: Case) -> Transcript | str:
    if case.result.transcript is None:
        return _NO_TRANSCRIPT
    try:
        return case.run.transcript(case.result.transcript)
    except ResultsError as error:
        return f"the transcript cannot be read: {error.cause}"


def _side(
    case: Case, transcript: Transcript | str, scenario: Mapping[str, Any], assumption: Assumption | None
) -> Side:
    if isinstance(transcript, Transcript):
        return side_of(case.result, transcript, scenario, assumption)
    result = case.result
    return Side(
        path=path_of(result.path),
        case=result.id,
        cell=result.cell,
        server=result.server,
        outcome=result.outcome,
        reason=transcript if result.outcome in ("pass", "fail") else result.reason or transcript,
        origin="nothing",
        words_of=transcript,
        answered=None,
    )


def _content(native: Side, agent_builder: Side) -> Content:
    """Turn by turn: what one side says in a turn, the other one has to have said by then."""
    whole = compare_content(
        _facts(native.turns), _facts(agent_builder.turns), _as_text(native, agent_builder)
    )
    turns = max(len(native.turns), len(agent_builder.turns))
    if not 1 < turns <= _MOST_TURNS:
        return whole
    alone: list[dict[tuple[str, str], Fact]] = [{}, {}]
    same = 0
    for n in range(turns):
        own = [_facts(side.turns[n : n + 1]) for side in (native, agent_builder)]
        heard = [_facts(side.turns[: n + 1]) for side in (native, agent_builder)]
        here, there = not_said(own[0], heard[1]), not_said(own[1], heard[0])
        same += max(0, len(own[0].facts) - len(here))
        for found, facts in zip(alone, (here, there), strict=True):
            found.update({(fact.kind, fact.shown): fact for fact in facts})
    return replace(
        whole, same=same, native_only=tuple(alone[0].values()), agent_builder_only=tuple(alone[1].values())
    )


def _facts(turns: Sequence[SideTurn]) -> SideFacts:
    return facts_of(
        [widget for turn in turns for widget in turn.widgets],
        [turn.prose for turn in turns],
        drawn=[command for turn in turns for command in turn.commands],
        asked="\n".join(turn.user for turn in turns),
    )


def _as_text(native: Side, agent_builder: Side) -> Path | None:
    """The side that says in words what the other one shows: it has no widget with a fact in it."""
    shows = [_shows(side) for side in (native, agent_builder)]
    if shows[0] == shows[1] or not (native.answered and agent_builder.answered):
        return None
    return "agent_builder" if shows[0] else "native"


def _shows(side: Side) -> bool:
    held = facts_of([widget for turn in side.turns for widget in turn.widgets], ())
    return bool(weighty(fact for fact, _ in held.facts))
