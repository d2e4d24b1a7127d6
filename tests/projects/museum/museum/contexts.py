"""Who asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Visitor:
    """A visitor, as the gate's pass names them."""

    name: str


def visitor_from(claims: Mapping[str, Any]) -> Visitor:
    """The visitor whom the gate has let in; `claims` are what it says of them."""
    return Visitor(name=str(claims.get("user_id") or "guest"))
