"""The server as a process and behind a real socket: what ends it, and who goes away."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from tests.reference.web.conftest import message
from tests.reference.web.held_model import REST, TEXT, HeldModel, held_model
from tests.reference.web.raw import Raw

import chatkit_harness.reference.web
from chatkit_harness.reference.context import RequestContext
from chatkit_harness.reference.market import FixtureMarketData
from chatkit_harness.reference.server import MarketChatKitServer, create_server
from chatkit_harness.reference.web import create_app
from chatkit_harness.reference.web.limits import Limits

RUN = Path(chatkit_harness.reference.web.__path__[0]) / "run.py"
QUESTION = {"type": "threads.create", "params": {"input": message("What's AAPL trading at?")}}


class Running:
    """A server of its own process."""

    def __init__(self, folder: Path, model: str, *options: str, **environment: str) -> None:
        asked = [sys.executable, "-I", "-X", "utf8", str(RUN), "--host", "127.0.0.1", "--port", "0", *options]
        own = {"OPENAI_BASE_URL": model, "OPENAI_API_KEY": "not-a-key", "OPENAI_AGENTS_DISABLE_TRACING": "1"}
        self.log = folder / "log"
        with self.log.open("w") as errors:
            self.process = subprocess.Popen(
                asked, cwd=folder, env={"PATH": os.environ["PATH"], **own, **environment},
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
            )  # fmt: skip
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.log.read_text()
        self.told: dict[str, Any] = json.loads(line)

    def end(self) -> None:
        """However it stands."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()


def secret_of(url: str, **body: str) -> str:
    answer = httpx.post(f"{url}/api/chatkit/session", json=body, trust_env=False)
    return f"Bearer {answer.json()['client_secret']}"


def asked(url: str, kind: str, params: Any, authorization: str) -> Any:
    headers = {"authorization": authorization}
    body = {"type": kind, "params": params}
    return httpx.post(f"{url}/chatkit/sdk", json=body, headers=headers, trust_env=False).json()


@pytest.fixture
def model() -> Iterator[HeldModel]:
    with held_model() as running:
        yield running


def test_conversations_are_let_finish_and_nobody_new_is_let_in(tmp_path: Path, model: HeldModel) -> None:
    server = Running(tmp_path, model.url)
    try:
        url = server.told["url"]
        page = Raw(url)
        page.send("/chatkit/sdk", QUESTION, authorization=secret_of(url))
        page.until(TEXT)
        server.process.send_signal(signal.SIGTERM)
        wait_until_closed(url)
        wait_until_told(server.log, "Waiting for")  # the server is past what it does in any case
        model.go.set()
        said = page.rest()
        page.close()
        assert TEXT + REST in said
        assert said.endswith("0\r\n\r\n"), "whole, to the last chunk"
        assert '"type":"error"' not in said
        assert server.process.wait(timeout=20) == -signal.SIGTERM
        assert '"outcome": "done"' in server.log.read_text()
    finally:
        server.end()


def test_a_conversation_that_does_not_end_is_cut_off_and_kept(tmp_path: Path, model: HeldModel) -> None:
    (tmp_path / "extras" / "starlette").mkdir(parents=True)
    wrong = tmp_path / "extras" / "starlette" / "__init__.py"
    wrong.write_text("raise RuntimeError('what stands in the environment comes first')")
    options = ("--database", "kept.sqlite3", "--goodbye", "1", "--extras", str(tmp_path / "extras"))
    server = Running(tmp_path, model.url, *options)
    try:
        secret = secret_of(server.told["url"])
        page = Raw(server.told["url"])
        page.send("/chatkit/sdk", QUESTION, authorization=secret)
        page.until(TEXT)
        assert server.process.stdin is not None
        server.process.stdin.close()
        assert server.process.wait(timeout=20) == 0
        page.close()
        assert model.gone.wait(5), "the model is let go of"
    finally:
        server.end()
    again = Running(tmp_path, model.url, *options)
    try:
        renewed = secret_of(again.told["url"], existing_session=secret.partition(" ")[2])
        threads = asked(again.told["url"], "threads.list", {}, renewed)["data"]
        assert len(threads) == 1, "the same user, as the key of the secrets is kept, too"
        items = asked(again.told["url"], "items.list", {"thread_id": threads[0]["id"]}, renewed)["data"]
        assert TEXT in json.dumps(items), "and what was said until then"
    finally:
        again.end()


@pytest.mark.parametrize(
    ("options", "environment", "what", "words"),
    [
        ((), {"LOG_LEVEL": "LOUD"}, "settings", "LOG_LEVEL"),
        (("--database", "no/such/folder/x.sqlite3"), {}, "store", "x.sqlite3"),
        pytest.param(
            ("--database", "folder.sqlite3"), {}, "settings", "folder.sqlite3.key", marks=pytest.mark.slow
        ),  # nearly the same as the next one
        (("--database", "empty.sqlite3"), {}, "settings", "empty.sqlite3.key"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(
    tmp_path: Path, options: Any, environment: Any, what: str, words: str
) -> None:
    (tmp_path / "folder.sqlite3.key").mkdir()
    (tmp_path / "empty.sqlite3.key").touch()
    server = Running(tmp_path, "http://127.0.0.1:9/v1", *options, **environment)
    try:
        assert (server.told["event"], server.told["what"]) == ("failed", what)
        assert words in server.told["reason"]
        assert str(tmp_path) not in server.told["reason"]
        assert server.process.wait(timeout=20) == 1
        assert "Traceback" not in server.log.read_text()
    finally:
        server.end()


class Live:
    """A server in this process, behind a real socket."""

    def __init__(self, server: Any, **options: Any) -> None:
        self._listening = socket.socket()
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen()
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        app = create_app(server, market=FixtureMarketData(), **options)
        self._server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))

    async def __aenter__(self) -> Live:
        self._serving = asyncio.create_task(self._server.serve(sockets=[self._listening]))
        while not self._server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.should_exit = True
        await self._serving


@pytest.fixture
async def live(model: HeldModel, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Live, Any]]:
    monkeypatch.setenv("OPENAI_BASE_URL", model.url)
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-key")
    monkeypatch.setenv("OPENAI_AGENTS_DISABLE_TRACING", "1")
    server = create_server({})
    async with Live(server, limits=Limits(body_s=0.3, streams=1)) as running:
        yield running, server


async def test_who_goes_away_lets_go_of_the_model_and_leaves_a_thread_that_goes_on(
    live: tuple[Live, MarketChatKitServer], model: HeldModel
) -> None:
    url, store = live[0].url, live[1].store
    authorization = await asyncio.to_thread(secret_of, url)
    page = Raw(url)
    await asyncio.to_thread(page.send, "/chatkit/sdk", QUESTION, authorization=authorization)
    said = await asyncio.to_thread(page.until, TEXT)
    page.close()
    assert await asyncio.to_thread(model.gone.wait, 5), "the model's answer is not read to its end"
    thread = json.loads(said.partition("data: ")[2].partition("\n")[0])["thread"]["id"]
    owner = RequestContext(user_id=str(await store.owner_of("thread", thread)))  # type: ignore[attr-defined]  # of RowStore
    kept = (await store.load_thread_items(thread, None, 10, "asc", owner)).data
    assert [item.type for item in kept[:2]] == ["user_message", "assistant_message"], "what was said is kept"
    model.go.set()
    again = {"thread_id": thread, "input": message("Go on")}
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        body = {"type": "threads.add_user_message", "params": again}
        answer = await client.post("/chatkit/sdk", json=body, headers={"authorization": authorization})
    assert TEXT + REST in answer.text
    assert '"type":"error"' not in answer.text


async def test_a_user_has_so_many_conversations_at_once(
    live: tuple[Live, MarketChatKitServer], model: HeldModel
) -> None:
    url = live[0].url
    authorization = await asyncio.to_thread(secret_of, url)
    first, second, other = Raw(url), Raw(url), Raw(url)
    await asyncio.to_thread(first.send, "/chatkit/sdk", QUESTION, authorization=authorization)
    await asyncio.to_thread(first.until, TEXT)
    await asyncio.to_thread(second.send, "/chatkit/sdk", QUESTION, authorization=authorization)
    refused = await asyncio.to_thread(second.rest)
    assert refused.startswith("HTTP/1.1 429")
    assert "retry-after: 1" in refused
    someone = await asyncio.to_thread(secret_of, url)
    await asyncio.to_thread(other.send, "/chatkit/sdk", QUESTION, authorization=someone)
    await asyncio.to_thread(other.until, TEXT)
    model.go.set()
    assert REST in await asyncio.to_thread(first.rest)
    for each in (first, second, other):
        each.close()


@pytest.mark.parametrize("path", ["/chatkit/sdk", "/api/chatkit/session", "/api/chatkit/chart-action"])
async def test_a_body_that_does_not_come_is_not_waited_for(
    live: tuple[Live, MarketChatKitServer], path: str
) -> None:
    url = live[0].url
    authorization = await asyncio.to_thread(secret_of, url)
    page = Raw(url)
    headers = {"authorization": authorization, "content-length": "100"}
    await asyncio.to_thread(page.send, path, {}, **headers)
    said = await asyncio.to_thread(page.rest)
    page.close()
    assert said.startswith("HTTP/1.1 408")
    assert "body_too_slow" in said


def wait_until_told(log: Path, words: str) -> None:
    """Until these words are in a log. Raises AssertionError where they never come."""
    for _ in range(200):
        if words in log.read_text():
            return
        time.sleep(0.05)
    raise AssertionError(f"no {words!r} in the log: {log.read_text()}")


def wait_until_closed(url: str) -> None:
    """Until the server lets nobody in any more. Raises AssertionError where it goes on."""
    for _ in range(200):
        try:
            Raw(url).close()
        except ConnectionError:
            return
        time.sleep(0.05)
    raise AssertionError("the server still lets people in")
