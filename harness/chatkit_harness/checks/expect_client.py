"""Expect: what a client holds, hears and must never see, and what the model is told."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chatkit_harness.core.codec import to_document
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import ModelExpectation

from . import reading
from .held import held_items
from .scope import Scope, excerpt, holds


def shows(wanted: Sequence[Mapping[str, Any]], scope: Scope) -> Iterator[Finding]:
    """Parts of items that the client holds after these turns."""
    held = held_items(scope.turns)
    for part in _missing(wanted, held):
        where, told = _instead(part, held)
        message = f"no item that the client holds is as expected: {told}"
        yield scope.finding("shown-missing", where, message, wanted=to_document(part))


def events(wanted: Sequence[Mapping[str, Any]], scope: Scope) -> Iterator[Finding]:
    """Parts of events that came in these turns."""
    heard = [event for turn in scope.turns for _, event in reading.events(turn)]
    for part in _missing(wanted, heard):
        where, told = _instead(part, heard)
        yield scope.finding(
            "event-missing", where, f"no event is as expected: {told}", wanted=to_document(part)
        )


def _missing(
    wanted: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]]
) -> Iterator[Mapping[str, Any]]:
    """The parts that no document holds, each of which has to have one of its own."""
    left = list(found)
    for part in wanted:
        fitting = next((place for place, each in enumerate(left) if holds(each, part)), None)
        if fitting is None:
            yield part
        else:
            del left[fitting]


def _instead(part: Mapping[str, Any], found: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """What is amiss, in short and in words: where the nearest of that type differs, or that there is none."""
    kind = reading.words(part.get("type"))
    same = [list(differences(each, part)) for each in found if each.get("type") == kind]
    if any(not each for each in same):
        return f"{kind}: fewer", f"there are fewer of type {kind} than are expected"
    if same:
        nearest = min(same, key=len)
        return f"{kind}: {nearest[0][0]}", f"{kind}: {'; '.join(told for _, told in nearest[:3])}"
    there = ", ".join(dict.fromkeys(reading.words(each.get("type")) for each in found))
    return f"{kind}: none", f"there is none of type {kind} (of type: {there or 'none'})"


def differences(value: Any, wanted: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each place in which a value does not hold what is wanted, and how it differs in words."""
    if isinstance(wanted, Mapping) and set(wanted) != {"any_of"}:
        held = reading.mapping(value)
        for key, each in wanted.items():
            place = f"{path}.{key}".lstrip(".")
            if key not in held:
                yield place, f"it has no {place}"
            else:
                yield from differences(held[key], each, place)
    elif isinstance(wanted, list | tuple) and isinstance(value, list | tuple):
        if len(value) != len(wanted):
            entries = "1 entry" if len(value) == 1 else f"{len(value)} entries"
            yield path, f"{path} has {entries} instead of {len(wanted)}"
            return
        for number, (each, other) in enumerate(zip(value, wanted, strict=True)):
            yield from differences(each, other, f"{path}[{number}]")
    elif not holds(value, wanted):
        yield path, f"{path} is {excerpt(to_document(value))} instead of {excerpt(to_document(wanted))}"


def hides(wanted: Sequence[str], scope: Scope) -> Iterator[Finding]:
    """Words that no event, no answer and nothing that was read back may hold."""
    stored = scope.transcript.stored
    told: list[tuple[str, Any]] = [
        (f"the event {reading.words(event.get('type'))}", event)
        for turn in scope.turns
        for _, event in reading.events(turn)
    ]
    told += [("an answer", turn.response) for turn in scope.turns if turn.response is not None]
    told += [("what was read back", item) for item in (stored.items if stored is not None else ())]
    for word in wanted:
        where = next((place for place, value in told if word.casefold() in _text(value)), None)
        if where is not None:
            yield scope.finding("not-hidden", repr(word), f"{where} holds {word!r}, which no client must get")


def told_model(expected: ModelExpectation, scope: Scope) -> Iterator[Finding]:
    """The last request to the model of these turns."""
    made = [each for turn in scope.turns for each in reading.turn_exchanges(scope.transcript, turn)]
    if not made:
        yield scope.finding("model-not-asked", "", "the model was not asked")
        return
    request = made[-1].request
    said = _text([request.get(key) for key in ("instructions", "input", "messages")])
    for word in expected.contains:
        if word.casefold() not in said:
            yield scope.finding("model-not-told", repr(word), f"the model is not told {word!r}")
    for word in expected.excludes:
        if word.casefold() in said:
            yield scope.finding("model-told", repr(word), f"the model is told {word!r}, which it must not be")
    for key, value in expected.has.items():
        absent = value is None and request.get(key) is None  # left out and null are the same
        if not absent and not holds(request, {key: value}):
            message = f"the request to the model has {key} {excerpt(to_document(request.get(key)))}"
            yield scope.finding("model-request", key, f"{message} instead of {excerpt(to_document(value))}")


def _text(value: Any) -> str:
    return json.dumps(to_document(value), ensure_ascii=False, default=str).casefold()
