"""A small matrix of made releases, whose conversations succeed, and the sweep over it.

Two chatkit releases with two agents releases. One agents release needs `bad`, so that a defect of that
concerns two cells of four, and the other two show whether they are harmed by it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cli.command import Said, call
from tests.made_index import MadeIndex, MadeRelease

from chatkit_harness.results import Results, read_results

SERVER = """\
import sys, types
import agents, common

async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b'{"status": "ok"}'})

server = types.ModuleType("chatkit_harness.reference.server")
server.create_server = lambda options: object()
server.create_context = lambda values: values
server.create_app = lambda server, options: app
sys.modules[server.__name__] = server
"""
"""Takes the place of the reference server, which needs more of chatkit than a made release has."""

SCENARIO = """\
id: hello
title: Hello
turns:
  - http: {method: GET, path: /health}
    expect: {response: {status: 200, has: {status: ok}}}
"""
UNHARMED, CONCERNED = "0.5.1", "0.6.0"


def third(project: str, **more: Any) -> MadeRelease:
    """A third party."""
    files = {f"{project}/__init__.py": "X = 1\n" * 4000}
    return MadeRelease(**{"project": project, "version": "1.0", "files": files, **more})


def chatkit(version: str) -> MadeRelease:
    """A chatkit release whose server answers every call of the page."""
    empty = dict.fromkeys(("__init__", "types", "store", "widgets", "server"), "")
    files = {f"chatkit/{name}.py": source for name, source in {**empty, "agents": SERVER}.items()}
    requires = ["openai-agents>=0.5", "common"]
    return MadeRelease(project="openai-chatkit", version=version, requires=requires, files=files)


def agents(version: str, needs: str, before: str = "") -> MadeRelease:
    """An agents release that needs another package, and does something before it imports that."""
    files = {"agents/__init__.py": f"{before}import {needs}\n"}
    return MadeRelease(project="openai-agents", version=version, requires=[needs], files=files)


BAD = third("bad")
RELEASES = (
    chatkit("1.0.0"),
    chatkit("1.1.0"),
    agents(UNHARMED, "good"),
    agents(CONCERNED, "bad"),
    third("common"),
    third("good"),
    BAD,
)


def instead(*others: MadeRelease) -> list[MadeRelease]:
    """The releases, with others in the place of those of the same name and version."""
    taken = {(each.project, each.version) for each in others}
    return [*(each for each in RELEASES if (each.project, each.version) not in taken), *others]


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a sweep said and left."""

    status: int
    err: str
    out: Path

    @property
    def results(self) -> Results:
        """What it recorded."""
        assert self.out.exists(), self.err
        return read_results(self.out)

    def outcomes(self, resolution: str = "today") -> Mapping[str, set[str]]:
        """The outcomes of each agents release's cases."""
        found: dict[str, set[str]] = {}
        for cell in self.results.cells:
            if cell.resolution == resolution:
                mine = {case.outcome for case in self.results.cases if case.cell == cell.id}
                found[cell.agents] = found.get(cell.agents, set()) | mine
        return found

    def reasons(self) -> str:
        """What is told of the cases that were not driven."""
        found = {case.reason for case in self.results.cases if case.outcome in ("error", "unresolvable")}
        return "\n".join(sorted(map(str, found)))


def options(index: MadeIndex, place: Path, name: str, *more: object) -> list[str]:
    """The words of a sweep over the matrix, or of one that goes on."""
    (place / "hello.yaml").write_text(SCENARIO)
    words = ["sweep", "--index", index.url, "--cache", place / "cache", "-j", "1", *more]
    if "--resume" not in more:
        words += ["--out", place / name, "--scenario", place / "hello.yaml"]
        words += [] if "--resolution" in more else ["--resolution", "today"]
    return [str(word) for word in words]


def sweep(index: MadeIndex, place: Path, *more: object, name: str = "run") -> Swept:
    """Drive the matrix as a user does: the cache is `cache` and the results are `name` below `place`."""
    said: Said = call(*options(index, place, name, *more))
    assert "Traceback" not in said.err
    return Swept(status=said.status, err=said.err, out=place / name)


def started(index: MadeIndex, place: Path, name: str) -> subprocess.Popen[str]:
    """The same in a process of its own, which goes on meanwhile."""
    command = [sys.executable, "-m", "chatkit_harness", *options(index, place, name)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=dict(os.environ), cwd=place)
