"""Our side of `benchmarks.matrix`: `chatkit-harness sweep`, with a cache folder of its own."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

EVERY = ("--chatkit", ">=0.0.1", "--agents", ">=0.3.2")
"""Every pair; a sweep leaves out by itself what holds no module, and pairs that do not allow each other."""

TEN = (
    *("quote-aapl", "news-tsla", "calendar-nfp", "unknown-symbol", "two-turns"),
    *("draw-support-tsla", "technical-nvda", "load-nvda", "market-data-down", "what-chart-is-loaded"),
)
"""The scenarios that each pair is driven with."""

JUDGED = (0, 1)
"""Exit statuses of a run that came to its end: a red cell is a result."""

STAYS = ("index",)
"""What we know of the index's pages: uv keeps the same for the stock runners."""


class Ours:
    """One cache folder, and one folder of results after the other."""

    def __init__(self, scratch: Path) -> None:
        self.cache = scratch / "cache"
        self._out = scratch / "out"
        self._runs = 0

    @property
    def results(self) -> Path:
        """The results file of the last command."""
        return self._out / str(self._runs) / "results.jsonl"

    def sweep(self, *words: str) -> list[str]:
        """A command line with a folder for results that nobody has used."""
        self._runs += 1
        out = ("--out", str(self.results.parent))
        return [*program("sweep"), *words, "--cache", str(self.cache), *out]

    def forget(self, *stays: str) -> None:
        """Delete what is in the cache but the index's pages, and what else is to stay."""
        for folder in self.cache.iterdir() if self.cache.is_dir() else ():
            if folder.name not in {*STAYS, *stays}:
                shutil.rmtree(folder, ignore_errors=True)

    def made(self) -> str:
        """How many environments, stacks and layers there are now."""
        kinds = ("environments", "stacks", "layers")
        return ", ".join(f"{folders(self.cache / kind)} {kind}" for kind in kinds)

    def cells(self) -> int:
        """How many cells the last results file holds; a cell is told again with what it cost."""
        with self.results.open(encoding="utf-8") as lines:
            told = [json.loads(line) for line in lines if line.startswith('{"record":"cell"')]
        return len({each["cell"]["id"] if "cell" in each else each["id"] for each in told})


def program(command: str) -> list[str]:
    """The harness that is installed beside this Python."""
    return [sys.executable, "-m", "chatkit_harness", command]


def driving(names: Sequence[str], resolution: str, confirm: str = "none") -> list[str]:
    """Options: these scenarios on the native path, in forked cells."""
    scenarios = [word for name in names for word in ("--scenario", name)]
    how = ("--path", "native", "--isolation", "fork", "--confirm", confirm)
    return [*scenarios, *how, "--resolution", resolution]


def folders(parent: Path) -> int:
    """How many finished folders there are in one; what is still being made is hidden."""
    if not parent.is_dir():
        return 0
    return sum(each.is_dir() and not each.name.startswith(".") for each in parent.iterdir())
