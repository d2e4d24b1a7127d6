"""A plan in parts of equal cost, one a machine. Nothing here asks anything but its arguments.

Every machine that is given the same plan and the same costs comes to the same parts.
"""

from __future__ import annotations

import heapq
import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from chatkit_harness.core.errors import ConfigurationError
from chatkit_harness.results import Results

_TOLERANCE = 1.05
"""How much more than a fair share the largest may cost before more groups are split."""

_USUAL_S = 1.0

_DIGITS = 6
"""Of the number of shards: each of them is a share that every machine works out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something to be done as a whole, in seconds; those of one `group` cost less on one machine."""

    key: str
    group: str
    cost: float


def parse(text: str) -> tuple[int, int]:
    """The number of a shard, from 1, and how many there are: `3/8`. Raises ConfigurationError."""
    index, slash, of = text.partition("/")
    if not slash or not (_is_number(index) and _is_number(of)):
        raise ConfigurationError(
            f"--shard {text}", "A shard is a number and how many there are.", "Write --shard 3/8."
        )
    if len(of) > _DIGITS:
        most = "9" * _DIGITS
        raise ConfigurationError(
            f"--shard {text}", f"A plan has at most {most} shards.", f"Write --shard 1/{most}, or fewer."
        )
    number = int(index[: _DIGITS + 1])  # one digit more than there are shards is enough to be none of them
    if not 1 <= number <= int(of):
        last = max(1, int(of))
        raise ConfigurationError(
            f"--shard {text}",
            f"There is no such shard: they are numbered from 1 to {of}."
            if int(of)
            else "A plan has at least one shard.",
            f"Write --shard {min(max(1, number), last)}/{last}.",
        )
    return number, int(of)


def share(items: Sequence[Item], index: int, of: int) -> list[str]:
    """The keys of shard `index` (from 1) of `of`, in the order of the items.

    Each item is in one of the shards. A group stays together where it can: it is split where it is larger
    than a fair share, or where the shards could not be balanced otherwise.
    """
    if not 1 <= index <= of:
        raise ValueError(f"no shard {index} of {of}")
    costs = [_milliseconds(item.cost) for item in items]
    fair = max(1, -(-sum(costs) // of))
    largest = fair
    while True:
        chunks = list(_chunks(items, costs, largest))
        shares, heaviest = _dealt(chunks, costs, of)
        if heaviest <= fair * _TOLERANCE or len(chunks) == len(items):
            return [items[place].key for place in sorted(shares[index - 1])]
        largest //= 2


def recorded_costs(results: Results) -> dict[str, float]:
    """What the cells of a run cost in seconds, by id; cells that tell none are left out."""
    told = ((cell.id, cell.seconds) for cell in results.cells)
    return {name: cost for name, cost in told if cost is not None and math.isfinite(cost) and cost >= 0}


def costs_of(keys: Iterable[str], recorded: dict[str, float]) -> dict[str, float]:
    """A cost for each key: the recorded one, else the median of all that are recorded."""
    usual = statistics.median_low(recorded.values()) if recorded else _USUAL_S
    return {key: recorded.get(key, usual) for key in keys}


def _chunks(items: Sequence[Item], costs: Sequence[int], largest: int) -> Iterable[list[int]]:
    """The places of the items by group, in parts that cost `largest` at most where they can be parted."""
    places = sorted(range(len(items)), key=lambda place: items[place].group)
    for _, group in groupby(places, key=lambda place: items[place].group):
        chunk: list[int] = []
        cost = 0
        for place in group:
            if chunk and cost + costs[place] > largest:
                yield chunk
                chunk, cost = [], 0
            chunk.append(place)
            cost += costs[place]
        yield chunk


def _dealt(chunks: Sequence[list[int]], costs: Sequence[int], of: int) -> tuple[list[list[int]], int]:
    """Chunks dealt out, the dearest first and each to the shard that has least; the cost of the heaviest."""
    weighed = sorted((-sum(costs[place] for place in chunk), chunk) for chunk in chunks)
    shares: list[list[int]] = [[] for _ in range(of)]
    loads = [(0, number) for number in range(of)]
    for negative, chunk in weighed:
        load, number = heapq.heappop(loads)
        shares[number] += chunk
        heapq.heappush(loads, (load - negative, number))
    return shares, max(load for load, _ in loads)


def _milliseconds(cost: float) -> int:
    """Whole numbers add up to the same in any order. What costs nothing is still something to be done."""
    return max(1, round(cost * 1000)) if math.isfinite(cost) else 1


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
