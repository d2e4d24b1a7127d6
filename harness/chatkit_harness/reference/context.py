"""Who asks, and what their chart shows: the request context of every turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .market.faults import market_fault


@dataclass(frozen=True)
class RequestContext:
    """One request's user, the chart in front of them, and faults that a scenario asks for.

    `symbol` and `timeframe` are None when no chart is loaded. `faults` maps the part of the system that
    is to fail to the way in which it fails, such as `{"market_data": "timeout"}`.
    """

    user_id: str = "anonymous"
    symbol: str | None = None
    timeframe: str | None = None
    faults: Mapping[str, str] = field(default_factory=dict)


def create_context(values: Mapping[str, Any]) -> RequestContext:
    """The request context for a scenario's `context`; keys that it does not know are ignored.

    Raises ValueError for a fault of the market data that does not exist.
    """
    faults = {str(part): str(kind) for part, kind in (values.get("faults") or {}).items()}
    market_fault(faults.get("market_data"))
    symbol, timeframe = values.get("symbol"), values.get("timeframe")
    return RequestContext(
        user_id=str(values.get("user_id") or "anonymous"),
        symbol=str(symbol).upper() if symbol else None,
        timeframe=str(timeframe) if timeframe else None,
        faults=faults,
    )
