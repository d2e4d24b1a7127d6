"""What two drives of one conversation have in common: what a scenario may expect of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from chatkit_harness.checks import reading
from chatkit_harness.core.codec import to_document
from chatkit_harness.core.transcript import Transcript

MOST_WORDS = 3
"""So many words of a widget are expected: enough to know it by, few enough to survive a change of layout."""
_LONGEST = 60
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|tomorrow|yesterday"
_PASSING = re.compile(
    rf"\d{{4}}-\d{{2}}-\d{{2}}|\b\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}|\b({_MONTHS})[a-z]*\.?\s+\d|\d\s+({_MONTHS})"
    rf"|\b({_DAYS})\b|\bago\b|[0-9a-f]{{8}}-?[0-9a-f]{{4}}|\b(19|20)\d\d\b",
    re.IGNORECASE,
)
"""Dates and ids: what two drives in a second have in common, and two on different days have not."""


def expectations(one: Transcript, other: Transcript, *, certain: bool = True) -> dict[str, Any]:
    """The `expect` of a scenario: tools, widgets, words and client tool calls that both drives show.

    That there is no widget is expected only where it is `certain` that the tool had arguments to its taste:
    a look-up that failed shows none either.
    """
    expect: dict[str, Any] = {}
    tools = _tools(one)
    if tools == _tools(other):
        expect["tools"] = tools
    widgets = [_widgets(each) for each in (one, other)]
    alike = [each.get("type") for each in widgets[0]] == [each.get("type") for each in widgets[1]]
    if alike and (widgets[0] or certain):
        expect["widgets"] = [_widget(*pair) for pair in zip(*widgets, strict=True)]
    said = _alike(_said(one), _said(other))
    if said:
        expect["text"] = {"contains": said[0]}
    elif not _said(one):
        expect["text"] = {"required": False}
    waiting = _client_tools(one)
    if waiting and waiting == _client_tools(other):
        expect["client_tool"] = waiting[0]
    return expect


def bare(expect: Mapping[str, Any]) -> dict[str, Any]:
    """The same without words and arguments, which may have been there by chance."""
    found = dict(expect)
    if "tools" in found:
        found["tools"] = [each["name"] if isinstance(each, Mapping) else each for each in found["tools"]]
    if "widgets" in found:
        found["widgets"] = [{"root": each["root"]} for each in found["widgets"] if "root" in each]
    if "contains" in found.get("text", {}):
        del found["text"]
    return found


def shows_something(transcript: Transcript) -> bool:
    """Whether a user sees more than words: a widget, an effect in the page, a question to the page."""
    effects = [
        event
        for turn in transcript.turns
        for _, event in reading.events(turn)
        if event.get("type") == "client_effect"
    ]
    return bool(effects or _widgets(transcript) or _client_tools(transcript))


def _tools(transcript: Transcript) -> list[Any]:
    return [
        {"name": call.name, "arguments": to_document(call.arguments)} if call.arguments else call.name
        for call in reading.tool_calls(transcript)
    ]


def _widgets(transcript: Transcript) -> list[Mapping[str, Any]]:
    return [item.widget for turn in transcript.turns for item in reading.widgets(turn)]


def _widget(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    words = _alike(_lines(one), _lines(other))[:MOST_WORDS]
    root = {"root": one["type"]} if isinstance(one.get("type"), str) else {}
    return {**root, **({"contains": words} if words else {})}


def _lines(widget: Mapping[str, Any]) -> list[str]:
    return [" ".join(line.split()) for line in reading.widget_words(widget).splitlines() if line.strip()]


def _said(transcript: Transcript) -> list[str]:
    return [
        " ".join(line.split())
        for turn in transcript.turns
        for text in reading.assistant_texts(turn)
        for line in text.splitlines()
        if line.strip()
    ]


def _alike(one: list[str], other: list[str]) -> list[str]:
    """What stands in both, short and lasting; words before bare figures."""
    found = [each for each in dict.fromkeys(one) if each in other and not _PASSING.search(each)]
    plain = [each for each in found if len(each) <= _LONGEST]
    return sorted(plain, key=lambda each: not re.search(r"[^\W\d_]{2}", each))


def _client_tools(transcript: Transcript) -> list[Any]:
    return list(_waiting(transcript))


def _waiting(transcript: Transcript) -> Iterator[Any]:
    for turn in transcript.turns:
        for item in reading.client_tool_calls(turn):
            arguments = to_document(reading.mapping(item.document.get("arguments")))
            name = str(item.document.get("name"))
            yield {"name": name, "arguments": arguments} if arguments else name
