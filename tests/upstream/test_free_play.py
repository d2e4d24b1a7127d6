"""The replaying model while no run drives it: a thread of somebody who asks what they like."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from tests.upstream.kit import WORDS, call_id, called, output, request, scripted, user

from chatkit_harness.upstream import Piece
from chatkit_harness.upstream.free_play import FreePlay

OPEN, TICKETS, THEN = "Are you open on Monday?", "What is a ticket?", "And for two?"
SELECTED = "What did I select?"


def saying(words: str, answer: str) -> Piece:
    return Piece(cassette=scripted([{"say": answer}], words), words=(words,))


def selection() -> Piece:
    script: list[dict[str, Any]] = [
        {"call": "quote"},
        {"expect_output": {"quote": {"contains": "NVDA"}}, "say": "Five candles."},
    ]
    return Piece(cassette=scripted(script, SELECTED), words=(SELECTED,))


def tickets() -> Piece:
    script: list[dict[str, Any]] = [{"say": "Nine euros."}, {"turn": 2, "say": "Eighteen."}]
    return Piece(cassette=scripted(script, TICKETS, THEN), words=(TICKETS, THEN))


PIECES = (
    Piece(cassette=scripted([{"say": "Wordless."}], None), words=()),
    Piece(cassette=scripted(), words=(WORDS,)),
    saying(OPEN, "We are closed."),
    tickets(),
    selection(),
)


def said(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": [{"type": "output_text", "text": text}]}


def ask(*items: Any) -> tuple[int, str]:
    reply = FreePlay(PIECES).answer("responses", request(*items))
    return reply.status, b"".join(chunk.data for chunk in reply.chunks).decode()


def test_a_piece_without_words_fits_nothing() -> None:
    status, text = ask(user("Sing!"))
    assert status == 400
    assert "Wordless" not in text


def test_an_answer_to_words_that_no_piece_has_fits_nothing() -> None:
    pieces = (Piece(cassette=scripted([{"say": "Apple leads."}], "Compare @Apple"), words=("Compare",)),)
    for asked in ("Sing!", "Compare @Apple"):
        assert FreePlay(pieces).answer("responses", request(user(asked))).status == 400


@pytest.mark.parametrize("memory", ["previous_response_id", "conversation"])
def test_what_the_api_remembers_makes_no_unknown_words_known(memory: str) -> None:
    body = request(user("Sing!"), **{memory: "resp_1"})
    assert FreePlay(PIECES).answer("responses", body).status == 400
    assert FreePlay(PIECES).answer("responses", request(user(OPEN), **{memory: "resp_1"})).status == 200


def test_the_output_of_a_tool_is_answered_without_the_question_that_the_api_remembers() -> None:
    body = request(output(call_id(scripted())), previous_response_id="resp_1")
    reply = FreePlay(PIECES).answer("responses", body)
    assert b"213.55 dollars" in b"".join(chunk.data for chunk in reply.chunks)


def test_a_known_question_is_found_in_what_a_server_makes_of_it() -> None:
    assert "We are closed." in ask(user(f"Today is Sunday. The visitor asks: {OPEN}"))[1]


PLAIN, LATE = "Is AAPL up?", "How is AAPL doing?"


def quoting(words: str, outcome: str, answer: str, **more: Any) -> Piece:
    """A piece that looks something up, and then says what it thinks of that."""
    script: list[dict[str, Any]] = [
        {"call": "quote"},
        {"expect_output": {"quote": {"contains": outcome}}, "say": answer},
    ]
    return Piece(cassette=scripted(script, words), words=(words,), **more)


FAILING = quoting(LATE, "timeout", "The data did not come in time.", failing=frozenset({LATE}))


def looked_up(pieces: tuple[Piece, ...], words: str, outcome: str) -> tuple[int, str]:
    made = call_id(pieces[0].cassette)
    body = request(user(words), called(made), output(made, outcome))
    reply = FreePlay(pieces).answer("responses", body)
    return reply.status, b"".join(chunk.data for chunk in reply.chunks).decode()


def test_what_is_said_of_trouble_is_said_where_there_is_trouble_only() -> None:
    status, text = looked_up((FAILING,), LATE, "271.84")
    assert (status, "in time" in text) == (400, False)
    assert "in time" in looked_up((FAILING,), LATE, "timeout")[1]


def test_a_title_is_asked_like_its_first_words_and_before_what_fails() -> None:
    pieces = (FAILING, quoting(PLAIN, "271", "It is up.", title=LATE))
    assert "It is up." in looked_up(pieces, LATE, "271.84")[1]
    assert "It is up." in looked_up(pieces, PLAIN, "anything else")[1]


@pytest.mark.parametrize(
    ("first", "then", "answer"),
    [
        (WORDS, OPEN, "We are closed."),
        (OPEN, TICKETS, "Nine euros."),
        (OPEN, THEN, "Eighteen."),
        (TICKETS, THEN, "Eighteen."),
        (THEN, TICKETS, "Nine euros."),
        (OPEN, OPEN, "We are closed."),
    ],
)
def test_questions_of_several_pieces_are_asked_in_any_order(first: str, then: str, answer: str) -> None:
    status, text = ask(user(first), said("Something."), user(then))
    assert status == 200
    assert answer in text


def test_the_same_question_again_is_followed_through_its_tool() -> None:
    made = call_id(scripted())
    whole = (user(WORDS), called(made), output(made), said("213.55"), user(WORDS))
    assert '"quote"' in ask(*whole)[1]
    assert "213.55 dollars" in ask(*whole, called(made), output(made))[1]


def test_no_message_has_the_id_of_an_earlier_one_but_a_call_keeps_its_own() -> None:
    first, again = (set(re.findall(r'"((?:msg|resp|fc)_\w+)"', ask(user(OPEN))[1])) for _ in range(2))
    assert len(first) == len(again) == 2
    assert not first & again
    assert f'"{call_id(scripted())}"' in ask(user(WORDS))[1]


def test_one_answer_names_its_ids_alike_from_beginning_to_end() -> None:
    answer = ask(user(OPEN))[1]
    assert len(set(re.findall(r'"(msg_\w+)"', answer))) == 1
    assert answer.count('"msg_') > 2


def test_unknown_words_are_refused_and_the_nearest_known_ones_told() -> None:
    for before in ((), (user(OPEN), said("We are closed."))):
        status, text = ask(*before, user("Are you open on Tuesday?"))
        assert status == 400
        assert "Of 5 questions known" in text
        assert f"the nearest: '{OPEN}'" in text


def test_a_known_question_is_answered_after_an_unknown_one() -> None:
    assert "Nine euros." in ask(user("Sing!"), user(TICKETS))[1]
    assert "Nine euros." in ask(user(OPEN), said("We are closed."), user("Sing!"), user(TICKETS))[1]


def test_what_is_chosen_freely_is_answered_though_the_piece_expects_another_output() -> None:
    made = call_id(selection().cassette)
    for chosen in ("five of NVDA", "one of TSLA"):
        assert "Five candles." in ask(user(SELECTED), called(made), output(made, chosen))[1]


def test_the_expected_output_tells_two_pieces_with_one_question_apart() -> None:
    first: dict[str, Any] = {"call": "quote", "id": "call_one"}
    pieces: list[Piece] = []
    for held, answer in (("down", "No."), ("up", "Yes.")):
        script = [first, {"expect_output": {"quote": {"contains": held}}, "say": answer}]
        pieces.append(Piece(cassette=scripted(script, "Up?"), words=("Up?",)))
    body = request(user("Up?"), called("call_one"), output("call_one", "up"))
    reply = FreePlay(pieces).answer("responses", body)
    assert b"Yes." in b"".join(chunk.data for chunk in reply.chunks)


def test_a_known_question_that_is_asked_otherwise_says_what_differs() -> None:
    reply = FreePlay(PIECES).answer("responses", request(user(WORDS), tools=[]))
    message = json.loads(reply.chunks[0].data)["error"]["message"]
    assert "is known, but something differs" in message
    assert "the script calls 'quote', which the server does not offer" in message


def test_nothing_known_is_told() -> None:
    reply = FreePlay(()).answer("responses", request(user("Hello?")))
    assert reply.status == 400
    assert b"--scenario" in reply.chunks[0].data


@pytest.mark.parametrize(
    "held", [{}, {"input": 7}, {"input": [7, None, {"role": "user"}]}, {"input": "Sing!"}]
)
def test_odd_requests_are_refused(held: dict[str, Any]) -> None:
    assert FreePlay(PIECES).answer("responses", held).status == 400
