"""Of all the cells that a selection names, those that this run is for: admitted, sampled, sharded."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterable, Sequence
from typing import Any

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from chatkit_harness.core.errors import HarnessError
from chatkit_harness.environments.layers import Layers
from chatkit_harness.machine.interpreters import Interpreter
from chatkit_harness.results import read_results

from .pairs import AGENTS, CHATKIT
from .plan_cell import PlannedCell
from .settings import RunSettings
from .shards import Item, costs_of, parse, recorded_costs, share

logger = logging.getLogger("chatkit_harness.plan")


def admitted(cells: Iterable[PlannedCell], layers: Layers) -> tuple[list[PlannedCell], list[str]]:
    """The cells whose chatkit release can be imported and allows the agents release; and what was left out.

    A release that cannot be looked at now stays in: its own cells will say why. So does the pair that a lock
    file pins.
    """
    known: dict[tuple[Interpreter, str], SpecifierSet | None] = {}
    kept, empty = [], set()
    for cell in cells:
        chatkit = cell.pair.chatkit
        if chatkit is None or _is_locks_own(cell):
            kept.append(cell)
            continue
        key = cell.interpreter, chatkit
        if key not in known:
            known[key] = _allowed(layers, chatkit, cell.interpreter)
        allowed = known[key]
        if allowed is None:
            empty.add(chatkit)
        elif allowed.contains(cell.pair.agents, prereleases=True):
            kept.append(cell)
    notes = [f"{CHATKIT} {version} holds no module: it is left out." for version in sorted(empty)]
    return kept, notes


def _is_locks_own(cell: PlannedCell) -> bool:
    """Whether somebody has the pair, in a lock file or an environment, whatever its releases say."""
    lock = cell.pinned
    if cell.standing is not None:
        return True
    return lock is not None and (lock.chatkit, lock.agents) == (cell.pair.chatkit, cell.pair.agents)


def _allowed(layers: Layers, chatkit: str, interpreter: Interpreter) -> SpecifierSet | None:
    """What a chatkit release asks of agents; None for one that holds no module at all."""
    try:
        layer = layers.release(CHATKIT, chatkit, interpreter)
    except HarnessError as error:
        logger.info("%s %s cannot be looked at: %s", CHATKIT, chatkit, error)
        return SpecifierSet()
    if not (layer.folder / "chatkit").is_dir():
        return None
    for text in layer.requires:
        requirement = Requirement(text)
        if requirement.name == AGENTS:
            return requirement.specifier
    return SpecifierSet()


def sampled(cells: Sequence[PlannedCell], settings: RunSettings) -> list[PlannedCell]:
    """So many cells as are asked for, drawn by seed, in the order of the plan."""
    if settings.sample is None or settings.sample >= len(cells):
        return list(cells)
    drawn = random.Random(settings.seed).sample(range(len(cells)), settings.sample)  # noqa: S311 - no secret
    return [cells[number] for number in sorted(drawn)]


def sharded(
    cells: Sequence[PlannedCell], settings: RunSettings
) -> tuple[list[PlannedCell], dict[str, Any] | None]:
    """This shard's cells, and what the header says of the shard; all of them where there are no shards.

    Every machine that is given the same plan and the same recorded costs comes to the same shares.
    """
    if settings.shard is None:
        return list(cells), None
    index, of = parse(settings.shard)
    recorded = recorded_costs(read_results(settings.costs)) if settings.costs is not None else {}
    costs = costs_of([cell.id for cell in cells], recorded)
    items = [Item(key=cell.id, group=_group(cell), cost=costs[cell.id]) for cell in cells]
    mine = set(share(items, index, of))
    return [cell for cell in cells if cell.id in mine], {"index": index, "of": of}


def _group(cell: PlannedCell) -> str:
    """Cells that are likely to share what was imported."""
    return f"{cell.interpreter.version} {cell.resolution} {cell.pair.agents}"
