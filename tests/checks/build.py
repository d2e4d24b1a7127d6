"""A tiny builder of transcripts, so that each test states one defect and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import Scenario, TurnPlan
from chatkit_harness.core.transcript import (
    CellFacts,
    Event,
    Exchange,
    Frame,
    LogRecord,
    Raised,
    Stored,
    Transcript,
    Turn,
)

CARD: dict[str, Any] = {
    "type": "Card",
    "children": [
        {
            "type": "Row",
            "children": [{"type": "Title", "value": "AAPL"}, {"type": "Text", "value": "Apple Inc."}],
        },
        {"type": "Text", "value": "271.49", "color": "success"},
    ],
}
NEWS: dict[str, Any] = {
    "type": "ListView",
    "status": {"text": "2 articles"},
    "children": [
        {"type": "ListViewItem", "children": [{"type": "Text", "value": "Tesla opens a factory"}]},
        {"type": "ListViewItem", "children": [{"type": "Text", "value": "Tesla recalls a truck"}]},
    ],
}


CREATE: dict[str, Any] = {
    "type": "threads.create",
    "params": {
        "input": {
            "content": [{"type": "input_text", "text": "What's AAPL trading at?"}],
            "attachments": [],
            "inference_options": {},
        }
    },
}
THREAD: dict[str, Any] = {
    "id": "t",
    "created_at": "2026-11-20T16:00:00",
    "status": {"type": "active"},
    "metadata": {},
}


def event(data: Mapping[str, Any] | None, at_ms: float = 10.0) -> Event:
    """An event; None stands for one that is no JSON."""
    return Event(at_ms=at_ms, data=data) if data is not None else Event(at_ms=at_ms, raw="<html>")


def item(kind: str, identity: str, **fields: Any) -> dict[str, Any]:
    """A thread item of the thread `t`, with what every item has."""
    return {"type": kind, "id": identity, "thread_id": "t", "created_at": "2026-11-20T16:00:00", **fields}


def done(item: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "thread.item.done", "item": item}


def user(text: str = "What's AAPL trading at?") -> dict[str, Any]:
    content = [{"type": "input_text", "text": text}]
    return done(item("user_message", "u", content=content, attachments=[], inference_options={}))


def message(text: str, identity: str = "m") -> dict[str, Any]:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return done(item("assistant_message", identity, content=content))


def streamed(final: str, *pieces: str, identity: str = "m") -> list[dict[str, Any]]:
    """The events of a message that arrives in pieces and then as a whole."""
    kind = "assistant_message.content_part"
    added = {"type": "thread.item.added", "item": item("assistant_message", identity, content=[])}
    empty = {"type": "output_text", "text": "", "annotations": []}
    updates: list[dict[str, Any]] = [
        {"type": f"{kind}.added", "content_index": 0, "content": empty},
        *({"type": f"{kind}.text_delta", "content_index": 0, "delta": piece} for piece in pieces),
    ]
    told = [{"type": "thread.item.updated", "item_id": identity, "update": update} for update in updates]
    return [added, *told, message(final, identity)]


def widget(root: Mapping[str, Any], identity: str = "w") -> dict[str, Any]:
    return done(item("widget", identity, widget=root))


def client_call(name: str, status: str = "pending", **arguments: Any) -> dict[str, Any]:
    fields = {"call_id": "call_c", "name": name, "status": status, "arguments": arguments}
    return done(item("client_tool_call", "c", **fields))


def error(text: str | None = None, code: str = "stream.error") -> dict[str, Any]:
    return {"type": "error", "code": code, "allow_retry": True, **({"message": text} if text else {})}


def turn(*events: Mapping[str, Any] | None, index: int = 0, **fields: Any) -> Turn:
    """A turn that lasts a hundred milliseconds and sends an event every ten."""
    sent = index * 1000.0
    timed = tuple(event(data, sent + 10.0 * (n + 1)) for n, data in enumerate(events))
    given: dict[str, Any] = {
        "user": "What's AAPL trading at?",
        "request": CREATE,
        "sent_at_ms": sent,
        "end": "done",
        "ended_at_ms": sent + 10.0 * len(events) + 10.0,
        "cpu_ms": 40.0,
        "events": timed,
    }
    return Turn(index=index, **{**given, **fields})


def effect(*commands: Any, name: str = "chart_commands", key: str = "commands") -> dict[str, Any]:
    """What tells the page's chart something, beside the messages."""
    return {"type": "client_effect", "name": name, "data": {key: list(commands)}}


def said(message: str | None, user: str = "draw support for TSLA", index: int = 0, **fields: Any) -> Turn:
    """A turn in which a workflow answers with a message."""
    request = {"type": "workflow.run", "params": {"input_as_text": user, "context": {}}}
    given = {"user": user, "request": request, "message": message, **fields}
    return turn(index=index, **{"ended_at_ms": index * 1000.0 + 90.0, **given})


def called(status: int, answer: Any, path: str = "/api/chatkit/chart-action", **fields: Any) -> Turn:
    """A turn in which the page calls the server's HTTP side."""
    sent = {"query": "draw support for TSLA"}
    request = {"type": "http", "method": "POST", "path": path, "body": fields.pop("sent", sent)}
    return turn(**{"request": request, "response": {"status": status, "body": answer}, **fields})


def asked(
    name: str = "show_stock_quote", arguments: str = '{"symbol": "AAPL"}', output: str = "{}"
) -> dict[str, Any]:
    """A request to the model that tells what a tool gave."""
    call = {"type": "function_call", "call_id": f"call_{name}", "name": name, "arguments": arguments}
    answer = {"type": "function_call_output", "call_id": f"call_{name}", "output": output}
    return {"input": [{"role": "user", "content": "?"}, call, answer]}


def exchange(request: Mapping[str, Any] | None = None, at_ms: float = 15.0, **fields: Any) -> Exchange:
    given: dict[str, Any] = {"outcome": "matched", "status": 200, "ended_at_ms": at_ms + 1, "interaction": 0}
    return Exchange(
        at_ms=at_ms,
        method="POST",
        path="/v1/responses",
        request=request or {"input": []},
        **{**given, **fields},
    )


def frame(file: str, function: str, distribution: str | None = None, version: str | None = None) -> Frame:
    return Frame(file=file, function=function, line=7, distribution=distribution, version=version)


def raised(kind: str, text: str, *frames: Frame, cause: Raised | None = None) -> Raised:
    return Raised(type=kind, message=text, frames=frames, cause=cause)


def logged(
    error: Raised | None, logger: str = "chatkit", at_ms: float = 20.0, turn: int | None = 0
) -> LogRecord:
    return LogRecord(at_ms=at_ms, logger=logger, level="error", message="it failed", turn=turn, raised=error)


def stored(*events: Mapping[str, Any]) -> Stored:
    """A store that holds the items of these events."""
    return Stored(thread=THREAD, items=tuple(each["item"] for each in events if "item" in each))


def transcript(*turns: Turn, **fields: Any) -> Transcript:
    cell = CellFacts(python="3.12.1", platform="Linux", pins={"openai-chatkit": "1.6.5"})
    given: dict[str, Any] = {"scenario": "quote-aapl", "path": "native", "server": "reference", "cell": cell}
    return Transcript(turns=turns, **{**given, **fields})


def workflow(*turns: Turn, **fields: Any) -> Transcript:
    """A transcript of the Agent Builder path, in a cell without chatkit."""
    cell = CellFacts(python="3.12.1", platform="Linux", pins={"openai-agents": "0.24.0"})
    return transcript(*turns, **{"path": "agent_builder", "server": "workflow", "cell": cell, **fields})


def clean() -> Transcript:
    """A quote as it should be: the tool ran, its card went out, the words are whole."""
    words = streamed("AAPL trades at 271.49.", "AAPL trades ", "at 271.49.")
    created = {"type": "thread.created", "thread": {**THREAD, "items": {"data": [], "has_more": False}}}
    return transcript(
        turn(created, user(), widget(CARD), *words),
        exchanges=(exchange(at_ms=12), exchange(asked(), at_ms=14)),
        stored=stored(user(), widget(CARD), words[-1]),
    )


def scenario(turns: int = 1, **fields: Any) -> Scenario:
    plans = tuple(TurnPlan(user="What's AAPL trading at?") for _ in range(turns))
    return Scenario(**{"id": "quote-aapl", "title": "A quote", "turns": plans, **fields})


def rules(findings: Any) -> list[str]:
    """The rules of what fails the case."""
    told: tuple[Finding, ...] = tuple(findings)
    return [each.rule for each in told if each.severity == "error"]
