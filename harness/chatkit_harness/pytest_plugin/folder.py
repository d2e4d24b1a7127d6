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
_NAME = "chatkit-harness"


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
    folder: Path = cache.mkdir(_NAME)
    return folder


def forget_older(config: pytest.Config, own: Path) -> None:
    """Leave the last sessions below pytest's cache, once `own`, this process's folder, is there.

    Not before: a session that only collects leaves none, and where a process of xdist died, the next one
    meets the folder of its own session.
    """
    cache = getattr(config, "cache", None)
    if cache is None or given(config).get("out") is not None:
        return
    folder: Path = cache.mkdir(_NAME)
    others = [each for each in folder.iterdir() if not own.is_relative_to(each)]
    for old in sorted(others, key=_changed, reverse=True)[KEPT - 1 :]:
        shutil.rmtree(old, ignore_errors=True)


def _changed(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:  # another process of this session has just removed it
        return 0.0
