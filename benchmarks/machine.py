"""What a figure has to be read with: the machine, and how idle it was meanwhile."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Idle:
    """Processor time of the whole machine so far, in ticks; empty where the system does not tell."""

    idle: int = 0
    total: int = 0

    @classmethod
    def now(cls) -> Idle:
        """Read it (Linux)."""
        try:
            fields = [int(each) for each in Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
        except OSError:
            return cls()
        return cls(idle=fields[3] + fields[4], total=sum(fields))

    def share_since(self, earlier: Idle) -> str:
        """How much of the machine's time nobody used, in per cent."""
        spent = self.total - earlier.total
        return f"{100 * (self.idle - earlier.idle) / spent:.0f}%" if spent else "unknown"


def about() -> str:
    """One line about the machine."""
    system = f"{platform.system()} {platform.machine()}"
    return f"{system}, {os.cpu_count()} cores, Python {platform.python_version()}"


def spread(values: Sequence[float], unit: str = "ms") -> str:
    """Median with the range."""
    if not values:
        return "no figures"
    return f"median {statistics.median(values):.2f} {unit} (min {min(values):.2f}, max {max(values):.2f})"
