"""Expect: the tools, widgets, words, client tool calls, errors and stored items that a scenario asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chatkit_harness.core.codec import to_document
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import (
    Expectation,
    ResponseExpectation,
    Scenario,
    TextExpectation,
    ToolExpectation,
    WidgetExpectation,
)
from chatkit_harness.core.transcript import Transcript, Turn

from . import reading

_EXCERPT = 160
"""How many characters a message quotes of what was there; the evidence holds more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    """The turns that an expectation is about: all of them (index None), or one."""

    transcript: Transcript
    turns: tuple[Turn, ...]
    index: int | None = None

    def finding(
        self, what: str, about: str, message: str, *, turn: int | None = None, **evidence: Any
    ) -> Finding:
        """A finding on these turns, or on the one of them that is known."""
        return Finding(
            rule=f"expect/{what}",
            severity="error",
            key=f"expect/{what} {about}".rstrip(),
            message=f"{self._where(turn)}{message}",
            evidence={"turn": self.index, **evidence},
        )

    def _where(self, turn: int | None) -> str:
        numbers = [each.index + 1 for each in self.turns] if turn is None else [turn + 1]
        if len(numbers) > 1:
            return f"turns {numbers[0]} to {numbers[-1]}: "
        return f"turn {numbers[0]}: " if numbers else ""


def check(transcript: Transcript, scenario: Scenario) -> Iterator[Finding]:
    """What was expected of the whole conversation, then of each turn that was driven."""
    yield from _against(scenario.expect, _Scope(transcript=transcript, turns=transcript.turns))
    for turn in transcript.turns:
        expected = scenario.turns[turn.index].expect if 0 <= turn.index < len(scenario.turns) else None
        if expected is not None:
            yield from _against(expected, _Scope(transcript=transcript, turns=(turn,), index=turn.index))


def _against(expected: Expectation, scope: _Scope) -> Iterator[Finding]:
    """Of saved answers nobody knows which tools ran, and a workflow stores no items."""
    if expected.tools is not None and not scope.transcript.saved:
        yield from _tools(expected.tools, scope)
    if expected.widgets is not None:
        yield from _widgets(expected.widgets, scope)
    if expected.text is not None:
        yield from _text(expected.text, scope)
    if expected.client_tool is not None:
        yield from _client_tool(expected.client_tool, scope)
    if expected.items is not None and scope.transcript.path != reading.WORKFLOW:
        yield from _items(expected.items, scope)
    if expected.error is not None:
        yield from _error(expected.error, scope)
    if expected.response is not None:
        yield from _response(expected.response, scope)
    if expected.progress is not None:
        yield from _progress(expected.progress, scope)
    if expected.title is not None and scope.transcript.path != reading.WORKFLOW:
        yield from _title(expected.title, scope)


def _tools(expected: Sequence[ToolExpectation], scope: _Scope) -> Iterator[Finding]:
    """Each named tool as often as it is named, with these arguments; no other."""
    indices = {turn.index for turn in scope.turns}
    left = [call for call in reading.tool_calls(scope.transcript) if call.turn in indices]
    called = [{"name": call.name, "arguments": to_document(call.arguments)} for call in left]
    names = ", ".join(f"{call.name}({_excerpt(to_document(call.arguments))})" for call in left) or "none"
    unmet = []
    for tool in expected:
        fitting = [c for c in left if c.name == tool.name and holds(c.arguments, tool.arguments)]
        if fitting:
            left.remove(fitting[0])
        else:
            unmet.append(tool)
    for tool in unmet:
        same = [call for call in left if call.name == tool.name]
        if same:
            left.remove(same[0])
            yield _wrong_arguments("tool-arguments", tool, same[0].arguments, scope, same[0].turn)
        else:
            message = f"the tool {tool.name} was not called (tools called: {_clip(names)})"
            yield scope.finding("tool-missing", tool.name, message, called=called)
    for call in left:
        had = _excerpt(to_document(call.arguments))
        message = f"the tool {call.name or '(without a name)'} was called with {had}, which is not expected"
        yield scope.finding("tool-unexpected", call.name, message, turn=call.turn, called=called)


def _wrong_arguments(
    rule: str, tool: ToolExpectation, got: Mapping[str, Any], scope: _Scope, turn: int | None
) -> Finding:
    wanted, had = to_document(tool.arguments), to_document(got)
    message = f"the tool {tool.name} was called with {had} instead of {wanted}"
    return scope.finding(rule, tool.name, message, turn=turn, wanted=wanted, arguments=had)


def holds(value: Any, wanted: Any) -> bool:
    """Whether a value holds what is wanted: objects may hold more, everything else must be equal."""
    if isinstance(wanted, Mapping):
        held = reading.mapping(value)
        return all(key in held and holds(held[key], each) for key, each in wanted.items())
    if isinstance(wanted, list | tuple):
        got = reading.sequence(value)
        return len(got) == len(wanted) and all(map(holds, got, wanted))
    return bool(value == wanted) and isinstance(value, bool) == isinstance(wanted, bool)


def _widgets(expected: Sequence[WidgetExpectation], scope: _Scope) -> Iterator[Finding]:
    """Each widget once; of several with the wanted root the one that lacks least is meant."""
    left = [(turn.index, item) for turn in scope.turns for item in reading.widgets(turn)]
    sent = [item.widget.get("type") for _, item in left]
    shown = "; ".join(f"{item.widget.get('type')} showing {_shown(item.widget)}" for _, item in left)
    for wanted in expected:
        rooted = [each for each in left if wanted.root in (None, each[1].widget.get("type"))]
        name = wanted.root or "widget"
        if not rooted:
            message = f"no {name} was sent (widgets sent: {_clip(shown or 'none')})"
            yield scope.finding("widget-missing", name, message, sent=sent)
            continue
        best = min(rooted, key=lambda each: len(_lacks(wanted, each[1].widget)))
        left.remove(best)
        yield from _content(name, wanted, *best, scope)
    for turn, item in left:
        name = str(item.widget.get("type"))
        message = f"a {name} was sent that is not expected; it shows {_shown(item.widget)}"
        evidence = {"item": item.id, "widget": to_document(item.widget)}
        yield scope.finding("widget-unexpected", name, message, turn=turn, **evidence)


def _content(
    name: str, wanted: WidgetExpectation, turn: int, item: reading.SentItem, scope: _Scope
) -> Iterator[Finding]:
    evidence = {"item": item.id, "widget": to_document(item.widget)}
    for lack in _lacks(wanted, item.widget):
        told = lack.replace("has 1 rows", "has 1 row")  # the key stays as it is
        message = f"the {name} {told}; it shows {_shown(item.widget)}"
        yield scope.finding("widget-content", f"{name} {lack}", message, turn=turn, **evidence)


def _lacks(wanted: WidgetExpectation, widget: Mapping[str, Any]) -> list[str]:
    shown = reading.widget_words(widget).casefold()
    lacks = [f"does not show {word!r}" for word in wanted.contains if word.casefold() not in shown]
    rows = reading.widget_rows(widget)
    if wanted.rows is not None and rows != wanted.rows:
        lacks.append(f"has {rows} rows instead of {wanted.rows}")
    lacks += [
        f"has no component with {_excerpt(to_document(part))}"
        for part in wanted.has
        if not any(holds(component, part) for component in reading.components(widget))
    ]
    return lacks


def _text(expected: TextExpectation, scope: _Scope) -> Iterator[Finding]:
    """The assistant's words; nothing is asked of a turn that ended with its recording."""
    texts = [text for turn in scope.turns for text in reading.assistant_texts(turn)]
    said = "\n".join(texts)
    for word in expected.excludes:
        if word.casefold() in said.casefold():
            message = f"the answer holds {word!r}, which it must not; it says {_excerpt(said, word)}"
            yield scope.finding("text-unexpected", repr(word), message, text=said[:2000])
    if scope.turns and reading.exhausted(scope.transcript, scope.turns[-1]):
        return
    if not texts:
        if expected.required:
            message = f"the assistant says nothing (what came: {_came(scope)})"
            yield scope.finding("text-missing", "", message)
        return
    for word in expected.contains:
        if word.casefold() not in said.casefold():
            message = f"the answer does not hold {word!r}; it says {_excerpt(said)}"
            yield scope.finding("text-content", repr(word), message, text=said[:2000])


def _client_tool(expected: ToolExpectation, scope: _Scope) -> Iterator[Finding]:
    calls = [item.document for turn in scope.turns for item in reading.client_tool_calls(turn)]
    same = [each for each in calls if each.get("name") == expected.name]
    if not same:
        names = [each.get("name") for each in calls]
        asked = ", ".join(map(str, names)) or "nothing"
        message = f"the client is not asked to run {expected.name} (asked to run: {asked})"
        yield scope.finding("client-tool-missing", expected.name, message, asked=names)
        return
    fitting = [each for each in same if holds(reading.mapping(each.get("arguments")), expected.arguments)]
    if not fitting:
        got = reading.mapping(same[0].get("arguments"))
        yield _wrong_arguments("client-tool-arguments", expected, got, scope, None)
    elif all(each.get("status", "pending") != "pending" for each in fitting):
        message = f"the client tool call {expected.name} does not wait for the client"
        yield scope.finding("client-tool-not-pending", expected.name, message)


def _items(expected: Sequence[str], scope: _Scope) -> Iterator[Finding]:
    stored = scope.transcript.stored
    types = [reading.words(item.get("type")) for item in stored.items] if stored else None
    if types is None or types != list(expected):
        held = ", ".join(types) or "nothing" if types is not None else "nothing that could be read back"
        message = f"the thread holds {held} instead of {', '.join(expected) or 'nothing'}"
        yield scope.finding("items", ",".join(expected), message, stored=types, wanted=list(expected))


def _error(expected: str, scope: _Scope) -> Iterator[Finding]:
    told = [event for turn in scope.turns for event in reading.errors_told(scope.transcript, turn)]
    if not any(error_holds(event, expected) for event in told):
        errors = "; ".join(_excerpt(_error_words(event)) for event in told) or "none"
        message = f"no error with {expected!r} was told to the user (errors told: {_clip(errors)})"
        yield scope.finding(
            "error-missing", repr(expected), message, errors=[to_document(each) for each in told]
        )


def _progress(expected: Sequence[str], scope: _Scope) -> Iterator[Finding]:
    """Words that a progress update has to hold."""
    told = [
        reading.words(event.get("text"))
        for turn in scope.turns
        for _, event in reading.events(turn)
        if event.get("type") == "progress_update"
    ]
    for word in expected:
        if not any(word.casefold() in text.casefold() for text in told):
            message = f"no progress update holds {word!r} (told: {_clip('; '.join(told) or 'none')})"
            yield scope.finding("progress-missing", repr(word), message, told=told)


def _title(expected: str, scope: _Scope) -> Iterator[Finding]:
    stored = scope.transcript.stored
    title = reading.mapping(stored.thread).get("title") if stored and stored.thread else None
    if title != expected:
        message = f"the thread's title is {title!r} instead of {expected!r}"
        yield scope.finding("title", repr(expected), message, title=title)


def _response(expected: ResponseExpectation, scope: _Scope) -> Iterator[Finding]:
    """Each HTTP call of these turns by its status, and by the part of its body that must be there."""
    calls = [(turn.index, call) for turn in scope.turns if (call := reading.http(turn)) is not None]
    if not calls:
        yield scope.finding("response-missing", "", "no HTTP call was answered")
    for turn, call in calls:
        name = f"{call.method} {call.path}"
        body = to_document(call.body)
        if expected.status is not None and call.status != expected.status:
            message = f"{name} was answered with {call.status} instead of {expected.status}: {_excerpt(body)}"
            yield scope.finding("response-status", name, message, turn=turn, body=body)
        lacks = [key for key, value in expected.has.items() if not holds(body, {key: value})]
        if lacks:
            wanted = {key: to_document(expected.has[key]) for key in lacks}
            message = f"the answer to {name} does not hold {_excerpt(wanted)}; it is {_excerpt(body)}"
            about = f"{name} {','.join(lacks)}"
            yield scope.finding("response-content", about, message, turn=turn, body=body)


def error_holds(event: Mapping[str, Any], wanted: str) -> bool:
    """Whether an `error` event has the wanted words in its message or its code."""
    return wanted.casefold() in _error_words(event).casefold()


def _error_words(event: Mapping[str, Any]) -> str:
    return f"{reading.words(event.get('code'))} {reading.words(event.get('message'))}"


def _came(scope: _Scope) -> str:
    """What a user got instead of words."""
    told = [
        f"{item.widget.get('type')} showing {_shown(item.widget)}"
        if item.kind == "widget"
        else item.kind or "an item without a type"
        for turn in scope.turns
        for item in reading.sent_items(turn)
    ]
    errors = [event for turn in scope.turns for event in reading.error_events(turn)]
    told += [f"an error event ({_error_words(event).strip() or 'without words'})" for event in errors]
    return _clip(", ".join(told) or "nothing")


def _shown(widget: Mapping[str, Any]) -> str:
    words = [" ".join(line.split()) for line in reading.widget_words(widget).splitlines() if line.strip()]
    return _excerpt(", ".join(words)) if words else "no words"


def _excerpt(said: Any, around: str = "") -> str:
    """At most some hundred characters of what was said, in one line; around a word where one is given."""
    flat = " ".join(said.split()) if isinstance(said, str) else str(said)
    start = max(0, flat.casefold().find(around.casefold()) - _EXCERPT // 2) if around else 0
    start = 0 if len(flat) <= _EXCERPT else start
    part = ("…" if start else "") + _clip(flat[start:])
    return f'"{part}"' if isinstance(said, str) else part


def _clip(text: str) -> str:
    return text if len(text) <= _EXCERPT else f"{text[: _EXCERPT - 1].rstrip()}…"
