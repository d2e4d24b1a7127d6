"""What cells and cases come to, as results tell it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from packaging.specifiers import SpecifierSet

from chatkit_harness.checks.judge import Judgement
from chatkit_harness.core import events
from chatkit_harness.core.errors import (
    HarnessError,
    IndexUnreachableError,
    UnresolvableError,
)
from chatkit_harness.core.nouns import CaseResult, Cell, Outcome
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.pins.resolve import Lock

from .cases import PlannedCase
from .fingerprint import fingerprint
from .installed import shown
from .pairs import AGENTS, CHATKIT
from .plan_cell import PlannedCell
from .running import RUNNING
from .sink import Sink
from .targets import NATIVE


def describe(planned: PlannedCell, **known: Any) -> Cell:
    """A planned cell as results tell it, with what is known of it by now."""
    interpreter = planned.interpreter
    return Cell(
        id=planned.id,
        chatkit=planned.pair.chatkit,
        agents=planned.pair.agents,
        python=interpreter.version,
        resolution=planned.resolution,
        interpreter=f"{interpreter.implementation} {interpreter.version} {interpreter.platform}",
        as_of=planned.as_of.isoformat() if planned.as_of else None,
        lock_file=planned.lock_file,
        environment=shown(Path(interpreter.path)) if planned.standing is not None else None,
        **known,
    )


def kept_cases(cell: Cell, cases: Iterable[PlannedCase], known: Mapping[str, str]) -> dict[str, str]:
    """Of the fingerprints that are known by case id, those of the cell's cases that are the same today."""
    today = {case_id(cell.id, case): case for case in cases if case_id(cell.id, case) in known}
    return {name: known[name] for name, case in today.items() if known[name] == fingerprint(cell, case)}


def refuse(
    sink: Sink,
    planned: PlannedCell,
    cases: Iterable[PlannedCase],
    error: HarnessError,
    *,
    pins: Mapping[str, str] | None = None,
    attempt: int = 1,
) -> None:
    """A cell that cannot be had: one result a case, with the reason.

    Having no pins is a result of the cell; anything else is the harness's own trouble.
    """
    if isinstance(error, UnresolvableError):
        cell, outcome, reason = describe(planned, unresolvable=error.cause), "unresolvable", error.cause
    else:
        sink.complain(error)
        cell, outcome, reason = (
            describe(planned, pins=pins or {}, unavailable=error.cause),
            "error",
            str(error),
        )
    sink.tell(events.CellResolved(cell=cell))
    sink.cell(cell)
    for case in cases:
        sink.case(result(cell, case, cast("Outcome", outcome), reason=reason, attempt=attempt))


def result(cell: Cell, case: PlannedCase, outcome: Outcome, **known: Any) -> CaseResult:
    """What a case came to."""
    return CaseResult(
        id=case_id(cell.id, case),
        cell=cell.id,
        path=case.path,
        scenario=case.scenario.id,
        outcome=outcome,
        server=case.server,
        store=case.store_name,
        client=case.client,
        **known,
    )


def stale(planned: PlannedCell, lock: Lock) -> HarnessError:
    """The complaint about pins that were chosen earlier, because the index does not answer now."""
    return IndexUnreachableError(
        planned.id, f"Pins chosen earlier were used: {lock.stale}.", "Run again when it answers."
    )


def where_nobody_asked(judgement: Judgement, transcript: Transcript, upstream: str | None) -> Judgement:
    """The judgement on a server that runs; where it answered and never asked the model, that is said, too."""
    answered = any(turn.events for turn in transcript.turns)
    if upstream is None or judgement.outcome == "pass" or transcript.exchanges or not answered:
        return judgement
    url = upstream.rstrip("/").removesuffix("/v1")
    words = f"the model at {url} was never asked: does the server run with OPENAI_BASE_URL={url}/v1?"
    findings = list(judgement.findings)
    failing = next((n for n, each in enumerate(findings) if each.severity == "error"), None)
    if failing is not None:
        told = f"{findings[failing].message}; {words}"
        findings[failing] = dataclasses.replace(findings[failing], message=told)
    reason = f"{judgement.reason}; {words}" if judgement.reason else words
    return dataclasses.replace(judgement, reason=reason, findings=tuple(findings))


def undriven(case: PlannedCase, cell: Cell) -> str | None:
    """Why a case cannot be driven in a cell, or None where it can: only a workflow does without chatkit."""
    if cell.resolution == RUNNING:
        return None if case.target.kind == "running" else "a server that runs answers on the native path only"
    if case.path == NATIVE and cell.chatkit is None:
        return "the cell has no chatkit, which the native path needs"
    return None


def unmet_requirement(scenario: Scenario, pins: Mapping[str, str]) -> str | None:
    """Why a scenario does not apply to these pins, or None where it does."""
    for short, wanted in scenario.requires.items():
        name = {"chatkit": CHATKIT, "agents": AGENTS}.get(short, short)
        version = pins.get(name)
        if version is None or not SpecifierSet(wanted).contains(version, prereleases=True):
            return f"needs {name}{wanted}, the cell has {version or 'none'}"
    return None


def case_id(cell: str, case: PlannedCase) -> str:
    """The readable id of a case of the cell with that id."""
    return f"{cell}/{case.key}"
