"""Liars of what ChatKit adds: widgets, templates, steps, effects, what goes with a message, the thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.catalogue.breaking import (
    Break,
    Liar,
    answering,
    events,
    forgetting,
    in_turns,
    liar,
    saying,
    without,
)

from chatkit_harness.core.transcript import Transcript, TurnEnd

EVENT, SHOWN, WIDGET, TEXT = (
    *("expect/event-missing", "expect/shown-missing"),
    *("expect/widget-content", "expect/text-content"),
)
ANSWER, HIDDEN, TOLD = "expect/response-content", "expect/not-hidden", "expect/model-not-told"


def untold(old: str, new: str = "") -> Break:
    """The model was told something else."""

    def changed(value: Any) -> Any:
        if isinstance(value, str):
            return value.replace(old, new)
        if isinstance(value, Mapping):
            return {key: changed(each) for key, each in value.items()}
        return [changed(each) for each in value] if isinstance(value, list) else value

    def broken(held: Transcript) -> Transcript:
        made = tuple(replace(each, request=changed(each.request)) for each in held.exchanges)
        assert made != held.exchanges, f"nobody is told {old!r}"
        return replace(held, exchanges=made)

    return broken


def having(key: str, new: Any) -> Break:
    """Another value wherever a field of this name was sent; there must be one."""

    def changed(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: new if name == key else changed(each) for name, each in value.items()}
        return [changed(each) for each in value] if isinstance(value, list) else value

    def broken(held: Transcript) -> Transcript:
        told = events(changed)(held)
        assert told != held, f"nothing has another {key}"
        return told

    return broken


def losing(kind: str, turn: int | None = None) -> Break:
    """Events of a type never came."""
    return events(lambda data: None if data.get("type") == kind else data, turn=turn)


def disclosing(word: str) -> Break:
    """What is hidden stands in the first event all the same."""

    def changed(data: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**data, "metadata": {"told": word}} if data.get("type") == "thread.created" else data

    return events(changed)


def keeps(old: str, new: str, turn: int) -> Break:
    """Another word in the answer that is no stream."""

    def changed(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: changed(each) for key, each in value.items()}
        if isinstance(value, list):
            return [changed(each) for each in value]
        return value.replace(old, new) if isinstance(value, str) else value

    return answering(changed, turn=turn)


def ending(how: TurnEnd, turn: int) -> Break:
    """A turn ended otherwise: what raised is not known, and nothing was logged."""

    def broken(held: Transcript) -> Transcript:
        ended = in_turns(lambda each: replace(each, end=how, raised=None, response={}), turn=turn)(held)
        return replace(ended, log=())

    return broken


FILE = {"id": "atc_1", "type": "file", "name": "10-K.pdf", "mime_type": "application/pdf"}
LEFT = {
    "id": "thr_1",
    "created_at": "2026-11-20T16:00:00",
    "status": {"type": "active"},
    "items": {"data": [], "has_more": False},
}

WIDGETS: Mapping[str, Liar] = {
    "widget-text-streams": liar(EVENT, saying("Apple closed at ", "Apple, at ")),
    "widget-text-corrected": liar(WIDGET, saying("$271.84", "$217.84")),
    "widget-text-in-transition": liar(WIDGET, saying("Apple closed", "Apple opened")),
    "widget-root-replaced": liar("expect/widget-missing", saying("ListView", "Card")),
    "widget-component-updated": liar(EVENT, saying("price", "cost")),
    "widget-copy-text": liar(SHOWN, saying("Apple: $271.84", "Apple")),
    "widget-written-by-model": liar(WIDGET, saying("a calm market", "a market")),
    "widget-by-tool": liar(EVENT, having("done", False)),
    "widget-removed": liar(EVENT, losing("thread.item.removed")),
    "widget-replaced": liar(WIDGET, saying("$272.10", "$271.84", turn=1)),
    "widget-action-answered": liar(HIDDEN, disclosing("The user clicked on buy.")),
    "widget-action-sync": liar(WIDGET, keeps("$272.10", "$271.84", turn=1)),
    "widget-display": liar(WIDGET, having("width", 12)),
    "widget-chart": liar(WIDGET, saying("area", "line")),
    "widget-list": liar(TEXT, saying("open: symbol TSLA", "open: symbol NVDA")),
    "widget-form": liar(TEXT, saying("side buy", "side sell")),
    "widget-basic": liar("expect/widget-missing", saying("Basic", "Card")),
    "widget-action-from-page": liar(TEXT, saying("is prepared", "is refused")),
    "widget-action-on-message": liar(EVENT, having("allow_retry", True)),
    "widget-told-to-model": liar(TOLD, untold("AAPL closed at", "It closed at")),
    "widget-icon-of-vendor": liar(WIDGET, saying("vendor:acme", "vendor:other")),
    "widget-icon-of-lucide": liar(WIDGET, saying("lucide:ship", "cube")),
    "template-basic": liar(WIDGET, saying("$271.84", "271.84")),
    "template-card": liar(WIDGET, saying('"close"', "&quot;close&quot;")),
    "template-list": liar(WIDGET, saying("$391.10", "$391.1")),
    "template-beside-module": liar(WIDGET, saying("secondary", "success")),
    "template-lacks-data": liar("expect/error-missing", saying("stream.error", "custom")),
    "template-streams": liar(EVENT, saying("Apple rose ", "Apple fell ")),
    "template-from-answer": liar(HIDDEN, saying("Down on", "change_percent: Down on")),
}

STEPS: Mapping[str, Liar] = {
    "workflow-by-tool": liar(SHOWN, having("expanded", False)),
    "workflow-by-quick-tool": liar("expect/finding-missing", having("expanded", True)),
    "workflow-duration": liar(SHOWN, having("summary", {"title": "Counted"})),
    "workflow-left-open": liar(SHOWN, having("summary", None)),
    "workflow-across-client-tool": liar(SHOWN, having("summary", None)),
    "workflow-every-task": liar(SHOWN, saying("Example News", "Somebody")),
    "workflow-reasoning": liar(SHOWN, saying("Then buyers came.", "Then it rained.")),
    "task-custom": liar(SHOWN, saying("Two levels hold.", "One level holds.")),
    "task-search": liar(SHOWN, saying("https://news.example/aapl", "")),
    "task-thought": liar(SHOWN, saying("The gap may close.", "")),
    "task-file": liar(SHOWN, saying("10-K.pdf", "10-Q.pdf")),
    "task-image": liar(SHOWN, saying("Drawing the chart", "Drawing")),
    "task-told-to-model": liar(TOLD, untold("Two levels hold.", "Something was done.")),
}

TOLD_TO_CLIENTS: Mapping[str, Liar] = {
    "effect-client": liar(EVENT, saying("1D", "1W")),
    "effect-by-tool": liar("expect/progress-missing", saying("Loading AAPL", "Loading")),
    "effect-progress": liar("expect/progress-missing", saying("Reading two articles", "Reading")),
    "effect-notice": liar(EVENT, saying("danger", "info")),
    "effect-error-custom": liar("run/error-event", saying("closed on Sundays", "closed")),
    "effect-error-code": liar(EVENT, having("allow_retry", True)),
    "effect-error-and-answer": liar(TEXT, saying("$271.84", "nothing")),
    "thread-stream-options": liar(EVENT, having("allow_cancel", False)),
    "thread-no-cancel": liar(EVENT, having("allow_cancel", True)),
}

INPUT: Mapping[str, Liar] = {
    "input-tag": liar(TOLD, untold("exchange: NASDAQ", "")),
    "input-tag-group": liar(SHOWN, having("group", "Indices")),
    "input-quote": liar(SHOWN, saying("rose at noon", "rose")),
    "input-model": liar("expect/model-request", untold("gpt-5-mini", "gpt-4.1-mini")),
    "input-tool-choice": liar(SHOWN, saying("get_news", "get_quote")),
    "input-attachments": liar(SHOWN, saying("chart.png", "picture.png")),
    "input-attachment-deleted": liar(SHOWN, having("attachments", [FILE])),
    "input-structured": liar(SHOWN, having("values", ["week", "day"])),
    "input-structured-skipped": liar(TOLD, untold("skipped", "unanswered")),
    "input-structured-twice": liar(SHOWN, saying("To rest", "To work")),
    "input-transcribe-unsupported": liar("expect/finding-missing", ending("done", turn=0)),
    "input-transcribe": liar(ANSWER, keeps("audio/webm", "audio/webm;codecs=opus", turn=0)),
    "input-several-turns": liar(TOLD, untold("In California.", "")),
}

THREADS: Mapping[str, Liar] = {
    "thread-title": liar(EVENT, losing("thread.updated")),
    "thread-rename": liar(ANSWER, keeps("Apple and me", "Apple", turn=1)),
    "thread-retry": liar(TEXT, saying("It rose.", "It fell.")),
    "thread-retry-unknown": liar("expect/items", forgetting("assistant_message")),
    "thread-retry-wrong-item": liar("expect/items", forgetting("assistant_message")),
    "thread-feedback": liar(TOLD, untold("positive", "negative")),
    "thread-items-paged": liar(ANSWER, keeps("You said: Two", "You said: One", turn=3)),
    "thread-list": liar(ANSWER, keeps("How was the day?", "", turn=1)),
    "thread-get": liar(ANSWER, keeps("You said", "I said", turn=1)),
    "thread-delete": liar(ANSWER, answering(lambda held: {**held, "data": [LEFT]}, turn=2)),
    "thread-hidden-context": liar(HIDDEN, disclosing("PLATINUM")),
    "thread-hidden-by-default": liar(TOLD, untold("PLATINUM", "")),
    "thread-hidden-by-chatkit": liar(HIDDEN, disclosing("The user CANCELLED the stream.")),
    "thread-end-of-turn": liar(SHOWN, without("chatkit.item/end_of_turn")),
    "thread-image": liar(SHOWN, saying("final.png", "rough.png")),
    "thread-sources": liar(SHOWN, saying("Apple Inc.", "Apple")),
    "thread-source-entity": liar(SHOWN, having("interactive", False)),
    "thread-retry-earlier": liar(TEXT, saying("You said", "They said", turn=2)),
    "thread-locked": liar(EVENT, saying("A person answers", "Nobody answers")),
    "thread-closed": liar(ANSWER, keeps("Settled", "Over", turn=1)),
    "thread-image-domains": liar(ANSWER, keeps("charts.example", "*", turn=1)),
    "thread-metadata": liar(HIDDEN, disclosing("PLATINUM")),
}

STORE: Mapping[str, Liar] = {
    "store-write-fails-answer": liar(TEXT, saying("in an hour", "Hm", turn=1)),
    "store-write-fails-question": liar(TEXT, saying("Are the markets open?", "Hm", turn=1)),
}

LIARS: Mapping[str, Liar] = {**WIDGETS, **STEPS, **TOLD_TO_CLIENTS, **INPUT, **THREADS, **STORE}
