"""Plan: which cells, which scenarios, with which cassettes, settled before anything is built."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatkit_harness.cells.index import Index, ProjectPage
from chatkit_harness.cells.interpreters import Interpreter, select_interpreters
from chatkit_harness.cells.releases import Release, select
from chatkit_harness.cells.resolve import instant_of
from chatkit_harness.checks import require_known
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.errors import (
    ConfigurationError,
    HarnessError,
    IndexUnreachableError,
    SelectionError,
)
from chatkit_harness.core.nouns import Pair, cell_id
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.scenarios.catalogue import load_all
from chatkit_harness.scenarios.catalogue import select as select_scenarios
from chatkit_harness.upstream import Cassette

from .cassettes import cassette_for
from .recorded import recorded_scenarios
from .settings import RunSettings

CHATKIT, AGENTS = "openai-chatkit", "openai-agents"
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCell:
    """A cell before its pins are known; `as_of` is None for `today`."""

    id: str
    pair: Pair
    interpreter: Interpreter
    resolution: str
    as_of: dt.datetime | None

    @property
    def requirements(self) -> list[str]:
        """What the resolver is asked for."""
        chatkit = [f"{CHATKIT}=={self.pair.chatkit}"] if self.pair.chatkit else []
        return [*chatkit, f"{AGENTS}=={self.pair.agents}"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that a run will do. `complaints` is what could not be asked, such as a stale index."""

    cells: tuple[PlannedCell, ...]
    scenarios: tuple[Scenario, ...]
    cassettes: Mapping[str, Cassette | None]
    index: Index
    complaints: tuple[HarnessError, ...] = ()


def make_plan(settings: RunSettings, index: Index) -> Plan:
    """The plan for these settings. Raises SelectionError and its kin where a name selects nothing."""
    require_known(settings.checks or ())
    scenarios = plan_scenarios(settings)
    cassettes = {scenario.id: cassette_for(scenario) for scenario in scenarios}
    return Plan(
        cells=tuple(make_cells(settings, index)),
        scenarios=tuple(scenarios),
        cassettes=cassettes,
        index=index,
        complaints=tuple(_stale(page) for page in _pages(index).values() if page.stale),
    )


def make_cells(settings: RunSettings, index: Index) -> list[PlannedCell]:
    """The cells asked for, in the order of the words. Raises SelectionError where one selects nothing."""
    interpreters = select_interpreters(settings.python)
    pairs = list(_pairs(settings, _pages(index)))
    words = [word.strip() for word in settings.resolution.split(",") if word.strip()]
    if not words:
        raise SelectionError("--resolution", "No resolution is named.", "Write contemporary,today.")
    minors = [interpreter.minor for interpreter in interpreters]
    cells = [
        _cell(chatkit, agents, interpreter, word, short=minors.count(interpreter.minor) == 1)
        for interpreter in interpreters
        for chatkit, agents in pairs
        for word in words
    ]
    return list({cell.id: cell for cell in cells}.values())


def plan_scenarios(settings: RunSettings) -> list[Scenario]:
    """The scenarios asked for: the project's own first, then the built-in ones, then recorded streams."""
    catalogue = load_all(scenario_folders(settings.scenario_folder))
    if settings.data is not None:
        catalogue.update({scenario.id: scenario for scenario in recorded_scenarios(settings.data)})
    wanted = select_scenarios(catalogue, settings.scenarios) if settings.scenarios else catalogue.values()
    chosen = [s for s in wanted if set(s.paths) & set(settings.paths)]
    if not chosen:
        raise SelectionError(
            "--scenario",
            "No scenario is selected, so nothing would run.",
            "See `chatkit-harness list scenarios`.",
        )
    return chosen


def scenario_folders(own: Path | None) -> list[Path]:
    """A project's own `scenarios/` (or the one named), then the built-in ones."""
    if own is not None and not own.is_dir():
        raise ConfigurationError(str(own), "There is no such folder of scenarios.", "Check --scenarios.")
    builtin = data_folder("scenarios")
    candidates = [own or Path.cwd() / "scenarios", builtin]
    found = [folder for folder in candidates if folder.is_dir()]
    return list({os.path.realpath(folder): folder for folder in found}.values())


def _pages(index: Index) -> dict[str, ProjectPage]:
    return {project: index.project(project) for project in (CHATKIT, AGENTS)}


def _pairs(settings: RunSettings, pages: Mapping[str, ProjectPage]) -> Iterable[tuple[Release, Release]]:
    chatkit, agents = pages[CHATKIT].releases, pages[AGENTS].releases
    if not settings.pairs:
        for one in _must(select(chatkit, settings.chatkit), "--chatkit"):
            for other in _must(select(agents, settings.agents), "--agents"):
                yield one, other
        return
    for pair in settings.pairs:
        left, colon, right = pair.partition(":")
        if not colon or not left or not right:
            raise SelectionError(
                f"--pair {pair}", "A pair is CHATKIT:AGENTS.", "Write --pair 1.6.5:0.24.0, for example."
            )
        for one in select(chatkit, left):
            for other in select(agents, right):
                yield one, other


def _must(found: Sequence[Release], flag: str) -> Sequence[Release]:
    if not found:
        raise SelectionError(flag, "No release is named.", "Write newest, for example.")
    return found


def _cell(
    chatkit: Release, agents: Release, interpreter: Interpreter, word: str, *, short: bool
) -> PlannedCell:
    as_of = instant_of(word, [chatkit, agents])
    pair = Pair(chatkit=chatkit.version, agents=agents.version)
    label = word
    if word not in ("contemporary", "today") and as_of is not None:
        label = word if _DATE.match(word) else as_of.strftime("%Y-%m-%dT%H:%M:%SZ")
    return PlannedCell(
        id=cell_id(pair, interpreter.minor if short else interpreter.version, label),
        pair=pair,
        interpreter=interpreter,
        resolution=label,
        as_of=as_of,
    )


def _stale(page: ProjectPage) -> HarnessError:
    return IndexUnreachableError(
        page.project,
        f"{page.stale} The releases that are known from before were used.",
        "Run again when the index answers.",
    )
