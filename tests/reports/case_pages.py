"""Cases of every kind, as runs have them, for the tests that look at the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.browser.window import Window
from tests.comparison.build import CARD, LEVELS, native
from tests.reports.sample import BROKEN_USAGE

from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.transcript import (
    Attempt,
    Breach,
    Event,
    Exam,
    Exchange,
    ImportResult,
    LogRecord,
    Ran,
    Stored,
    Transcript,
    Turn,
)
from chatkit_harness.core.transcript import Reading as TheirReading

Item = Mapping[str, Any]


def turn(
    n: int, *data: Item, request: str = "threads.create", user: str = "How is Tesla?", **more: Any
) -> Turn:
    """A turn of a hundred milliseconds, with an event each ten."""
    begins = 200.0 * n
    events = tuple(Event(at_ms=begins + 10.0 * (at + 1), data=each) for at, each in enumerate(data))
    given = {"sent_at_ms": begins, "ended_at_ms": begins + 100.0, "end": "done", "events": events, **more}
    return Turn(index=n, user=user, request={"type": request, "params": {}}, **given)


def done(kind: str, name: str, event: str = "done", /, **held: Any) -> Item:
    """An event with an item."""
    return {"type": f"thread.item.{event}", "item": {"id": name, "type": kind, **held}}


def updated(name: str, kind: str, /, **held: Any) -> Item:
    return {"type": "thread.item.updated", "item_id": name, "update": {"type": kind, **held}}


def text(words: str) -> list[Item]:
    return [{"type": "output_text", "text": words, "annotations": []}]


PART = "assistant_message.content_part"
STREAMED = (
    {"type": "thread.created", "thread": {"id": "t", "title": "Tesla today"}},
    {"type": "progress_update", "text": "Reading prices"},
    done("assistant_message", "m", "added", content=[]),
    updated("m", f"{PART}.added", content_index=0, content=text("")[0]),
    updated("m", f"{PART}.text_delta", content_index=0, delta="Tesla "),
    updated("m", f"{PART}.text_delta", content_index=0, delta="is up."),
    done("assistant_message", "m", content=text("Tesla is up.")),
)
REPLACED = (
    done("widget", "w", widget=CARD),
    done("widget", "gone", widget={"type": "Card", "children": []}),
    {"type": "thread.item.removed", "item_id": "gone"},
)
LATER = (
    done(
        "widget", "w", "replaced", widget={"type": "Card", "children": [{"type": "Text", "value": "Now 410"}]}
    ),
    {"type": "client_effect", "name": "chart_commands", "data": {"commands": list(LEVELS)}},
    {"type": "notice", "level": "info", "title": "Late", "message": "Markets are closed"},
    {"type": "error", "code": "stream.error", "message": "Half of it failed."},
    {"type": "song.sung", "tune": 1},
)
OTHERS = (
    done("client_tool_call", "c", name="get_selection", arguments={"bars": 3}, status="completed"),
    done(
        "workflow",
        "f",
        workflow={"type": "custom", "expanded": True, "tasks": [{"type": "custom", "title": "Weighed"}]},
    ),
    updated("f", "workflow.task.added", task_index=1, task={"type": "custom", "title": "Compared"}),
    done("structured_input", "s", inputs=[{"question": "Which span?"}]),
    done("generated_image", "g", image={"url": "https://example.org/a.png"}),
    done("end_of_turn", "e"),
)
WRONG = {
    "type": "Card",
    "children": [{"type": "Row", "children": [{"type": "Badge", "label": "x"}, {"type": "Nonsense"}]}],
}


def faulty(path: str, prop: str, severity: Any = "error", **more: Any) -> Finding:
    """What a check says of a place in the widget `w0`."""
    evidence = {
        "path": path,
        "prop": prop,
        "component": "Badge",
        "value": "huge",
        "item": "w0",
        "turn": 0,
        **more,
    }
    return Finding(
        rule="widgets/wrong-value", severity=severity, key=path, message=f"{prop} is wrong", evidence=evidence
    )


def native_of(*turns: Turn, **more: Any) -> Transcript:
    return replace(native("Fine."), **{"turns": turns, "exchanges": (), **more})


def conversation() -> Transcript:
    """Words that stream, a widget that a later turn replaces, and everything else that may come."""
    http = turn(
        3, request="http", user="(GET /api/chart)", response={"status": 503, "body": {"error": "closed"}}
    )
    left = turn(
        4,
        done("widget", "v", widget=CARD),
        request="threads.custom_action",
        user="(clicks refresh)",
        end="left",
        left_at_ms=820.0,
    )
    return native_of(turn(0, *STREAMED), turn(1, *REPLACED), turn(2, *LATER, *OTHERS), http, left)


def timed() -> Transcript:
    """Two requests to the model, one slow; a tool, a log record, and an event that is no JSON."""
    asked = {
        "instructions": "Be brief.",
        "input": [{"role": "user", "content": "How is Tesla?"}],
        "tools": [{"name": "get_price"}],
    }
    made = Exchange(
        at_ms=20.0,
        ended_at_ms=30.0,
        method="POST",
        path="/v1/responses",
        outcome="matched",
        status=200,
        request=asked,
        critical_ms=1500.0,
    )
    other = replace(
        made,
        at_ms=50.0,
        ended_at_ms=55.0,
        outcome="unmatched",
        nearest=0,
        difference=("the model's name",),
        critical_ms=None,
    )
    odd = Event(at_ms=70.0, raw="data: {")
    first = turn(0, *REPLACED)
    return native_of(
        replace(first, events=(*first.events, odd)),
        exchanges=(made, other),
        ran=(Ran(at_ms=40.0, turn=0, tool="get_price"),),
        log=(
            LogRecord(
                at_ms=60.0, logger="chatkit", level="ERROR", message="no price", turn=0, raised=BROKEN_USAGE
            ),
        ),
    )


FAILED = ImportResult(module="chatkit.agents", ok=False, ms=3.0, raised=BROKEN_USAGE)


def examined() -> Transcript:
    """A rule that is broken, what other cells read, and what is in the store."""
    breach = Breach(rule="contract/paging", message="two pages overlap", evidence={"page": 2})
    item = {"id": "m", "type": "assistant_message", "content": text("Kept.")}
    return native_of(
        exam=Exam(name="contract/paging", outcome="broken", asked=7, breaches=(breach,)),
        readings=(TheirReading(cell="other", chatkit="1.2.0", agents="0.5.1", refused="no pins"),),
        stored=Stored(items=(item,), raised=BROKEN_USAGE),
        attempts=(Attempt(at_ms=1.0, turn=None, address="example.org:443", means="hook"),),
    )


@dataclass
class Page:
    """A report in a window, and where each scenario's case is in it."""

    window: Window
    places: Mapping[str, str]

    def case(self, scenario: str) -> Any:
        """The case's view."""
        return self.window.show(self.places[scenario])


def seen_in(page: Any, place: str = ".talk") -> str:
    """What can be read there, in one line."""
    return re.sub(r"\s+", " ", page.locator(place).first.inner_text())
