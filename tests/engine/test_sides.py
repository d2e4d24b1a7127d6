"""What a side of the gate may be called."""

from __future__ import annotations

import os
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


def commit(folder: Path, files: dict[str, str]) -> None:
    """Write files and commit everything."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.invalid"]
    for words in (["add", "."], [*identity, "commit", "-qm", "more"]):
        subprocess.run(["git", "-C", str(folder), *words], check=True)


def test_a_file_is_read_where_it_lies_and_copied_beside_the_results(repository: Path, tmp_path: Path) -> None:
    side = read_side("candidate", "app/uv.lock", copies=tmp_path / "sides", folder=repository)
    assert side.file == repository / "app/uv.lock"
    assert (tmp_path / "sides/candidate/uv.lock").read_text() == "new"
    assert side.told == "candidate (app/uv.lock)"


def test_what_a_file_includes_is_copied_in_the_same_layout(repository: Path, tmp_path: Path) -> None:
    (repository / "base.txt").write_text("-c app/limits.txt\nattrs\n")
    (repository / "app/limits.txt").write_text("attrs<24\n")
    (repository / "app/r.txt").write_text("-r ../base.txt\n-r gone.txt\n")
    read_side("candidate", "app/r.txt", copies=tmp_path / "sides", folder=repository)
    copies = tmp_path / "sides/candidate"
    found = sorted(path.relative_to(copies).as_posix() for path in copies.rglob("*.txt"))
    assert found == ["app/limits.txt", "app/r.txt", "base.txt"]


def test_what_a_revision_s_file_includes_is_of_that_revision(repository: Path, tmp_path: Path) -> None:
    commit(repository, {"base.txt": "attrs==1\n", "app/r.txt": "-r ../base.txt\n"})
    (repository / "base.txt").write_text("attrs==2\n")
    side = read_side("base", "HEAD:app/r.txt", copies=tmp_path / "sides", folder=repository)
    assert side.file == tmp_path / "sides/base/app/r.txt"
    assert (tmp_path / "sides/base/base.txt").read_text() == "attrs==1\n"
    assert side.place == "app/r.txt"


def test_what_a_revision_cannot_include_is_told(repository: Path, tmp_path: Path) -> None:
    commit(repository, {"app/r.txt": "attrs\n-r ../../elsewhere.txt\n"})
    with pytest.raises(ConfigurationError) as caught:
        read_side("base", "HEAD:app/r.txt", copies=tmp_path / "sides", folder=repository)
    assert caught.value.culprit == "--base HEAD:app/r.txt:2"
    assert "outside of the repository" in caught.value.cause


def test_a_link_in_a_revision_leads_to_its_file(repository: Path, tmp_path: Path) -> None:
    (repository / "uv.lock").symlink_to("app/uv.lock")
    commit(repository, {})
    side = read_side("base", "HEAD:uv.lock", copies=tmp_path / "sides", folder=repository)
    assert side.file is not None
    assert side.file.read_text() == "new"


@pytest.mark.parametrize("inside", ["", "app"])
def test_a_revision_s_file_is_what_git_has(repository: Path, tmp_path: Path, inside: str) -> None:
    word = "main:app/uv.lock" if not inside else "main:uv.lock"
    side = read_side("base", word, copies=tmp_path / "sides", folder=repository / inside)
    assert side.file is not None
    assert side.file.read_text() == "old"
    assert (side.revision, side.place) == ("main", "app/uv.lock")


def test_of_two_files_that_differ_none_is_taken_in_silence(repository: Path, tmp_path: Path) -> None:
    commit(repository, {"uv.lock": "another"})
    with pytest.raises(ConfigurationError) as caught:
        read_side("base", "HEAD:uv.lock", copies=tmp_path / "sides", folder=repository / "app")
    for spelling in ("HEAD:./uv.lock", "HEAD:app/uv.lock", "HEAD:../uv.lock"):
        assert spelling in caught.value.next_step


@pytest.mark.parametrize(
    ("word", "place"),
    [
        ("HEAD:./uv.lock", "app/uv.lock"),
        ("HEAD:app/uv.lock", "app/uv.lock"),
        ("HEAD:../uv.lock", "uv.lock"),
        ("HEAD:top.lock", "top.lock"),
        ("HEAD:same.lock", "app/same.lock"),
    ],
)
def test_what_is_spelt_out_is_what_is_taken(repository: Path, tmp_path: Path, word: str, place: str) -> None:
    files = {"uv.lock": "another", "top.lock": "top", "same.lock": "same", "app/same.lock": "same"}
    commit(repository, files)
    side = read_side("base", word, copies=tmp_path / "sides", folder=repository / "app")
    assert side.file is not None
    assert side.place == place
    assert side.file.read_text() == (repository / place).read_text()


@pytest.mark.parametrize("word", ["1.6.5:0.24.0", "newest:newest", "none:0.24.0"])
def test_a_pair_is_a_pair(tmp_path: Path, word: str) -> None:
    side = read_side("base", word, copies=tmp_path, folder=tmp_path)
    assert (side.pair, side.file) == (word, None)


@pytest.mark.parametrize(
    ("word", "cause", "step"),
    [
        ("main:app/uv.lok", "That revision has no file", "Did you mean main:app/uv.lock?"),
        ("nowhere:app/uv.lock", "git knows no revision 'nowhere'", "Fetch it"),
        ("main:app", "it is a folder", "Name the lock file in it"),
        ("main:./app/", "it is a folder", "Name the lock file in it"),
        ("main:.", "it is a folder", "Name the lock file in it"),
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


@pytest.mark.parametrize(
    "word", ["1.2.0:newest:2", "newest:2:0.24.0", "1.2.0,1.6.5:0.24.0", "1.2.0:>=0.5,<0.9", "1.6.5:all"]
)
def test_several_pairs_are_no_pair(repository: Path, tmp_path: Path, word: str) -> None:
    with pytest.raises(SelectionError, match="names one release of each"):
        read_side("base", word, copies=tmp_path, folder=repository)


def test_a_tag_that_looks_like_a_release_is_a_revision(repository: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "-C", str(repository), "tag", "1.2.0"], check=True)
    side = read_side("base", "1.2.0:app/uv.lock", copies=tmp_path / "sides", folder=repository)
    assert side.revision == "1.2.0"


@pytest.mark.parametrize(
    ("word", "cause"),
    [
        ("x" * 300, "no such file"),
        (f"{'x' * 300}/uv.lock", "no such file"),
        ("~nobody-of-that-name/uv.lock", "no such file"),
        ("", "names nothing"),
        (".", "is a folder"),
        ("a\0b", "NUL"),
        ("\udcff.txt", "no UTF-8"),
    ],
)
def test_a_name_that_no_file_can_have_is_told(tmp_path: Path, word: str, cause: str) -> None:
    with pytest.raises(SelectionError) as caught:
        read_side("base", word, copies=tmp_path / "sides", folder=tmp_path)
    assert cause in caught.value.cause


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").touch(0o200)
    with pytest.raises(ConfigurationError, match="Permission denied"):
        read_side("base", "uv.lock", copies=tmp_path / "sides", folder=tmp_path)


def test_a_pipe_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "uv.lock")
    with pytest.raises(ConfigurationError, match="no plain file"):
        read_side("base", "uv.lock", copies=tmp_path / "sides", folder=tmp_path)


def test_a_file_that_is_not_there_has_neighbours(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").touch()
    with pytest.raises(SelectionError, match=r"Did you mean .*uv\.lock"):
        read_side("base", "uv.lokc", copies=tmp_path / "sides", folder=tmp_path)
