from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from chatkit_harness.incell.asgi import AsgiError, Lifespan, call

Receive = Callable[[], Any]
Send = Callable[[dict[str, Any]], Any]


async def start(send: Send, kind: str = "application/json", *, status: int = 200) -> None:
    headers = [(b"Content-Type", kind.encode()), (b"X-Two", b"a"), (b"x-two", b"b")]
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def piece(send: Send, body: bytes, *, more: bool = False) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def echo(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answers with what it was asked."""
    asked = await receive()
    await start(send, status=201)
    headers = dict(scope["headers"])
    told = [scope["method"], scope["path"], scope["query_string"].decode(), headers[b"content-type"].decode()]
    await piece(send, f"{told} {asked['body'].decode()}".encode())


async def test_a_request_arrives_and_its_answer_comes_back() -> None:
    answer = await call(echo, "post", "/a%20b?c=d", body=b"{}", headers={"Content-Type": "text/plain"})
    assert answer.status == 201
    assert answer.body == b"['POST', '/a b', 'c=d', 'text/plain'] {}"
    assert answer.headers["x-two"] == "a, b"


async def test_events_are_told_one_by_one_while_the_application_still_runs() -> None:
    heard: list[bytes] = []
    heard_before_the_end: list[int] = []

    async def stream(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await start(send, "text/event-stream; charset=utf-8")
        await piece(send, b"data: one\n\nda", more=True)
        await piece(send, b"ta: two\n\nrest", more=True)
        heard_before_the_end.append(len(heard))
        await piece(send, b"")

    answer = await call(stream, "POST", "/", on_event=heard.append)
    assert heard == [b"one", b"two"]
    assert heard_before_the_end == [2]
    assert answer.body == b"rest"


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("size", [1, 1000])
async def test_events_are_told_whichever_way_lines_end_and_wherever_they_are_cut(
    end: bytes, size: int
) -> None:
    body = end.join([b"event: some", b"data: one", b"data: more", b"", b"data: two", b"", b""])

    async def stream(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await start(send, "text/event-stream")
        for place in range(0, len(body), size):
            await piece(send, body[place : place + size], more=True)
        await piece(send, b"")

    heard: list[bytes] = []
    answer = await call(stream, "POST", "/", on_event=heard.append)
    assert heard == [b"one\nmore", b"two"]
    assert answer.body.strip() == b""


async def test_a_body_of_another_type_is_no_stream() -> None:
    async def plain(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await start(send)
        await piece(send, b"data: no\n\n")

    heard: list[bytes] = []
    assert (await call(plain, "GET", "/", on_event=heard.append)).body == b"data: no\n\n"
    assert heard == []


async def test_what_an_application_raises_is_raised() -> None:
    async def broken(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await start(send)
        raise LookupError("gone wrong")

    with pytest.raises(LookupError, match="gone wrong"):
        await call(broken, "GET", "/")


async def silent(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Never answers."""


async def half(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Stops in the middle."""
    await start(send)
    await piece(send, b"some", more=True)


async def bodiless(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Begins with the end."""
    await piece(send, b"some")


async def twice(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answers, and answers again."""
    for _ in range(2):
        await start(send)
        await piece(send, b"")


async def strange(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Speaks another protocol."""
    await send({"type": "websocket.accept"})


@pytest.mark.parametrize(
    ("liar", "word"),
    [
        (silent, "without an answer"),
        (half, "middle"),
        (bodiless, "before"),
        (twice, "twice"),
        (strange, "none of"),
    ],
)
async def test_an_answer_that_is_none_is_an_error(liar: Any, word: str) -> None:
    with pytest.raises(AsgiError, match=word):
        await call(liar, "GET", "/")


async def test_a_caller_who_gives_up_is_a_client_that_goes_away() -> None:
    seen: list[str] = []

    async def patient(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await receive()
        seen.append((await receive())["type"])
        await start(send)  # nobody listens: dropped, as a real server does

    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(call(patient, "GET", "/"), 0.05)
    assert seen == ["http.disconnect"]


async def test_an_application_that_ignores_its_client_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatkit_harness.incell.asgi.GRACE_S", 0.05)
    ended: list[bool] = []

    async def stubborn(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(call(stubborn, "GET", "/"), 0.05)
    assert ended == [True]


async def test_the_answer_is_over_for_who_listens_for_the_end_of_it() -> None:
    async def listens(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await receive()
        await start(send)
        await piece(send, b"done")
        assert (await receive())["type"] == "http.disconnect"

    assert (await call(listens, "GET", "/")).body == b"done"


async def test_a_lifespan_begins_and_ends() -> None:
    heard: list[str] = []

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        for _ in range(2):
            heard.append((await receive())["type"])
            await send({"type": f"{heard[-1]}.complete"})

    async with Lifespan(app):
        assert heard == ["lifespan.startup"]
    assert heard == ["lifespan.startup", "lifespan.shutdown"]


async def test_an_application_without_a_lifespan_is_left_alone() -> None:
    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"

    async with Lifespan(app):
        pass


async def test_an_application_that_cannot_start_says_why() -> None:
    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    with pytest.raises(AsgiError, match="no database"):
        async with Lifespan(app):
            pass
