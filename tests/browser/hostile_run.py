"""A run in which every field of everything means harm: one case a text and path, and cells that do, too."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests.browser.hostile import LONG, MARK, SCRIPT, SHORT, filled, instances, planted
from tests.reference.web import widget_corpus as corpus
from tests.reports import sample

from chatkit_harness.causes import group
from chatkit_harness.core.nouns import CaseResult, Cause, Cell, Finding
from chatkit_harness.core.transcript import Event, Exchange, LogRecord, Raised, Stored, Transcript, Turn
from chatkit_harness.results import Results, ResultsWriter, RunFooter, RunHeader, read_results, summary

TEXTS = (*SHORT, *LONG)
IN_CELLS = (SCRIPT, LONG[0], SHORT[-5], SHORT[-6])
PATHS = ("native", "agent_builder")


@cache
def _schema(kind: str) -> dict[str, Any]:
    """What the newest chatkit sends, as it describes it."""
    releases = json.loads((corpus.SCHEMAS / "index.json").read_text(encoding="utf-8"))["releases"]
    newest = releases[max(releases, key=lambda name: [int(part) for part in name.split(".")])]
    found: dict[str, Any] = json.loads((corpus.SCHEMAS / f"{kind}-{newest[kind]}.json").read_text("utf-8"))
    return found


@cache
def _template(kind: str, wild: bool) -> str:
    """The documents after a schema as JSON, with a mark in the place of each text."""
    instead = {"WidgetRoot": corpus.card(corpus.CHILD)} if kind == "event" else {}
    made = instances(_schema(kind), MARK, wild=wild, **instead)
    if kind == "widget":
        made = [
            each if each["type"] == "Card" else {**each, "children": [corpus.CHILD, MARK]}
            for each in {each["type"]: each for each in reversed(made)}.values()
        ]
    return json.dumps(sorted(_one_a_shape(made), key=lambda each: each["type"] != "Card"))


def documents(kind: str, text: str, *, wild: bool = False) -> list[Any]:
    """Documents after a schema of the newest chatkit, every field of which holds the text."""
    written = _template(kind, wild).replace(json.dumps(MARK)[1:-1], json.dumps(text)[1:-1])
    found: list[Any] = json.loads(written)
    return found


def odd_documents(kind: str, value: Any) -> list[Any]:
    """Documents after a schema of the newest chatkit with that value in the place of every text."""
    written = json.dumps(value).replace("\\", "\\\\")
    mark = re.escape(json.dumps(MARK))
    return [
        document
        for wild in (False, True)
        for document in json.loads(re.sub(rf"{mark}(?!:)", written, _template(kind, wild)))
    ]


def widgets(text: str) -> list[Any]:
    """A card with each component in it, sound and wild, and the other roots; of a long text one card."""
    if is_long(text):
        return [corpus.card({"type": "Text", "value": text}, {"type": "Button", "label": text})]
    if text in LONG:
        return [planted(each, text) for each in widgets(MARK)[:1]]
    return [*documents("widget", text), *documents("widget", text, wild=True)]


def is_long(text: str) -> bool:
    """Whether it is one of those that cannot be everywhere at once."""
    return len(text) > 50_000


def commands(text: str) -> list[str]:
    """Chart commands with the text wherever one has words; of a long text one."""
    if is_long(text):
        return ["LOAD:TSLA", f'SUPPORT:450 "{text}"']
    drawn = (f'SUPPORT:450 "{text}"', f'TRENDLINE:440,2026-01-05:450,2026-02-05 "{text}"', f"LOAD:{text}")
    return ["LOAD:TSLA", *drawn, f"DRAW:LEVEL:{text}:SUPPORT:430.1", f"INDICATOR:{text}", text]


def events(text: str) -> Iterator[Any]:
    """Every event that chatkit knows with every kind of item, widgets, commands, one that nobody knows."""
    for widget in widgets(text):
        yield {"type": "thread.item.done", "item": {"id": text[:99], "type": "widget", "widget": widget}}
    for wild in () if text in LONG else (False, True):
        yield from documents("event", text, wild=wild)
    said = [{"type": "output_text", "text": text, "annotations": [{"type": text[:99]}]}]
    yield {"type": "thread.item.done", "item": {"id": "m", "type": "assistant_message", "content": said}}
    yield {"type": "client_effect", "name": "chart_commands", "data": {"commands": commands(text)}}
    part = text[:4000]
    yield {"type": part, part: part}
    yield {"type": "error", "code": part, "message": text, "allow_retry": part}


def _one_a_shape(found: list[Any]) -> Iterator[Any]:
    """One document for each type, and each type of what is in it."""
    seen = set()
    for each in found:
        inside = next((v for v in each.values() if isinstance(v, dict) and "type" in v), {})
        shape = (each["type"], str(inside.get("type")), *sorted(map(str, inside)))
        if shape not in seen:
            seen.add(shape)
            yield each


def message(text: str) -> str:
    """What an Agent Builder workflow would answer."""
    shown = [corpus.card({"type": "Text", "value": text})] if is_long(text) else widgets(text)[:1]
    document = {
        "response_text": text,
        "widgets": shown,
        "chart_commands": commands(text),
        text[:99]: text[:99],
    }
    return f"{text}\n\n{json.dumps(document)}\n\n{text[:4000]}"


def transcript(text: str, path: str, scenario: str) -> Transcript:
    """A conversation in which all that anybody says is that text, as words, events, items and widgets."""
    native, part = path == "native", text[:4000]
    said = list(events(text)) if native else []
    made = [Event(at_ms=1.0, raw=part), *(Event(at_ms=2.0 + n, data=one) for n, one in enumerate(said))]
    turn = filled(
        Turn,
        part,
        user=text,
        request=documents("request", part)[0],
        events=tuple(made) if native else (),
        message=None if native else message(text),
        raised=filled(Raised, part, message=text if not is_long(text) else part),
        ended_at_ms=900.0,
    )
    request = {"input": [{"role": part, "content": text}], "tools": [{"name": part, "description": part}]}
    asked = filled(Exchange, part, request=request)
    items = tuple(each["item"] for each in said if isinstance(each.get("item"), dict))
    return filled(
        Transcript,
        part,
        scenario=scenario,
        path=path,
        exit_code=None,
        signal=None,
        saved=False,
        turns=(
            turn,
            filled(Turn, part, index=1, user=part, end="raised", ended_at_ms=900.0, events=turn.events[:1]),
        ),
        log=(filled(LogRecord, part, message=text),),
        exchanges=(asked, asked),
        stored=filled(Stored, part, items=items[1:40]),
    )


def case(text: str, cell: Cell, path: str, scenario: str, name: str | None) -> CaseResult:
    """A failing case with findings whose every field is that text."""
    part = text[:4000]
    findings = tuple(
        filled(Finding, part, severity=each, message=text, evidence={"turn": 0, part: part, "says": [part]})
        for each in (("error",) if is_long(text) else ("error", "warning", "note"))
    )
    known: dict[str, Any] = {
        "id": f"{cell.id}/{path}/{scenario}",
        "cell": cell.id,
        "path": path,
        "scenario": scenario,
    }
    usual: dict[str, Any] = {} if cell.chatkit == text else {"store": "memory", "client": "none"}
    timing = {**sample.TIMING, part: 3.0}
    return filled(
        CaseResult, part, outcome="fail", reason=part, findings=findings, transcript=name, timing=timing,
        **known, **usual,
    )  # fmt: skip


def write(folder: Path) -> Results:
    """Write the run as the engine would have, and read it back."""
    good = sample.cell("1.6.5", "0.24.0")
    cells = [good] + [filled(Cell, text, unresolvable=None, unavailable=None) for text in IN_CELLS]
    scenarios = {f"{text[:400]} {n}": text for n, text in enumerate(TEXTS)}
    header = filled(RunHeader, SCRIPT, harness_version="0.1.0", selection={}, matrix={}, scenarios={
        name: {"title": text, "description": text} for name, text in scenarios.items()
    })  # fmt: skip
    asked = [(good, name, text) for name, text in scenarios.items()]
    asked += [(cell, next(iter(scenarios)), cell.chatkit or "") for cell in cells[1:]]
    cases = []
    with ResultsWriter(folder) as writer:
        writer.header(header)
        for cell in cells:
            writer.cell(cell)
        for cell, scenario, text in asked:
            both = cell is good and (not is_long(text) or text == LONG[0])
            for path in PATHS if both else PATHS[:1]:
                name = writer.transcript(transcript(text if cell is good else SCRIPT, path, scenario))
                cases.append(case(text, cell, path, scenario, name))
                writer.case(cases[-1])
        made = [filled(Cause, text, cases=(cases[n].id,)) for n, text in enumerate(TEXTS)]
        writer.footer(
            filled(RunFooter, SCRIPT, interrupted=False, summary=summary(cases),
                   causes=(*made, *group(cases, cells)))
        )  # fmt: skip
    return read_results(folder)
