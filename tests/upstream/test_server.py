from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from tests.upstream.kit import (
    SCRIPT,
    SSE,
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

from chatkit_harness.upstream import Fault, Interaction, ReplayServer, Session

TEXT = 'data: {"x": "caf\u00e9"}\n\n'.encode()
ASKED = request(user(WORDS))


@pytest.fixture(scope="module")
def server() -> Iterator[ReplayServer]:
    with ReplayServer() as running:
        yield running


@pytest.fixture
def session(server: ReplayServer) -> Iterator[Session]:
    opened = server.open_session()
    yield opened
    opened.close()


def post(session: Session, body: Any, path: str = "/responses") -> httpx.Response:
    with httpx.Client(trust_env=False) as client:
        return client.post(session.base_url + path, json=body, timeout=20)


@contextmanager
def opened(session: Session, timeout: float = 20) -> Iterator[httpx.Response]:
    """A reply whose body is still to come."""
    address = session.base_url + "/responses"
    with (
        httpx.Client(trust_env=False) as client,
        client.stream("POST", address, json=ASKED, timeout=timeout) as response,
    ):
        yield response


def split_reply(session: Session) -> list[bytes]:
    with opened(session) as response:
        return list(response.iter_raw())


def wire_chunks(session: Session) -> list[bytes]:
    """The HTTP chunks as they stand on the wire, whatever a client's reads make of them."""
    address = httpx.URL(session.base_url)
    head = f"POST {address.path}/responses HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    body = json.dumps(ASKED).encode()
    with socket.create_connection((address.host, address.port or 0), timeout=20) as connection:
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        with connection.makefile("rb") as reply:
            held = reply.read().split(b"\r\n\r\n", 1)[1]
    found = []
    while held:
        size, _, held = held.partition(b"\r\n")
        length = int(size, 16)
        found.append(held[:length])
        held = held[length + 2 :]
    return found


def streaming(*parts: bytes, times: list[float] | None = None, **more: Any) -> Any:
    made = Interaction(request={"input": WORDS}, headers=SSE, chunks=chunks(*parts, times=times), **more)
    return recording(made)


def test_a_scripted_turn_is_answered_and_told(session: Session) -> None:
    cassette = scripted()
    start = time.monotonic()
    session.begin(cassette, [WORDS], clock_start=start)
    first = post(session, ASKED)
    assert first.headers["content-type"] == SSE["content-type"]
    assert first.content == cassette.interactions[0].body
    key = call_id(cassette)
    post(session, request(user(WORDS), called(key), output(key)))
    report = session.end()
    assert [each.outcome for each in report.exchanges] == ["matched", "matched"]
    assert [each.interaction for each in report.exchanges] == [0, 1]
    assert [each.path for each in report.exchanges] == ["/v1/responses"] * 2
    assert report.exchanges[0].chunks == len(cassette.interactions[0].chunks)
    assert report.exchanges[0].bytes == len(first.content)
    assert report.facts is not None
    assert (report.facts.origin, report.facts.unused, report.facts.expired) == ("script", (), False)
    ended = report.exchanges[1].ended_at_ms
    assert ended is not None
    assert 0 <= report.exchanges[0].at_ms <= ended <= (time.monotonic() - start) * 1000
    assert report.exchanges[0].critical_ms is None


def test_chunks_arrive_split_as_recorded_even_inside_a_character(session: Session) -> None:
    middle = TEXT.index(b"\xc3") + 1
    parts = [TEXT[:middle], TEXT[middle:], b"d", b"ata: 1\n\ndata: 2\n\n"]
    session.begin(streaming(*parts), [WORDS])
    assert split_reply(session) == parts


def test_each_recorded_chunk_is_one_chunk_of_http(session: Session) -> None:
    parts = [b"a", TEXT[:-3], b"x" * 300_000, *[bytes([n]) for n in range(200)]]
    session.begin(streaming(*parts), [WORDS])
    assert wire_chunks(session) == [*parts, b""]


def test_pacing_waits_for_the_recorded_offsets(session: Session) -> None:
    cassette = streaming(b"a", b"b", b"c", times=[20.0, 20.0, 120.0])
    session.begin(cassette, [WORDS], pacing=1, clock_start=time.monotonic())
    began = time.monotonic()
    assert split_reply(session) == [b"a", b"b", b"c"]
    assert time.monotonic() - began >= 0.12
    (exchange,) = session.end().exchanges
    assert exchange.critical_ms == 120.0


def test_pacing_nought_does_not_wait(session: Session) -> None:
    session.begin(streaming(b"a", b"b", times=[0.0, 60_000.0]), [WORDS])
    assert split_reply(session) == [b"a", b"b"]


def test_a_plain_request_gets_the_answer_of_a_stream_as_json(session: Session) -> None:
    session.begin(scripted([{"say": "Hello."}]), [WORDS])
    response = post(session, request(user(WORDS), stream=False))
    assert response.headers["content-type"] == "application/json"
    assert response.json()["output"][0]["content"][0]["text"] == "Hello."
    (exchange,) = session.end().exchanges
    assert not exchange.streamed
    assert "recorded as a stream, answered as JSON here" in exchange.noted


def test_a_streaming_request_gets_the_events_of_a_json_answer(session: Session) -> None:
    part = {"type": "output_text", "text": "Hello.", "annotations": []}
    item = {"id": "m", "type": "message", "role": "assistant", "status": "completed", "content": [part]}
    body = json.dumps({"id": "r", "status": "completed", "output": [item]}).encode()
    kind = {"content-type": "application/json"}
    answer = Interaction(request={"input": WORDS}, headers=kind, chunks=chunks(body))
    session.begin(recording(answer), [WORDS])
    text = post(session, ASKED).text
    assert '"type":"response.output_text.delta"' in text
    assert text.rstrip().splitlines()[-2] == "event: response.completed"
    assert "recorded as JSON, streamed here" in session.end().exchanges[0].noted


@pytest.mark.parametrize("stream", [True, False])
def test_chat_completions_both_ways(session: Session, stream: bool) -> None:
    session.begin(scripted([{"say": "Hello you."}], api="chat_completions"), [WORDS])
    body = {"model": "m", "messages": [{"role": "user", "content": WORDS}], "stream": stream}
    response = post(session, body, "/chat/completions")
    if stream:
        assert response.text.endswith("data: [DONE]\n\n")
    else:
        assert response.json()["choices"][0]["message"]["content"] == "Hello you."


def test_a_request_that_matches_nothing_is_not_tried_again(session: Session) -> None:
    session.begin(scripted(), [WORDS])
    response = post(session, request(user("Something else")))
    assert response.status_code == 400
    assert response.headers["x-should-retry"] == "false"
    assert "the user's words" in response.json()["error"]["message"]
    (exchange,) = session.end().exchanges
    assert (exchange.outcome, exchange.status, exchange.nearest) == ("unmatched", 400, 0)
    assert exchange.difference


def test_a_case_without_a_cassette_answers_nothing(session: Session) -> None:
    session.begin(None, [WORDS])
    assert post(session, ASKED).status_code == 400
    report = session.end()
    assert report.facts is None
    assert report.exchanges[0].difference == ("the scenario has no script and no cassette",)


def test_a_recording_that_goes_no_further_ends_the_turn(session: Session) -> None:
    session.begin(look_alike(), [])
    bodies = [dict(each.request) for each in look_alike().interactions]
    for body in bodies:
        assert post(session, body).status_code == 200
    last = {**bodies[1], "input": [*bodies[1]["input"], called("z"), output("z")]}
    assert "event: response.completed" in post(session, last).text
    assert post(session, {**last, "stream": False}).json()["output"] == []
    assert [each.outcome for each in session.end().exchanges] == [
        "matched",
        "matched",
        "exhausted",
        "exhausted",
    ]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_endpoints_are_unsupported(session: Session, method: str) -> None:
    session.begin(scripted(), [WORDS])
    with httpx.Client(trust_env=False) as client:
        response = client.request(method, f"{session.base_url}/models?x=1")
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "harness_unsupported"
    assert session.end().exchanges[0].outcome == "unsupported"


@pytest.mark.parametrize("raw", [b"", b"no json", b"[1]", b"[" * 5000])
def test_a_body_that_is_no_object_is_unmatched(session: Session, raw: bytes) -> None:
    session.begin(scripted(), [WORDS])
    with httpx.Client(trust_env=False) as client:
        assert client.post(session.base_url + "/responses", content=raw).status_code == 400
    assert session.end().exchanges[0].difference == ("the request's body is no JSON object",)


def test_strays_are_refused_and_kept(server: ReplayServer, session: Session) -> None:
    assert post(session, ASKED).status_code == 409
    session.begin(scripted(), [WORDS])
    report = session.end()
    assert report.exchanges == ()
    assert report.strays == ("POST /v1/responses outside any case",)
    with httpx.Client(trust_env=False) as client:
        assert client.post(f"http://127.0.0.1:{server.port}/nobody/v1/responses").status_code == 409
    assert server.strays[-1] == "POST /v1/responses of no session"


def test_a_request_on_its_way_belongs_to_the_case_that_ends(session: Session) -> None:
    for rest in ("", " " * 4_000_000):
        _leaves_a_request_behind(
            session, json.dumps(request(user(WORDS))) + rest, times=50 if not rest else 5
        )


def _leaves_a_request_behind(session: Session, text: str, times: int) -> None:
    body = text.encode()
    head = (
        f"POST {urlsplit(session.base_url).path}/responses HTTP/1.1\r\nhost: 127.0.0.1\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    for _ in range(times):
        session.begin(scripted(), [WORDS])
        with socket.create_connection(("127.0.0.1", urlsplit(session.base_url).port or 0)) as client:
            client.sendall(head.encode() + body)
        report = session.end()
        assert [each.outcome for each in report.exchanges] == ["matched"]
        assert report.strays == ()


def test_a_closed_session_is_gone(server: ReplayServer) -> None:
    session = server.open_session()
    session.close()
    assert post(session, ASKED).status_code == 409


def test_secrets_in_a_request_are_not_kept(session: Session) -> None:
    session.begin(scripted(), [WORDS])
    key = "sk-" + "aB3d" * 10
    post(session, request(user(f"{WORDS} {key}")))
    assert key not in str(session.end().exchanges[0].request)


@pytest.mark.parametrize("status", [401, 429, 500])
def test_a_scripted_status_is_answered_as_a_fault(session: Session, status: int) -> None:
    fault = {"status": status, "headers": {"retry-after": "7"}}
    session.begin(scripted([{"fault": fault}, *SCRIPT]), [WORDS])
    response = post(session, ASKED)
    assert (response.status_code, response.headers["retry-after"]) == (status, "7")
    assert "error" in response.json()
    assert post(session, ASKED).status_code == 200
    exchanges = session.end().exchanges
    assert [each.outcome for each in exchanges] == ["fault", "matched"]
    assert [each.retry_after_ms for each in exchanges] == [7000.0, None]


@pytest.mark.parametrize(
    ("headers", "asked_ms"),
    [({"Retry-After": 1, "retry-after-ms": 20}, 20.0), ({"retry-after": "Mon"}, None), ({}, None)],
)
def test_how_long_an_answer_asks_to_wait_is_kept(
    session: Session, headers: dict[str, Any], asked_ms: float | None
) -> None:
    session.begin(scripted([{"fault": {"status": 429, "headers": headers}}, *SCRIPT]), [WORDS])
    post(session, ASKED)
    assert session.end().exchanges[0].retry_after_ms == asked_ms


def test_a_cut_stream_ends_without_its_end(session: Session) -> None:
    session.begin(scripted([{"say": "Hello.", "fault": {"cut_after_chunks": 3}}]), [WORDS])
    with pytest.raises(httpx.RemoteProtocolError):
        split_reply(session)
    (exchange,) = session.end().exchanges
    assert (exchange.outcome, exchange.chunks, exchange.aborted) == ("fault", 3, False)
    assert exchange.ended_at_ms is not None


def test_a_recording_that_was_cut_is_cut_again(session: Session) -> None:
    session.begin(streaming(b"a", b"b", cut=True), [WORDS])
    with pytest.raises(httpx.RemoteProtocolError):
        split_reply(session)
    assert session.end().exchanges[0].outcome == "matched"


def test_a_malformed_event_stands_among_the_others(session: Session) -> None:
    session.begin(scripted([{"say": "Hello.", "fault": {"malformed_after_chunks": 2}}]), [WORDS])
    parts = split_reply(session)
    with pytest.raises(ValueError, match="Invalid"):
        json.loads(parts[2].removeprefix(b"data: "))
    assert b"response.completed" in parts[-1]


def test_silence_lasts_until_the_client_leaves(session: Session) -> None:
    session.begin(scripted([{"say": "Hello.", "fault": {"silence_after_chunks": 1}}]), [WORDS])
    with opened(session, timeout=0.3) as response, pytest.raises(httpx.ReadTimeout):
        list(response.iter_raw())
    assert gone(session).aborted


def test_silence_ends_with_the_case(session: Session) -> None:
    session.begin(scripted([{"say": "Hello.", "fault": {"silence_after_chunks": 1}}]), [WORDS])
    with opened(session) as response:
        parts = response.iter_raw()
        next(parts)
        assert session.end().exchanges[0].ended_at_ms is None
        with pytest.raises(httpx.RemoteProtocolError):
            next(parts)


def test_a_client_that_leaves_is_noted(session: Session) -> None:
    session.begin(streaming(b"a", b"b", times=[0.0, 60_000.0]), [WORDS], pacing=1)
    with opened(session) as response:
        assert next(response.iter_raw()) == b"a"
    exchange = gone(session)
    assert exchange.aborted
    assert exchange.chunks == 1


def gone(session: Session) -> Any:
    """The first exchange, once the server has seen its client go."""
    for _ in range(500):
        case = session.progress()
        if case and case[0].aborted:
            break
        time.sleep(0.01)
    return session.end().exchanges[0]


def test_faults_from_outside_befall_the_nth_request(session: Session) -> None:
    faults = {1: Fault(status=500), 2: Fault(cut_after_chunks=1)}
    session.begin(scripted(), [WORDS], faults=faults)
    assert post(session, ASKED).status_code == 500
    with pytest.raises(httpx.RemoteProtocolError):
        split_reply(session)
    assert [each.outcome for each in session.end().exchanges] == ["fault", "fault"]


def test_sessions_do_not_see_each_other(server: ReplayServer) -> None:
    def converse(number: int) -> tuple[str, int]:
        session = server.open_session()
        words = f"Question {number}"
        text = ""
        for _ in range(3):
            session.begin(scripted([{"say": f"Answer {number}"}], words), [words])
            text = post(session, request(user(words), stream=False)).text
            exchanges = session.end().exchanges
            assert [each.outcome for each in exchanges] == ["matched"]
        session.close()
        return text, number

    with ThreadPoolExecutor(8) as pool:
        for text, number in pool.map(converse, range(8)):
            assert f"Answer {number}" in text


def test_a_server_leaves_nothing_behind() -> None:
    before = threading.active_count()
    with ReplayServer() as server:
        session = server.open_session()
        session.begin(streaming(b"a", b"b", times=[0.0, 60_000.0]), [WORDS], pacing=1)
        with opened(session) as response:
            next(response.iter_raw())
            began = time.monotonic()
            server.__exit__(None, None, None)
            assert time.monotonic() - began < 5
        port = server.port
    assert threading.active_count() == before
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
