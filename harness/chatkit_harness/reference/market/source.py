"""Which market data a server reads: a provider's where the environment names one, else the fixtures."""

from __future__ import annotations

import os
from collections.abc import Mapping

from .data import MarketData
from .fixtures import FixtureMarketData


def market_from_environment(environ: Mapping[str, str] | None = None) -> MarketData:
    """The provider at MARKET_DATA_URL, with MARKET_DATA_KEY if there is one; without an address the fixtures.

    Raises ValueError for an address that is none, and RuntimeError where no HTTP library is installed.
    """
    known = os.environ if environ is None else environ
    url = known.get("MARKET_DATA_URL", "").strip()
    if not url:
        return FixtureMarketData()
    from .http import HttpMarketData  # what nobody asks for is not imported, nor an HTTP library with it

    return HttpMarketData(url, key=known.get("MARKET_DATA_KEY", "").strip() or None)
