"""What is kept in memory stays within its bounds."""

from __future__ import annotations

from itertools import islice
from typing import Any, Dict


def drop_oldest(kept: Dict[str, Any], limit: int) -> None:
    """Let go of what was put in first, until no more than `limit` are left."""
    for key in list(islice(kept, max(len(kept) - limit, 0))):
        del kept[key]
