"""What goes into a cell: the two rooms whole, with what their modules read beside them."""

from __future__ import annotations

from pathlib import Path

import chatkit_harness
from chatkit_harness.cells.payload import is_whole, payload
from chatkit_harness.machine.cache import Cache


def test_files_that_modules_read_go_along(tmp_path: Path) -> None:
    package = payload(Cache(tmp_path)) / "chatkit_harness"
    assert (package / "reference/requirements/attachments.txt").is_file()
    assert (package / "reference/server.py").is_file()
    assert {each.name for each in package.iterdir()} == {"__init__.py", "incell", "reference"}


def test_neither_what_python_made_nor_what_is_hidden_goes_along(tmp_path: Path) -> None:
    names = [each.name for each in payload(Cache(tmp_path)).rglob("*")]
    assert not [name for name in names if name.startswith(".") or name.endswith(".pyc")]


def test_what_python_is_just_writing_is_passed_over(tmp_path: Path) -> None:
    kept = Path(chatkit_harness.__file__).parent / "reference/__pycache__"
    kept.mkdir(exist_ok=True)
    scratch = kept / "server.cpython-399.pyc.140458491636464"
    folder = payload(Cache(tmp_path))
    scratch.write_bytes(b"half of it")
    try:
        assert payload(Cache(tmp_path)) == folder
    finally:
        scratch.unlink()


def test_a_file_that_was_changed_is_noticed_and_mended(tmp_path: Path) -> None:
    folder = payload(Cache(tmp_path))
    changed = folder / "chatkit_harness/reference/requirements/attachments.txt"
    changed.write_text("something-else==1.0\n")
    assert not is_whole(folder)
    assert payload(Cache(tmp_path)) == folder
    assert is_whole(folder)
