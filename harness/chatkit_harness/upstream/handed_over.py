"""A conversation that agents hands to the next agent inside one message (0.6.x by default, later on request).

Each of its items is a line: `2. function_call: {"call_id": ..., "name": ...}`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

MARK = "<CONVERSATION HISTORY>"
_CALL = re.compile(r"^\d+\. (\w+): (\{.*\})$", re.MULTILINE)


def handed_over(text: str) -> Iterator[Mapping[str, Any]]:
    """The calls and outputs that such a message tells of, as the items that they were."""
    if MARK not in text:
        return
    for kind, told in _CALL.findall(text):
        try:
            item = json.loads(told)
        except (ValueError, RecursionError):
            continue
        if item.get("call_id"):
            yield {"type": kind, **item}
