"""What a workflow returned, as JSON and as the text that its users would have read."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import json
import math
import re
from typing import Any, FrozenSet, List, Mapping, Optional, Tuple

DEPTH = 100
"""How deeply an answer may be nested; what lies deeper is marked, as what is no JSON is."""

_SHOWN = 500
_LONGEST = 2**1000
"""Python refuses to write out integers of a few thousand digits, and so would the host."""


def answer(result: Any) -> Tuple[Any, Optional[str]]:
    """What a workflow returned, as a JSON document, and its message; never raises.

    The message is a returned text, else `output_text`, else `output_parsed` (or whatever was returned) as
    JSON, and None for None. In the document, what is no JSON is `{"not_json": its class or the reason,
    "repr": its repr, cut}`.
    """
    if _has(result, "final_output") and not isinstance(result, Mapping):  # a RunResult of agents
        result = result.final_output if result.final_output is None else {"output_text": result.final_output}
    document = as_json(result)
    return document, _message(document)


def _has(value: Any, name: str) -> bool:
    try:
        return hasattr(value, name)
    except Exception:  # a property may raise anything
        return False


def _message(document: Any) -> Optional[str]:
    if isinstance(document, dict):
        for key in ("output_text", "output_parsed"):
            if document.get(key) is not None:
                document = document[key]
                break
        else:
            if "output_text" in document or "output_parsed" in document:
                return None
    if document is None or isinstance(document, str):
        return document
    return json.dumps(document, ensure_ascii=False)


def as_json(value: Any, within: FrozenSet[int] = frozenset()) -> Any:
    """Any object as JSON: models and dataclasses by their fields, sets as lists; never raises."""
    try:
        return _as_json(value, within)
    except Exception:
        return _marked(value)


def _as_json(value: Any, within: FrozenSet[int]) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, enum.Enum):
        return as_json(value.value, within)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value) if abs(value) < _LONGEST else _marked(None, "int", "an integer of very many digits")
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else _marked(value)
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if id(value) in within:
        return _marked(None, "circular", "the object holds itself")
    if len(within) >= DEPTH:
        return _marked(None, "too deep", f"nested more than {DEPTH} deep")
    return _container(value, within | {id(value)})


def _container(value: Any, within: FrozenSet[int]) -> Any:
    if isinstance(value, Mapping):
        return {_key(key): as_json(each, within) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(each, within) for each in value]
    if isinstance(value, (set, frozenset)):
        return _in_order([as_json(each, within) for each in value])
    if isinstance(value, type):
        return _marked(value)
    fields = getattr(type(value), "model_fields", None)
    if isinstance(fields, Mapping):
        return _model(value, fields, within)
    if dataclasses.is_dataclass(value):
        return {each.name: as_json(getattr(value, each.name), within) for each in dataclasses.fields(value)}
    return _marked(value)


def _model(value: Any, fields: Mapping[str, Any], within: FrozenSet[int]) -> Any:
    """A pydantic model by what it dumps, or field by field where it cannot dump itself."""
    try:
        dumped = value.model_dump(mode="json", warnings=False)
    except Exception:
        dumped = {name: getattr(value, name, None) for name in fields}
    return as_json(dumped, within)


def _in_order(found: List[Any]) -> List[Any]:
    """A set has no order of its own, and a transcript must not depend on chance."""
    return sorted(found, key=lambda each: json.dumps(each, sort_keys=True))


def _key(key: Any) -> str:
    if isinstance(key, enum.Enum):
        key = key.value
    return key if isinstance(key, str) else str(key)


def _marked(value: Any, kind: Optional[str] = None, shown: Optional[str] = None) -> Any:
    if kind is None:
        kind = f"{type(value).__module__}.{type(value).__qualname__}"
    if shown is None:
        try:
            # Where an object lies in memory differs from run to run, and says nothing.
            shown = re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value))[:_SHOWN]
        except Exception:
            shown = "its repr() failed"
    return {"not_json": kind, "repr": shown}
