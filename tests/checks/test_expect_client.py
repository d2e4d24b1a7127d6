"""What a client holds, hears and must not see, and what the model is told."""

from __future__ import annotations

from typing import Any

import pytest
from tests.checks import build
from tests.checks.build import rules, transcript, turn

from chatkit_harness.checks import expect
from chatkit_harness.core.scenario import Expectation, ModelExpectation, ResponseExpectation
from chatkit_harness.core.transcript import Exchange, Stored, Transcript

NOTICE = {"type": "notice", "level": "info", "message": "Prices are old."}


def found(held: Transcript, **expected: Any) -> list[str]:
    return rules(expect.check(held, build.scenario(expect=Expectation(**expected))))


def told(body: dict[str, Any]) -> Transcript:
    asked = Exchange(
        at_ms=5.0, method="POST", path="/v1/responses", outcome="matched", status=200, request=body
    )
    return transcript(turn(build.user()), exchanges=(asked,))


@pytest.mark.parametrize(
    ("part", "rule"),
    [
        ({"type": "user_message", "content": [{"type": "input_text"}]}, []),
        ({"type": "user_message", "content": []}, ["expect/shown-missing"]),
        ({"type": "task"}, ["expect/shown-missing"]),
        ({"type": {"any_of": ["task", "user_message"]}}, []),
        ({"type": "user_message", "content": [{"type": {"any_of": ["text", 1]}}]}, ["expect/shown-missing"]),
    ],
)
def test_parts_of_items_are_looked_for(part: dict[str, Any], rule: list[str]) -> None:
    assert found(transcript(turn(build.user())), shows=(part,)) == rule


def test_each_part_needs_an_item_of_its_own() -> None:
    part = {"type": "user_message"}
    assert found(transcript(turn(build.user())), shows=(part, part)) == ["expect/shown-missing"]


@pytest.mark.parametrize(("level", "rule"), [("info", []), ("danger", ["expect/event-missing"])])
def test_parts_of_events_are_looked_for(level: str, rule: list[str]) -> None:
    assert found(transcript(turn(NOTICE)), events=({"type": "notice", "level": level},)) == rule


def test_what_is_hidden_may_stand_nowhere() -> None:
    kept = Stored(thread=build.THREAD, items=(build.item("task", "k", task={"title": "SECRET"}),))
    places = [
        transcript(turn({**NOTICE, "message": "The secret"})),
        transcript(turn(), stored=kept),
        transcript(turn(response={"text": "secret"})),
    ]
    assert [found(each, hides=("SECRET",)) for each in places] == [["expect/not-hidden"]] * 3
    assert found(transcript(turn(NOTICE)), hides=("SECRET",)) == []


@pytest.mark.parametrize(
    ("expected", "rule"),
    [
        ({"contains": ("CALM",), "excludes": ("wild",), "has": {"model": "a", "text": {"x": 1}}}, []),
        ({"contains": ("wild",)}, ["expect/model-not-told"]),
        ({"excludes": ("calm",)}, ["expect/model-told"]),
        ({"has": {"model": "b"}}, ["expect/model-request"]),
        ({"contains": ("a",), "excludes": ("gpt",)}, []),
    ],
)
def test_what_the_model_is_told_is_compared(expected: dict[str, Any], rule: list[str]) -> None:
    body = {"model": "a", "text": {"x": 1, "y": 2}, "input": [{"role": "user", "content": "Calm?"}]}
    assert found(told(body), told_model=ModelExpectation(**expected)) == rule


def test_a_model_that_is_not_asked_is_told_nothing() -> None:
    assert found(transcript(turn()), told_model=ModelExpectation()) == ["expect/model-not-asked"]


@pytest.mark.parametrize(("text", "rule"), [("hello", []), ("bye", ["expect/response-content"])])
def test_a_document_is_an_answer_as_well(text: str, rule: list[str]) -> None:
    held = transcript(turn(request={"type": "input.transcribe", "params": {}}, response={"text": text}))
    assert found(held, response=ResponseExpectation(has={"text": "hello"})) == rule


def test_a_stream_is_no_document() -> None:
    held = transcript(turn(build.user()))
    assert found(held, response=ResponseExpectation()) == ["expect/response-missing"]


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"workflow": {"tasks": [{}]}}, "workflow: workflow.tasks has 2 entries instead of 1"),
        ({"workflow": {"tasks": [{"title": "a"}, {"title": "c"}]}}, '[1].title is "b" instead of "c"'),
        ({"workflow": {"expanded": True}}, "it has no workflow.expanded"),
        ({"type": "task"}, "there is none of type task (of type: workflow)"),
    ],
)
def test_the_message_says_where_it_differs(part: dict[str, Any], words: str) -> None:
    steps = build.item(
        "workflow", "w", workflow={"type": "custom", "tasks": [{"title": "a"}, {"title": "b"}]}
    )
    wanted = Expectation(shows=({"type": "workflow", **part},))
    (finding,) = expect.check(transcript(turn(build.done(steps))), build.scenario(expect=wanted))
    assert words in finding.message
