"""Ctrl-C in a sweep ends what its host waits for, and leaves nothing in the folder for temporary files."""

from __future__ import annotations

import contextlib
import signal
import sys
import tempfile
import time
from pathlib import Path

import pytest
from tests.engine.made_matrix import RELEASES, started
from tests.made_index import MadeIndex, made_index

from chatkit_harness.engine.executors import LOCAL, opened
from chatkit_harness.results import read_results


def keep() -> Path:
    """A folder that whoever makes it means to remove some day."""
    return Path(tempfile.mkdtemp(prefix="kept-"))


def test_what_a_process_kept_goes_when_the_pool_is_left_by_ctrl_c() -> None:
    kept = []
    with contextlib.suppress(KeyboardInterrupt), opened(LOCAL, 1) as pool:
        kept += [pool.submit(keep).result()]
        assert kept[0].is_dir()
        raise KeyboardInterrupt
    assert not kept[0].parent.exists()


def test_what_a_process_kept_goes_with_the_pool() -> None:
    with opened(LOCAL, 1) as pool:
        kept = pool.submit(keep).result()
    assert not kept.parent.exists()


def wait_until_asked(index: MadeIndex, project: str, limit_s: float = 120) -> None:
    deadline = time.monotonic() + limit_s
    while not any(path.endswith(f"/{project}/") for path in index.asked):
        assert time.monotonic() < deadline, index.asked
        time.sleep(0.02)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
@pytest.mark.usefixtures("heeds_ctrl_c")
def test_ctrl_c_ends_the_uv_that_chooses_pins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_HTTP_TIMEOUT", "600")  # without Ctrl-C it waits for longer than this test
    with made_index(RELEASES) as index:
        index.mute.add("good")
        process = started(index, tmp_path, "run")
        try:
            wait_until_asked(index, "good")
            process.send_signal(signal.SIGINT)
            _none, said = process.communicate(timeout=40)
        finally:
            process.kill()
    assert process.returncode == 130, said
    assert "Traceback" not in said
    results = read_results(tmp_path / "run")
    assert results.interrupted
    assert not results.cases, "what an ended uv says is no answer"
