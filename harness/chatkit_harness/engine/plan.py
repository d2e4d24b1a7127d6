"""Plan: which cells, which scenarios, with which cassettes, settled before anything is built."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from chatkit_harness.cells.index import Index, ProjectPage
from chatkit_harness.cells.interpreters import Interpreter, select_interpreters
from chatkit_harness.cells.releases import Release
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

from .cases import PlannedCase, is_built_in, plan_cases
from .own import Own, find_own
from .pairs import AGENTS, CHATKIT, select_pairs
from .recorded import recorded_scenarios
from .settings import RunSettings

_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCell:
    """A cell before its pins are known; `as_of` is None for `today`."""

    id: str
    pair: Pair
    interpreter: Interpreter
    resolution: str
    as_of: dt.datetime | None
    too_young: str | None = None
    """Why no pins can exist: a release of the pair is younger than the instant asked for."""
    extras: tuple[str, ...] = ()
    """What the user's own server or workflow needs besides the pair."""

    @property
    def requirements(self) -> list[str]:
        """What the resolver is asked for."""
        chatkit = [f"{CHATKIT}=={self.pair.chatkit}"] if self.pair.chatkit else []
        return [*chatkit, f"{AGENTS}=={self.pair.agents}", *self.extras]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that a run will do. `complaints` is what could not be asked, such as a stale index."""

    cells: tuple[PlannedCell, ...]
    scenarios: tuple[Scenario, ...]
    cases: tuple[PlannedCase, ...]
    index: Index
    own: Own = field(default_factory=Own)
    complaints: tuple[HarnessError, ...] = ()
    notes: tuple[str, ...] = ()


def make_plan(settings: RunSettings, index: Index) -> Plan:
    """The plan for these settings. Raises SelectionError and its kin where a name selects nothing."""
    require_known(settings.checks or ())
    own = find_own(settings)
    scenarios = plan_scenarios(settings)
    cases = plan_cases(settings, scenarios, own.targets, known=known_scenarios(settings))
    if not cases:
        raise SelectionError(
            "--path", "None of the scenarios is for that path.", "See `chatkit-harness list scenarios`."
        )
    driven = {case.scenario.id for case in cases}
    cells = tuple(replace(cell, extras=own.requirements) for cell in make_cells(settings, index))
    return Plan(
        cells=cells,
        scenarios=tuple(scenario for scenario in scenarios if scenario.id in driven),
        cases=tuple(cases),
        index=index,
        own=own,
        complaints=tuple(_stale(page) for page in _pages(index).values() if page.stale),
        notes=tuple(
            dict.fromkeys(
                [*own.notes, *_unasked(settings, own, cases), *_differing(own, cells), *_future(cells)]
            )
        ),
    )


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


def _differing(own: Own, cells: Iterable[PlannedCell]) -> Iterator[str]:
    for pair in dict.fromkeys(cell.pair for cell in cells):
        yield from own.notes_on(pair)


def _future(cells: Iterable[PlannedCell]) -> Iterator[str]:
    now = dt.datetime.now(dt.UTC)
    for cell in cells:
        if cell.as_of is not None and cell.as_of > now and cell.resolution != "contemporary":
            yield f"{cell.resolution} lies in the future: it means the same as today."


def make_cells(settings: RunSettings, index: Index) -> list[PlannedCell]:
    """The cells asked for, in the order of the words. Raises SelectionError where one selects nothing."""
    interpreters = _told_apart(select_interpreters(settings.python))
    words = [_plain(word) for word in settings.resolution.split(",") if word.strip()]
    if not words:
        raise SelectionError("--resolution", "No resolution is named.", "Write contemporary,today.")
    pages = _pages(index)
    # `newest` as of an instant is what was newest then.
    asked = {word: list(select_pairs(settings, pages, _instant(word))) for word in words}
    pairs = dict.fromkeys(pair for found in asked.values() for pair in found)
    minors = [interpreter.minor for interpreter in interpreters]
    cells = [
        _cell(chatkit, agents, interpreter, word, short=minors.count(interpreter.minor) == 1)
        for interpreter in interpreters
        for chatkit, agents in pairs
        for word in words
        if (chatkit, agents) in asked[word]
    ]
    return list({cell.id: cell for cell in cells}.values())


def _instant(word: str) -> dt.datetime | None:
    return None if word in ("contemporary", "today") else instant_of(word, [])


def _told_apart(interpreters: list[Interpreter]) -> list[Interpreter]:
    versions = [interpreter.version for interpreter in interpreters]
    for version in versions:
        if versions.count(version) > 1:
            raise SelectionError(
                "--python", f"Two of the interpreters are both {version}.", "Name one of them only."
            )
    return interpreters


def plan_scenarios(settings: RunSettings) -> list[Scenario]:
    """The scenarios asked for: the project's own first, then the built-in ones, then recorded streams."""
    catalogue = known_scenarios(settings)
    chosen = select_scenarios(catalogue, settings.scenarios) if settings.scenarios else [*catalogue.values()]
    if (settings.server or settings.workflow) and not settings.scenarios:
        # What the built-in scenarios ask is for the tools of the reference server and its workflow.
        chosen = [scenario for scenario in chosen if not is_built_in(scenario)] or chosen
    if not chosen:
        raise SelectionError(
            "--scenario",
            "No scenario is selected, so nothing would run.",
            "See `chatkit-harness list scenarios`.",
        )
    return chosen


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
    candidates = [own or Path.cwd() / "scenarios", builtin]
    found = [folder for folder in candidates if folder.is_dir()]
    return list({os.path.realpath(folder): folder for folder in found}.values())


def _plain(word: str) -> str:
    return word.strip().lower() if word.strip().lower() in ("contemporary", "today") else word.strip()


def _pages(index: Index) -> dict[str, ProjectPage]:
    return {project: index.project(project) for project in (CHATKIT, AGENTS)}


def _cell(
    chatkit: Release | None, agents: Release, interpreter: Interpreter, word: str, *, short: bool
) -> PlannedCell:
    releases = [agents] if chatkit is None else [chatkit, agents]
    as_of = instant_of(word, releases)
    pair = Pair(chatkit=chatkit.version if chatkit else None, agents=agents.version)
    label = word
    if word not in ("contemporary", "today") and as_of is not None:
        label = word if _DATE.match(word) else as_of.strftime("%Y-%m-%dT%H:%M:%SZ")
    return PlannedCell(
        id=cell_id(pair, interpreter.minor if short else interpreter.version, label),
        pair=pair,
        interpreter=interpreter,
        resolution=label,
        as_of=as_of,
        too_young=_too_young(releases, as_of),
    )


def _too_young(releases: Sequence[Release], as_of: dt.datetime | None) -> str | None:
    for release in releases:
        if as_of is not None and release.uploaded is not None and release.uploaded > as_of:
            day = release.uploaded.strftime("%Y-%m-%d")
            asked = as_of.strftime("%Y-%m-%d %H:%M")
            return f"{release.project} {release.version} was uploaded on {day}, after {asked} UTC."
    return None


def _stale(page: ProjectPage) -> HarnessError:
    return IndexUnreachableError(
        page.project,
        f"{page.stale} The releases that are known from before were used.",
        "Run again when the index answers.",
    )
