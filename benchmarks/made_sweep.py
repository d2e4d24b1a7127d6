"""The results folder of a sweep that nobody drove: findings as real sweeps have them, versions varied.

Every pair of 23 chatkit and 90 agents releases, ten scenarios each. Resolved as of today, agents releases
before 0.19 fail on the first message; whatever the resolution, some pairs of one chatkit line fail in two
scenarios, a few have no pins, and one worker was lost. A transcript is written once a scenario and outcome,
and every case points to one of those.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chatkit_harness.causes import group
from chatkit_harness.checks import CHECKS
from chatkit_harness.core.codec import to_document
from chatkit_harness.core.nouns import CaseResult, Cell, Finding, Outcome, Pair, cell_id, digest
from chatkit_harness.core.transcript import (
    CassetteFacts,
    CellFacts,
    Event,
    Exchange,
    Frame,
    ImportResult,
    Raised,
    Subject,
    Transcript,
    Turn,
)
from chatkit_harness.results import ResultsWriter, RunFooter, RunHeader, summary

# The last patch release of each minor, and the first where it is not 0.
CHATKIT = {"0.0": 2, "1.0": 2, "1.1": 2, "1.2": 0, "1.3": 1, "1.4": 2, "1.5": 3, "1.6": 5}
AGENTS = {
    "0.3": 3, "0.4": 2, "0.5": 1, "0.6": 9, "0.7": 0, "0.8": 4, "0.9": 3, "0.10": 5, "0.11": 1, "0.12": 5,
    "0.13": 6, "0.14": 8, "0.15": 3, "0.16": 1, "0.17": 8, "0.18": 3, "0.19": 4, "0.20": 0, "0.21": 1,
    "0.22": 3, "0.23": 1, "0.24": 0,
}  # fmt: skip
FIRST = {"0.0": 2, "0.3": 2, "0.23": 1}
SCENARIOS = (
    "calendar-as-documented", "calendar-nfp", "client-tool-selection", "draw-support-tsla", "load-nvda",
    "news-as-documented", "news-tsla", "quote-aapl", "two-turns", "unknown-symbol",
)  # fmt: skip
THIRD_PARTIES = (
    "annotated-types", "anyio", "attrs", "certifi", "cffi", "charset-normalizer", "click", "colorama",
    "cryptography", "distro", "griffe", "h11", "httpcore", "httpx", "httpx-sse", "idna", "jinja2", "jiter",
    "jsonschema", "jsonschema-specifications", "markupsafe", "mcp", "openai", "pycparser", "pydantic",
    "pydantic-core", "pydantic-settings", "pyjwt", "python-dotenv", "python-multipart", "referencing",
    "requests", "rpds-py", "sniffio", "sse-starlette", "starlette", "tqdm", "types-requests",
    "typing-extensions", "typing-inspection", "urllib3", "uvicorn",
)  # fmt: skip
_IN_TOOLS = ("client-tool-selection", "news-tsla")
_TODAY = 99


def releases(minors: dict[str, int]) -> list[str]:
    """Every release of those minors, oldest first."""
    return [f"{minor}.{n}" for minor, last in minors.items() for n in range(FIRST.get(minor, 0), last + 1)]


def write_sweep(
    folder: Path,
    resolutions: tuple[str, ...],
    scenarios: tuple[str, ...] = SCENARIOS,
    *,
    packed: bool = False,
) -> None:
    """Write the whole matrix once for each resolution, as a finished sweep would have left it."""
    cells = list(_cells(resolutions))
    with ResultsWriter(folder, packed=packed) as writer:
        writer.header(_header(cells, scenarios))
        names = {
            (scenario, fails): writer.transcript(_transcript(cells[0], scenario, fails=fails))
            for scenario in scenarios
            for fails in (False, True)
        }
        cases = []
        for n, cell in enumerate(cells):
            writer.cell(cell)
            for scenario in scenarios:
                case = _case(cell, scenario, lost=n == 700)
                case = dataclasses.replace(case, transcript=names[scenario, case.outcome == "fail"])
                writer.case(case)
                cases.append(case)
        writer.footer(
            RunFooter(finished="2026-11-20T09:40:00Z", summary=summary(cases), causes=group(cases, cells))
        )


def _header(cells: list[Cell], scenarios: tuple[str, ...]) -> RunHeader:
    return RunHeader(
        harness_version="0.1.0",
        started="2026-11-20T09:30:00Z",
        command=("sweep", "--resolution", "contemporary,today"),
        selection={"admitted": True},
        matrix={"cells": [cell.id for cell in cells], "shard": None, "whole": "0" * 64},
        enforcement="audit hook in each cell's process",
        scenarios={name: {"paths": ["native"]} for name in scenarios},
        checks=tuple(CHECKS),
        host={"python": "3.11.7", "platform": "Linux x86_64", "cores": 2},
    )


def _cells(resolutions: tuple[str, ...]) -> Iterator[Cell]:
    for resolution in resolutions:
        for c, chatkit in enumerate(releases(CHATKIT)):
            for a, agents in enumerate(releases(AGENTS)):
                when = _TODAY if resolution == "today" else max(4 * c, a)
                pins = {name: f"{2 + n % 3}.{when // 3}.{n}" for n, name in enumerate(THIRD_PARTIES)}
                pins |= {"openai-chatkit": chatkit, "openai-agents": agents}
                unresolvable = None
                if resolution != "today" and c == 0 and a >= 84:
                    unresolvable = f"openai-agents=={agents} needs openai>=3, which openai-chatkit forbids"
                    pins = {}
                yield Cell(
                    id=cell_id(Pair(chatkit=chatkit, agents=agents), "3.11", resolution),
                    chatkit=chatkit,
                    agents=agents,
                    python="3.11.7",
                    resolution=resolution,
                    isolation="fork",
                    lock=digest(pins) if pins else "",
                    pins=pins,
                    unresolvable=unresolvable,
                    lacks=("agents.items.ToolCallItem.call_id (chatkit/agents.py:512)",) if a < 5 else (),
                    seconds=0.2,
                )


def _case(cell: Cell, scenario: str, *, lost: bool) -> CaseResult:
    outcome: Outcome = "pass"
    findings: tuple[Finding, ...] = ()
    reason = None
    minor = int(cell.agents.split(".")[1])
    if cell.unresolvable:
        outcome, reason = "unresolvable", cell.unresolvable
    elif lost and scenario == SCENARIOS[-1]:
        outcome, reason = "error", "The cell's process was killed by signal 9."
    elif cell.resolution == "today" and minor < 19:
        outcome, findings = "fail", _failed(_usage(cell), cell, "cache_write_tokens")
    elif (cell.chatkit or "").startswith("1.4") and 8 <= minor < 14 and scenario in _IN_TOOLS:
        outcome, findings = "fail", _failed(_call_id(cell), cell, "call_id")
    elif scenario.endswith("as-documented"):
        findings = _expected(cell)
    return CaseResult(
        id=f"{cell.id}/native/{scenario}",
        cell=cell.id,
        path="native",
        scenario=scenario,
        outcome=outcome,
        reason=findings[0].message if outcome == "fail" else reason,
        findings=findings,
        timing={
            "total_ms": 29.306,
            "first_event_ms": 3.671,
            "widget_ms": 16.389,
            "cpu_ms": 25.187,
            "driver_ms": 37.93 + len(cell.id) / 7,
            "harness_ms": 6.565,
        },
        fingerprint=digest([cell.lock, scenario]),
        confirmed=outcome == "fail" and cell.chatkit == "1.4.0" and cell.agents in ("0.8.0", "0.18.3"),
    )


def _frame(cell: Cell, file: str, function: str, line: int, owner: str | None = None) -> Frame:
    version = cell.pins.get(owner) if owner else None
    code = f"return {function.strip('<>')}(self, context, run_config=run_config, **kwargs)"
    return Frame(file=file, function=function, line=line, distribution=owner, version=version, code=code)


def _usage(cell: Cell) -> Raised:
    minor = int(cell.agents.split(".")[1])
    return Raised(
        type="pydantic_core._pydantic_core.ValidationError",
        message="1 validation error for InputTokensDetails\ncache_write_tokens\n  Field required "
        "[type=missing, input_value={'cached_tokens': 0}, input_type=dict]\n    For further information "
        f"visit the manual of pydantic {cell.pins['pydantic']}",
        frames=(
            _frame(cell, "chatkit/server.py", "_process_events", 611, "openai-chatkit"),
            _frame(cell, "chatkit_harness/reference/server.py", "respond", 59),
            _frame(cell, "chatkit_harness/reference/conversation.py", "answer", 28),
            _frame(cell, "agents/run.py", "run_streamed", 480 + minor, "openai-agents"),
            _frame(cell, "agents/run.py", "run_streamed", 820 + minor, "openai-agents"),
            _frame(cell, "<string>", "__init__", 4),
            _frame(cell, "pydantic/_internal/_dataclasses.py", "__init__", 121, "pydantic"),
            _frame(cell, "agents/usage.py", "<lambda>", 36 + minor, "openai-agents"),
            _frame(cell, "pydantic/main.py", "__init__", 280, "pydantic"),
        ),
        subject=Subject(
            name="openai.types.responses.response_usage.InputTokensDetails",
            distribution="openai",
            version=cell.pins["openai"],
        ),
    )


def _call_id(cell: Cell) -> Raised:
    return Raised(
        type="builtins.AttributeError",
        message="'ToolCallItem' object has no attribute 'call_id'",
        frames=(
            _frame(cell, "chatkit_harness/reference/server.py", "respond", 59),
            _frame(cell, "chatkit/agents.py", "stream_agent_response", 512, "openai-chatkit"),
        ),
    )


def _failed(raised: Raised, cell: Cell, name: str) -> tuple[Finding, ...]:
    """What a case says that ends in an exception: the exception, and four things that follow from it."""
    key = f"{raised.type.rpartition('.')[2]}({name})"
    message = f"{raised.type.rpartition('.')[2]}: {name} missing (the user gets an error event in turn 1)"
    evidence = {
        "turn": 0,
        "error_events": [{"type": "error", "code": "stream.error", "allow_retry": True}],
        "prop": name,
        "raised": to_document(raised),
        "logged": [f"chatkit: {raised.message}"],
        "version": cell.agents,
    }
    follows = [
        Finding(
            rule=f"expect/{what}",
            severity="note",
            key=f"expect/{what} quote",
            message=f"turn 1: no {what} was sent (what came: an error event (stream.error))",
            evidence={"turn": None, "wanted": ["user_message", "widget"], "consequence_of": key},
        )
        for what in ("tool-missing", "widget-missing", "text-missing", "items")
    ]
    own = Finding(rule="run/error-event", severity="error", key=key, message=message, evidence=evidence)
    return (own, *follows)


def _expected(cell: Cell) -> tuple[Finding, ...]:
    reason = f"Card.status.icon is 'newspaper', which is not among the icon names of chatkit {cell.chatkit}."
    evidence = {
        "component": "Card", "prop": "status.icon", "path": "$.status.icon", "value": "newspaper",
        "reason": reason, "item": "msg_6479ccac", "turn": 0, "event": "thread.item.done", "sent": True,
        "release": cell.chatkit, "expected": True,
    }  # fmt: skip
    rule = "widgets/dropped-prop"
    key = f"{rule}:Card.status.icon=newspaper"
    return (Finding(rule=rule, severity="note", key=key, message=reason, evidence=evidence),) * 2


def _transcript(cell: Cell, scenario: str, *, fails: bool) -> Transcript:
    rows = [{"type": "Row", "children": [{"type": "Text", "value": f"AAPL {n}"}]} for n in range(12)]
    card = {"type": "Card", "children": rows}
    said = [{"type": "output_text", "text": "Apple trades at $229.35, up 1.2%. " * 4}]
    data: list[dict[str, Any]] = [
        {"type": "thread.item.done", "item": {"id": "wdg_1", "type": "widget", "widget": card}}
    ]
    data += [{"type": "thread.item.updated", "update": {"delta": "trades "}} for _ in range(40)]
    item = {"id": "msg_1", "type": "assistant_message", "content": said}
    data.append({"type": "thread.item.done", "item": item})
    events: list[dict[str, Any]] = [{"type": "error", "code": "stream.error"}] if fails else data
    request = {"instructions": "You tell prices. " * 60, "tools": [{"name": f"tool_{n}"} for n in range(9)]}
    exchange = Exchange(
        at_ms=2.0, method="POST", path="/v1/responses", outcome="matched", status=200, request=request
    )
    return Transcript(
        scenario=scenario,
        path="native",
        server="reference",
        cell=CellFacts(python="3.11.7", platform="Linux x86_64", pins=cell.pins),
        imports=(ImportResult(module="agents", ok=True, ms=1008.051),),
        turns=(
            Turn(
                index=0,
                user="What's AAPL trading at?",
                request={"type": "threads.create", "params": {}},
                sent_at_ms=1.0,
                end="done",
                ended_at_ms=49.2,
                events=tuple(Event(at_ms=4.0 + n, data=each) for n, each in enumerate(events)),
            ),
        ),
        exchanges=() if fails else (exchange, exchange),
        cassette=CassetteFacts(name=f"{scenario}.yaml", origin="script", interactions=2),
    )
