"""A folder is gone although a program that is just ending still writes there."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path

from chatkit_harness.machine.removal import remove_tree


def test_a_folder_is_removed_although_somebody_still_writes_there(tmp_path: Path) -> None:
    folder = tmp_path / "environment"
    folder.mkdir()
    ending = threading.Event()

    def write() -> None:
        while not ending.is_set():
            with contextlib.suppress(OSError):  # what is removed is not made again
                (folder / f"late-{time.monotonic_ns()}").write_text("")

    writer = threading.Thread(target=write)
    writer.start()
    threading.Timer(0.3, ending.set).start()
    assert remove_tree(folder)
    assert not folder.exists()
    writer.join()


def test_what_cannot_be_removed_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not remove_tree(tmp_path / "file", patience_s=0.1)
    assert remove_tree(tmp_path / "never there")
