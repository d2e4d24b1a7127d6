"""Runs with both paths, made by hand: what each path sent, and with whose words."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.reports import sample

from chatkit_harness.comparison import Comparison, compare
from chatkit_harness.comparison.nouns import ScenarioComparison
from chatkit_harness.core.nouns import CaseResult, Cell, Finding
from chatkit_harness.core.transcript import (
    CassetteFacts,
    CellFacts,
    Event,
    Exchange,
    Raised,
    Stage,
    Transcript,
    Turn,
)
from chatkit_harness.results import Results, ResultsWriter, RunFooter, RunHeader, read_results, summary

CARD = {
    "type": "Card",
    "children": [
        {"type": "Title", "value": "TSLA"},
        {"type": "Text", "value": "$408.92"},
        {"type": "Text", "value": "-3.10 (-0.75%)", "color": "danger"},
    ],
}
LEVELS = ("LOAD:TSLA", 'SUPPORT:400.50 "swing low"')
ASKED = "How is Tesla doing?"
Path_ = str
Sent = Transcript | None


def exchanges(number: int, critical_ms: float | None = None) -> tuple[Exchange, ...]:
    """Requests to the model, one after the other, a millisecond each."""
    return tuple(
        Exchange(
            at_ms=2.0 + 2 * n,
            ended_at_ms=3.0 + 2 * n,
            method="POST",
            path="/v1/responses",
            outcome="matched",
            status=200,
            request={"input": [{"role": "user", "content": ASKED}]},
            bytes=400,
            critical_ms=critical_ms,
        )
        for n in range(number)
    )


def facts(critical_ms: float | None) -> CassetteFacts:
    """A script, or a recording where times are given."""
    origin = "script" if critical_ms is None else "recording"
    return CassetteFacts(name="made.yaml", origin=origin, interactions=2)


def native(
    text: str = "",
    widgets: Sequence[Mapping[str, Any]] = (),
    commands: Sequence[str] = (),
    *,
    calls: int = 2,
    critical_ms: float | None = None,
    ended_at_ms: float = 21.0,
    server: str = "reference",
) -> Transcript:
    """One turn on the native path; without anything to say it ends in an error event."""
    data: list[dict[str, Any]] = []
    for n, widget in enumerate(widgets):
        data.append({"type": "thread.item.done", "item": {"id": f"w{n}", "type": "widget", "widget": widget}})
    if commands:
        effect = {"type": "client_effect", "name": "chart_commands", "data": {"commands": list(commands)}}
        data.append(effect)
    if text:
        said = [{"type": "output_text", "text": text}]
        item = {"id": "m", "type": "assistant_message", "content": said}
        data.append({"type": "thread.item.done", "item": item})
    data = data or [{"type": "error", "code": "stream.error", "message": "Something went wrong."}]
    turn = Turn(
        index=0,
        user=ASKED,
        request={"type": "threads.create", "params": {}},
        sent_at_ms=1.0,
        end="done",
        ended_at_ms=ended_at_ms,
        cpu_ms=9.0,
        events=tuple(Event(at_ms=8.0 + n, data=each) for n, each in enumerate(data)),
    )
    return Transcript(
        scenario="",
        path="native",
        server=server,
        cell=CellFacts(python="3.12.1", platform="linux"),
        turns=(turn,),
        exchanges=exchanges(calls, critical_ms),
        cassette=facts(critical_ms),
    )


def answer(
    text: str = "", widgets: Sequence[Mapping[str, Any]] = (), commands: Sequence[str] = (), **more: Any
) -> str:
    """A workflow's message: the classifier's document, a blank line, the answer's document."""
    intent = json.dumps({"intent": "market_data", "symbol": "TSLA", "confidence": "high"})
    document = {"response_text": text, "widgets": list(widgets), "chart_commands": list(commands), **more}
    return f"{intent}\n\n{json.dumps(document)}"


def workflow(
    message: str | None,
    *,
    calls: int = 3,
    critical_ms: float | None = None,
    ended_at_ms: float = 41.0,
    server: str = "workflow",
    saved: bool = False,
) -> Transcript:
    """One turn on the Agent Builder path; without a message the workflow raised."""
    turn = Turn(
        index=0,
        user=ASKED,
        request={"type": "run_workflow", "params": {}},
        sent_at_ms=0.0 if saved else 1.0,
        end="done" if message is not None else "raised",
        ended_at_ms=0.0 if saved else ended_at_ms,
        cpu_ms=None if saved else 12.0,
        message=message,
        raised=None if message is not None else Raised(type="builtins.ValueError", message="no output"),
        stages=()
        if saved
        else (
            Stage(name="classify", at_ms=2.0, ended_at_ms=12.0, agent="Intent Classifier"),
            Stage(name="answer", at_ms=12.0, ended_at_ms=40.0, agent="Market analyst"),
            Stage(name="parse", at_ms=40.0, ended_at_ms=41.0),
        ),
    )
    return Transcript(
        scenario="",
        path="agent_builder",
        server="answers" if saved else server,
        cell=CellFacts(python="3.12.1", platform="linux"),
        turns=(turn,),
        exchanges=() if saved else exchanges(calls, critical_ms),
        cassette=None if saved else facts(critical_ms),
        saved=saved,
    )


def spoken(transcript: Transcript, *tokens: int | None) -> Transcript:
    """The same conversation, with so many tokens in the model's answers."""
    made = [
        dataclasses.replace(each, output_tokens=number)
        for each, number in zip(transcript.exchanges, tokens, strict=True)
    ]
    return dataclasses.replace(transcript, exchanges=tuple(made))


def found(rule: str, message: str, severity: str = "error", *, expected: bool = False) -> Finding:
    """A finding of a rule."""
    assert severity in ("error", "warning", "note")
    return Finding(
        rule=rule,
        severity="note" if expected else "error" if severity == "error" else "warning",
        key=rule,
        message=message,
        evidence={"expected": True} if expected else {},
    )


def case(
    cell: Cell, path: str, scenario: str, server: str, findings: tuple[Finding, ...] = (), **more: Any
) -> CaseResult:
    """A case that fails where a finding is an error, unless an outcome is given."""
    failing = any(each.severity == "error" for each in findings)
    return CaseResult(
        id=f"{cell.id}/{path}/{scenario}",
        cell=cell.id,
        path=path,
        scenario=scenario,
        server=server,
        outcome=more.get("outcome", "fail" if failing else "pass"),
        reason=more.get("reason", findings[0].message if failing else None),
        findings=findings,
        transcript=more.get("transcript"),
    )


class Run:
    """A run that is filled case by case and then read back."""

    def __init__(
        self, folder: Path, *, cells: Sequence[Cell] = (), documents: Mapping[str, Any] = {}
    ) -> None:
        self.folder = folder
        self.cells = tuple(cells) or (sample.cell("1.6.5", "0.24.0", "contemporary"),)
        self.documents = dict(documents)
        self._cases: list[CaseResult] = []
        self._writer = ResultsWriter(folder)

    def add(
        self, scenario: str, sent: Transcript, *findings: Finding, cell: Cell | None = None, **more: Any
    ) -> Run:
        """A case that left this transcript; the path is the transcript's own."""
        where = cell or self.cells[0]
        self.documents.setdefault(scenario, {"title": scenario, "paths": ["native", "agent_builder"]})
        name = self._writer.transcript(sent)
        result = case(where, sent.path, scenario, sent.server, findings, transcript=name, **more)
        self._cases.append(result)
        return self

    def bare(self, scenario: str, path: str, cell: Cell | None = None, **more: Any) -> Run:
        """A case without a transcript: skipped, or the harness's own trouble."""
        self.documents.setdefault(scenario, {"title": scenario, "paths": ["native", "agent_builder"]})
        server = "reference" if path == "native" else "workflow"
        self._cases.append(case(cell or self.cells[0], path, scenario, server, **more))
        return self

    def both(self, scenario: str, here: Transcript, there: Transcript) -> Run:
        """A scenario on both paths, without findings."""
        return self.add(scenario, here).add(scenario, there)

    def results(self, *, end: bool = True) -> Results:
        """The run as it is read back."""
        with self._writer as writer:
            header = RunHeader(
                harness_version="0.1.0",
                started="2026-11-20T09:30:00Z",
                scenarios=self.documents,
                selection={"paths": ["native", "agent_builder"]},
            )
            writer.header(header)
            for cell in self.cells:
                writer.cell(cell)
            for each in self._cases:
                writer.case(each)
            if end:
                writer.footer(RunFooter(finished="2026-11-20T09:31:10Z", summary=summary(self._cases)))
        return read_results(self.folder)


def compared(folder: Path, here: Transcript, there: Transcript, *findings: Finding) -> ScenarioComparison:
    """One scenario on both paths in one cell; the findings are the Agent Builder path's."""
    run = Run(folder).add("quote-tsla", here).add("quote-tsla", there, *findings)
    (scenario,) = compare(run.results()).scenarios
    return scenario


def words(comparison: Comparison) -> list[str]:
    """What the comparison says, sentence by sentence."""
    held = (*comparison.breaking, *comparison.better, *comparison.unknown)
    return [each.words for each in held]
