from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.cli.command import Said, call
from tests.cli.full_disk import LIMITED, no_room_beyond

from chatkit_harness.cli.tell import console

PAGE = (Path(__file__).parents[2] / "docs" / "client-contract.md").read_bytes()
OLD = b"an old page\n" * 75
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes and no /dev/stdout")


def page_into(path: Path) -> Said:
    """The same page, whatever takes it."""
    return call("schemas", "client", "--out", path)


def test_without_a_terminal_lines_are_as_wide_as_a_table_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert console().width == 120
    monkeypatch.setenv("COLUMNS", "72")
    assert console().width == 72
    assert console(width=500).width == 500


@LIMITED
@pytest.mark.parametrize("old", [OLD, OLD * 100, b"short\n", b""])
@pytest.mark.parametrize("linked", [False, True])
def test_a_page_that_cannot_be_written_leaves_the_old_one(tmp_path: Path, old: bytes, linked: bool) -> None:
    page = tmp_path / "page.md"
    page.write_bytes(old)
    if linked:
        (tmp_path / "latest.md").symlink_to(page)
    with no_room_beyond(200):
        said = page_into(tmp_path / "latest.md" if linked else page)
    assert (said.status, "cannot be written" in said.err) == (3, True)
    assert page.read_bytes() == old


@LIMITED
@pytest.mark.parametrize("linked", [False, True])
def test_of_a_new_page_that_cannot_be_written_nothing_is_left(tmp_path: Path, linked: bool) -> None:
    page = tmp_path / "page.md"
    if linked:
        (tmp_path / "latest.md").symlink_to(page)
    with no_room_beyond(200):
        assert page_into(tmp_path / "latest.md" if linked else page).status == 3
    assert not page.exists()


@pytest.mark.parametrize("old", [OLD, PAGE * 2])
def test_a_page_goes_into_the_file_that_is_there(tmp_path: Path, old: bytes) -> None:
    page = tmp_path / "page.md"
    page.write_bytes(old)
    page.chmod(0o640)
    (tmp_path / "linked.md").symlink_to(page)
    (tmp_path / "other.md").hardlink_to(page)
    before = page.stat()
    assert page_into(tmp_path / "linked.md").status == 0
    assert (tmp_path / "linked.md").is_symlink()
    assert (tmp_path / "other.md").read_bytes() == PAGE
    assert (page.stat().st_ino, page.stat().st_mode) == (before.st_ino, before.st_mode)


@POSIX
def test_a_pipe_takes_a_page_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    assert page_into(pipe).status == 0
    reader.join(10)
    assert read == [PAGE]
    assert pipe.is_fifo()


@POSIX
@pytest.mark.parametrize("into", ["pipe", "file"])
def test_standard_output_may_be_named(tmp_path: Path, into: str) -> None:
    command = [sys.executable, "-m", "chatkit_harness", "schemas", "client", "--out", "/dev/stdout"]
    with (tmp_path / "page.md").open("wb") as file:
        stdout = subprocess.PIPE if into == "pipe" else file
        done = subprocess.run(command, stdout=stdout, check=True)
    assert (done.stdout if into == "pipe" else (tmp_path / "page.md").read_bytes()) == PAGE
