"""The text that a hosted workflow would show for what `run_workflow` returned."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def message_of(result: Any) -> str | None:
    """The message of a workflow's result, None where it returned nothing.

    A string is the message; of a mapping it is `output_text`, else `output_parsed`; whatever is no string
    is written as JSON.
    """
    if isinstance(result, Mapping):
        for key in ("output_text", "output_parsed"):
            if result.get(key) is not None:
                return _written(result[key])
    return None if result is None else _written(result)


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
