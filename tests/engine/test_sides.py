"""What a side of the gate may be called."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from chatkit_harness.core.errors import ConfigurationError, SelectionError
from chatkit_harness.engine.sides import read_side


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose main has a lock, of which the working tree has another."""
    folder = tmp_path / "project"
    (folder / "app").mkdir(parents=True)
    (folder / "app/uv.lock").write_text("old")
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.invalid"]
    for words in (["init", "-qb", "main"], ["add", "."], [*identity, "commit", "-qm", "a lock"]):
        subprocess.run(["git", "-C", str(folder), *words], check=True)
    (folder / "app/uv.lock").write_text("new")
    return folder


def test_a_file_is_copied_beside_the_results(repository: Path, tmp_path: Path) -> None:
    side = read_side("candidate", "app/uv.lock", copies=tmp_path / "sides", folder=repository)
    assert side.file == tmp_path / "sides/candidate/uv.lock"
    assert side.file.read_text() == "new"
    assert side.told == "candidate (app/uv.lock)"


@pytest.mark.parametrize("inside", ["", "app"])
def test_a_revision_s_file_is_what_git_has(repository: Path, tmp_path: Path, inside: str) -> None:
    word = "main:app/uv.lock" if not inside else "main:uv.lock"
    side = read_side("base", word, copies=tmp_path / "sides", folder=repository / inside)
    assert side.file is not None
    assert side.file.read_text() == "old"
    assert side.revision == "main"


@pytest.mark.parametrize("word", ["1.6.5:0.24.0", "newest:newest", "none:0.24.0"])
def test_a_pair_is_a_pair(tmp_path: Path, word: str) -> None:
    side = read_side("base", word, copies=tmp_path, folder=tmp_path)
    assert (side.pair, side.file) == (word, None)


@pytest.mark.parametrize(
    ("word", "cause", "step"),
    [
        ("main:app/uv.lok", "That revision has no file", "Did you mean main:app/uv.lock?"),
        ("nowhere:app/uv.lock", "git knows no revision 'nowhere'", "Fetch it"),
    ],
)
def test_what_git_lacks_is_told(repository: Path, tmp_path: Path, word: str, cause: str, step: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_side("base", word, copies=tmp_path / "sides", folder=repository)
    assert cause in caught.value.cause
    assert step in caught.value.next_step


def test_a_folder_without_git_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="in no git repository"):
        read_side("base", "main:uv.lock", copies=tmp_path, folder=tmp_path)


def test_a_file_that_is_not_there_has_neighbours(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").touch()
    with pytest.raises(SelectionError, match=r"Did you mean .*uv\.lock"):
        read_side("base", "uv.lokc", copies=tmp_path / "sides", folder=tmp_path)
