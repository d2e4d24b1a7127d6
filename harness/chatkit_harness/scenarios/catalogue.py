"""Which scenarios there are, which of them are meant, and where their cassettes are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from chatkit_harness.core.data import data_folder
from chatkit_harness.core.errors import (
    CassetteError,
    MissingCassetteError,
    ScenarioError,
    SelectionError,
    did_you_mean,
    nearest,
)
from chatkit_harness.core.scenario import Scenario

from .load import load_scenario

EVERYDAY = "everyday"
"""The group of the built-in scenarios that lie in no folder of their own: what users ask every day."""
_SUFFIXES = (".yaml", ".yml")


def load_all(folders: Sequence[Path], *, named: Path | None = None) -> dict[str, Scenario]:
    """The scenarios of several folders by id, in the order of the folders and of their file names.

    Where two folders have the same id the earlier folder's scenario counts: a project's own replaces a
    built-in one, and its `replaces` tells which. `named` is the folder that the user asked for by name,
    if any. Raises ScenarioError for a file that is not valid, for an id that stands twice in one folder,
    and where `named` holds no scenario.
    """
    if named is not None and not _files(named):
        raise ScenarioError(str(named), "the folder holds no scenario.", _elsewhere(named))
    catalogue: dict[str, Scenario] = {}
    for folder in folders:
        for name, scenario in load_folder(folder).items():
            first = catalogue.setdefault(name, scenario)
            if first is not scenario and not first.replaces:
                catalogue[name] = replace(first, replaces=scenario.source)
    return catalogue


def _elsewhere(folder: Path) -> str:
    """Where scenarios may be instead: in `scenarios/` of a project whose own folder was named."""
    below = folder / "scenarios"
    if below.is_dir() and _files(below):
        return f"Did you mean {str(below)!r}?"
    return "Name a folder with scenarios in *.yaml or *.yml files."


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(each for each in folder.iterdir() if each.suffix in _SUFFIXES)
    except OSError as trouble:
        cause = f"the folder of scenarios cannot be read ({trouble.strerror or trouble})."
        raise ScenarioError(str(folder), cause, "Name a folder that can be read.") from None


def load_folder(folder: Path) -> dict[str, Scenario]:
    """The scenarios of one folder by id. Raises ScenarioError as `load_all` does."""
    if folder.is_relative_to(data_folder("scenarios")):
        return dict(_shipped(folder))
    return _read(folder)


@cache
def _shipped(folder: Path) -> dict[str, Scenario]:
    """What is shipped is read once: a gate asks for it several times, and nobody changes it meanwhile."""
    return _read(folder)


def _read(folder: Path) -> dict[str, Scenario]:
    found: dict[str, Scenario] = {}
    for path in _files(folder):
        scenario = load_scenario(path)
        other = found.setdefault(scenario.id, scenario)
        if other is not scenario:
            cause = f"the id {scenario.id!r} is already that of {Path(other.source).name}."
            raise ScenarioError(str(path), cause, "Give one of the two another id.")
    return found


def select(catalogue: Mapping[str, Scenario], names: Iterable[str]) -> list[Scenario]:
    """The scenarios that names stand for, each once, in the order of the names.

    A name is an id, a pattern (`*-documented`), a group (`recorded-streams` for all ids below it, `catalogue`
    for the built-in folder of that name, `everyday` for those in none; without what is driven only where it
    is named) or the path of a scenario file. Raises SelectionError, with the nearest id, for a name that
    selects nothing, and ScenarioError for a file that is not valid.
    """
    chosen: dict[str, Scenario] = {}
    for name in names:
        for scenario in _named(catalogue, name):
            chosen.setdefault(scenario.id, scenario)
    return list(chosen.values())


def _named(catalogue: Mapping[str, Scenario], name: str) -> list[Scenario]:
    if name in catalogue:
        return [catalogue[name]]
    if name.endswith(_SUFFIXES) and not any(sign in name for sign in "*?["):
        return [load_scenario(Path(name))]
    found = [
        scenario
        for known, scenario in catalogue.items()
        if fnmatchcase(known, name) or known.startswith(f"{name}/") or _of_group(scenario, name)
    ]
    if not found:
        cause = "no scenario has that name."
        groups = filter(None, map(_group, catalogue.values()))
        raise SelectionError(
            f"scenario {name!r}", cause, did_you_mean(name, [*dict.fromkeys(groups), *catalogue])
        )
    return found


def _of_group(scenario: Scenario, name: str) -> bool:
    """Whether a group has a scenario; one that is driven only on request is in none."""
    return _group(scenario) == name and not scenario.on_request


def _group(scenario: Scenario) -> str | None:
    """The built-in folder that a scenario lies in, or the one that it replaces; None for a project's own."""
    folder, built_in = Path(scenario.replaces or scenario.source).parent, data_folder("scenarios")
    if folder == built_in:
        return EVERYDAY
    return folder.name if folder.parent == built_in else None


def cassette_path(scenario: Scenario) -> Path:
    """The file of the cassette that a scenario names.

    A relative path is below the folder that holds the scenarios' folder, where `cassettes/` lies beside
    it. Raises MissingCassetteError, saying how to record it, where there is no such file.
    """
    live = "" if scenario.script else " --live"
    record = f"Record it with: chatkit-harness record{live} --scenario {scenario.id}"
    if scenario.model is None:
        cause = "the scenario names no cassette."
        raise CassetteError(f"scenario {scenario.id!r}", cause, "Give it a 'model' or a 'script'.")
    path = Path(scenario.source).parent.parent / scenario.model
    if not path.is_file():
        beside = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
        near = nearest(path.name, beside, limit=1)
        hint = f" (the nearest there is {near[0]})" if near else ""
        cause = f"the cassette of scenario {scenario.id!r} does not exist{hint}."
        raise MissingCassetteError(str(path), cause, record)
    return path
