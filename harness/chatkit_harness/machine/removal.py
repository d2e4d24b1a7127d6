"""Removes a folder into which programs that were just killed may still write."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

PATIENCE_S = 10.0
"""How long a killed program may take to be gone: its death waits for what it has asked of the disk."""
_PAUSE_S = 0.05


def remove_tree(folder: Path, *, patience_s: float = PATIENCE_S) -> bool:
    """Whether `folder` is gone; tries again for `patience_s` seconds, since a file may come in meanwhile."""
    until = time.monotonic() + patience_s
    while True:
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return True
        if time.monotonic() > until:
            return False
        time.sleep(_PAUSE_S)
