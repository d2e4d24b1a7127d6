"""`chatkit-harness serve`: its errors without a cell, and one real server over HTTP."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.cli.command import call

from chatkit_harness.engine.serve import server_environment

KEY = "sk-live-0123456789abcdefghijklmnop"


def test_a_port_in_use_is_told_before_anything_is_built() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = call("serve", "--port", taken.getsockname()[1])
    assert said.status == 2
    assert "Nothing can listen there" in said.err
    assert "--port" in said.err


def test_upstream_tells_a_port_in_use_as_serve_does() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = call("upstream", "--port", port)
    assert said.status == 2
    assert f"--port {port}" in said.err
    assert "Nothing can listen there (Address already in use)." in said.err
    assert "Name another --port (0 takes any that is free)." in said.err


@pytest.mark.parametrize("address", ["", "mysql://127.0.0.1/chat"])
def test_postgres_without_an_address_is_told(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("DATABASE_URL", address)
    said = call("serve", "--store", "postgres", "--port", "0")
    assert said.status == 2
    assert "DATABASE_URL=postgresql://" in said.err


def test_a_host_that_is_not_this_machines_is_told() -> None:
    said = call("serve", "--host", "203.0.113.1", "--format", "json")
    assert said.status == 2
    assert json.loads(said.out)["error"]["code"] == "configuration"


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_a_port_that_is_none_is_wrong_use(port: str) -> None:
    assert call("serve", "--port", port).status == 2


def test_help_shows_how_it_is_used() -> None:
    said = call("serve", "--help")
    assert (said.status, said.err) == (0, "")
    assert "chatkit-harness serve --chatkit" in said.out


def test_the_server_gets_the_key_and_nothing_else_of_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")
    environment = server_environment()
    assert environment["OPENAI_API_KEY"] == KEY
    assert "OPENAI_BASE_URL" not in environment
    assert "AWS_SECRET_ACCESS_KEY" not in environment
    assert environment["OPENAI_AGENTS_DISABLE_TRACING"] == "1"


@pytest.fixture
def serving(tmp_path: Path, heeds_ctrl_c: None) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """The command as a script starts it: its process, and the line that it prints once it answers."""
    cache = os.environ.get("CHATKIT_HARNESS_CACHE", str(tmp_path / "cache"))
    asked = [sys.executable, "-m", "chatkit_harness", "serve", "--pair", "1.6.5:0.24.0"]
    asked += ["--resolution", "contemporary", "--port", "0", "--cache", cache, "--format", "json"]
    environment = {**os.environ, "OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "OPENAI_API_KEY": KEY}
    environment["TMPDIR"] = str(tmp_path)  # a command that is killed leaves its folder behind
    log = tmp_path / "log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            asked, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, log.read_text()
        yield process, json.loads(line)
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


@pytest.mark.cells
def test_a_page_can_use_it_until_it_is_ended(
    serving: tuple[subprocess.Popen[str], dict[str, Any]], tmp_path: Path
) -> None:
    process, told = serving
    assert list(tmp_path.glob("chatkit-harness-serve-*"))
    assert (told["versions"]["chatkit"], told["versions"]["agents"]) == ("1.6.5", "0.24.0")
    with httpx.Client(base_url=told["url"], trust_env=False) as page:
        assert page.get("/health").json()["versions"] == told["versions"]
        opened = page.post("/api/chatkit/session", json={"user_id": "ada"}).json()
        session, page.headers["authorization"] = opened["session_id"], f"Bearer {opened['client_secret']}"
        shown = {"session_id": session, "symbol": "TSLA", "timeframe": "1D"}
        assert page.post("/api/chatkit/update-context", json=shown).json()["success"] is True
        asked = {"query": "draw support", "session_id": session}
        commands = page.post("/api/chatkit/chart-action", json=asked).json()["chart_commands"]
        assert commands[0] == "LOAD:TSLA"
        nobody = page.post("/api/chatkit/proxy", json={"messages": [{"role": "user", "content": "Hi"}]})
        assert nobody.status_code == 502
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
        with pytest.raises(httpx.TransportError):
            page.get("/health")
    assert not list(tmp_path.glob("chatkit-harness-serve-*")), "nothing is left in the folder for such things"


@pytest.mark.cells
def test_it_does_not_outlive_the_command(serving: tuple[subprocess.Popen[str], dict[str, Any]]) -> None:
    process, told = serving
    process.kill()
    process.wait()
    assert _gone(told["url"])


@pytest.mark.cells
def test_a_database_that_is_down_is_told_and_nothing_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("DATABASE_URL", f"postgresql://me@127.0.0.1:{nobody.getsockname()[1]}/chat")
        monkeypatch.setenv("UPLOAD_DIR", str(tmp_path / "uploads"))
        cache = os.environ.get("CHATKIT_HARNESS_CACHE", str(tmp_path / "cache"))
        asked = ["--pair", "1.6.5:0.24.0", "--resolution", "contemporary", "--cache", cache]
        said = call("serve", "--store", "postgres", "--port", "0", *asked)
    assert said.status == 3
    assert "Start it, or mend DATABASE_URL." in said.err
    assert "?." not in said.err
    assert not (tmp_path / "uploads").exists()


def _gone(url: str) -> bool:
    """Whether nobody answers there any more; a server has ten seconds to notice."""
    with httpx.Client(base_url=url, trust_env=False) as page:
        for _ in range(200):
            try:
                page.get("/health")
            except httpx.TransportError:
                return True
            time.sleep(0.05)
    return False
