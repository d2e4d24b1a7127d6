"""A node of the fork tree, spoken to as the host does, and what it keeps for its children."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from packaging.utils import canonicalize_name

from chatkit_harness.cells import forks
from chatkit_harness.cells.payload import ENTRY, payload
from chatkit_harness.core.data import data_folder
from chatkit_harness.incell import distributions, layers, tracebacks
from chatkit_harness.machine.cache import Cache

forked = pytest.mark.skipif(not forks.available(), reason="this system has no fork")
SCHEMA = json.loads((data_folder("schemas") / "cell-messages.schema.json").read_text())


class Orders:
    """A node with the packages of this environment; every message of either side is held to the schema."""

    def __init__(self, folder: Path) -> None:
        self._validator = jsonschema.Draft202012Validator(SCHEMA)
        self._socket, theirs = socket.socketpair()
        command = [sys.executable, "-I", str(payload(Cache(folder)) / ENTRY), "--node"]
        with theirs:
            self.process = subprocess.Popen(command, stdin=theirs.fileno(), cwd=folder, env={})

    def give(self, order: dict[str, Any], *fds: int) -> dict[str, Any]:
        """What the node answers."""
        self._validator.validate(order)
        socket.send_fds(self._socket, [json.dumps(order).encode() + b"\n"], fds)
        answer: dict[str, Any] = json.loads(self._socket.recv(65536))
        self._validator.validate(answer)
        return answer

    def close(self) -> int:
        """Hang up; returns the exit code."""
        self._socket.close()
        return self.process.wait(10)


@pytest.fixture
def orders(tmp_path: Path) -> Iterator[Orders]:
    made = Orders(tmp_path)
    yield made
    made.close()


def grow(*modules: str, optional: bool = False) -> dict[str, Any]:
    return {"type": "grow", "path": [], "modules": [*modules], "optional": optional, "memory_limit_mb": 0}


def cell(folder: Path) -> dict[str, Any]:
    return {"type": "fork", "role": "cell", "environ": {"A": "b"}, "cwd": str(folder), "path": []}


@forked
def test_orders_and_answers_are_as_their_schema_says(orders: Orders, tmp_path: Path) -> None:
    assert orders.give(grow("colorsys", "no_such_module"))["failed"] == ["no_such_module"]
    ours, theirs = socket.socketpair()
    with ours:
        node = orders.give({"type": "fork", "role": "node"}, theirs.detach())["pid"]
        assert orders.give({"type": "wait", "pid": node, "reap": False}) == running()
    pipes = [os.pipe() for _ in range(3)]
    pid = orders.give(cell(tmp_path), pipes[0][0], pipes[1][1], pipes[2][1])["pid"]
    os.close(pipes[1][1])
    hello = json.loads(os.read(pipes[1][0], 65536))
    assert (hello["type"], hello["pid"]) == ("hello", pid)
    for fd in {each for pipe in pipes for each in pipe} - {pipes[1][1]}:
        os.close(fd)


def running() -> dict[str, Any]:
    return {"type": "waited", "ended": False, "code": None}


@forked
def test_a_child_keeps_its_id_until_it_is_reaped(orders: Orders) -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        pid = orders.give({"type": "fork", "role": "node"}, theirs.fileno())["pid"]
    ours.close()
    while (look := orders.give({"type": "wait", "pid": pid, "reap": False})) == running():
        pass
    assert look["code"] == -9  # a node whose host is gone ends all that is in its session
    assert orders.give({"type": "wait", "pid": pid, "reap": False}) == look
    assert orders.give({"type": "wait", "pid": pid, "reap": True}) == look
    assert orders.give({"type": "wait", "pid": pid, "reap": True})["code"] is None


@forked
def test_a_node_whose_host_hangs_up_ends(orders: Orders) -> None:
    orders.give(grow("colorsys"))
    assert orders.close() in (0, -9)


def test_pins_are_those_that_python_itself_finds() -> None:
    found = {canonicalize_name(each.metadata["Name"]): each.version for each in metadata.distributions()}
    assert distributions.pins() == {str(name): found[name] for name in sorted(found)}


@pytest.fixture
def layer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder at the end of the path, with a distribution that was not there before."""
    info = tmp_path / "later_kit-2.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: later-kit\nVersion: 2.0\n")
    (info / "RECORD").write_text("later_kit.py,,\n")
    (tmp_path / "later_kit.py").write_text("def fail(said):\n    raise ValueError(said)\n")
    assert "later-kit" not in distributions.pins()
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(layers, "_layers", [])
    layers.append([str(tmp_path)])
    return tmp_path


def test_a_layer_that_comes_later_is_known(layer: Path) -> None:
    assert distributions.pins()["later-kit"] == "2.0"
    layers.append([str(layer)])
    assert sys.path.count(str(layer)) == 1


def test_an_exception_from_a_layer_reads_as_from_an_environment(layer: Path) -> None:
    from later_kit import fail  # type: ignore[import-not-found]  # made by the fixture

    home = Path(sys.prefix)
    with pytest.raises(ValueError, match="see") as caught:
        fail(f"see {layer}/later_kit.py and {home}/lib")
    del sys.modules["later_kit"]
    told = tracebacks.describe(caught.value)
    frame = told["frames"][-1]
    assert (frame["file"], frame["distribution"], frame["version"]) == ("later_kit.py", "later-kit", "2.0")
    assert told["message"] == f"see {installed()}/later_kit.py and {home}/lib"
    assert layers.installed_path(str(layer / "a" / "b.py")) == f"{installed()}/a/b.py"
    assert layers.installed_path(f"{layer}-other/b.py") == f"{layer}-other/b.py"


def installed() -> str:
    return f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"


WARMED = """
import os, sys, threading
sys.path.insert(0, sys.argv[1])
from chatkit_harness.incell.warm_up import warm_up
import agents, json
from openai.types.responses import Response, ResponseFunctionToolCall
before = sorted(os.listdir("/dev/fd"))
cold = Response.__pydantic_complete__ or ResponseFunctionToolCall.__pydantic_complete__
warm_up(set())
print(json.dumps({
    "cold": cold,
    "warm": ResponseFunctionToolCall.__pydantic_complete__,
    "threads": threading.active_count(),
    "left": sorted(set(os.listdir("/dev/fd")) - set(before)),
}))
"""


@forked
def test_warming_up_builds_models_and_leaves_nothing_that_no_fork_takes_along() -> None:
    harness = str(Path(__file__).parents[2] / "harness")
    done = subprocess.run(
        [sys.executable, "-I", "-c", WARMED, harness], capture_output=True, check=True, env={}
    )
    assert json.loads(done.stdout) == {"cold": False, "warm": True, "threads": 1, "left": []}
