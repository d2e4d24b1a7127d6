from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from chatkit_harness.engine.disturbance import refused
from chatkit_harness.machine.cache import Cache

FULL, MANY = errno.ENOSPC, errno.EMFILE


@pytest.mark.parametrize(
    ("number", "name", "culprit", "cause"),
    [
        (FULL, "cache/stacks/x", "cache/stacks/x", "The cache cannot be written"),
        (FULL, "", "cache", "The cache cannot be written"),  # a write names no file
        (errno.ENOENT, "cache/stacks/x", "cache/stacks/x", "Somebody else changed the cache"),
        (FULL, "reports/run/workers/x.log", "reports/run/workers/x.log", "It cannot be used"),
        (MANY, "cache/stacks/x", "this machine", "It has no more to give"),
    ],
)
def test_the_cache_is_blamed_for_what_lies_in_it_alone(
    tmp_path: Path, number: int, name: str, culprit: str, cause: str
) -> None:
    cache = Cache(tmp_path / "cache")
    error = OSError(number, os.strerror(number), *([str(tmp_path / name)] if name else []))
    told = refused(cache, error, nameless=cache.root)
    assert told.culprit == (culprit if culprit == "this machine" else str(tmp_path / culprit))
    assert told.cause.startswith(cause)
    assert ("CHATKIT_HARNESS_CACHE" in told.next_step) == (cause == "The cache cannot be written")
