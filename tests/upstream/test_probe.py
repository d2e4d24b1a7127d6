from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.upstream.kit import TOOL, called, chunks, look_alike, output, recorded_streams, recording, user

from chatkit_harness.upstream import Interaction, Matcher, ProbeSpec, played, probe_spec, read_cassette

ANSWER = json.dumps({"id": "r", "status": "completed", "output": []}).encode()


def asked(*items: Any, body: bytes = ANSWER, **more: Any) -> Interaction:
    return Interaction(request={"model": "gpt-x", "input": list(items), **more}, chunks=chunks(body))


def probed(*interactions: Interaction) -> ProbeSpec:
    return probe_spec(recording(*interactions, origin="foreign"))


def test_the_probe_is_taken_from_the_recording() -> None:
    spec = probe_spec(look_alike())
    assert spec.playable
    assert (spec.api, spec.model, spec.instructions) == ("responses", "gpt-look-alike", "Be brief.")
    assert spec.turns == ("When is high water at Ystad?",)
    assert [tool["name"] for tool in spec.tools] == ["tide_at"]
    assert spec.outputs == {"call_look1": "14:05, 0.4 m"}


@pytest.mark.parametrize("path", recorded_streams(), ids=lambda path: path.stem)
def test_recorded_streams_are_playable_and_answer_their_own_requests(path: Path) -> None:
    cassette = read_cassette(path)
    spec = probe_spec(cassette)
    assert spec.playable
    plays = Matcher(played(cassette, spec), spec.turns)
    asked = [each.request for each in cassette.interactions[: spec.played]]
    numbers = [plays.take("responses", each).interaction for each in asked]
    assert numbers == list(range(spec.played))
    assert plays.unused == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("hello", "hello"),
        ([{"type": "input_text", "text": "one"}, {"type": "input_text", "text": "two"}], "one\ntwo"),
        ([{"type": "input_text", "text": "look"}, {"type": "input_image", "image_url": "x"}], "look"),
        ([{"type": "input_image", "image_url": "x"}], "(no words)"),
    ],
)
def test_words_of_every_form(content: Any, words: str) -> None:
    assert probed(asked({"role": "user", "content": content})).turns == (words,)


def test_input_as_one_string() -> None:
    spec = probed(Interaction(request={"model": "m", "input": "hello"}, chunks=chunks(ANSWER)))
    assert spec.turns == ("hello",)


def test_turns_are_what_is_new() -> None:
    said = {"role": "assistant", "content": "ok"}
    spec = probed(
        asked(user("a")), asked(user("a"), said, user("b")), asked(user("c"), previous_response_id="r")
    )
    assert spec.turns == ("a", "b", "c")


def test_history_in_the_first_request_is_not_said_again() -> None:
    spec = probed(asked(user("old"), {"role": "assistant", "content": "ok"}, user("new")))
    assert spec.turns == ("new",)
    assert any("recalls" in each for each in spec.noted)


def test_the_same_question_asked_twice_is_two_turns_but_a_retry_is_one() -> None:
    failed = Interaction(request={"input": [user("a")]}, status=500)
    assert probed(asked(user("a")), asked(user("a"))).turns == ("a", "a")
    assert probed(failed, asked(user("a"))).turns == ("a",)


def test_what_follows_a_tool_output_belongs_to_it() -> None:
    call = json.dumps({"output": [{"type": "function_call", "call_id": "c", "name": "quote"}]}).encode()
    image = {"role": "user", "content": [{"type": "input_image", "image_url": "x"}]}
    spec = probed(asked(user("a"), body=call), asked(user("a"), called("c"), output("c", "seen"), image))
    assert spec.turns == ("a",)
    assert spec.outputs == {"c": "seen"}


def test_chat_completions_are_played_too() -> None:
    tool = {"function": {"name": "quote", "parameters": {}}}
    messages = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "hi"}]
    body = json.dumps({"choices": [{"message": {"content": "yes"}}]}).encode()
    uri = "https://api.example.org/v1/chat/completions"
    spec = probed(
        Interaction(
            request={"model": "m", "messages": messages, "tools": [tool]}, uri=uri, chunks=chunks(body)
        )
    )
    assert (spec.api, spec.instructions, spec.turns) == ("chat_completions", "Be kind.", ("hi",))
    assert spec.tools == ({"type": "function", **tool},)


def test_tools_that_only_an_answer_shows_are_offered() -> None:
    call = json.dumps({"output": [{"type": "function_call", "call_id": "c", "name": "found"}]}).encode()
    spec = probed(asked(user("a"), body=call, tools=[TOOL]))
    assert [tool["name"] for tool in spec.tools] == ["quote", "found"]


@pytest.mark.parametrize(
    ("interaction", "reason"),
    [
        (Interaction(request={}, uri="https://api.example.org/v1/files"), "No request to /responses"),
        (Interaction(request={}, chunks=chunks(ANSWER)), "no JSON object"),
        (asked(user("a"), body=b"<html>"), "no stream and no JSON"),
        (asked(user("a"), body=b'{"status": "queued"}'), "in the background"),
    ],
)
def test_what_cannot_be_played_says_why(interaction: Interaction, reason: str) -> None:
    spec = probed(interaction)
    assert not spec.playable
    assert reason in spec.reason
    assert not probe_spec(recording()).playable


SAID = json.dumps(
    {"status": "completed", "output": [{"type": "message", "content": [{"text": "Later."}]}]}
).encode()


def failed(status: int, *items: Any, **headers: str) -> Interaction:
    return Interaction(request={"model": "gpt-x", "input": list(items)}, status=status, headers=headers)


def test_what_follows_an_error_of_the_api_is_not_played() -> None:
    cassette = recording(
        asked(user("a")),
        failed(400, user("a"), {"role": "assistant", "content": "ok"}, user("b")),
        asked(user("a"), {"role": "assistant", "content": "no"}, user("b"), body=SAID),
        asked(user("a"), called("c"), output("c", "late"), user("d"), body=SAID),
        origin="foreign",
    )
    spec = probe_spec(cassette)
    assert (spec.turns, spec.fails, spec.said, spec.outputs, spec.played) == (("a", "b"), True, (), {}, 2)
    assert "after an error of the API (400) nothing more is played: 2 left out" in spec.noted
    assert Matcher(played(cassette, spec), spec.turns).unused == (0, 1)
    assert probe_spec(played(cassette, spec)).turns == spec.turns


@pytest.mark.parametrize(
    ("fault", "count"),
    [
        (failed(429, user("a")), 3),
        (failed(503, user("a")), 3),
        (failed(400, user("a")), 1),
        (failed(401, user("a")), 1),
        (failed(429, user("b")), 1),
        (failed(500, user("a"), **{"x-should-retry": "false"}), 1),
        (failed(400, user("a"), **{"x-should-retry": "true"}), 3),
    ],
)
def test_only_what_the_client_tries_again_by_itself_goes_on(fault: Interaction, count: int) -> None:
    spec = probed(fault, asked(user("a"), body=SAID), asked(user("a"), user("z")))
    assert (spec.played, spec.fails) == (count, count == 1)
    assert spec.said == (("Later.",) if count == 3 else ())


def test_the_client_gives_up_after_its_third_try() -> None:
    spec = probed(*[failed(429, user("a"))] * 4, asked(user("a"), body=SAID))
    assert (spec.played, spec.turns, spec.fails, spec.said) == (3, ("a",), True, ())
