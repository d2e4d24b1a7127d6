"""The candles behind chart commands: made up market data, that of the reference server's fixtures.

The document (block `candles`; `static/candles.js` reads it): {symbol: [[time, open, high, low, close,
volume] a day, oldest first]}, where `time` is midnight UTC in unix seconds. They lie in `candles.json`, which
`tests/reports/made_candles.py` makes from the fixtures: what runs in a cell is never imported here.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from chatkit_harness.reports.page.assemble import Block

LARGEST = 85_000
"""Letters that the block has at most; a test sees to it."""
DATA = Path(__file__).resolve().parent / "candles.json"
_COMMANDS = re.compile(
    r"(?:LOAD|CHART): {0,3}\$?([A-Za-z]{1,5})\b|\"symbol\\*\" ?: ?\\*\"([A-Za-z]{1,5})\\*\""
)


def candles_block(blocks: Iterable[Block]) -> list[Block]:
    """The candles of every symbol that a command or a chart in these blocks names; none where none does."""
    wanted: set[str] = set()
    known = _history()
    for block in blocks:
        wanted |= symbols_in(_text(block)) & known.keys()
        if len(wanted) == len(known):
            break
    return [Block.of("candles", {symbol: known[symbol] for symbol in sorted(wanted)})] if wanted else []


def symbols_in(text: str) -> set[str]:
    """The symbols that commands in a JSON text load, or that a chart there shows."""
    return {(one or other).upper() for one, other in _COMMANDS.findall(text)}


@cache
def _history() -> dict[str, Any]:
    held: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
    return held


def _text(block: Block) -> str:
    return zlib.decompress(base64.b64decode(block.letters), -zlib.MAX_WBITS).decode("utf-8", "replace")
