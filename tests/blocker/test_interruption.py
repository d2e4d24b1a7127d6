"""Ctrl-C, in a process of its own: what is finished is told, and no environment is left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.blocker.shown import require_valid

pytestmark = [pytest.mark.cells, pytest.mark.index, pytest.mark.slow]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_ctrl_c_keeps_what_is_finished_and_leaves_no_environment(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "chatkit_harness", "blocker", "--cause", "5,1,3,8", "-j", "1"]
    command += ["--out", str(tmp_path / "out"), "--cache", str(tmp_path / "cache")]
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    process = subprocess.Popen(
        command, cwd=tmp_path, env={**os.environ, "TMPDIR": str(temporary)}, text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    with process:
        assert process.stderr is not None
        assert any(line.startswith("[1/") for line in process.stderr)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 130
    left = json.loads((tmp_path / "out" / "blocker.json").read_text())
    require_valid(left)
    assert left["interrupted"] is True
    assert [each["verdict"] for each in left["causes"]] == ["cured"]
    assert list(temporary.iterdir()) == []
