"""By which means nothing could leave the machine, summed up over the cells of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from chatkit_harness.core.nouns import Cell


def enforcement(cells: Iterable[Cell]) -> str:
    """What the cells' own processes found, in one line; empty where none has said anything."""
    counts = Counter(cell.held for cell in cells if cell.held)
    if len(counts) < 2:
        return "".join(counts)
    return "; ".join(
        f"{held} in {number:,} {'cell' if number == 1 else 'cells'}" for held, number in counts.most_common()
    )
