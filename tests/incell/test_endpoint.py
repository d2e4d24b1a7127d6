"""An application that is asked at a path where it has no ChatKit endpoint."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from chatkit_harness.incell.lines import AsgiLine
from chatkit_harness.incell.unjudged import UnjudgedError

BODY = json.dumps({"type": "threads.create", "params": {}}).encode()


async def chat(request: Request) -> Response:
    """It knows no thread, and says so as frameworks do."""
    if b"threads.get" in await request.body():
        raise HTTPException(404)
    return JSONResponse({"ok": True})


async def own_words(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": "no such page"}, 404)


ROUTES = [
    Route("/health", chat, methods=["GET"]),
    Route("/upload", chat, methods=["POST"]),
    Mount("/guide", routes=[Route("/chatkit", chat, methods=["POST"])]),
]
PLAIN = Starlette(routes=ROUTES)
WORDY = Starlette(routes=ROUTES, exception_handlers={404: own_words})


async def hidden(scope: Any, receive: Any, send: Any) -> None:
    """The application behind something that shows none of its routes."""
    await PLAIN(scope, receive, send)


async def sent(app: Any, path: str, body: bytes = BODY) -> dict[str, Any]:
    return await AsgiLine(app, path).send(body, {}, lambda _data: None)


@pytest.mark.parametrize("app", [PLAIN, WORDY])
async def test_a_wrong_path_is_told_with_the_applications_own(app: Any) -> None:
    with pytest.raises(UnjudgedError) as refused:
        await sent(app, "/chatkit")
    assert str(refused.value).startswith("--endpoint /chatkit: The application answers 404 to")
    assert str(refused.value).endswith("it takes POST at /guide/chatkit, /upload.")


async def test_a_path_that_takes_no_post_is_wrong_too() -> None:
    with pytest.raises(UnjudgedError, match=r"answers 405 .* POST at /upload, /guide/chatkit"):
        await sent(PLAIN, "/health")


async def test_without_routes_it_is_said_what_to_name() -> None:
    with pytest.raises(UnjudgedError, match=r"404 .*\. Name the path of its ChatKit endpoint\."):
        await sent(hidden, "/chatkit")


@pytest.mark.parametrize("app", [PLAIN, WORDY, hidden])
async def test_a_thread_that_is_not_found_is_no_path(app: Callable[..., Awaitable[None]]) -> None:
    found = await sent(app, "/guide/chatkit", b'{"type": "threads.get_by_id"}')
    assert (found["end"], found["status"]) == ("rejected", 404)


async def test_only_the_first_answer_says_it() -> None:
    gone = Starlette(routes=[Route("/chatkit", chat, methods=["POST"])])
    line = AsgiLine(gone, "/chatkit")
    assert (await line.send(BODY, {}, lambda _data: None))["status"] == 200
    gone.router.routes.clear()
    assert (await line.send(BODY, {}, lambda _data: None))["status"] == 404
