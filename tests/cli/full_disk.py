"""A disk that is full, as far as a file's size can play it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

import pytest

LIMITED = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on a file's size")


@contextlib.contextmanager
def no_room_beyond(size: int) -> Iterator[None]:
    """Within, no file can be written past so many bytes."""
    import resource  # there is none on Windows

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
