"""Causes that lie in where Python looks: not installed there, something else first, or installed twice."""

from __future__ import annotations

import os
from typing import Dict, Iterator, List, Optional, Set, Tuple

from .cures import cure, install, reinstall, uninstall
from .nouns import MODULES, OLDEST, Cause, Cure, Distribution, Facts, Module, Place, Unmet
from .places import below
from .rules_files import NAME, installed_folders, is_wanted
from .rules_versions import ranges_on
from .uses import WRONG
from .versions import version, within

_OF_THE_ENVIRONMENT = ("site-packages", "base site-packages", "standard library")
_ESSENTIAL = {"openai-agents": "agents", "openai-chatkit": "chatkit"}


def missing_here(facts: Facts) -> Iterator[Cause]:
    """openai-agents, or openai-chatkit, is not installed in the interpreter that runs."""
    missing = [name for name, module in _ESSENTIAL.items() if _is_missing(facts, name, module)]
    if not missing or _numbers(facts.environment.version) < OLDEST:
        return
    agents = facts.module("agents")
    elsewhere = _served_elsewhere(facts)
    evidence = [f"{facts.environment.executable} finds no {' and no '.join(missing)} on its import path"]
    if "openai-agents" in missing:
        evidence += [_not_a_package(facts, each) for each in agents.places if agents.kind == "namespace"]
    evidence += [each for each, _version in elsewhere]
    known = next((found for _words, found in elsewhere if found), "")
    pin = f"=={known}" if known and "openai-agents" in missing else ""
    requirements = [f"openai-agents{pin}" if each == "openai-agents" else each for each in missing]
    kept = [_pin(facts, each) for each in _ESSENTIAL if each not in missing]
    where = facts.environment.site_packages or facts.environment.prefix
    yield Cause(
        "missing-here",
        missing[0],
        f"The Python that runs has no {' and no '.join(missing)}",
        facts.told(f"{NAME}' from 'agents'", f"No module named '{_ESSENTIAL[missing[0]]}"),
        tuple(evidence),
        install(
            facts.environment,
            [*requirements, *kept],
            [_installed(requirements, where)],
        ),
    )


def _installed(requirements: List[str], where: str) -> str:
    they, are = ("it requires", "is") if len(requirements) == 1 else ("they require", "are")
    return f"{' and '.join(requirements)}, with what {they}, {are} installed in {where}."


def _is_missing(facts: Facts, name: str, module: str) -> bool:
    """Whether a distribution is not there, nor its folder, nor the other project that is taken for it."""
    left_behind = bool(installed_folders(facts.module(module)))
    instead = name == "openai-agents" and facts.first("agents") is not None
    failing = any(f"import {module}" in each.statement or f"from {module}" in each.statement
                  for each in facts.failed())  # fmt: skip
    return facts.first(name) is None and failing and not left_behind and not instead


def _pin(facts: Facts, name: str) -> str:
    found = facts.first(name)
    return f"{name}=={found.version}" if found else name


def _not_a_package(facts: Facts, folder: str) -> str:
    place = _entry(facts, folder)
    where = f" ({_words(place)})" if place else ""
    return (
        f"{folder}{where} has no __init__.py: Python takes it for a namespace package, which has no location"
    )


def _served_elsewhere(facts: Facts) -> List[Tuple[str, str]]:
    """What pip on PATH says of itself where it serves another Python, and the agents that is there."""
    found: Dict[str, Tuple[str, str]] = {}
    for each in facts.programs:
        if each.name.startswith("pip") and not each.same:
            has = f", where openai-agents {each.agents} is" if each.agents else ""
            words = (
                f"`{each.name}` is {each.path}, and installs into {each.serves} (Python {each.python}){has}"
            )
            found.setdefault(each.serves, (words, each.agents))
    return list(found.values())


def ahead(facts: Facts) -> Iterator[Cause]:
    """A module or package of the user's own stands before the one that a distribution brings."""
    for module in facts.modules:
        place = _own_place(facts, module)
        if place is None:
            continue
        file = module.places[0]
        path = os.path.dirname(file) if module.kind == "package" else file
        name, real = MODULES[module.name], facts.first(MODULES[module.name])
        evidence = [f"Python finds `{module.name}` in {file}: {_words(place)}"]
        if real is not None:
            evidence.append(f"{name} {real.version} is in {real.home}, which comes later")
        yield Cause(
            "own-module-ahead",
            module.name,
            f"{path} is called `{module.name}` and stands before {name}",
            facts.told(file, f"'{module.name}", module.name),
            tuple(evidence),
            _rename(path, place),
        )


def _own_place(facts: Facts, module: Module) -> Optional[Place]:
    """Where a module of the user's own lies that takes a distribution's place; None where there is none."""
    if module.kind not in ("package", "module"):
        return None
    file = module.places[0]
    copies = facts.copies(MODULES[module.name])
    other = facts.copies("agents") if module.name == "agents" else ()
    place = _entry(facts, os.path.dirname(file) if module.kind == "package" else file)
    if place is None or any(place.folder == each.home for each in (*copies, *other)):
        return None
    if not copies and installed_folders(module):
        return None  # what an installer left, not somebody's own
    if any(each.editable and below(file, each.editable) for each in copies):
        return None
    return place if copies or is_wanted(facts, module.name) else None


def _rename(path: str, place: Place) -> Cure:
    folder, name = os.path.split(path)
    new = os.path.join(folder, f"own_{name}")
    advice = "The file is yours, so --fix leaves it alone. Change what imports it accordingly"
    if place.kind == "PYTHONPATH":
        advice += f"; or take {place.folder} out of PYTHONPATH"
    command = ("move" if os.name == "nt" else "mv", path, new)
    return Cure((command,), (f"{path} is renamed to {new}.",), "you", f"{advice}.")


def _entry(facts: Facts, path: str) -> Optional[Place]:
    """The entry of the import path that a top-level module or package lies in."""
    folder = os.path.realpath(os.path.dirname(path))
    return next((each for each in facts.places if os.path.realpath(each.folder) == folder), None)


def _words(place: Place) -> str:
    words = {
        "working directory": "the folder that the program starts in comes first on the import path",
        "PYTHONPATH": "PYTHONPATH names its folder",
        "path file": f"{place.by} puts its folder on the import path",
        "start-up": "something that runs at the start of Python puts its folder on the import path",
    }
    return words.get(place.kind, f"the {place.kind}")


def twice(facts: Facts) -> Iterator[Cause]:
    """A distribution is there twice, and what Python finds is not what the environment holds."""
    for name in twice_in_one_folder(facts):
        yield _two_records(facts, name)
    for name in sorted(hidden(facts)):
        copies = facts.copies(name)
        before, after = copies[0], next(each for each in copies if each.place in _OF_THE_ENVIRONMENT)
        yield Cause(
            "installed-twice",
            name,
            f"{name} is installed twice: {before.version} ({before.place}) hides {after.version}",
            facts.told(before.home, MODULES_OF.get(name, name), NAME),
            (
                f"{before.info}: {name} {before.version}, {before.place}, comes first",
                f"{after.info}: {name} {after.version}, {after.place}, comes later",
                *(
                    f"{each.owner} {each.version} requires {each.name}{each.ranges}"
                    for each in _about(facts, name)
                ),
            ),
            _remove_first(facts, before),
        )


MODULES_OF = {owner: module for module, owner in MODULES.items()}


def _about(facts: Facts, name: str) -> List[Unmet]:
    return [each for each in facts.unmet if name in (each.name, each.owner)]


def twice_in_one_folder(facts: Facts) -> Set[str]:
    """The distributions of which one folder holds the metadata of two versions."""
    found: Set[str] = set()
    for each in facts.distributions:
        there = [c for c in facts.copies(each.name) if c.home == each.home and c.version != each.version]
        if there:
            found.add(each.name)
    return found


def hidden(facts: Facts) -> Set[str]:
    """The distributions whose copy in the environment another version hides, where something is wrong."""
    found: Set[str] = set()
    for name in {each.name for each in facts.distributions}:
        copies = facts.copies(name)
        own = next((each for each in copies if each.place in _OF_THE_ENVIRONMENT), None)
        if own is None or copies[0].place in _OF_THE_ENVIRONMENT or own.version == copies[0].version:
            continue
        concerned = any(name in (each.owner, each.name) for each in facts.unmet)
        lacking = bool(facts.lacks) and name in ("openai", "openai-agents")
        shown = any(
            copies[0].home in text for each in facts.failed() for text in (each.message, *each.frames)
        )
        if concerned or lacking or shown:
            found.add(name)
    return found


def _two_records(facts: Facts, name: str) -> Cause:
    first = facts.copies(name)[0]
    copies = [each for each in facts.copies(name) if each.home == first.home]
    ranges = ranges_on(facts, name)
    allowed = [each for each in copies if within(each.version, ranges) is not False]
    whole = [each for each in allowed or copies if each.record == "whole"]
    best = max(whole or allowed or copies, key=lambda each: (version(each.version) or version("0"),))
    removal = uninstall(facts.environment, name, times=len(copies))
    anew = reinstall(facts.environment, best, first=removal)
    versions = " and ".join(each.version for each in copies)
    change = f"All copies of {name} in {first.home} are removed, and {best.version} is installed anew."
    return Cause(
        "installed-twice",
        name,
        f"{name} is installed twice in one folder: {versions}",
        facts.told(MODULES_OF.get(name, name)),
        tuple(f"{each.info}: {_whole(each)}" for each in copies),
        Cure(anew.commands, (change,), anew.by, anew.advice),
    )


def _whole(found: Distribution) -> str:
    good = found.files - len(found.missing) - len(found.changed)
    return f"{good} of its {found.files} files are as it says"


def _remove_first(facts: Facts, found: Distribution) -> Cure:
    changes = (f"{found.name} {found.version} is removed from {found.home}.",)
    environment = facts.environment
    if found.place == "user site-packages" and environment.has_pip:
        return cure(environment, uninstall(environment, found.name), changes)
    advice = f"Take {found.name} out of {found.home}"
    if found.place == "PYTHONPATH":
        advice += f", or {found.home} out of PYTHONPATH"
    if environment.uv:
        where = ("--python", environment.executable, "--target", found.home)
        command = (environment.uv, "pip", "uninstall", *where, found.name)
        return Cure((command,), changes, "you", f"{advice}: other programs may rely on it.")
    return Cure((), changes, "you", f"{advice}.")


def wrong_name(facts: Facts) -> Iterator[Cause]:
    """Somebody imports `openai_agents`, which is no module of any release."""
    said = [each.said for each in facts.failed() if each.lacking.partition(".")[0] == WRONG]
    if not said:
        return
    files = tuple(dict.fromkeys(each.place.rpartition(":")[0] for each in facts.uses))
    command = ("sed", "-i.bak", f"s/{WRONG}/agents/g", *files)
    yield Cause(
        "wrong-module-name",
        WRONG,
        "No release of openai-agents has a module `openai_agents`: its module is called `agents`",
        said[0],
        tuple(f"{each.place}: {each.text}" for each in facts.uses),
        Cure(
            (command,) if files else (),
            tuple(f"{each}: {WRONG} becomes agents." for each in files),
            "you",
            "Write `from agents import ...`. The code is yours, so --fix leaves it alone.",
        ),
    )


def _numbers(text: str) -> Tuple[int, ...]:
    return tuple(int(each) for each in text.split(".")[:2])
