"""Renewing what the client declares: with Node where there is one, and in plain words where there is none."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from tests.cli.command import call

from chatkit_harness.contracts.clients import client_folder

NPM = """\
#!{python}
import json, sys
{body}
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all there is on the path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("CHATKIT_HARNESS_CACHE", str(tmp_path / "cache"))
    return folder


def put(folder: Path, name: str, body: str = "") -> None:
    (folder / name).write_text(NPM.format(python=sys.executable, body=body), "utf-8")
    (folder / name).chmod(0o755)


def test_without_node_it_says_what_is_missing_and_what_still_works(programs: Path, tmp_path: Path) -> None:
    said = call("schemas", "sync", "--client", "all", "--out", tmp_path / "out")
    assert (said.status, "It is not on this machine" in said.err) == (3, True)
    assert "Install Node.js" in said.err
    assert not (tmp_path / "out").exists()


def test_an_npm_that_fails_is_quoted(programs: Path, tmp_path: Path) -> None:
    put(programs, "node")
    put(programs, "npm", "sys.exit('npm error 403 Forbidden')")
    said = call("schemas", "sync", "--client", "all", "--out", tmp_path / "out")
    assert (said.status, "403 Forbidden" in said.err, "npm view" in said.err) == (3, True, True)


def test_a_release_that_the_registry_has_not_is_wrong_use(programs: Path, tmp_path: Path) -> None:
    put(programs, "node")
    put(programs, "npm", "print(json.dumps(['1.0.0', '1.0.0-canary.x', '1.1.0']))")
    said = call("schemas", "sync", "--client", "1.2.0", "--out", tmp_path / "out")
    assert (said.status, "The registry has no such release" in said.err) == (2, True)


@pytest.mark.index
@pytest.mark.slow
def test_a_sync_writes_what_is_stored(tmp_path: Path) -> None:
    cache = os.environ.get("CHATKIT_HARNESS_CACHE", str(tmp_path / "cache"))
    said = call("schemas", "sync", "--client", "1.0.0,1.9.0", "--out", tmp_path, "--cache", cache)
    assert said.status == 0, said.err
    written = {path.name for path in (tmp_path / "client").iterdir()} - {"index.json"}
    assert len(written) == 3
    for name in written:
        assert (tmp_path / "client" / name).read_text() == (client_folder() / name).read_text()
