"""The cases of a run: which scenario on which path, answered by what, with which words of the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from chatkit_harness.core.data import data_folder
from chatkit_harness.core.errors import (
    ConfigurationError,
    MissingCassetteError,
    SelectionError,
    did_you_mean,
)
from chatkit_harness.core.kinds import kinds_inside
from chatkit_harness.core.scenario import Scenario, on_path
from chatkit_harness.upstream import Cassette, read_cassette

from .answers import SERVER as ANSWERS
from .answers import as_saved, missing_turns, saved_answers
from .cassettes import cassette_for
from .clients import judged_by, select_clients
from .settings import RunSettings
from .targets import AGENT_BUILDER, MEMORY, NATIVE, PATHS, StoreChoice, Target, Targets, of_case


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCase:
    """A case of every cell. `scenario` is as it is on this path; `skipped` is why it is driven nowhere, and
    `unrecorded` that the model's words were never recorded.

    `answers` are the files of saved answers by turn, where those stand in for driving. `client` are the
    releases of the client that were named to judge by. `digest` stands for all that the outcome rests on
    besides the cell.
    """

    scenario: Scenario
    path: str
    target: Target
    cassette: Cassette | None = None
    skipped: str | None = None
    unrecorded: MissingCassetteError | None = None
    answers: Mapping[int, Path] = field(default_factory=dict)
    store: StoreChoice | None = None
    client: str = "none"
    digest: str = ""

    @property
    def key(self) -> str:
        """What tells it from the other cases of a cell."""
        on = f"@{self.store_name}" if self.store_name != MEMORY else ""
        return f"{self.path}/{self.scenario.id}{on}"

    @property
    def store_name(self) -> str:
        """What results call the store."""
        return self.store.name if self.store is not None else MEMORY

    @property
    def kept_in(self) -> StoreChoice | None:
        """Where its threads are kept: of SQLite a file of its own, in which no other case's are seen."""
        return self.store if self.scenario.exam is not None else of_case(self.store, self.key)

    @property
    def server(self) -> str:
        """What results call the thing under test."""
        return ANSWERS if self.answers else self.target.name

    @property
    def seat(self) -> str:
        """Cases with the same one share a process: what is the user's own has one to itself."""
        own = self.target.is_own or (self.store is not None and self.store.path)
        return f"{self.target.name} {self.store_name}" if own else ""


def plan_cases(
    settings: RunSettings,
    scenarios: Iterable[Scenario],
    targets: Targets,
    *,
    known: Iterable[str] = (),
    cassettes: bool = True,
) -> list[PlannedCase]:
    """The cases of the scenarios on the paths asked for, scenario by scenario.

    `known` are the ids of scenarios that were not asked for, and may have saved answers all the same.
    Without `cassettes` nothing is read that the model is to say. Raises SelectionError for a path that there
    is not, CassetteError for a cassette that cannot be played, and where none of them was recorded.
    """
    _require_paths(settings.paths)
    scenarios = list(scenarios)
    answers: Mapping[str, Mapping[int, Path]] = {}
    if settings.answers is not None:
        answers = saved_answers(settings.answers, [*known, *(scenario.id for scenario in scenarios)])
    client = judged_by(select_clients(settings.clients))
    planned = []
    for scenario in scenarios:
        for path in PATHS:
            saved = answers.get(scenario.id, {}) if path == AGENT_BUILDER else {}
            if path in settings.paths and (path in scenario.paths or saved):
                if cassettes:
                    case = _planned(settings, scenario, path, targets, saved)
                else:
                    there, target = on_path(scenario, path), targets.of(scenario, path)
                    case = PlannedCase(scenario=there, path=path, target=target)
                case = replace(case, client=client)
                planned += [_on(case, store) for store in targets.stores_of(scenario, path)]
    unrecorded = [case.unrecorded for case in planned if case.unrecorded is not None]
    if unrecorded and len(unrecorded) == len(planned):
        raise unrecorded[0]
    return planned


def _on(case: PlannedCase, store: StoreChoice | None) -> PlannedCase:
    """The case on a store; what is the user's own goes on the cell's import path."""
    if store is None:
        return case
    target = replace(case.target, path=(*case.target.path, *store.path)) if store.path else case.target
    return replace(case, store=store, target=target)


def _require_paths(paths: Iterable[str]) -> None:
    for path in paths:
        if path not in PATHS:
            raise SelectionError(f"--path {path}", "There is no such path.", did_you_mean(path, PATHS))


def _planned(
    settings: RunSettings, scenario: Scenario, path: str, targets: Targets, saved: Mapping[int, Path]
) -> PlannedCase:
    target = targets.of(scenario, path)
    there = on_path(scenario, path)
    if path == AGENT_BUILDER and settings.answers is not None:
        return _answered(there, target, saved)
    if scenario.unreadable or scenario.unplayable:
        return PlannedCase(scenario=there, path=path, target=target)
    own = _own_cassette(settings, there, path, target)
    if own is not None:
        return PlannedCase(scenario=there, path=path, target=target, cassette=read_cassette(own))
    if target.kind == "running" and settings.upstream is None and scenario.exam is None:
        reason = (
            "its model is its own affair: point it at `chatkit-harness upstream`, and name that (--upstream)"
        )
        return PlannedCase(scenario=there, path=path, target=target, skipped=reason)
    unheard = next(kinds_inside(there), None)
    if target.kind == "running" and unheard is not None:
        reason = f"it asks for {unheard} (passes_on), which no client of a server that runs elsewhere sees"
        return PlannedCase(scenario=there, path=path, target=target, skipped=reason)
    if target.is_own and is_built_in(scenario) and scenario.exam is None:
        return PlannedCase(scenario=there, path=path, target=target, skipped=_unrecorded(there, path, target))
    try:
        return PlannedCase(scenario=there, path=path, target=target, cassette=cassette_for(there))
    except MissingCassetteError as error:  # of one scenario: the others are none the worse for it
        return PlannedCase(scenario=there, path=path, target=target, unrecorded=error)


def _answered(scenario: Scenario, target: Target, saved: Mapping[int, Path]) -> PlannedCase:
    missing = missing_turns(scenario, saved)
    beyond = [n for n in saved if n >= len(scenario.turns) or scenario.turns[n].user is None]
    if beyond:
        raise ConfigurationError(
            str(saved[beyond[0]]),
            f"The user says nothing in turn {beyond[0] + 1} of {scenario.id!r}.",
            "Rename the file, or remove it.",
        )
    if not saved:
        reason = f"no answer to it was saved ({scenario.id.replace('/', '-')}.txt)"
        return PlannedCase(scenario=scenario, path=AGENT_BUILDER, target=target, skipped=reason)
    if missing:
        raise ConfigurationError(
            f"the answers to {scenario.id!r}",
            f"Turn {missing[0]} has none.",
            f"Save it as {scenario.id.replace('/', '-')}.{missing[0]}.txt.",
        )
    return PlannedCase(scenario=as_saved(scenario), path=AGENT_BUILDER, target=target, answers=saved)


def cassette_name(scenario: Scenario, path: str) -> str:
    """The usual file name of a scenario's cassette on a path."""
    return f"{scenario.id}.yaml" if path == NATIVE else f"{scenario.id}.agent-builder.yaml"


def _own_cassette(settings: RunSettings, scenario: Scenario, path: str, target: Target) -> Path | None:
    """The user's own recording of a scenario, which counts before what the scenario says.

    It is looked for in the folder that was named, and beside the user's own server or workflow by itself.
    """
    if settings.cassettes is not None and not settings.cassettes.is_dir():
        raise ConfigurationError(
            str(settings.cassettes), "There is no such folder of cassettes.", "Check --cassettes."
        )
    folder = settings.cassettes or (Path.cwd() / "cassettes" if target.is_own else None)
    if folder is None or scenario.answer or scenario.server == "probe":
        return None
    named = folder / cassette_name(scenario, path)
    return named if named.is_file() and not _is_ours(named) else None


def _is_ours(path: Path) -> bool:
    """Whether a cassette comes with the harness: it was made for the built-in server and workflow."""
    return path.resolve().is_relative_to(data_folder("cassettes").resolve())


def is_built_in(scenario: Scenario) -> bool:
    """Whether a scenario comes with the harness."""
    return Path(scenario.source).resolve().is_relative_to(data_folder("scenarios").resolve())


def _unrecorded(scenario: Scenario, path: str, target: Target) -> str:
    if any(turn.http is not None for turn in scenario.turns):
        return f"it calls the HTTP side of the built-in server, and {target.name} is driven without one"
    option = "--workflow" if path == AGENT_BUILDER else "--server"
    return (
        f"the model's words in it are for the built-in one; record {target.name} with: "
        f"chatkit-harness record {option} ... --scenario {scenario.id} --live"
    )


def paths_of(cases: Iterable[PlannedCase]) -> Iterator[str]:
    """The paths that the cases take, each once, in the usual order."""
    taken = {case.path for case in cases}
    return (path for path in PATHS if path in taken)
