"""A bound on the memory of a process."""

from __future__ import annotations

import logging
from typing import Any


def limit_memory(megabytes: Any) -> None:
    """Bound private memory, so that a server that eats all of it dies alone.

    No more than this process may ask for; where nothing can be set, the host's time limit remains.
    """
    if not megabytes:
        return
    try:
        import resource
    except ImportError:  # Windows
        return
    limit = int(megabytes) * 1024 * 1024
    try:
        _soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if hard != resource.RLIM_INFINITY:
            limit = min(limit, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
    except (OSError, ValueError):
        logging.getLogger(__name__).debug("no limit on memory", exc_info=True)
