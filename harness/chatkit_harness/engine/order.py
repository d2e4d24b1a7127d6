"""Work as it is handed to an executor: a few cells that share an environment, and what they all need."""

from __future__ import annotations

import itertools
import pickle
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chatkit_harness.core.nouns import digest
from chatkit_harness.pins.resolve import Lock

from .cases import PlannedCase
from .pairs import AGENTS, CHATKIT
from .plan_cell import PlannedCell
from .settings import Isolation, RunSettings

LARGEST = 16
"""Cells an order: what a killed run has to do again, and how often progress is seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedCell:
    """A cell with its pins.

    `kept` are fingerprints by case id that need no second run; `only` the keys of the cases to drive, where
    not all are.
    """

    planned: PlannedCell
    lock: Lock
    kept: Mapping[str, str] = field(default_factory=dict)
    only: Collection[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What all orders of a run share: sent as bytes that each process reads once.

    `index` is the address of the package index; `folder` the run's, None where workers cannot write there.
    """

    settings: RunSettings
    cases: Sequence[PlannedCase]
    index: str
    cache: Path | None
    folder: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Cells to be worked on one after the other, in one process of an executor."""

    common: bytes
    key: str
    cells: tuple[ResolvedCell, ...]
    isolation: Isolation
    attempt: int = 1


def packed(common: Common) -> tuple[bytes, str]:
    """The bytes of what orders share, and a digest of them."""
    content = pickle.dumps(common)
    return content, digest(content.hex())


def grouped(cells: Iterable[ResolvedCell], *, largest: int) -> Iterator[tuple[ResolvedCell, ...]]:
    """Cells in groups that share a stack, one agents release's together, none larger than `largest`."""
    ordered = sorted(cells, key=_place)
    for _, same in itertools.groupby(ordered, key=lambda each: _place(each)[:2]):
        group: list[ResolvedCell] = []
        for _, release in itertools.groupby(same, key=lambda each: each.planned.pair.agents):
            row = list(release)
            if group and len(group) + len(row) > largest:
                yield tuple(group)
                group = []
            while len(row) > largest:
                yield tuple(row[:largest])
                row = row[largest:]
            group += row
        if group:
            yield tuple(group)


def _place(cell: ResolvedCell) -> tuple[str, str, str, str]:
    planned = cell.planned
    return (planned.interpreter.version, stack_of(cell.lock), planned.pair.agents, planned.pair.chatkit or "")


def stack_of(lock: Lock) -> str:
    """A digest of the third parties of a lock."""
    return digest({name: pin for name, pin in lock.pins.items() if name not in (CHATKIT, AGENTS)})
