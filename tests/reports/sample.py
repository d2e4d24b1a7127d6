"""A run as the default matrix gives it: eight cells, one pair that its third parties broke since."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from chatkit_harness.causes import group
from chatkit_harness.checks import CHECKS
from chatkit_harness.core.codec import to_document
from chatkit_harness.core.nouns import CaseResult, Cell, Finding, Outcome, Pair, cell_id
from chatkit_harness.core.transcript import (
    CassetteFacts,
    CellFacts,
    Event,
    Exchange,
    Frame,
    Raised,
    Subject,
    Transcript,
    Turn,
)
from chatkit_harness.results import Results, ResultsWriter, RunFooter, RunHeader, read_results, summary

SCENARIOS = (
    "calendar-as-documented",
    "calendar-nfp",
    "client-tool-selection",
    "news-as-documented",
    "news-tsla",
    "quote-aapl",
    "two-turns",
    "unknown-symbol",
)
THEN = {"openai": "2.8.1", "pydantic": "2.12.4", "mcp": "1.21.2", "starlette": "0.50.0", "anyio": "4.11.0"}
NOW = {"openai": "2.54.0", "pydantic": "2.14.3", "mcp": "1.30.0", "starlette": "1.10.0", "anyio": "4.16.0"}

TIMING = {
    "total_ms": 48.2,
    "first_event_ms": 3.1,
    "widget_ms": None,
    "cpu_ms": 44.0,
    "driver_ms": 52.0,
    "harness_ms": 1.4,
}

BROKEN_USAGE = Raised(
    type="pydantic_core._pydantic_core.ValidationError",
    message="1 validation error for InputTokensDetails\ncache_write_tokens\n  Field required [type=missing, "
    "input_value={'cached_tokens': 0}, input_type=dict]\n    For further information visit the manual",
    frames=(
        Frame(file="asyncio/tasks.py", function="wait_for", line=507),
        Frame(file="market_server/server.py", function="respond", line=88, code="async for event in stream:"),
        Frame(
            file="agents/usage.py",
            function="<lambda>",
            line=36,
            distribution="openai-agents",
            version="0.5.1",
            code="default_factory=lambda: InputTokensDetails(cached_tokens=0)",
        ),
        Frame(
            file="pydantic/main.py", function="__init__", line=280, distribution="pydantic", version="2.14.3"
        ),
    ),
    subject=Subject(
        name="openai.types.responses.response_usage.InputTokensDetails",
        distribution="openai",
        version="2.54.0",
    ),
)


def finding(raised: Raised | None = BROKEN_USAGE, **changes: str) -> Finding:
    """An error finding of the run check, with an exception behind it unless told otherwise."""
    given = {"rule": "run/error", "key": "run/error", "message": "The turn ended in an error event."}
    evidence = {"raised": to_document(raised)} if raised else {"event": {"type": "error"}}
    told = given | changes
    return Finding(
        rule=told["rule"], severity="error", key=told["key"], message=told["message"], evidence=evidence
    )


def expected(found: Finding) -> Finding:
    """A finding as a note that the scenario expects."""
    return dataclasses.replace(found, severity="note", evidence={**found.evidence, "expected": True})


def cell(chatkit: str = "1.2.0", agents: str = "0.5.1", resolution: str = "today", **more: str) -> Cell:
    """A cell with pins as its resolution would give them."""
    rest = {} if more.get("unresolvable") else THEN if resolution == "contemporary" else NOW
    pins = {"openai-chatkit": chatkit, "openai-agents": agents, **rest} if rest else {}
    return Cell(
        id=cell_id(Pair(chatkit=chatkit, agents=agents), "3.12", resolution),
        chatkit=chatkit,
        agents=agents,
        python="3.12.1",
        resolution=resolution,
        lock="5f2a" * 16 if pins else "",
        pins=pins,
        unresolvable=more.get("unresolvable"),
        unavailable=more.get("unavailable"),
    )


def case(of: Cell, scenario: str = "quote-aapl", outcome: Outcome = "pass", **more: object) -> CaseResult:
    """A case of a cell; a failing one carries the broken usage unless `findings` are given."""
    findings = more.get("findings", (finding(),) if outcome == "fail" else ())
    reason, transcript = more.get("reason"), more.get("transcript")
    assert isinstance(findings, tuple)
    return CaseResult(
        id=f"{of.id}/native/{scenario}",
        cell=of.id,
        path="native",
        scenario=scenario,
        outcome=outcome,
        reason=str(reason) if reason else None,
        findings=findings,
        timing=TIMING if outcome in ("pass", "fail") else {},
        transcript=str(transcript) if transcript else None,
    )


def transcript(of: Cell, scenario: str = "quote-aapl", *, fails: bool = False) -> Transcript:
    """One turn: a quote with its widget and a sentence, or an error event."""
    card = {"type": "Card", "children": [{"type": "Text", "value": "AAPL <b>229.35</b>"}]}
    said = [{"type": "output_text", "text": "Apple trades at $229.35, up 1.2%."}]
    good: tuple[dict[str, Any], ...] = (
        {"type": "thread.item.done", "item": {"id": "wdg_1", "type": "widget", "widget": card}},
        {"type": "thread.item.done", "item": {"id": "msg_1", "type": "assistant_message", "content": said}},
    )
    bad: tuple[dict[str, Any], ...] = ({"type": "error", "code": "stream.error"},)
    request = {"type": "threads.create", "params": {}}
    return Transcript(
        scenario=scenario,
        path="native",
        server="reference",
        cell=CellFacts(python="3.12.1", platform="linux", pins=of.pins),
        turns=(
            Turn(
                index=0,
                user="What's AAPL trading at?",
                request=request,
                sent_at_ms=1.0,
                end="done",
                ended_at_ms=49.2,
                events=tuple(
                    Event(at_ms=4.0 + n, data=data) for n, data in enumerate(bad if fails else good)
                ),
            ),
        ),
        exchanges=(
            Exchange(
                at_ms=2.0, method="POST", path="/v1/responses", outcome="matched", status=200, request={}
            ),
        ),
        cassette=CassetteFacts(name="quote-aapl.yaml", origin="script", interactions=2),
    )


HEADER = RunHeader(
    harness_version="0.1.0",
    started="2026-11-20T09:30:00Z",
    command=("chatkit-harness", "run"),
    enforcement="an audit hook in each cell",
    scenarios={name: {} for name in SCENARIOS},
    checks=tuple(CHECKS),
    host={"python": "3.11.7", "platform": "Linux x86_64", "cores": 2},
    index="the configured index, 24 and 124 releases",
)

Made = tuple[list[Cell], list[CaseResult]]


def matrix() -> Made:
    """Cells and cases of the default matrix; agents 0.5.1 fails wherever it runs with today's packages."""
    cells, cases = [], []
    for chatkit in ("1.2.0", "1.6.5"):
        for agents in ("0.5.1", "0.24.0"):
            for resolution in ("contemporary", "today"):
                here = cell(chatkit, agents, resolution)
                broken = agents == "0.5.1" and resolution == "today"
                cells.append(here)
                cases += [case(here, name, "fail" if broken else "pass") for name in SCENARIOS]
    return cells, cases


def icons() -> Made:
    """Passing cases of two releases, which show one wrong icon by two rules, and a list where none may be."""
    cells, cases = [cell(), cell("1.6.5")], []
    about = {"component": "Card", "prop": "status.icon", "value": "newspaper", "expected": True}
    for here, rule in zip(cells, ("widgets/unknown-icon", "widgets/dropped-prop"), strict=True):
        icon = finding(None, rule=rule, key=f"{rule}:Card.status.icon=newspaper", message="no such icon")
        icon = dataclasses.replace(icon, severity="note", evidence=about)
        cases += [case(here, name, findings=(icon, icon)) for name in ("calendar-nfp", "news-tsla")]
    inside = {"component": "ListView", "prop": "children", "value": "ListView", "expected": True}
    rule = "widgets/not-allowed-here"
    lists = finding(
        None, rule=rule, key=f"{rule}:ListView.children", message="A ListView may only be a root."
    )
    lists = dataclasses.replace(lists, severity="note", evidence=inside)
    cases[-1] = dataclasses.replace(cases[-1], findings=(*cases[-1].findings, lists))
    return cells, cases


def write(folder: Path, made: Made | None = None, *, end: bool = True, interrupted: bool = False) -> Results:
    """Write a run into a folder as the engine would, with a transcript a case, and read it back."""
    cells, cases = made if made is not None else matrix()
    known = {each.id: each for each in cells}
    with ResultsWriter(folder) as writer:
        writer.header(HEADER)
        for each in cells:
            writer.cell(each)
        for one in cases:
            fails = one.outcome == "fail"
            name = writer.transcript(transcript(known[one.cell], one.scenario, fails=fails))
            writer.case(dataclasses.replace(one, transcript=name))
        if end:
            causes = group(cases, cells)
            ended = "2026-11-20T09:31:10Z"
            writer.footer(
                RunFooter(finished=ended, interrupted=interrupted, summary=summary(cases), causes=causes)
            )
    return read_results(folder)


def results(made: Made | None = None, **more: object) -> Results:
    """A run in memory, without transcripts; `complaints` and `interrupted` may be given."""
    cells, cases = made if made is not None else matrix()
    footer = RunFooter(finished="2026-11-20T09:31:10Z", causes=group(cases, cells))
    complaints = more.get("complaints", ())
    assert isinstance(complaints, tuple)
    return Results(
        header=HEADER, cells=tuple(cells), cases=tuple(cases), footer=footer, complaints=complaints
    )


def judged_by(*checks: str) -> Results:
    """The default matrix, judged by these checks."""
    whole = results()
    return dataclasses.replace(whole, header=dataclasses.replace(whole.header, checks=checks))


def two_pythons() -> Made:
    """A pair on two Pythons of one minor, told apart by their ids: it works on one and fails on the other."""
    cells = []
    for python in ("3.12.1", "3.12.9"):
        name = cell_id(Pair(chatkit="1.2.0", agents="0.5.1"), python, "today")
        cells.append(dataclasses.replace(cell(), id=name, python=python))
    return cells, [case(cells[0]), case(cells[1], outcome="fail")]


def sweep(*, lacks: tuple[str, ...] = ()) -> Results:
    """Three chatkit releases with agents 0.4.0 on, forked: today those before 0.9.0 fail, one has no pins."""
    cells, cases = [], []
    for resolution in ("contemporary", "today"):
        for chatkit in ("1.2.0", "1.4.0", "1.6.5"):
            for minor in range(4, 14):
                pinless = resolution == "contemporary" and (chatkit, minor) == ("1.6.5", 13)
                reason = {"unresolvable": "openai 2 is too old"} if pinless else {}
                here = cell(chatkit, f"0.{minor}.0", resolution, **reason)
                broken = resolution == "today" and minor < 9
                here = dataclasses.replace(here, isolation="fork", lacks=lacks if broken else (), seconds=0.2)
                outcome: Outcome = "unresolvable" if pinless else "fail" if broken else "pass"
                cells.append(here)
                cases += [case(here, name, outcome, **reason) for name in ("quote-aapl", "two-turns")]
    made = results((cells, cases))
    matrix = {"cells": [each.id for each in cells]}
    header = dataclasses.replace(HEADER, selection={"admitted": True}, matrix=matrix)
    return dataclasses.replace(made, header=header)


def with_causes(made: Results, **changes: Any) -> Results:
    """The same run, the first cause of which says something else."""
    assert made.footer is not None
    first, *rest = made.footer.causes
    causes = (dataclasses.replace(first, **changes), *rest)
    return dataclasses.replace(made, footer=dataclasses.replace(made.footer, causes=causes))
