from __future__ import annotations

from typing import Any

import pytest
from tests.upstream.kit import (
    SCRIPT,
    TOOL,
    WORDS,
    call_id,
    called,
    chunks,
    look_alike,
    output,
    recording,
    request,
    scripted,
    user,
)

from chatkit_harness.upstream import Interaction, Matcher, Verdict, features
from chatkit_harness.upstream.predicates import failed_predicates

WIDGET = "The following graphical UI widget (id: w) was displayed to the user: {}"


def matcher(script: Any = SCRIPT, *words: str) -> Matcher:
    said = words or (WORDS,)
    return Matcher(scripted(script, *said), said)


def test_a_turn_is_matched_request_by_request() -> None:
    cassette = scripted()
    plays, key = Matcher(cassette, [WORDS]), call_id(cassette)
    assert plays.take("responses", request(user(WORDS))).interaction == 0
    assert plays.take("responses", request(user(WORDS), called(key), output(key))).interaction == 1
    assert plays.unused == ()


def test_neither_bytes_of_outputs_nor_wording_around_them_are_compared() -> None:
    cassette = scripted()
    key = call_id(cassette)
    odd = request(user(WORDS), called(key), output(key, "Error! agents 9.9"), instructions="anything")
    assert Matcher(cassette, [WORDS]).take("responses", odd).interaction == 1


def test_texts_of_the_user_role_that_nobody_said_are_left_out() -> None:
    asked = request(user("<CONTEXT> a chart </CONTEXT>"), user(WORDS), user(WIDGET))
    assert matcher().take("responses", asked).interaction == 0


def test_words_beside_other_parts_are_found() -> None:
    part = {"type": "input_text", "text": "quoted: something"}
    image = {"type": "input_image", "image_url": "data:,"}
    asked = user(WORDS)
    asked["content"] += [part, image]
    verdict = matcher().take("responses", request(asked))
    assert verdict.interaction == 0
    assert "parts without text: 1, not compared" in verdict.noted


def test_words_inside_a_longer_message_count_where_nothing_else_does() -> None:
    assert matcher().take("responses", request(user(f"The user asks: {WORDS} Be kind."))).interaction == 0


def test_other_words_do_not_match_and_are_told() -> None:
    plays = Matcher(scripted(), [WORDS, "What's TSLA trading at?"])
    verdict = plays.take("responses", request(user("What's TSLA trading at?")))
    assert verdict.interaction is None
    assert verdict.nearest == 0
    assert "the user's words" in verdict.difference[0]


OTHER = "And TSLA?"
ANSWER = {"role": "assistant", "content": [{"type": "output_text", "text": "AAPL is at 213.55."}]}
TWO_TURNS: list[dict[str, Any]] = [{"say": "AAPL is at 213.55."}, {"turn": 2, "say": "TSLA is at 331.10."}]


def second_turn(*items: Any, origin: Any = "script", **more: Any) -> Verdict:
    """What a server is told that sends these items in the second of two turns."""
    made = scripted(TWO_TURNS, WORDS, OTHER)
    cassette = made if origin == "script" else recording(*made.interactions, origin=origin)
    plays = Matcher(cassette, [WORDS, OTHER])
    assert plays.take("responses", request(user(WORDS))).interaction == 0
    return plays.take("responses", request(*items, **more))


@pytest.mark.parametrize("origin", ["script", "recording"])
def test_a_server_that_forgets_what_was_said_before_is_told(origin: Any) -> None:
    verdict = second_turn(user(OTHER), origin=origin)
    assert verdict.interaction is None
    assert verdict.nearest == 1
    assert verdict.difference == (f"the user's words: without {WORDS!r}",)


@pytest.mark.parametrize("origin", ["script", "recording"])
def test_a_server_that_says_something_twice_is_told(origin: Any) -> None:
    verdict = second_turn(user(WORDS), ANSWER, user(OTHER), user(OTHER), origin=origin)
    assert verdict.interaction is None
    assert verdict.difference[0].startswith(f"the user's words: with {OTHER!r}, which the ")


def test_a_server_that_turns_the_order_round_is_told() -> None:
    verdict = second_turn(user(OTHER), ANSWER, user(WORDS))
    assert verdict.interaction is None
    assert any(each.startswith("the user's words: ") for each in verdict.difference)


@pytest.mark.parametrize("more", [{"previous_response_id": "resp_1"}, {"conversation": "conv_1"}])
def test_what_the_api_remembers_need_not_be_said_again(more: Any) -> None:
    verdict = second_turn(user(OTHER), **more)
    assert verdict.interaction == 1
    assert verdict.noted == ("history: 1 messages of the user, the script has 2",)


def test_what_one_message_tells_need_not_be_said_again() -> None:
    told = f"So far:\n<CONVERSATION HISTORY>\n1. user: {WORDS}\n</CONVERSATION HISTORY>"
    assert second_turn({"role": "assistant", "content": told}, user(OTHER)).interaction == 1
    other = told.replace(WORDS, "Hello")
    assert second_turn({"role": "assistant", "content": other}, user(OTHER)).interaction is None


def test_words_inside_longer_messages_must_all_be_there() -> None:
    wrapped = [user(f"The user asks: {each}") for each in (WORDS, OTHER)]
    assert second_turn(wrapped[0], ANSWER, wrapped[1]).interaction == 1
    assert second_turn(user(WORDS), ANSWER, wrapped[1]).interaction == 1
    assert second_turn(wrapped[1]).interaction is None


def test_of_a_foreign_recording_a_shortened_history_is_noted_only() -> None:
    verdict = second_turn(user(OTHER), origin="foreign")
    assert verdict.interaction == 1
    assert "history: 1 messages of the user, recorded 2" in verdict.noted


def test_a_server_that_forgets_what_it_answered_itself_is_noted() -> None:
    told = "history: without 1 of the assistant's 1 earlier answers"
    assert told in second_turn(user(WORDS), user(OTHER)).noted
    assert told not in second_turn(user(WORDS), ANSWER, user(OTHER)).noted
    assert told not in second_turn(user(OTHER), previous_response_id="resp_1").noted


def test_the_same_words_twice_are_two_turns() -> None:
    plays = matcher([{"say": "A."}, {"turn": 2, "say": "B."}], "again", "again")
    assert plays.take("responses", request(user("again"))).interaction == 0
    assert plays.take("responses", request(user("again"), user("again"))).interaction == 1


def test_an_output_that_is_missing_is_told() -> None:
    plays = matcher()
    plays.take("responses", request(user(WORDS)))
    verdict = plays.take("responses", request(user(WORDS)))
    assert verdict.interaction is None
    assert verdict.difference[0] == "the interaction that this request repeats is used up already"
    assert verdict.difference[1].startswith("interaction 1, still unused: outputs of tools: without 'quote")


def test_an_output_that_is_not_recorded_is_told() -> None:
    verdict = matcher().take("responses", request(user(WORDS), called("call_x"), output("call_x")))
    assert verdict.interaction is None
    assert any("'quote (call_x)', which the script has not" in each for each in verdict.difference)


def test_calls_at_once_may_come_in_either_order() -> None:
    script: Any = [
        {"calls": [{"call": "quote", "id": "c1"}, {"call": "quote", "id": "c2"}]},
        {"say": "Both."},
    ]
    paired = [called("c1"), output("c1"), called("c2"), output("c2")]
    for items in (paired, [paired[0], paired[2], paired[3], paired[1]]):
        assert matcher(script).take("responses", request(user(WORDS), *items)).interaction == 1


def test_a_call_under_another_name_does_not_match() -> None:
    cassette = scripted()
    key = call_id(cassette)
    plays = Matcher(cassette, [WORDS])
    verdict = plays.take("responses", request(user(WORDS), called(key, "news"), output(key)))
    assert f"call {key}: of news, the script has quote" in verdict.difference


def test_a_client_tool_is_answered_in_the_next_turn_without_the_older_calls() -> None:
    script: Any = [{"call": "quote", "id": "c1"}, {"call": "quote", "id": "c2"}, {"turn": 2, "say": "Done."}]
    plays = Matcher(scripted(script, WORDS, None), [WORDS])
    verdict = plays.take("responses", request(user(WORDS), called("c2"), output("c2")))
    assert verdict.interaction == 2


def test_an_answer_that_calls_what_is_not_offered_is_refused() -> None:
    verdict = matcher().take("responses", request(user(WORDS), tools=[]))
    assert verdict.difference == (
        "tools: the script calls 'quote', which the server does not offer; it offers no tools",
    )


def test_a_misspelt_tool_is_answered_with_the_nearest_that_is_offered() -> None:
    verdict = matcher([{"call": "qoute"}]).take("responses", request(user(WORDS), tools=[TOOL]))
    (told,) = verdict.difference
    assert told.endswith("which the server does not offer; it offers 'quote' (nearest: 'quote')")


def test_a_script_may_call_what_is_not_offered() -> None:
    plays = matcher([{"call": "nowhere", "offered": False}])
    assert plays.take("responses", request(user(WORDS))).interaction == 0


def test_a_recording_that_called_what_it_did_not_offer_is_followed() -> None:
    body = b'{"output": [{"type": "function_call", "name": "ghost", "call_id": "c"}]}'
    asked = {"input": WORDS, "tools": [TOOL]}
    cassette = recording(Interaction(request=asked, chunks=chunks(body)))
    assert Matcher(cassette, [WORDS]).take("responses", request(user(WORDS))).interaction == 0


def test_outputs_are_held_to_their_predicates() -> None:
    script: list[dict[str, Any]] = [
        SCRIPT[0],
        {"say": "Unknown.", "expect_output": {"quote": {"contains": "unknown symbol"}}},
    ]
    cassette = scripted(script)
    key = call_id(cassette)
    plays = Matcher(cassette, [WORDS])
    verdict = plays.take("responses", request(user(WORDS), called(key), output(key, "213.55")))
    assert "output of quote: contains 'unknown symbol' does not hold" in verdict.difference[0]
    assert verdict.nearest == 1
    fine = request(user(WORDS), called(key), output(key, "Error: Unknown symbol ZZZ"))
    assert plays.take("responses", fine).interaction == 1


def test_an_output_without_any_part_is_not_the_words_of_an_empty_list() -> None:
    script: list[dict[str, Any]] = [
        {"call": "quote", "id": "c1"},
        {"say": "None.", "expect_output": {"c1": {"equals": "[]"}}},
    ]
    nothing = {"type": "function_call_output", "call_id": "c1", "output": []}
    verdict = matcher(script).take("responses", request(user(WORDS), called("c1"), nothing))
    assert verdict.difference == ("output of c1: equals '[]' does not hold for ''",)
    said = request(user(WORDS), called("c1"), output("c1", "[]"))
    assert matcher(script).take("responses", said).interaction == 1


def test_what_the_model_is_to_see_has_to_be_shown() -> None:
    script: list[dict[str, Any]] = [{"say": "A chart.", "expect_seen": ["input_image", "input_file"]}]
    blind, seeing = user(WORDS), user(WORDS)
    blind["content"] += [{"type": "input_image", "image_url": "data:,"}]
    seeing["content"] += [*blind["content"][-1:], {"type": "input_file", "file_data": "data:,"}]
    plays = matcher(script)
    assert plays.take("responses", request(blind)).difference == ("input_file: missing",)
    assert plays.take("responses", request(seeing)).interaction == 0


def test_of_two_answers_the_predicate_chooses() -> None:
    script: list[dict[str, Any]] = [
        {"call": "quote", "id": "c1"},
        {"say": "Bad.", "expect_output": {"c1": "error"}},
        {"say": "Good.", "expect_output": {"c1": {"excludes": "error"}}},
    ]
    asked = request(user(WORDS), called("c1"), output("c1", "fine"))
    assert matcher(script).take("responses", asked).interaction == 2


@pytest.mark.parametrize(
    ("predicate", "text", "holds"),
    [
        ("aapl", "AAPL 213", True),
        ({"contains": ["a", "b"]}, "a", False),
        ({"excludes": "x"}, "abc", True),
        ({"matches": r"\d+\.\d\d"}, "at 213.55", True),
        ({"equals": {"a": 1}}, '{"a": 1}', True),
        ({"equals": "a"}, "b", False),
        ({"has": {"a": [{"b": 2}]}}, '{"a": [{"b": 2, "c": 3}, 4], "d": 5}', True),
        ({"has": {"a": 2}}, "no json", False),
        ({"has": {"a": None}}, "{'a': None, 'b': 'it'}", True),
    ],
)
def test_predicates(predicate: Any, text: str, holds: bool) -> None:
    assert (failed_predicates(text, predicate) == []) == holds


def test_model_and_tools_are_noted_only() -> None:
    cassette = look_alike()
    other = {**TOOL, "name": "another"}
    plays = Matcher(cassette, [])
    tools = [*cassette.interactions[0].request["tools"], other]
    verdict = plays.take("responses", request(user("When is high water at Ystad?"), tools=tools))
    assert verdict.interaction == 0
    assert "model: gpt-other, recorded gpt-look-alike" in verdict.noted
    assert any(each.startswith("tools: ") for each in verdict.noted)


def test_of_a_script_there_is_no_model_to_differ_from() -> None:
    verdict = matcher().take("responses", request(user(WORDS), model="gpt-4.1-mini"))
    assert (verdict.interaction, verdict.noted) == (0, ())


@pytest.mark.parametrize(
    ("origin", "told"), [("script", "the script answers"), ("recording", "recorded"), ("foreign", "recorded")]
)
def test_the_other_api_does_not_match(origin: Any, told: str) -> None:
    made = scripted()
    plays = Matcher(made if origin == "script" else recording(*made.interactions, origin=origin), [WORDS])
    verdict = plays.take("chat_completions", {"messages": [{"role": "user", "content": WORDS}]})
    assert verdict.difference == (f"asked through chat_completions, {told} through responses",)


def test_chat_requests_are_matched_alike() -> None:
    cassette = scripted(api="chat_completions")
    asked = cassette.interactions[1].request
    messages = [{"role": "system", "content": "Be brief."}, *asked["messages"]]
    tools = [{"type": "function", "function": {"name": "quote"}}]
    plays = Matcher(cassette, [WORDS])
    verdict = plays.take("chat_completions", {"messages": messages, "tools": tools})
    assert verdict.interaction == 1


def test_a_recording_goes_on_from_its_end_as_exhausted() -> None:
    cassette = look_alike()
    plays = Matcher(cassette, [])
    for interaction in cassette.interactions:
        plays.take("responses", interaction.request)
    more = [*cassette.interactions[1].request["input"], called("late"), output("late")]
    assert plays.take("responses", {**cassette.interactions[1].request, "input": more}).exhausted


def test_a_script_is_never_exhausted() -> None:
    plays = matcher([{"say": "A."}])
    plays.take("responses", request(user(WORDS)))
    verdict = plays.take("responses", request(user(WORDS)))
    assert not verdict.exhausted
    assert verdict.difference == ("the interaction that this request repeats is used up already",)


def test_a_recording_is_not_exhausted_while_something_is_unused() -> None:
    cassette = look_alike()
    plays = Matcher(cassette, [])
    plays.take("responses", cassette.interactions[0].request)
    verdict = plays.take("responses", cassette.interactions[0].request)
    assert not verdict.exhausted
    assert plays.unused == (1,)


def test_ids_that_a_recorded_client_made_up_are_understood() -> None:
    cassette = look_alike()
    asked = dict(cassette.interactions[1].request)
    asked["input"] = [asked["input"][0], called("fc_look1", "tide_at"), output("fc_look1")]
    odd = recording(cassette.interactions[0], Interaction(request=asked), origin="foreign")
    plays = Matcher(odd, [])
    assert plays.take("responses", cassette.interactions[1].request).interaction == 1


def test_a_history_handed_over_inside_one_message_is_understood() -> None:
    script = [{"call": "transfer_to_quotes", "id": "c1"}, {"call": "quote", "id": "c2"}]
    told = f"So far:\n<CONVERSATION HISTORY>\n1. user: {WORDS}\n2. function_call: c1\n</CONVERSATION HISTORY>"
    verdict = matcher(script).take("responses", request({"role": "assistant", "content": told}))
    assert verdict.interaction == 1
    assert "history: handed over inside one message" in verdict.noted


def test_features_read_strings_lists_and_missing_input() -> None:
    assert features({"input": "hi"}).words == ("hi",)
    assert features({"input": ["hi", user("you")]}).words == ("hi you",)
    assert features({}).words == ()
    assert features({"input": [3, {"type": "item_reference", "id": "x"}]}).roles == ("assistant",)
