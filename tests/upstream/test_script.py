from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter
from tests.upstream.kit import SCRIPT, recorded_streams, scripted

from chatkit_harness.core.errors import ScenarioError
from chatkit_harness.core.scenario import Scenario, TurnPlan
from chatkit_harness.documents import problems
from chatkit_harness.upstream import (
    Cassette,
    Fault,
    cassette_text,
    parse_cassette,
    read_cassette,
    render_script,
)
from chatkit_harness.upstream.answers import answer_of, streamed_answer
from chatkit_harness.upstream.responses_events import deltas
from chatkit_harness.upstream.sse import read_events, split_events

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "script.schema.json").read_text())
EVENT: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)
RICH: list[dict[str, Any]] = [
    {
        "reasoning": ["First thought.", "Second."],
        "calls": [{"call": "a"}, {"call": "b", "arguments": {"x": 1}}],
    },
    {"say": "Let me look. Caf\u00e9!", "phase": "commentary", "call": "a", "arguments": "{no json"},
    {"refuse": "I cannot say that."},
    {
        "say": "See the page.",
        "annotations": [
            {
                "type": "url_citation",
                "url": "https://example.org",
                "title": "T",
                "start_index": 0,
                "end_index": 3,
            }
        ],
    },
    {"say": "Cut short", "incomplete": "max_output_tokens"},
    {"failed": {"code": "server_error", "message": "It broke."}},
    {
        "items": [
            {"type": "web_search_call", "status": "completed", "action": {"type": "search", "query": "q"}},
            {
                "type": "code_interpreter_call",
                "status": "completed",
                "code": "1 + 1",
                "container_id": "c",
                "outputs": [],
            },
            {"type": "custom_tool_call", "call_id": "c1", "name": "sql", "input": "select 1"},
            {
                "type": "mcp_call",
                "name": "m",
                "arguments": "{}",
                "server_label": "s",
                "output": "o",
                "error": None,
            },
        ]
    },
]


def events(cassette: Cassette, number: int = 0) -> list[dict[str, Any]]:
    return list(read_events(cassette.interactions[number].body))


def types(cassette: Cassette, number: int = 0) -> list[str]:
    return [event["type"].removeprefix("response.") for event in events(cassette, number)]


def test_a_call_streams_as_it_does_for_real() -> None:
    told = types(scripted([{"call": "quote", "arguments": {"a": 1}}]))
    assert told == [
        "created",
        "in_progress",
        "output_item.added",
        "function_call_arguments.delta",
        "function_call_arguments.done",
        "output_item.done",
        "completed",
    ]


def test_words_stream_one_by_one() -> None:
    cassette = scripted([{"say": "AAPL trades at 213.55."}])
    words = [event["delta"] for event in events(cassette) if event["type"].endswith("text.delta")]
    assert words == ["AAPL", " trades", " at", " 213.55."]
    assert len(cassette.interactions[0].chunks) == len(events(cassette))


@pytest.mark.parametrize(
    ("answer", "tokens"),
    [
        ({"say": "twelve chars"}, 3),
        ({"say": "caf\u00e9 caf\u00e9 x"}, 3),
        ({"say": "abcd", "say_bytes": 4000}, 1000),
        ({"refuse": "No, thank you."}, 4),
        ({"reasoning": ["First this.", "Then."], "say": "Done"}, 5),
        ({"call": "quote", "arguments": {"symbol": "AAPL"}}, 6),
        ({"say": "twelve chars", "usage": {"output": 70}}, 70),
    ],
)
def test_tokens_are_a_quarter_of_what_is_written_where_the_script_does_not_say(
    answer: dict[str, Any], tokens: int
) -> None:
    (finished,) = [each for each in events(scripted([answer])) if each["type"] == "response.completed"]
    assert finished["response"]["usage"]["output_tokens"] == tokens


@pytest.mark.parametrize("text", ["", " ", "a", "  a b\n\nc ", "\n", "caf\u00e9 \u2028 x"])
def test_deltas_join_to_the_text(text: str) -> None:
    assert "".join(deltas(text)) == text


def test_each_event_is_one_that_the_openai_package_knows() -> None:
    cassette = scripted(RICH)
    for number in range(len(RICH)):
        for count, event in enumerate(events(cassette, number)):
            assert event["sequence_number"] == count
            checked = EVENT.validate_python(event)
            assert checked.type == event["type"]


def test_each_answer_is_a_response_of_the_openai_package() -> None:
    for interaction in scripted(RICH).interactions:
        Response.model_validate(answer_of(interaction))


def test_chat_completions_have_the_shapes_of_the_openai_package() -> None:
    cassette = scripted([RICH[0], *SCRIPT, RICH[2]], api="chat_completions")
    for interaction in cassette.interactions:
        assert interaction.body.endswith(b"data: [DONE]\n\n")
        for event in read_events(interaction.body):
            ChatCompletionChunk.model_validate(event)
        completion = ChatCompletion.model_validate(answer_of(interaction))
        assert completion.choices[0].finish_reason in ("stop", "tool_calls")
    calls = answer_of(cassette.interactions[0])
    assert calls is not None
    assert [each["function"]["name"] for each in calls["choices"][0]["message"]["tool_calls"]] == ["a", "b"]


@pytest.mark.parametrize("path", recorded_streams(), ids=lambda path: path.stem)
def test_order_and_keys_are_those_of_recorded_streams(path: Path) -> None:
    """What a script renders of a recorded answer follows its order and has its keys."""
    for interaction in read_cassette(path).interactions:
        real = list(read_events(interaction.body))
        answer = answer_of(interaction)
        assert answer is not None
        ours = list(read_events(b"".join(streamed_answer("responses", answer))))
        assert {one["type"] for one in ours} == {one["type"] for one in real}
        assert set(pairwise(collapsed(ours))) <= set(pairwise(collapsed(real))) | TOLERATED
        for kind in {one["type"] for one in real}:
            assert keys(ours, kind) - ADDED <= keys(real, kind)
            assert keys(real, kind) - LEFT_OUT <= keys(ours, kind)


# Made anew by each release of the API, or of no use to a client.
LEFT_OUT = {"obfuscation", "sequence_number"}
# Required by newer releases of the openai package.
ADDED = {"name", "sequence_number", "logprobs"}
# Where real streams put annotations among the deltas or behind the text's end, ours come before it.
TOLERATED = {
    ("response.output_text.delta", "response.output_text.annotation.added"),
    ("response.output_text.annotation.added", "response.output_text.done"),
}


def collapsed(given: list[dict[str, Any]]) -> list[str]:
    names = [event["type"] for event in given]
    return [name for place, name in enumerate(names) if not place or names[place - 1] != name]


def keys(given: list[dict[str, Any]], kind: str) -> set[str]:
    return {key for event in given if event["type"] == kind for key in event}


def test_rendering_twice_gives_the_same() -> None:
    assert scripted(RICH) == scripted(RICH)
    ids = [
        each["id"]
        for number in range(len(RICH))
        for each in (answer_of(scripted(RICH).interactions[number]) or {})["output"]
    ]
    assert len(set(ids)) == len(ids)


def test_requests_hold_what_was_said_and_called_before() -> None:
    script = [*SCRIPT, {"turn": 2, "model": [{"say": "You are welcome."}]}]
    cassette = scripted(script, "What is AAPL at?", "Thanks!")
    kinds = [
        [item.get("role") or item["type"] for item in each.request["input"]] for each in cassette.interactions
    ]
    assert kinds[0] == ["user"]
    assert kinds[1] == ["user", "function_call", "function_call_output"]
    assert kinds[2] == ["user", "function_call", "function_call_output", "assistant", "user"]
    assert [each.turn for each in cassette.interactions] == [1, 1, 2]


@pytest.mark.parametrize("ids", [{}, {"id": None}, {"id": "fc_1"}, {"call_id": "call_1"}, {"call_id": None}])
def test_a_call_that_is_written_out_has_the_ids_that_it_names_and_no_others(ids: dict[str, Any]) -> None:
    call = {"type": "function_call", **ids, "status": "completed", "name": "quote", "arguments": "{}"}
    cassette = scripted([{"items": [call]}])
    (sent,) = (answer_of(cassette.interactions[0]) or {})["output"]
    whole = [event["item"] for event in events(cassette) if "item" in event]
    parts = [event for event in events(cassette) if "arguments." in event["type"]]
    assert [{key: each[key] for key in ("id", "call_id") if key in each} for each in (sent, *whole)] == [
        ids
    ] * 3
    assert [{"id": each["item_id"]} if "item_id" in each else {} for each in parts] == (
        [{"id": ids["id"]} if "id" in ids else {}] * 2
    )


def test_an_item_of_another_type_gets_an_id() -> None:
    search = {"type": "web_search_call", "status": "completed"}
    (sent,) = (answer_of(scripted([{"items": [search]}]).interactions[0]) or {})["output"]
    assert sent["id"].startswith("item_")


def test_a_scenario_renders_its_own_script() -> None:
    scenario = Scenario(
        id="s",
        title="S",
        turns=(TurnPlan(user="hi"),),
        script=({"say": "Hello."},),
        options={"api": "chat_completions"},
    )
    cassette = render_script(scenario)
    assert cassette.provenance.origin == "script"
    assert cassette.provenance.scenario == "s"
    assert cassette.interactions[0].request["messages"] == [{"role": "user", "content": "hi"}]


def test_a_failing_status_is_answered_as_often_as_asked() -> None:
    cassette = scripted(
        [{"fault": {"status": 429, "headers": {"Retry-After": 0}, "times": 2}}, {"say": "Yes."}]
    )
    assert [each.status for each in cassette.interactions] == [429, 429, 200]
    assert cassette.interactions[0].fault == Fault(status=429, headers={"retry-after": "0"})
    assert parse_cassette(cassette_text(cassette), name="quote-aapl") == cassette


def test_items_of_the_stream_are_whole_events() -> None:
    for interaction in scripted(RICH).interactions:
        assert tuple(chunk.data for chunk in interaction.chunks) == split_events(interaction.body)


@pytest.mark.parametrize(
    "script",
    [
        SCRIPT,
        RICH,
        [{"turn": 1, "model": [{"say": "x"}]}, {"turn": 2, "model": []}],
        [{"say": "x", "expect_output": {"quote": "AAPL", "call_1": {"has": {"a": 1}, "excludes": ["b"]}}}],
        [{"fault": {"status": 500}}, {"say": "x", "fault": {"cut_after_chunks": 3}}],
        [{"say": "x", "expect_seen": ["input_image"]}],
    ],
)
def test_the_schema_lets_scripts_pass(script: Any) -> None:
    assert problems(script, SCHEMA) == []


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ([], "at least 1 entries"),
        ([{"sya": "x"}], "Did you mean 'say'"),
        ([{"say": 5}], "expected text or a mapping or a list, got the number 5"),
        ([{"turn": 1}], "one of these keys is needed"),
        ([{"model": [{"cal": "x"}]}], "Did you mean 'call'"),
        ([{"say": "x", "arguments": {}}], "call"),
        ([{"call": "x", "calls": [{"call": "y"}]}], "'call' and 'calls' cannot stand here"),
        ([{"fault": {"status": 200}}], "at least 400"),
    ],
)
def test_the_schema_tells_what_is_wrong(script: Any, words: str) -> None:
    assert words in "; ".join(each.message for each in problems(script, SCHEMA))


def test_the_openai_package_is_a_release_that_these_shapes_are_for() -> None:
    assert int(openai.__version__.split(".")[0]) >= 2


def test_what_is_asked_beside_the_conversation_has_no_part_in_what_follows() -> None:
    script: list[dict[str, Any]] = [{"call": "a"}, {"beside": True, "say": "A title"}, {"say": "Done."}]
    assert list(problems(script, SCHEMA)) == []
    cassette = render_script(Scenario(id="s", title="S", turns=(TurnPlan(user="hi"),), script=tuple(script)))
    asked = [
        [item.get("type", item.get("role")) for item in each.request["input"]]
        for each in cassette.interactions
    ]
    assert asked == [["user"], ["user"], ["user", "function_call", "function_call_output"]]


def test_what_an_answer_does_not_stream_cannot_be_left_out() -> None:
    with pytest.raises(ScenarioError, match=r"without response\.complted, which .* 'response\.completed'"):
        scripted([{"say": "Yes.", "without": ["response.complted"]}])


@pytest.mark.parametrize("said", [{"say": "Yes."}, {"call": "show_stock_quote"}])
def test_a_status_leaves_nothing_to_be_said(said: dict[str, Any]) -> None:
    with pytest.raises(ScenarioError, match="is the status 429, and so never comes to its"):
        scripted([{**said, "fault": {"status": 429}}])


def test_a_fault_needs_an_answer_to_happen_to() -> None:
    with pytest.raises(ScenarioError, match="a fault, and nothing that it could happen to"):
        scripted([{"fault": {"cut_after_chunks": 1}}])
