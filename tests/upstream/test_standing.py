"""The replaying model by itself: told case by case what to say, and free to play while nobody tells it."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from tests.upstream.kit import WORDS, call_id, called, output, request, scripted, user

from chatkit_harness.core.errors import ConfigurationError, UnavailableError
from chatkit_harness.upstream import ModelElsewhere, Piece, StandingModel

OTHER = "Are you open on Monday?"


@pytest.fixture
def model() -> Iterator[StandingModel]:
    pieces = (
        Piece(cassette=scripted(), words=(WORDS,)),
        Piece(cassette=scripted([{"say": "We are closed on Monday."}], OTHER), words=(OTHER,)),
    )
    with StandingModel(0, pieces) as running:
        yield running


def post(url: str, body: Any) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    with httpx.Client(trust_env=False) as client:
        return client.post(url, content=content, timeout=20)


def ask(model: StandingModel, *items: Any) -> httpx.Response:
    return post(f"{model.base_url}/responses", request(*items))


def test_free_it_plays_whatever_fits_as_often_as_it_is_asked(model: StandingModel) -> None:
    for _time in range(3):
        assert "closed on Monday" in ask(model, user(OTHER)).text
        assert '"quote"' in ask(model, user(WORDS)).text


def test_free_it_goes_on_after_a_tool(model: StandingModel) -> None:
    made = call_id(scripted())
    answered = ask(model, user(WORDS), called(made), output(made))
    assert "213.55" in answered.text


def test_free_it_says_what_it_knows_where_nothing_fits(model: StandingModel) -> None:
    answered = ask(model, user("Sing!"))
    assert answered.status_code == 400
    assert WORDS in answered.text
    assert OTHER in answered.text


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"[" * 9000, b"\xff"])
def test_what_is_no_request_is_refused(model: StandingModel, body: bytes) -> None:
    assert post(f"{model.base_url}/responses", body).status_code == 400
    assert "closed" in ask(model, user(OTHER)).text


def test_it_serves_nothing_else(model: StandingModel) -> None:
    assert post(f"{model.base_url}/files", {}).status_code == 404


def test_in_a_case_it_says_what_the_case_has_and_tells_what_it_was_asked(model: StandingModel) -> None:
    session = ModelElsewhere(model.url).open_session()
    session.begin(scripted([{"say": "Only this."}], "Hello?"), ["Hello?"])
    assert "Only this." in ask(model, user("Hello?")).text
    assert ask(model, user(OTHER)).status_code == 400
    report = session.end()
    assert len(report.exchanges) == 2
    assert report.facts is not None
    assert "closed" in ask(model, user(OTHER)).text


def test_one_case_after_another_starts_afresh(model: StandingModel) -> None:
    session = ModelElsewhere(model.url).open_session()
    for said in ("First.", "Second."):
        session.begin(scripted([{"say": said}], "Hello?"), ["Hello?"])
        assert said in ask(model, user("Hello?")).text
        assert len(session.end().exchanges) == 1


def test_an_exams_model_says_the_same_whatever_it_is_asked(model: StandingModel) -> None:
    session = ModelElsewhere(model.url).open_session()
    session.begin(replace(scripted([{"say": "Understood."}], "x"), always=True), [])
    for words in ("Anything.", "Something else."):
        assert "Understood." in ask(model, user(words)).text
    session.end()


def test_a_case_without_a_cassette_answers_nothing(model: StandingModel) -> None:
    session = ModelElsewhere(model.url).open_session()
    session.begin(None, [])
    assert ask(model, user(OTHER)).status_code >= 400
    assert session.end().facts is None


def test_the_address_may_be_the_servers_base_url(model: StandingModel) -> None:
    assert ModelElsewhere(f"{model.base_url}/").open_session().base_url == model.base_url


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("begin", b"{", 400),
        ("begin", b"[]", 400),
        ("begin", b"{}", 400),
        ("begin", json.dumps({"cassette": "no cassette", "always": False, "name": "", "words": []}), 400),
        ("begin", json.dumps({"cassette": None, "always": False, "words": 7, "pacing": 0}), 400),
        ("begin", json.dumps({"cassette": None, "always": False, "words": [], "pacing": "fast"}), 400),
        ("start", b"{}", 404),
    ],
)
def test_wrong_control_words_are_refused_and_change_nothing(
    model: StandingModel, path: str, body: bytes | str, status: int
) -> None:
    content = body.encode() if isinstance(body, str) else body
    assert post(f"{model.url}/harness/{path}", content).status_code == status
    assert "closed" in ask(model, user(OTHER)).text


def test_what_is_no_replaying_model_is_told(model: StandingModel) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        for url in (f"http://127.0.0.1:{taken.getsockname()[1]}", f"{model.url}/elsewhere"):
            with pytest.raises(UnavailableError, match="chatkit-harness upstream"):
                ModelElsewhere(url)


def test_a_port_that_is_taken_is_told(model: StandingModel) -> None:
    port = int(model.url.rpartition(":")[2])
    with pytest.raises(ConfigurationError, match=f"--port {port}: Nothing can listen"), StandingModel(port):
        pass


def test_a_second_run_is_told_that_the_first_one_is_at_work() -> None:
    with StandingModel(0) as model:
        first, second = (ModelElsewhere(model.url).open_session() for _ in range(2))
        first.begin(None, ["Hello?"])
        with pytest.raises(UnavailableError, match="Another run is using this model") as told:
            second.begin(None, ["Hello?"])
        assert str(told.value).count("tart one") == 1
        assert "Wait for its end" in told.value.next_step
        first.end()
        second.begin(None, ["Hello?"])
        second.end()


def test_a_run_that_waits_for_long_keeps_its_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatkit_harness.upstream.standing.FREE_AFTER_S", 2.0)
    with StandingModel(0) as model:
        first, second = (ModelElsewhere(model.url).open_session() for _ in range(2))
        first.begin(scripted([{"say": "At last."}], "Hello?"), ["Hello?"])
        time.sleep(3)
        with pytest.raises(UnavailableError, match="Another run is using this model"):
            second.begin(None, ["Hello?"])
        assert "At last." in ask(model, user("Hello?")).text
        assert len(first.end().exchanges) == 1


def test_a_run_that_went_away_in_a_case_leaves_the_model_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatkit_harness.upstream.standing.FREE_AFTER_S", 0.5)
    with StandingModel(0) as model:
        begun = b'{"cassette": null, "always": false, "name": "", "words": [], "pacing": 0, "run": "killed"}'
        assert post(f"{model.url}/harness/begin", begun).status_code == 200
        time.sleep(1)
        second = ModelElsewhere(model.url).open_session()
        second.begin(None, ["Hello?"])
        second.end()


def test_a_run_that_is_interrupted_in_a_case_leaves_the_model_at_once(model: StandingModel) -> None:
    first, second = (ModelElsewhere(model.url).open_session() for _ in range(2))
    first.begin(None, ["Hello?"])
    first.close()
    assert "closed" in ask(model, user(OTHER)).text
    second.begin(scripted([{"say": "Here."}], "Hello?"), ["Hello?"])
    first.close()  # a case of another run is not its own
    assert "Here." in ask(model, user("Hello?")).text
    second.end()


def test_what_is_closed_after_the_model_is_gone_says_nothing() -> None:
    with StandingModel(0) as model:
        session = ModelElsewhere(model.url).open_session()
        session.begin(None, ["Hello?"])
    session.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_no_proxy_leads_to_this_machine_itself(
    model: StandingModel, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    ModelElsewhere(model.url.replace("127.0.0.1", host))
    with pytest.raises(UnavailableError, match="Connection refused"):
        ModelElsewhere("http://model.example:9000")


@contextlib.contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """The address of a server that gives one request this answer, whatever it is."""

    def serve() -> None:
        connection, _address = listening.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join(10)


def over_http(status: str, body: bytes, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\ncontent-length: {size}\r\n\r\n".encode() + body


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        over_http("200 OK", b"{}", 99),
        over_http("404 Not Found", b"{}", 99),
        over_http("404 Not Found", b"[]"),
        over_http("200 OK", b"<html>"),
        over_http("200 OK", b"[" * 99999),
        over_http("200 OK", b"{}"),
        over_http("200 OK", b"[1]"),
        over_http("200 OK", b'{"version": "2.1.0"}'),
    ],
)
def test_a_server_that_is_none_is_told_in_one_line(answer: bytes) -> None:
    with (
        answering(answer) as url,
        pytest.raises(UnavailableError, match="o replaying model") as told,
    ):
        ModelElsewhere(url)
    assert told.value.culprit == f"--upstream {url}"
    assert told.value.cause.isprintable()
    assert "chatkit-harness upstream --port" in told.value.next_step


def test_a_model_of_another_release_is_told() -> None:
    body = b'{"version": 99, "pieces": 3}'
    with answering(over_http("200 OK", body)) as url, pytest.raises(UnavailableError, match="99") as told:
        ModelElsewhere(url)
    assert told.value.culprit == f"--upstream {url}"
    assert "another release of chatkit-harness" in told.value.cause
    assert f"chatkit-harness upstream --port {url.rpartition(':')[2]}" in told.value.next_step
