from __future__ import annotations

import asyncio
import gzip
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from tests.upstream.kit import WORDS, request, scripted, user

from chatkit_harness.core.redaction import find_secrets
from chatkit_harness.upstream import (
    Chunk,
    Matcher,
    RecordingProxy,
    ReplayServer,
    cassette_text,
    parse_cassette,
    write_cassette,
)
from chatkit_harness.upstream.chunks import clean_chunks
from chatkit_harness.upstream.loopback import CutConnectionError, Loopback

KEY = "sk-" + "live" + "9aB3" * 10
PARTS = [chunk.data for chunk in scripted([{"say": "AAPL trades at 213.55 \u20ac."}]).interactions[0].chunks]
MIDDLE = [PARTS[0][:7], PARTS[0][7:], *PARTS[1:]]
SECRET_HEADERS = {
    "set-cookie": "session=abc; Path=/",
    "openai-organization": "acme",
    "openai-project": "proj_secret",
    "openai-version": "2020-10-01",
    "x-request-id": "req_1",
}


async def live(request: Request) -> Response:
    """A live-looking API: what it does is asked for by the model's name."""
    if request.headers.get("authorization") != f"Bearer {KEY}":
        return JSONResponse({"error": {"message": "Incorrect API key provided."}}, status_code=401)
    body = await request.json()
    kind = body["model"]
    if kind == "slow down":
        return JSONResponse({"error": {"code": "rate_limit"}}, 429, {"retry-after": "3", **SECRET_HEADERS})
    if kind == "json":
        return JSONResponse({"id": "r", "status": "completed", "output": []}, headers=SECRET_HEADERS)
    if kind == "packed":
        packed = gzip.compress(b'{"output": []}', mtime=0)
        return Response(packed, headers={"content-encoding": "gzip"}, media_type="application/json")
    if kind == "echo":
        return JSONResponse({"heard": KEY, "output": []})
    if kind == "endless":
        LEFT.clear()
        return StreamingResponse(_endless(), media_type="text/event-stream")
    if kind == "mute":
        await _mute(request)
    stream = {"cut": _cut, "tail": _tail}.get(kind, _whole)()
    return StreamingResponse(stream, media_type="text/event-stream", headers=SECRET_HEADERS)


async def _whole() -> Any:
    for part in MIDDLE:
        yield part
        await asyncio.sleep(0.005)


async def _cut() -> Any:
    yield PARTS[0]
    await asyncio.sleep(0.005)
    raise CutConnectionError


LEFT = threading.Event()


async def _endless() -> Any:
    """Says something once and then nothing; notes when nobody listens any more."""
    try:
        yield MIDDLE[0]
        await asyncio.sleep(60)
    finally:
        LEFT.set()


async def _mute(request: Request) -> None:
    """Does not answer; notes when the client has gone."""
    LEFT.clear()
    while not await request.is_disconnected():  # noqa: ASYNC110 - starlette has no event for it
        await asyncio.sleep(0.01)
    LEFT.set()
    raise CutConnectionError


async def _tail() -> Any:
    """Says everything, and keeps the connection open."""
    for part in MIDDLE:
        yield part
    await asyncio.sleep(60)


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    app = Starlette(routes=[Route("/v1/responses", live, methods=["POST"])])
    with Loopback(app) as server:
        yield f"http://127.0.0.1:{server.port}/v1"


@pytest.fixture
def proxy(api: str) -> Iterator[RecordingProxy]:
    with RecordingProxy(api, api_key=KEY) as running:
        yield running


def ask(base_url: str, kind: str = "stream") -> tuple[int, dict[str, str], list[bytes], str]:
    """What a client sees: status, headers, the body as it was split, and how it ended."""
    body = request(user(WORDS), model=kind, stream=kind in ("stream", "cut"))
    parts: list[bytes] = []
    ended = "whole"
    with (
        httpx.Client(trust_env=False, headers={"authorization": f"Bearer {KEY}"}) as client,
        client.stream("POST", f"{base_url}/responses", json=body, timeout=20) as response,
    ):
        try:
            parts.extend(response.iter_raw())
        except httpx.RemoteProtocolError:
            ended = "cut"
        headers = {name: value for name, value in response.headers.items() if name != "date"}
        return response.status_code, headers, parts, ended


@pytest.mark.parametrize("kind", ["stream", "json", "slow down", "cut", "packed"])
def test_the_recorded_one_sees_no_difference(api: str, proxy: RecordingProxy, kind: str) -> None:
    assert ask(proxy.base_url, kind) == ask(api, kind)


def test_chunks_are_kept_as_they_came_with_their_times(proxy: RecordingProxy) -> None:
    ask(proxy.base_url)
    (interaction,) = proxy.to_cassette("c").interactions
    times = [chunk.at_ms for chunk in interaction.chunks]
    assert [chunk.data for chunk in interaction.chunks] == MIDDLE
    assert all(time is not None for time in times)
    assert times == sorted(times, key=lambda time: time or 0)
    assert (interaction.model_ms or 0) >= 5 * (len(MIDDLE) - 1)


def test_provenance_says_what_and_when(proxy: RecordingProxy) -> None:
    ask(proxy.base_url, "json")
    told = proxy.to_cassette("c", scenario="quote-aapl", versions={"openai-agents": "0.24.0"}).provenance
    assert (told.origin, told.model, told.scenario) == ("recording", "json", "quote-aapl")
    assert told.recorded is not None
    assert told.recorded.endswith("+00:00")


def test_no_secret_reaches_a_file(proxy: RecordingProxy, tmp_path: Path) -> None:
    for kind in ("stream", "json", "echo", "slow down"):
        ask(proxy.base_url, kind)
    write_cassette(tmp_path / "c.yaml", proxy.to_cassette("c"))
    text = (tmp_path / "c.yaml").read_text()
    assert find_secrets(text) == []
    for word in (KEY, "acme", "proj_secret", "session=abc", "authorization", "req_1"):
        assert word not in text
    assert "openai-version" in text


def test_what_was_recorded_is_replayed_alike(api: str, proxy: RecordingProxy) -> None:
    ask(proxy.base_url)
    cassette = parse_cassette(cassette_text(proxy.to_cassette("c")), name="c")
    with ReplayServer() as server:
        session = server.open_session()
        session.begin(cassette, [WORDS])
        assert ask(session.base_url)[2] == ask(api)[2]


def test_error_statuses_and_cuts_are_recorded(proxy: RecordingProxy) -> None:
    for kind in ("slow down", "cut"):
        ask(proxy.base_url, kind)
    slow, cut = proxy.to_cassette("c").interactions
    assert (slow.status, slow.headers["retry-after"], slow.cut) == (429, "3", False)
    assert (cut.status, cut.cut, cut.body) == (200, True, PARTS[0])


def leave(base_url: str, kind: str, after: bytes) -> None:
    """Ask, and leave once this has been read."""
    body = request(user(WORDS), model=kind, stream=True)
    with (
        httpx.Client(trust_env=False) as client,
        client.stream("POST", f"{base_url}/responses", json=body, timeout=20) as response,
    ):
        heard = b""
        for part in response.iter_raw():
            heard += part
            if after in heard:
                return


def test_what_the_client_left_early_is_cut_and_the_api_is_left_at_once(proxy: RecordingProxy) -> None:
    leave(proxy.base_url, "endless", MIDDLE[0])
    assert LEFT.wait(5)
    assert proxy.to_cassette("c").interactions[0].cut


def test_what_is_still_coming_is_cut_so_far(proxy: RecordingProxy) -> None:
    body = request(user(WORDS), model="endless", stream=True)
    with (
        httpx.Client(trust_env=False) as client,
        client.stream("POST", f"{proxy.base_url}/responses", json=body, timeout=20) as response,
    ):
        assert next(response.iter_raw()) == MIDDLE[0]
        assert proxy.to_cassette("c").interactions[0].cut


def test_an_api_that_does_not_answer_is_left_with_the_client(proxy: RecordingProxy) -> None:
    with pytest.raises(httpx.ReadTimeout), httpx.Client(trust_env=False) as client:
        client.post(f"{proxy.base_url}/responses", json={"model": "mute"}, timeout=0.3)
    assert LEFT.wait(5)
    assert proxy.to_cassette("c").interactions == ()
    assert proxy.troubles == ()


def test_who_leaves_at_the_last_event_has_heard_everything(proxy: RecordingProxy) -> None:
    leave(proxy.base_url, "tail", PARTS[-1])
    until = time.monotonic() + 5
    while (interaction := proxy.to_cassette("c").interactions[0]).cut and time.monotonic() < until:
        time.sleep(0.01)
    assert (interaction.body, interaction.cut) == (b"".join(PARTS), False)


@pytest.mark.parametrize("key", [f"{KEY}\n", f" {KEY}\r\n"])
def test_white_space_around_the_key_is_no_part_of_it(api: str, key: str) -> None:
    with RecordingProxy(api, api_key=key) as proxy:
        assert ask(proxy.base_url, "json")[0] == 200
        assert proxy.troubles == ()


@pytest.mark.parametrize("key", ["short\u00e9key", "short\nkey", "short'\x00\"key", "short\ud800key"])
def test_a_key_that_no_header_can_carry_is_told_and_not_shown(api: str, key: str) -> None:
    with RecordingProxy(api, api_key=key) as proxy:
        status, _, parts, _ = ask(proxy.base_url)
        (trouble,) = proxy.troubles
    assert (status, json.loads(b"".join(parts))["error"]["code"]) == (502, "harness_unreachable")
    assert "short" not in trouble
    assert "short" not in b"".join(parts).decode()


@pytest.mark.parametrize(
    "live", ["http://[bad/v1", "http://a b/v1", "ftp://example.org/v1", "http://\x00/v1"]
)
def test_an_address_that_is_none_is_told(live: str) -> None:
    with RecordingProxy(live, api_key=KEY) as proxy:
        assert ask(proxy.base_url)[0] == 502
        assert proxy.troubles


def test_who_is_named_in_the_address_is_not_told() -> None:
    with RecordingProxy("http://ann:hunter" + "2@127.0.0.1:1/v1") as proxy:
        ask(proxy.base_url)
        assert "hunter2" not in "".join(proxy.troubles)


def test_a_packed_answer_is_kept_readable(proxy: RecordingProxy) -> None:
    ask(proxy.base_url, "packed")
    (interaction,) = proxy.to_cassette("c").interactions
    assert interaction.body == b'{"output": []}'
    assert "content-encoding" not in interaction.headers


def test_without_a_key_of_its_own_the_cell_s_goes_through(api: str) -> None:
    with RecordingProxy(api) as proxy:
        assert ask(proxy.base_url, "json")[0] == 200
    with RecordingProxy(api, api_key="wrong") as proxy:
        assert ask(proxy.base_url, "json")[0] == 401


def test_a_live_api_that_is_away_is_told() -> None:
    with RecordingProxy("http://127.0.0.1:1/v1", api_key=KEY) as proxy:
        status, _, parts, _ = ask(proxy.base_url)
        assert status == 502
        assert "cannot be reached" in json.loads(b"".join(parts))["error"]["message"]
        assert proxy.troubles
        assert proxy.to_cassette("c").interactions == ()


def test_other_addresses_are_refused(proxy: RecordingProxy) -> None:
    base = proxy.base_url.rsplit("/", 2)[0]
    assert ask(f"{base}/guess/v1")[0] == 409


def test_a_recording_answers_the_case_that_made_it(proxy: RecordingProxy) -> None:
    ask(proxy.base_url)
    plays = Matcher(proxy.to_cassette("c"), [WORDS])
    assert plays.take("responses", request(user(WORDS))).interaction == 0


@given(st.integers(0, 60), st.integers(0, 60), st.binary(max_size=20))
def test_a_secret_is_gone_wherever_chunks_are_split(one: int, other: int, around: bytes) -> None:
    body = around + b' "' + KEY.encode() + b'" ' + around
    first, second = sorted((one, other))
    parts = [body[:first], body[first:second], body[second:]]
    clean = b"".join(chunk.data for chunk in clean_chunks([Chunk(data=part) for part in parts]))
    assert clean == around + b' "REDACTED" ' + around
