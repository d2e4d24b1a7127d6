"""How another process finds the function that opens the store: by its module, its name and its arguments."""

from __future__ import annotations

import functools
import json
from importlib import import_module
from typing import Any, Callable, Dict, Mapping, Optional


def address_of(factory: Any) -> Optional[Dict[str, Any]]:
    """Where a function, a class or a partial of one stands; None where another process cannot find it."""
    if isinstance(factory, functools.partial):
        inner = address_of(factory.func)
        if inner is None or inner["given"] or not _is_json([factory.args, factory.keywords]):
            return None
        return {**inner, "given": list(factory.args), "named": dict(factory.keywords)}
    module, attribute = getattr(factory, "__module__", None), getattr(factory, "__qualname__", "")
    found: Dict[str, Any] = {"module": module, "attribute": attribute, "given": [], "named": {}}
    if not module or module == "__main__" or not attribute or "<" in attribute:
        return None
    try:
        return found if find(found) == factory else None
    except (ImportError, AttributeError):
        return None


def named(name: str) -> Dict[str, Any]:
    """The address of `package.module:function`."""
    module, _colon, attribute = name.partition(":")
    return {"module": module, "attribute": attribute, "given": [], "named": {}}


def find(address: Mapping[str, Any]) -> Callable[..., Any]:
    """What stands there. Raises ImportError or AttributeError where nothing does."""
    value: Any = import_module(address["module"])
    for part in address["attribute"].split("."):
        value = getattr(value, part)
    if address["given"] or address["named"]:
        value = functools.partial(value, *address["given"], **address["named"])
    found: Callable[..., Any] = value
    return found


def _is_json(value: Any) -> bool:
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return False
    return True
