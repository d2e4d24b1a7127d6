"""Uv: nobody's settings reach it, and the host alone ends it."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections import UserDict
from collections.abc import ItemsView, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.made_index import MadeRelease, made_index

from chatkit_harness.core.errors import BuildError, IndexUnreachableError
from chatkit_harness.environments.environment import Environments, site_packages
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.interpreters import select_interpreters
from chatkit_harness.machine.uv import end_all, run_uv
from chatkit_harness.pins.resolve import Resolver

NOWHERE = "http://127.0.0.1:9/simple"
RELEASES = [
    MadeRelease(project="kit", version="1.0", requires=["agent>=1"], files={"kit.py": "X = 1\n"}),
    MadeRelease(
        project="agent", version="1.0", files={"agent.py": "Y = 1\n"}, uploaded="2025-11-01T00:00:00Z"
    ),
    MadeRelease(
        project="agent", version="2.0", files={"agent.py": "Y = 2\n"}, uploaded="2026-05-01T00:00:00Z"
    ),
    MadeRelease(project="agent", version="3.0a1", files={"agent.py": "Y = 3\n"}),
]
HOSTILE = {
    "UV_INDEX": NOWHERE,
    "UV_EXTRA_INDEX_URL": NOWHERE,
    "UV_FIND_LINKS": NOWHERE,
    "UV_REQUIRE_HASHES": "1",
    "UV_VENV_SEED": "1",
    "UV_RESOLUTION": "lowest",
    "UV_PRERELEASE": "allow",
    "UV_EXCLUDE_NEWER": "2025-11-15T00:00:00Z",
    "UV_NO_BINARY": "1",
    "UV_CONSTRAINT": "/nowhere/constraints.txt",
    "UV_TARGET": "/nowhere",
    "PIP_INDEX_URL": NOWHERE,
    "PYTHONPATH": "/nowhere",
    "VIRTUAL_ENV": "/nowhere",
    "RUST_LOG": "trace",
}
SETTINGS = """
exclude-newer = "2025-11-15T00:00:00Z"
constraint-dependencies = ["agent<2"]
no-binary = true
[[index]]
url = "http://127.0.0.1:9/simple"
[pip]
resolution = "lowest"
require-hashes = true
"""


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config" / "uv").mkdir(parents=True)
    (tmp_path / "config" / "uv" / "uv.toml").write_text(SETTINGS)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("UV_CONFIG_FILE", str(tmp_path / "config" / "uv" / "uv.toml"))
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("hostile")
def test_the_users_settings_change_neither_pins_nor_environment(tmp_path: Path) -> None:
    cache, python = Cache(tmp_path / "cache"), select_interpreters(None)[0]
    with made_index(RELEASES) as served:
        index = Index(cache, served.url)
        pins = Resolver(cache, index).lock(["kit==1.0"], python, None).pins
        assert pins == {"kit": "1.0", "agent": "2.0"}
        packages = site_packages(Environments(cache, index).environment(pins, python).folder)
    assert packages is not None
    assert not (packages / "pip").exists()


def test_how_uv_reaches_the_index_may_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    cache = Cache(tmp_path / "cache")
    with made_index(RELEASES) as served, pytest.raises(IndexUnreachableError, match="network was disabled"):
        Resolver(cache, Index(cache, served.url)).lock(["kit==1.0"], select_interpreters(None)[0], None)
    assert (tmp_path / "uv").is_dir()


@pytest.fixture
def mute() -> Iterator[socket.socket]:
    """An index that takes calls and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)
        yield server


def asks(server: socket.socket) -> list[str]:
    url = f"http://127.0.0.1:{server.getsockname()[1]}/simple/"
    return ["pip", "compile", "-", "--no-cache", "--default-index", url]


def test_what_is_under_way_can_be_ended(mute: socket.socket) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(run_uv, asks(mute), stdin="kit\n")
        caller, _address = mute.accept()
        with caller:
            assert end_all() == 1
            with pytest.raises(BuildError, match="was ended"):
                waiting.result(30)
    assert end_all() == 0


class EndsTheRun(UserDict[str, str]):
    """Variables for uv; the run is ended while they are looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.ending = threading.Event()

    def items(self) -> ItemsView[str, str]:
        self.ending.set()
        assert end_all() == 0
        return super().items()


def test_none_is_started_that_nobody_would_end() -> None:
    environ = EndsTheRun()
    with pytest.raises(BuildError, match="not started because the run is ending"):
        run_uv(["--version"], environ=environ, ending=environ.ending)


HOST = """
import os, signal, sys, threading, time
from chatkit_harness.machine.uv import end_all, run_uv

said = []

def ask():
    try:
        run_uv(sys.argv[1:], stdin="kit\\n")
    except Exception as error:
        said.append(error)  # two threads that print at once would share a line

signal.signal(signal.SIGINT, lambda *_: print("interrupted", flush=True))
thread = threading.Thread(target=ask)
thread.start()
sys.stdin.readline()
os.killpg(os.getpgrp(), signal.SIGINT)
time.sleep(0.5)
print(end_all())
thread.join()
print(*said)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no process groups to interrupt")
def test_ctrl_c_is_for_the_host_to_hear(mute: socket.socket) -> None:
    host = subprocess.Popen(
        [sys.executable, "-c", HOST, *asks(mute)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    caller, _address = mute.accept()
    with caller:
        said, _nothing = host.communicate("now\n", timeout=30)
    assert said.splitlines()[:2] == ["interrupted", "1"]
