"""Drives exported workflows with the interpreter that runs the tests, as a run would in its cells."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chatkit_harness.cells.payload import payload
from chatkit_harness.checks import run_checks
from chatkit_harness.checks.judge import Judgement, judge
from chatkit_harness.core.scenario import PathPlan, Scenario, TurnPlan, on_path
from chatkit_harness.core.transcript import Transcript, Turn
from chatkit_harness.engine.cassettes import cassette_for
from chatkit_harness.engine.parse import parsed
from chatkit_harness.engine.seat import Seat
from chatkit_harness.engine.targets import AGENT_BUILDER, Target
from chatkit_harness.environments.environment import Environment
from chatkit_harness.machine.cache import Cache
from chatkit_harness.scenarios.catalogue import load_all
from chatkit_harness.upstream import ReplayServer

EXPORTS = Path(__file__).parent
SHIPPED = load_all([EXPORTS / "scenarios"])
"""The scenarios of the sound exports; the first word of a name is the export's."""


def make_seat(home: Path, upstream: ReplayServer, *, limit_s: float = 20) -> Seat:
    return Seat(
        Environment(folder=home, python=Path(sys.executable), reused=True),
        payload(Cache(home)),
        upstream,
        log=home / "worker.log",
        time_limit_s=limit_s,
        memory_limit_mb=0,
        pacing=0,
        targets=[],
        path=[EXPORTS],
    )


def drive(
    seat: Seat, scenario: Scenario, file: str, *, inputs: Mapping[str, str] | None = None
) -> Transcript:
    """One case of a workflow, `FILE` or `FILE:FUNCTION`, below the folder of exports."""
    name, _, function = file.partition(":")
    target = Target(
        name=f"workflow:{name}",
        kind="workflow",
        file=EXPORTS / name,
        function=function or "run_workflow",
        inputs=inputs or {},
    )
    there = on_path(scenario, AGENT_BUILDER)
    return parsed(seat.drive(there, cassette_for(there), target, AGENT_BUILDER).transcript)


def drive_shipped(seat: Seat, name: str) -> Transcript:
    return drive(seat, SHIPPED[name], f"{name.partition('-')[0]}.py")


def judged(transcript: Transcript, scenario: Scenario) -> Judgement:
    there = on_path(scenario, AGENT_BUILDER)
    return judge(transcript, there, run_checks(transcript, there))


def asked(*words: str, says: Sequence[Any] = (), context: Mapping[str, Any] | None = None) -> Scenario:
    """A scenario whose model gives one answer a turn."""
    script = tuple({"turn": number, "say": each} for number, each in enumerate(says, 1))
    return Scenario(
        id="asked",
        title="Asked",
        turns=tuple(TurnPlan(user=each) for each in words),
        paths=(AGENT_BUILDER,),
        context=context or {},
        agent_builder=PathPlan(script=script),
    )


def rules(transcript: Transcript, scenario: Scenario) -> set[str]:
    return {each.rule for each in judged(transcript, scenario).findings if each.severity == "error"}


def stages(turn: Turn) -> list[tuple[str, str | None]]:
    return [(stage.name, stage.agent) for stage in turn.stages]


def ends(transcript: Transcript) -> list[str]:
    return [turn.end for turn in transcript.turns]
