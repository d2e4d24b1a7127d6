"""Where a session's results go."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest

from .options import given

KEPT = 3
"""So many sessions are kept below pytest's cache."""


def results_folder(config: pytest.Config) -> Path:
    """The folder of this process's results: the one named, else one below pytest's cache.

    Each process of xdist has one of its own inside that of the session.
    """
    worker = getattr(config, "workerinput", {})
    named = given(config).get("out")
    if named is not None:
        top = config.invocation_params.dir / str(named)
    else:
        session = str(worker.get("testrunuid", ""))[:12] or f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
        top = _below_cache(config) / session
    return top / str(worker["workerid"]) if "workerid" in worker else top


def _below_cache(config: pytest.Config) -> Path:
    cache = getattr(config, "cache", None)
    if cache is None:  # somebody has switched it off
        return Path(tempfile.mkdtemp(prefix="chatkit-harness-"))
    folder: Path = cache.mkdir("chatkit-harness")
    runs = sorted(folder.iterdir(), key=lambda each: each.stat().st_mtime, reverse=True)
    for old in runs[KEPT - 1 :]:
        shutil.rmtree(old, ignore_errors=True)
    return folder
