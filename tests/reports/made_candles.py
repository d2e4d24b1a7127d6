"""The candles that reports draw, made anew from the reference server's fixtures.

    python -m tests.reports.made_candles

writes them to where the reports read them.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from chatkit_harness.reference.market.catalogue import LISTINGS
from chatkit_harness.reference.market.fixtures import generated_history
from chatkit_harness.reports.page.candles import DATA


def made() -> dict[str, list[list[float]]]:
    """All symbols' days: [time, open, high, low, close, volume]."""
    return {symbol: _days(symbol) for symbol in sorted(LISTINGS)}


def _days(symbol: str) -> list[list[float]]:
    return [
        [
            int(datetime(bar.day.year, bar.day.month, bar.day.day, tzinfo=UTC).timestamp()),
            bar.open,
            bar.high,
            bar.low,
            bar.close,
            bar.volume,
        ]
        for bar in generated_history(symbol)
    ]


def written() -> str:
    """The file's text: one symbol a line."""
    lines = (f'"{symbol}":{json.dumps(days, separators=(",", ":"))}' for symbol, days in made().items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    DATA.write_text(written(), encoding="utf-8")
