"""Plan: which cells, which scenarios, with which cassettes, settled before anything is built."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from chatkit_harness.checks import require_known
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.errors import (
    ConfigurationError,
    HarnessError,
    IndexUnreachableError,
    SelectionError,
)
from chatkit_harness.core.nouns import digest
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.environments.layers import Layers
from chatkit_harness.index.index import Index, ProjectPage
from chatkit_harness.scenarios.catalogue import load_all
from chatkit_harness.scenarios.catalogue import select as select_scenarios

from .cases import PlannedCase, is_built_in, plan_cases
from .clients import select_clients, select_schemas
from .fingerprint import with_digests
from .narrow import admitted, sampled, sharded
from .own import Own, find_own
from .plan_cell import PlannedCell
from .plan_cells import RESOLUTIONS, make_cells, pair_pages
from .readers import with_readers
from .recorded import recorded_scenarios
from .settings import RunSettings
from .targets import REFERENCE, STORE_WORDS
from .undriven import undriven_notes

FOLDERS = ("catalogue", "faults", "conformance", "store")
"""Folders of built-in scenarios: each kind of thing that a server passes on, a model that fails, and the
exams, which are rules for servers and for stores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that a run will do.

    `shard` says which part of the whole it is (None: all), `whole` is a digest of that whole, and
    `complaints` are what could not be asked, such as a stale index.
    """

    cells: tuple[PlannedCell, ...]
    scenarios: tuple[Scenario, ...]
    cases: tuple[PlannedCase, ...]
    index: Index
    own: Own = field(default_factory=Own)
    shard: Mapping[str, Any] | None = None
    whole: str = ""
    complaints: tuple[HarnessError, ...] = ()
    notes: tuple[str, ...] = ()


def make_plan(
    settings: RunSettings,
    index: Index,
    layers: Layers,
    cells: Sequence[PlannedCell] | None = None,
    chosen: Sequence[Scenario] | None = None,
) -> Plan:
    """The plan for these settings, or for cells and scenarios that somebody else has chosen.

    Raises SelectionError and its kin where a name selects nothing.
    """
    require_known(settings.checks or ())
    select_clients(settings.clients)
    select_schemas(settings.widgets_by)
    own = find_own(settings)
    known = (
        {scenario.id: scenario for scenario in chosen} if chosen is not None else known_scenarios(settings)
    )
    scenarios = list(chosen) if chosen is not None else plan_scenarios(settings, known)
    cases = plan_cases(settings, scenarios, own.targets, known=known)
    if not cases:
        raise SelectionError(
            "--path", "None of the scenarios is for that path.", "See `chatkit-harness list scenarios`."
        )
    driven = {case.scenario.id for case in cases}
    whole, left_out = _whole(settings, index, layers, own, cells)
    cells, shard = sharded(whole, settings)
    of_locks = [note for cell in cells if cell.pinned is not None for note in cell.pinned.notes]
    notes = [*own.notes, *_unasked(settings, own, cases), *_differing(own, cells), *_future(cells)]
    notes += [*_of_no_store(settings, cases), *undriven_notes(settings, own, cases)]
    return Plan(
        cells=tuple(cells),
        scenarios=tuple(scenario for scenario in scenarios if scenario.id in driven),
        cases=tuple(with_digests(cases, settings)),
        index=index,
        own=own,
        shard=shard,
        whole=digest([[cell.id for cell in whole], [case.key for case in cases]]),
        complaints=tuple(_complaints(index, cells)),
        notes=tuple(dict.fromkeys([*notes, *of_locks, *left_out])),
    )


def chosen_cells(settings: RunSettings, index: Index, layers: Layers) -> list[PlannedCell]:
    """The cells that a run with these settings would drive. Raises what `make_plan` raises of cells."""
    whole, _ = _whole(settings, index, layers, find_own(settings), None)
    return sharded(whole, settings)[0]


def _whole(
    settings: RunSettings,
    index: Index,
    layers: Layers,
    own: Own,
    chosen: Sequence[PlannedCell] | None,
) -> tuple[list[PlannedCell], list[str]]:
    """All cells of the plan, whichever shard they belong to, and what was left out of it."""
    found = make_cells(settings, index) if chosen is None else chosen
    cells = [replace(cell, extras=own.beside(cell.pinned), on_top=own.on_top) for cell in found]
    notes: list[str] = []
    if settings.admitted:
        cells, notes = admitted(cells, layers)
    cells = sampled(cells, settings)
    if not cells:
        raise SelectionError(
            "the selection", "No chatkit release in it allows any of its agents releases.", "Name others."
        )
    cells, unread = with_readers(cells, settings, index)
    return cells, [*notes, *unread]


def _unasked(settings: RunSettings, own: Own, cases: Iterable[PlannedCase]) -> Iterator[str]:
    """Scenarios that leave out what the workflow's input needs."""
    needed = [name for name in own.required_inputs if name not in settings.inputs]
    for case in cases:
        given = {*case.scenario.context, *(key for turn in case.scenario.turns for key in turn.context)}
        lacking = [name for name in needed if name not in given]
        if case.target.kind == "workflow" and lacking and case.skipped is None:
            yield (
                f"{case.scenario.id}: the workflow's input needs {', '.join(lacking)}: give it in the "
                f"scenario's context, or with --input {lacking[0]}=..."
            )


def _of_no_store(settings: RunSettings, cases: Iterable[PlannedCase]) -> Iterator[str]:
    """Rules of stores that are asked of nobody's own: who expects theirs to be asked must not see it pass."""
    if not settings.stores and any(case.scenario.is_of_store for case in cases):
        yield "No --store is named: what stores have to keep is asked of the built-in store memory."


def _differing(own: Own, cells: Iterable[PlannedCell]) -> Iterator[str]:
    for pair in dict.fromkeys(cell.pair for cell in cells):
        yield from own.notes_on(pair)


def _future(cells: Iterable[PlannedCell]) -> Iterator[str]:
    now = dt.datetime.now(dt.UTC)
    for cell in cells:
        if cell.as_of is not None and cell.as_of > now and cell.resolution not in RESOLUTIONS:
            yield f"{cell.resolution} lies in the future: it means the same as today."


def plan_scenarios(settings: RunSettings, known: Mapping[str, Scenario] | None = None) -> list[Scenario]:
    """The scenarios asked for: the project's own first, then the built-in ones, then recorded streams.

    `known` are all there are, where they have been read already.
    """
    catalogue = known_scenarios(settings) if known is None else known
    chosen = select_scenarios(catalogue, settings.scenarios) if settings.scenarios else [*catalogue.values()]
    if not settings.scenarios:
        chosen = _unasked_for(settings, chosen)
    if not chosen:
        raise SelectionError(
            "--scenario",
            "No scenario is selected, so nothing would run.",
            "See `chatkit-harness list scenarios`.",
        )
    return chosen


def _unasked_for(settings: RunSettings, known: Sequence[Scenario]) -> list[Scenario]:
    """The scenarios of a run that names none.

    What the built-in ones ask is for the tools of the reference server and its workflow; rules that servers
    have to keep are for any of them. A store is put to the test where one is named.
    """
    known = [scenario for scenario in known if not scenario.on_request]
    chosen = [scenario for scenario in known if settings.stores or not scenario.is_of_store]
    if not (settings.server or settings.workflow):
        # What the project's own scenarios ask is for the project's server, its store is all that is named.
        own_store = any(word not in STORE_WORDS for word in settings.stores)
        chosen = [scenario for scenario in chosen if is_built_in(scenario) or not own_store]
        # Only the reference server is driven on a store that is named: the catalogue's has one of its own.
        return [each for each in chosen if not settings.stores or each.server == REFERENCE.name]
    exams = settings.server is not None
    meant = [
        scenario for scenario in chosen if not is_built_in(scenario) or (exams and scenario.exam is not None)
    ]
    return meant or chosen


def known_scenarios(settings: RunSettings) -> dict[str, Scenario]:
    """All scenarios that there are to choose from, by id."""
    catalogue = load_all(scenario_folders(settings.scenario_folder), named=settings.scenario_folder)
    if settings.data is not None:
        catalogue.update({scenario.id: scenario for scenario in recorded_scenarios(settings.data)})
    return catalogue


def scenario_folders(own: Path | None) -> list[Path]:
    """A project's own `scenarios/` (or the one named), then the built-in ones."""
    if own is not None and not own.is_dir():
        raise ConfigurationError(str(own), "There is no such folder of scenarios.", "Check --scenarios.")
    builtin = data_folder("scenarios")
    candidates = [own or Path.cwd() / "scenarios", builtin, *(builtin / each for each in FOLDERS)]
    found = [folder for folder in candidates if folder.is_dir()]
    return list({os.path.realpath(folder): folder for folder in found}.values())


def _complaints(index: Index, cells: Iterable[PlannedCell]) -> Iterator[HarnessError]:
    """What the index could not be asked, where it is needed: environments that stand need none."""
    if any(cell.standing is None and not cell.running for cell in cells):
        yield from (_stale(page) for page in pair_pages(index).values() if page.stale)


def _stale(page: ProjectPage) -> HarnessError:
    return IndexUnreachableError(
        page.project,
        f"{page.stale} The releases that are known from before were used.",
        "Run again when the index answers.",
    )
