"""Extras installed with the real uv, from packages made for the test; the shipped one from the real index."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.made_index import MadeIndex, MadeRelease, made_index

from chatkit_harness.core.errors import BuildError, IndexUnreachableError, SelectionError
from chatkit_harness.environments.extras import REQUIREMENTS, extras_folder, known_extras
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.interpreters import select_interpreters

PYTHON = select_interpreters(None)[0]
RELEASES = [
    MadeRelease(project="brush", version="1.0", requires=["paint"], files={"brush/__init__.py": "X = 1\n"}),
    MadeRelease(project="brush", version="2.0", files={"brush/__init__.py": "X = 2\n"}),
    MadeRelease(project="paint", version="1.0", files={"paint.py": "Y = 1\n"}),
    MadeRelease(project="liar", version="1.0", files={"liar.py": "Y = 1\n"}, lies=True),
]


@pytest.fixture
def served() -> Iterator[MadeIndex]:
    with made_index(RELEASES) as index:
        yield index


class Shelf:
    """A cache, an index, and a folder of requirements of this test's own."""

    def __init__(self, folder: Path, url: str) -> None:
        self.requirements = folder / "requirements"
        self.requirements.mkdir(exist_ok=True)
        self.cache = Cache(folder / "cache")
        self.url = url

    def needs(self, name: str, text: str) -> Shelf:
        (self.requirements / f"{name}.txt").write_text(text)
        return self

    def folders(self, *names: str) -> tuple[Path, ...]:
        index = Index(self.cache, self.url)
        return extras_folder(self.cache, index, PYTHON, names, requirements=self.requirements)


@pytest.fixture
def shelf(tmp_path: Path, served: MadeIndex) -> Shelf:
    return Shelf(tmp_path, served.url).needs("art", "# what painting needs\nbrush==1.0\n")


def test_exactly_the_pins_are_there_and_nothing_that_they_ask_for(shelf: Shelf) -> None:
    (folder,) = shelf.folders("art")
    assert (folder / "brush/__init__.py").read_text() == "X = 1\n"
    assert not (folder / "paint.py").exists()


def test_each_extra_has_its_own_folder_in_the_order_asked_for(shelf: Shelf) -> None:
    shelf.needs("colour", "paint==1.0\n")
    colour, art = shelf.folders("colour", "art")
    assert (colour / "paint.py").exists()
    assert (art / "brush").exists()


def test_a_folder_that_stands_needs_no_index(shelf: Shelf) -> None:
    made = shelf.folders("art")
    shelf.url = "http://127.0.0.1:9/simple/"
    assert shelf.folders("art") == made


def test_what_somebody_changed_is_made_again(shelf: Shelf) -> None:
    (folder,) = shelf.folders("art")
    (folder / "brush/__init__.py").unlink()  # uv may have linked it to its own copy
    (folder / "brush/__init__.py").write_text("X = 'something else'\n")
    assert shelf.folders("art") == (folder,)
    assert (folder / "brush/__init__.py").read_text() == "X = 1\n"
    (folder / "stranger.py").write_text("")
    shelf.folders("art")
    assert not (folder / "stranger.py").exists()


def test_half_a_folder_of_a_run_that_was_killed_is_made_again(shelf: Shelf) -> None:
    (folder,) = shelf.folders("art")
    shutil.rmtree(folder / "brush-1.0.dist-info")
    (folder.parent.parent / f".{folder.parent.name}-left").mkdir()
    shelf.folders("art")
    assert (folder / "brush-1.0.dist-info").is_dir()
    assert not list(folder.parent.parent.glob(".*"))


def test_other_pins_are_another_folder(shelf: Shelf) -> None:
    (old,) = shelf.folders("art")
    (new,) = shelf.needs("art", "brush==2.0\n").folders("art")
    assert (old / "brush/__init__.py").read_text() != (new / "brush/__init__.py").read_text()


def test_a_pin_for_another_python_is_left_out(shelf: Shelf) -> None:
    shelf.needs("art", "brush==1.0\npaint==1.0 ; python_version < '3'\n")
    (folder,) = shelf.folders("art")
    assert not (folder / "paint.py").exists()


def test_several_runs_at_once_make_it_once(shelf: Shelf, served: MadeIndex) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: shelf.folders("art"), range(4)))
    assert len(found) == 1
    assert sum(path.endswith(".whl") for path in served.asked) <= 1


def test_a_release_that_is_not_there_is_told_with_uvs_reason(shelf: Shelf) -> None:
    with pytest.raises(BuildError, match="brush==9"):
        shelf.needs("art", "brush==9.0\n").folders("art")
    assert not list((shelf.cache.root / "extras").iterdir())


def test_a_wheel_that_is_not_what_its_record_says_is_refused(shelf: Shelf) -> None:
    with pytest.raises(BuildError, match=r"liar\.py"):
        shelf.needs("art", "liar==1.0\n").folders("art")


def test_an_index_out_of_reach_is_told_as_that(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    shelf.url = "http://127.0.0.1:9/simple/"
    with pytest.raises(IndexUnreachableError, match="extra art"):
        shelf.folders("art")


def test_an_extra_that_there_is_not_is_answered_with_the_nearest(shelf: Shelf) -> None:
    with pytest.raises(SelectionError, match="'art'"):
        shelf.folders("arts")


@pytest.mark.parametrize("line", ["brush>=1.0", "brush", "brush[fine]==1.0", "./brush", "brush==1.0,<2"])
def test_what_is_no_exact_pin_is_refused(shelf: Shelf, line: str) -> None:
    with pytest.raises(BuildError, match="no exact pin"):
        shelf.needs("art", f"{line}\n").folders("art")


def test_the_shipped_extras_are_where_the_reference_server_is() -> None:
    assert "attachments" in known_extras()
    assert REQUIREMENTS.parent.name == "reference"


@pytest.mark.index
def test_the_attachments_extra_can_be_imported(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    (folder,) = extras_folder(cache, Index(cache), PYTHON, ["attachments"])
    look = f"import sys; sys.path.append({str(folder)!r}); import PIL.Image, puremagic, python_multipart"
    subprocess.run([PYTHON.path, "-I", "-c", look], check=True)
