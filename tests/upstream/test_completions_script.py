"""What a script says of a call without an id and of reasoning, by Chat Completions."""

from __future__ import annotations

from typing import Any

from chatkit_harness.upstream.answers import answer_of, calls_of
from chatkit_harness.upstream.features import features
from chatkit_harness.upstream.script import render
from chatkit_harness.upstream.sse import read_events


def message(answer: dict[str, Any]) -> dict[str, Any]:
    (interaction,) = render([answer], scenario="s", words=["Hm"], api="chat_completions").interactions
    finished = answer_of(interaction)
    assert finished is not None
    held: dict[str, Any] = finished["choices"][0]["message"]
    return held


def first_delta(answer: dict[str, Any]) -> dict[str, Any]:
    (interaction,) = render([answer], scenario="s", words=["Hm"], api="chat_completions").interactions
    held: dict[str, Any] = next(read_events(interaction.body))["choices"][0]["delta"]
    return held


def test_a_call_without_an_id_has_none() -> None:
    (call,) = message({"call": "price", "id": None})["tool_calls"]
    assert call["id"] is None


def test_its_output_is_found_by_an_empty_id() -> None:
    script: list[dict[str, Any]] = [{"call": "price", "id": None}, {"say": "213.55"}]
    first, second = render(script, scenario="s", words=["Hm"], api="chat_completions").interactions
    assert [call.id for call in calls_of(first)] == [""]
    assert features(second.request).calls == {"": "price"}
    assert set(features(second.request).outputs) == {""}


def test_of_the_responses_api_a_call_may_have_no_id_either() -> None:
    (interaction,) = render([{"call": "price", "id": None}], scenario="s", words=["Hm"]).interactions
    finished = answer_of(interaction)
    assert finished is not None
    assert finished["output"][0]["call_id"] is None


def test_reasoning_is_streamed_in_its_own_field() -> None:
    held = message({"reasoning": ["One.", "Two."], "say": "Hm."})
    assert (held["reasoning_content"], held["content"]) == ("One.\nTwo.", "Hm.")


def test_there_are_no_empty_words_before_a_call_or_a_thought() -> None:
    assert first_delta({"call": "price"})["content"] is None
    assert first_delta({"reasoning": "One.", "say": "Hm."})["content"] is None
    assert first_delta({"say": "Hm.", "call": "price"})["content"] == ""
