"""The pins of a run's cells as sets of cells, one for each version of each distribution.

A set of cells is an integer with a bit for each cell: four thousand cells of sixty pins are compared
in milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

from chatkit_harness.causes.words import in_order, python_words
from chatkit_harness.core.nouns import Cell

CHATKIT, AGENTS, PYTHON = "openai-chatkit", "openai-agents", "Python"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A distribution (or Python itself), its versions from old to new, and the cells of each."""

    name: str
    versions: tuple[str, ...]
    cells: tuple[int, ...]
    everywhere: int
    """The cells that have any version of it."""

    @property
    def is_third_party(self) -> bool:
        """Whether it is neither of the pair nor Python."""
        return self.name not in (CHATKIT, AGENTS, PYTHON)


class PinTable:
    """The pins of cells; what all of them have in one version is left out, for it separates nothing."""

    def __init__(self, cells: Iterable[Cell]) -> None:
        self.cells = tuple(cell for cell in cells if cell.pins)
        self._bits = {cell.id: 1 << n for n, cell in enumerate(self.cells)}
        found: dict[str, dict[str, int]] = {}
        for cell in self.cells:
            bit = self._bits[cell.id]
            for name, version in pins_of(cell).items():
                versions = found.setdefault(name, {})
                versions[version] = versions.get(version, 0) | bit
        self.every = every = (1 << len(self.cells)) - 1
        self.features = tuple(
            _feature(name, versions)
            for name, versions in sorted(found.items())
            if every not in versions.values()
        )

    def mask(self, cells: Iterable[str]) -> int:
        """These cells as a set; those without pins are in none."""
        mask = 0
        for cell in cells:
            mask |= self._bits.get(cell, 0)
        return mask


def pins_of(cell: Cell) -> dict[str, str]:
    """A cell's pins with its pair and its Python among them."""
    chatkit = {CHATKIT: cell.chatkit} if cell.chatkit else {}
    return {**cell.pins, **chatkit, AGENTS: cell.agents, PYTHON: python_words(cell)}


def short(name: str) -> str:
    """A distribution's name as people say it: agents for openai-agents."""
    return name.removeprefix("openai-") if name in (CHATKIT, AGENTS) else name


def _feature(name: str, versions: Mapping[str, int]) -> Feature:
    ordered = in_order(versions)
    cells = tuple(versions[each] for each in ordered)
    return Feature(name=name, versions=tuple(ordered), cells=cells, everywhere=reduce(or_, cells))
