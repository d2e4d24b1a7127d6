"""What a fault does to an answer, as a client of the model gets it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.upstream.kit import WORDS, request, scripted, user

from chatkit_harness.core.errors import CassetteError, ScenarioError
from chatkit_harness.documents import problems
from chatkit_harness.upstream import ReplayServer, Session, cassette_text, parse_cassette
from chatkit_harness.upstream.cassette import Cassette, Fault
from chatkit_harness.upstream.faults import kinds_of
from chatkit_harness.upstream.sse import read_events, split_events

SCHEMAS = Path(__file__).parents[2] / "schemas"
SCRIPT = json.loads((SCHEMAS / "script.schema.json").read_text())
ANSWER: dict[str, Any] = {"say": "It is up.", "call": "quote", "arguments": {"symbol": "AAPL"}}
WHOLE = 16
"""How many events that answer has."""
ODD = {"type": "response.odd", "more": {"x": 1}}
Got = tuple[bytes, bool]
"""The body, and whether it came to its end."""


@pytest.fixture(scope="module")
def server() -> Iterator[ReplayServer]:
    with ReplayServer() as running:
        yield running


@pytest.fixture
def session(server: ReplayServer) -> Iterator[Session]:
    opened = server.open_session()
    yield opened
    opened.close()


def ask(session: Session, answer: dict[str, Any], *, stream: bool = True, timeout: float = 10) -> Got:
    assert problems([answer], SCRIPT) == []
    cassette = scripted([answer])
    assert parse_cassette(cassette_text(cassette), name="quote-aapl") == cassette
    session.begin(cassette, [WORDS])
    return asked(session, stream=stream, timeout=timeout)


def asked(session: Session, *, stream: bool = True, timeout: float = 10) -> Got:
    body, came = request(user(WORDS), stream=stream), b""
    url = f"{session.base_url}/responses"
    try:
        with (
            httpx.Client(trust_env=False) as client,
            client.stream("POST", url, json=body, timeout=timeout) as reply,
        ):
            for piece in reply.iter_raw():
                came += piece
    except (httpx.RemoteProtocolError, httpx.ReadError, httpx.ReadTimeout):
        return came, False
    return came, True


def faulty(**fault: Any) -> dict[str, Any]:
    return {**ANSWER, "fault": fault}


def kinds(body: bytes) -> list[str]:
    return [kind.removeprefix("response.") for kind in kinds_of(body)]


def numbers(body: bytes) -> list[Any]:
    return [event.get("sequence_number") for event in read_events(body)]


def test_without_a_fault_all_of_it_comes(session: Session) -> None:
    body, whole = ask(session, ANSWER)
    assert (len(split_events(body)), whole) == (WHOLE, True)


@pytest.mark.parametrize("count", [0, 1, 7, WHOLE])
def test_a_cut_comes_between_events(session: Session, count: int) -> None:
    body, whole = ask(session, faulty(cut_after_chunks=count))
    assert (len(split_events(body)), whole) == (count, False)


@pytest.mark.parametrize("place", [1, 6, WHOLE])
def test_a_cut_comes_inside_an_event(session: Session, place: int) -> None:
    body, whole = ask(session, faulty(cut_inside_chunk=place))
    *before, torn = split_events(body)
    assert (len(before), whole) == (place - 1, False)
    assert not torn.endswith(b"\n\n")
    assert body == ask(session, ANSWER)[0][: len(body)]


def test_a_stream_may_end_early_in_good_order(session: Session) -> None:
    body, whole = ask(session, faulty(end_after_chunks=3))
    assert (len(split_events(body)), whole) == (3, True)


def test_an_event_that_is_no_json_stands_among_the_others(session: Session) -> None:
    body, whole = ask(session, faulty(malformed_after_chunks=2))
    assert (len(split_events(body)), len(list(read_events(body))), whole) == (WHOLE + 1, WHOLE, True)


def test_after_silence_it_is_the_client_that_leaves(session: Session) -> None:
    body, whole = ask(session, faulty(silence_after_chunks=2), timeout=0.2)
    assert (len(split_events(body)), whole) == (2, False)


def test_a_stall_passes(session: Session) -> None:
    began = time.monotonic()
    body, whole = ask(session, faulty(stall_after_chunks=2, stall_ms=120))
    assert (len(split_events(body)), whole) == (WHOLE, True)
    assert time.monotonic() - began >= 0.12
    assert [exchange.outcome for exchange in session.end().exchanges] == ["fault"]


def test_events_may_be_put_in(session: Session) -> None:
    body, _ = ask(session, faulty(insert=[{"after": 0, "event": ODD}, {"after": WHOLE, "event": ODD}]))
    assert (kinds(body)[0], kinds(body)[-1]) == ("odd", "odd")
    assert next(read_events(body)) == ODD


def test_events_of_a_type_may_come_twice(session: Session) -> None:
    told = kinds(ask(session, faulty(repeat=["response.completed"]))[0])
    assert told[-2:] == ["completed", "completed"]
    assert len(told) == WHOLE + 1


def test_two_events_may_change_places(session: Session) -> None:
    honest, swapped = (kinds(ask(session, each)[0]) for each in (ANSWER, faulty(swap_after_chunks=2)))
    assert swapped[2:4] == honest[3:1:-1]
    assert sorted(swapped) == sorted(honest)


@pytest.mark.parametrize(
    ("sequence", "first"),
    [("duplicate", [0, 0, 1, 1, 2]), ("missing", [0, 1, 3, 4, 6]), ("absent", [None] * 5)],
)
def test_sequence_numbers_may_be_wrong(session: Session, sequence: str, first: list[Any]) -> None:
    assert numbers(ask(session, ANSWER)[0])[:5] == [0, 1, 2, 3, 4]
    assert numbers(ask(session, faulty(sequence=sequence))[0])[:5] == first


def test_events_of_a_type_are_left_out_by_an_answer(session: Session) -> None:
    told = kinds(ask(session, {**ANSWER, "without": ["response.output_text.delta"]})[0])
    assert "output_text.delta" not in told
    assert "output_text.done" in told


def test_events_of_a_type_are_left_out_of_a_whole_cassette_which_is_matched_all_the_same(
    session: Session,
) -> None:
    cassette = replace(scripted([ANSWER]), without=("response.output_item.done", "response.completed"))
    session.begin(cassette, [WORDS])
    assert not {"output_item.done", "completed"} & set(kinds(asked(session)[0]))
    assert [exchange.outcome for exchange in session.end().exchanges] == ["matched"]


@pytest.mark.parametrize(
    ("fault", "came"),
    [
        ({"cut_inside_chunk": 1}, "half"),
        ({"cut_after_chunks": 0}, "none"),
        ({"end_after_chunks": 0}, "none"),
        ({"malformed_after_chunks": 0}, "odd"),
        ({"stall_after_chunks": 0, "stall_ms": 1}, "all"),
        ({"sequence": "absent"}, "all"),
    ],
)
def test_an_answer_in_one_piece_has_the_faults_that_it_can(
    session: Session, fault: dict[str, Any], came: str
) -> None:
    good, _ = ask(session, ANSWER, stream=False)
    body, _ = ask(session, faulty(**fault), stream=False)
    assert body == {"half": good[: len(good) // 2], "none": b"", "odd": b"{" + good, "all": good}[came]


def test_that_a_fault_is_none_of_answers_in_one_piece_is_noted(session: Session) -> None:
    ask(session, faulty(repeat=["response.completed"]), stream=False)
    (exchange,) = session.end().exchanges
    assert exchange.noted[-1] == "the fault is one of streams, and this answer is none"
    assert exchange.outcome == "matched"


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ({"end_after_chunks": 1}, "matched"),
        ({"malformed_after_chunks": 2}, "matched"),
        ({"stall_after_chunks": 1, "stall_ms": 1}, "matched"),
        ({"repeat": ["response.completed"], "cut_after_chunks": WHOLE + 1}, "fault"),
        ({"cut_inside_chunk": 9}, "fault"),
    ],
)
def test_a_fault_of_which_an_answer_in_one_piece_shows_nothing_was_none(
    session: Session, fault: dict[str, Any], outcome: str
) -> None:
    ask(session, faulty(**fault), stream=False)
    assert [exchange.outcome for exchange in session.end().exchanges] == [outcome]


LAST = {
    **dict.fromkeys(("cut_after_chunks", "cut_inside_chunk", "silence_after_chunks"), WHOLE),
    "malformed_after_chunks": WHOLE,
    "end_after_chunks": WHOLE - 1,
    "stall_after_chunks": WHOLE - 1,
    "swap_after_chunks": WHOLE - 2,
}


@pytest.mark.parametrize(("key", "last"), LAST.items())
def test_a_fault_that_an_answer_has_no_place_for_is_refused(key: str, last: int) -> None:
    scripted([faulty(**{key: last})])
    with pytest.raises(ScenarioError, match=rf"answer 1 .*: {key} is {last + 1}, .*at most {last} would"):
        scripted([faulty(**{key: last + 1})])


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"insert": [{"after": WHOLE + 1, "event": ODD}]}, "insert.after is 17"),
        ({"repeat": ["response.complete"]}, "it repeats response.complete, and this"),
        ({"cut_after_chunks": 4, "stall_after_chunks": 4}, "stall_after_chunks is 4"),
        ({"end_after_chunks": 4, "malformed_after_chunks": 4}, "at most 3"),
        ({"cut_inside_chunk": 9, "cut_after_chunks": 5}, "has one end, and cut_after_chunks and cut_inside"),
        ({"swap_after_chunks": 6, "cut_after_chunks": 3}, "swap_after_chunks 6 changes nothing"),
        ({"insert": [{"after": 8, "event": ODD}], "end_after_chunks": 4}, "insert.after 8 changes nothing"),
        ({"repeat": ["response.completed"], "cut_after_chunks": 4}, "repeat of response.completed changes"),
    ],
)
def test_a_fault_about_what_an_answer_does_not_have_is_refused(fault: dict[str, Any], told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        scripted([faulty(**fault)])


def test_a_place_is_one_of_the_events_that_are_sent() -> None:
    left = {**ANSWER, "without": ["response.completed"]}
    scripted([{**left, "fault": {"cut_after_chunks": WHOLE - 1}}])
    scripted([faulty(insert=[{"after": 0, "event": ODD}], cut_after_chunks=WHOLE + 1)])
    with pytest.raises(ScenarioError, match=f"has {WHOLE - 1} events"):
        scripted([{**left, "fault": {"cut_after_chunks": WHOLE}}])


def test_chat_completions_have_no_sequence_numbers_to_be_wrong() -> None:
    with pytest.raises(ScenarioError, match="the events of this stream have none"):
        scripted([{"say": "Hi", "fault": {"sequence": "absent"}}], api="chat_completions")


def too_short() -> Cassette:
    """A recording with one event less than its fault needs."""
    (good,) = scripted([ANSWER]).interactions
    made = replace(good, fault=Fault(cut_after_chunks=WHOLE + 1))
    return replace(scripted([ANSWER]), interactions=(made,))


def test_a_cassette_whose_fault_has_no_place_in_it_is_refused() -> None:
    with pytest.raises(CassetteError, match="its fault has no place in the answer: cut_after_chunks is 17"):
        parse_cassette(cassette_text(too_short()), name="quote-aapl")


def test_a_fault_that_has_no_place_when_it_is_played_is_none(session: Session) -> None:
    session.begin(too_short(), [WORDS])
    asked(session)
    (exchange,) = session.end().exchanges
    assert exchange.outcome == "matched"
    assert "cut_after_chunks is 17, and the stream has 16 events" in exchange.noted[-1]


def test_kinds_of_chat_completions_go_by_what_they_bring() -> None:
    cassette = scripted([{"say": "Hi", "call": "quote"}], api="chat_completions")
    told = [kind for chunk in cassette.interactions[0].chunks for kind in kinds_of(chunk.data)]
    assert list(dict.fromkeys(told)) == [
        *("delta.role", "delta.content", "delta.tool_calls", "finish_reason", "usage", "[DONE]"),
    ]


def test_long_words_are_made_from_a_sentence() -> None:
    long = {"say": "Reason {n}. ", "say_bytes": 5000, "delta_bytes": 1000}
    deltas = [
        event["delta"]
        for event in read_events(scripted([long]).interactions[0].body)
        if event["type"] == "response.output_text.delta"
    ]
    assert [len(each) for each in deltas] == [1000] * 5
    assert "".join(deltas).startswith("Reason 1. Reason 2. ")


AGAIN = {"repeat": ["response.created"]}
SURVIVED = [{"stall_after_chunks": 1}, {"sequence": "absent"}, AGAIN, {"swap_after_chunks": 1}]


@pytest.mark.parametrize(
    ("fault", "goes_on"), [*((each, True) for each in SURVIVED), ({"end_after_chunks": 1}, False)]
)
def test_what_was_said_whole_is_part_of_the_conversation(fault: dict[str, Any], goes_on: bool) -> None:
    cassette = scripted([{"say": "Up.", "fault": fault}, {"turn": 2, "say": "Down."}], WORDS, "And now?")
    roles = [item["role"] for item in cassette.interactions[1].request["input"]]
    assert roles == (["user", "assistant", "user"] if goes_on else ["user", "user"])


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"cut_inside_chunk": 0}, "at least 1"),
        ({"stall_ms": 5}, "stall_after_chunks"),
        ({"sequence": "odd"}, "'odd' is not valid"),
        ({"insert": [{"event": {}}]}, "the key 'after' is missing"),
    ],
)
def test_the_schema_tells_what_is_wrong_with_a_fault(fault: dict[str, Any], words: str) -> None:
    told = "; ".join(each.message for each in problems([{"say": "x", "fault": fault}], SCRIPT))
    assert words in told
