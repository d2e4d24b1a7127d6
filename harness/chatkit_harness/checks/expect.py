"""Expect: the tools, widgets, words, client tool calls, errors and stored items that a scenario asks for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
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

from . import expect_client, expect_order, reading
from .kinds import kinds_of, meant_by
from .scope import Scope as _Scope
from .scope import clip as _clip
from .scope import excerpt as _excerpt
from .scope import holds


def check(transcript: Transcript, scenario: Scenario) -> Iterator[Finding]:
    """What was expected of the whole conversation, then of each turn that was driven."""
    yield from _against(scenario.expect, _Scope(transcript=transcript, turns=transcript.turns))
    for turn in transcript.turns:
        expected = scenario.turns[turn.index].expect if 0 <= turn.index < len(scenario.turns) else None
        if expected is not None:
            yield from _against(expected, _Scope(transcript=transcript, turns=(turn,), index=turn.index))


def _against(expected: Expectation, scope: _Scope) -> Iterator[Finding]:
    """Of saved answers nobody knows which tools ran, and a workflow stores no items."""
    native = scope.transcript.path != reading.WORKFLOW
    asked: tuple[tuple[Any, Callable[[Any, _Scope], Iterator[Finding]], bool], ...] = (
        (expected.tools, _tools, not scope.transcript.saved),
        (expected.widgets, _widgets, True),
        (expected.text, _text, True),
        (expected.client_tool, _client_tool, True),
        (expected.items, _items, native),
        (expected.error, _error, True),
        (expected.response, _response, True),
        (expected.progress, _progress, True),
        (expected.passes_on, _passes_on, True),
        (expected.shows, expect_client.shows, native),
        (expected.events, expect_client.events, native),
        (expected.order, expect_order.order, native),
        (expected.hides, expect_client.hides, native),
        (expected.told_model, expect_client.told_model, True),
        (expected.title, _title, native),
    )
    for wanted, against, applies in asked:
        if wanted is not None and applies:
            yield from against(wanted, scope)


def _passes_on(expected: Sequence[str], scope: _Scope) -> Iterator[Finding]:
    """Each kind of thing at least once."""
    came = {kind for turn in scope.turns for kind in kinds_of(turn)}
    for kind in expected:
        if kind not in came:
            message = f"no {kind} came through{_instead(kind, came)}"
            yield scope.finding("not-passed-on", kind, message, came=sorted(came))


def _instead(kind: str, came: Collection[str]) -> str:
    """What came through of the same space, for a reader who wonders what did; first what may be meant."""
    space = kind.partition("/")[0]
    same = sorted(each.partition("/")[2] for each in came if each.startswith(f"{space}/"))
    if not same:
        return f" (of {space} nothing came at all)"
    meant = meant_by(kind, came)
    offer = f"; {meant} did: did you mean that?" if meant else ""
    return f"{offer} (of {space}: {_clip(', '.join(same))})"


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


def _widgets(expected: Sequence[WidgetExpectation], scope: _Scope) -> Iterator[Finding]:
    """Each widget once; of several with the wanted root the one that lacks least is meant."""
    left = [(turn.index, item) for turn in scope.turns for item in reading.widgets(turn)]
    sent = [item.widget.get("type") for _, item in left]
    shown = "; ".join(f"{item.widget.get('type')} showing {_shown(item.widget)}" for _, item in left)
    for wanted in expected:
        rooted = [each for each in left if wanted.root in (None, each[1].widget.get("type"))]
        name = wanted.root or "widget"
        if not rooted:
            showing = f" that shows {_named(wanted.contains)}" if wanted.contains else ""
            message = f"no {name}{showing} was sent (widgets sent: {_clip(shown or 'none')})"
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
            instead = f" instead of {_named(expected.contains)}" if expected.contains else ""
            message = f"the assistant says nothing{instead} (what came: {_came(scope)})"
            yield scope.finding("text-missing", "", message)
        return
    for word in expected.contains:
        if word.casefold() not in said.casefold():
            message = f"the answer does not hold {word!r}; it says {_excerpt(said)}"
            yield scope.finding("text-content", repr(word), message, text=said[:2000])


def _named(words: Sequence[str]) -> str:
    return _clip(" and ".join(map(repr, words)))


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
    """Each request of these turns that was answered with a document: by its status where that came over
    HTTP, and by the part of the document that must be there.
    """
    answers = [(turn.index, *each) for turn in scope.turns for each in _answers(scope.transcript, turn)]
    if not answers:
        yield scope.finding("response-missing", "", "no request was answered with a document")
    for index, name, status, body in answers:
        if status is not None and expected.status not in (None, status):
            message = f"{name} was answered with {status} instead of {expected.status}: {_excerpt(body)}"
            yield scope.finding("response-status", name, message, turn=index, body=body)
        lacks = [key for key, value in expected.has.items() if not holds(body, {key: value})]
        if lacks:
            wanted = {key: to_document(expected.has[key]) for key in lacks}
            message = f"the answer to {name} does not hold {_excerpt(wanted)}; it is {_excerpt(body)}"
            about = f"{name} {','.join(lacks)}"
            yield scope.finding("response-content", about, message, turn=index, body=body)


def _answers(transcript: Transcript, turn: Turn) -> Iterator[tuple[str, int | None, Any]]:
    """What was asked, the status (of HTTP), and the document of the answer."""
    call = reading.http(turn)
    if call is not None:
        yield f"{call.method} {call.path}", call.status, to_document(call.body)
    elif turn.response is not None and not reading.is_workflow(transcript, turn):
        yield reading.words(turn.request.get("type")), None, to_document(turn.response)


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
