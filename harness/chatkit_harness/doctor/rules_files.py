"""Causes that lie in the files of a distribution: missing, changed, or written over by another one."""

from __future__ import annotations

import os
import re
from typing import Iterator, List, Optional, Set, Tuple

from .cures import cure, install, reinstall, uninstall
from .nouns import MODULES, Cause, Cure, Distribution, Facts, Module
from .places import below

NAME = "InputGuardrailTripwireTriggered"
_OTHER_PROJECT = "agents"
_ITS_FILES = re.compile(r"agents/(__init__\.py|(algorithms|parts|scripts|tools)/.*)")
"""What the unrelated distribution `agents` brings, and takes with it when it goes."""
_CODE = (".py", ".so", ".pyd", ".dylib")
_SITES = ("site-packages", "dist-packages")
_SHOWN = 5


def on_top(facts: Facts) -> Iterator[Cause]:
    """The unrelated distribution `agents` is there, on top of openai-agents, before it, or instead of it."""
    other, own = facts.first(_OTHER_PROJECT), facts.first("openai-agents")
    found = facts.module("agents")
    if other is None or not facts.failed() or not any(below(each, other.home) for each in found.places):
        return
    evidence = [
        f"{other.info}: agents {other.version} is installed, which has nothing to do with openai-agents"
    ]
    if own is None:
        evidence.append("openai-agents is not installed; its name is openai-agents, its module's is agents")
    elif own.home == other.home and own.record == "damaged":
        evidence += _damage(own)
    elif own.home == other.home:
        return
    else:
        evidence.append(f"It is found before openai-agents {own.version} in {own.home}")
    yield Cause(
        "agents-on-top",
        "openai-agents",
        f"The unrelated distribution agents {other.version} has taken the module `agents`",
        facts.told("agents", "tensorflow"),
        tuple(evidence),
        _without(facts, other, own),
    )


def _without(facts: Facts, other: Distribution, own: Optional[Distribution]) -> Cure:
    """Remove the other project, and put openai-agents where it is wanted."""
    removal = uninstall(facts.environment, other.name)
    removed = f"The distribution {other.name} {other.version} is removed from {other.home}."
    if own is None:
        changes = (removed, "openai-agents is installed, with what it requires.")
        return install(facts.environment, ["openai-agents"], changes, first=removal)
    if own.home != other.home:
        return cure(facts.environment, removal, (removed,))
    found = reinstall(facts.environment, own, first=removal)
    return Cure(found.commands, (removed, *found.changes), found.by, found.advice)


def taken_along(facts: Facts) -> Iterator[Cause]:
    """`pip uninstall agents` took the files with it that both distributions own."""
    own = facts.first("openai-agents")
    if own is None or not _was_taken_along(own, facts):
        return
    folder = os.path.join(own.home, "agents")
    yield Cause(
        "agents-uninstalled",
        "openai-agents",
        "agents/__init__.py was taken away, most likely when the unrelated distribution `agents` was "
        "uninstalled",
        facts.told(f"{NAME}' from 'agents'", "agents"),
        (
            f"{own.info}: openai-agents {own.version} is installed, with {own.files} files",
            f"{_paths(own, own.missing)} missing; the distribution agents owns it too, and takes it along",
            f"The rest is there: {folder} without __init__.py is a namespace package, which has no location",
        ),
        reinstall(facts.environment, own),
    )


def _was_taken_along(own: Distribution, facts: Facts) -> bool:
    alone = facts.first(_OTHER_PROJECT) is None and not own.changed
    return bool(own.missing) and alone and all(_ITS_FILES.fullmatch(each) for each in own.missing)


def half_installed(facts: Facts, skip: Set[str]) -> Iterator[Cause]:
    """Files are missing as an installation or a removal leaves them that was cut short."""
    own = facts.first("openai-agents")
    for each in _in_use(facts):
        taken = each is own and _was_taken_along(each, facts)
        gone = [path for path in each.missing if _is_code(path)]
        unrecorded = each.record == "missing" and each.installer in ("pip", "uv")
        if each.name in skip or taken or not (gone or unrecorded):
            continue
        if gone:
            number = f"{len(each.missing)} of {each.files} files"
            evidence = [f"{_paths(each, each.missing)} missing"]
        else:
            number = "the list of its files (RECORD)"
            evidence = [f"{os.path.join(each.info, 'RECORD')} is missing"]
        yield Cause(
            "half-installed",
            each.name,
            f"{each.name} {each.version} is half installed: {number} missing",
            facts.told(*_modules(each)),
            (f"{each.info}: {each.name} {each.version}", *evidence, *_put_aside(facts, each.home)),
            reinstall(facts.environment, each),
        )
    yield from _left_behind(facts)


def _left_behind(facts: Facts) -> Iterator[Cause]:
    """A folder of a distribution in site-packages, of which nothing else is left."""
    for module in facts.modules:
        name = MODULES[module.name]
        there = installed_folders(module)
        if not there or facts.first(name) is not None or facts.first(module.name) is not None:
            continue
        # A whole package does its work without metadata, as where they were stripped to save space.
        if module.kind == "package" and not is_wanted(facts, module.name):
            continue
        lacks = "has no __init__.py and " if module.kind == "namespace" else ""
        yield Cause(
            "half-installed",
            name,
            f"{name} is half installed: its folder is there, its metadata is not",
            facts.told(f"from '{module.name}'", f"'{module.name}", module.name),
            (
                f"{there[0]} {lacks}belongs to no distribution",
                *_put_aside(facts, os.path.dirname(there[0])),
            ),
            install(facts.environment, [name], [f"{name} is installed, with what it requires."]),
        )


def installed_folders(module: Module) -> Tuple[str, ...]:
    """The folders of a package, regular or namespace, that lie where installers put them."""
    found: Tuple[str, ...] = module.places if module.kind == "namespace" else ()
    if module.kind == "package":
        found = tuple(os.path.dirname(each) for each in module.places)
    return tuple(each for each in found if os.path.basename(os.path.dirname(each)) in _SITES)


def is_wanted(facts: Facts, module: str) -> bool:
    """Whether something that failed names a module, or a distribution lacks the one that brings it."""
    failing = any(module in each.statement for each in facts.failed())
    return failing or any(each.name == MODULES[module] for each in facts.unmet)


def changed(facts: Facts, skip: Set[str]) -> Iterator[Cause]:
    """Files are not the ones that were installed."""
    for each in _in_use(facts):
        files = [file for file in each.changed if _is_code(file.path)]
        if each.name in skip or not files or each.editable:
            continue
        number = "1 file is" if len(files) == 1 else f"{len(files)} files are"
        yield Cause(
            "files-changed",
            each.name,
            f"{number} not what {each.name} {each.version} installed",
            facts.told(*_modules(each)),
            tuple(_damage(each)),
            reinstall(facts.environment, each),
        )


def _in_use(facts: Facts) -> List[Distribution]:
    """Of each distribution the copy that Python finds."""
    found = [facts.first(name) for name in dict.fromkeys(each.name for each in facts.distributions)]
    return [each for each in found if each is not None]


def _damage(found: Distribution) -> Iterator[str]:
    claimed = {path: claim for claim in found.claims for path in claim.paths}
    if found.missing:
        yield f"{_paths(found, found.missing)} missing"
    for each in found.changed[:_SHOWN]:
        claim = claimed.get(each.path)
        whose = f", and {claim.by} {claim.version} says that it is its own" if claim else ""
        path = os.path.join(found.home, each.path)
        yield f"{path}: RECORD says {each.recorded}, on the disk is {each.found}{whose}"
    if len(found.changed) > _SHOWN:
        yield f"and {len(found.changed) - _SHOWN} more"


def _paths(found: Distribution, paths: Tuple[str, ...]) -> str:
    shown = ", ".join(os.path.join(found.home, each) for each in paths[:_SHOWN])
    more = (
        f" and {len(paths) - _SHOWN} more are"
        if len(paths) > _SHOWN
        else " is"
        if len(paths) == 1
        else " are"
    )
    return shown + more


def _put_aside(facts: Facts, home: str) -> Iterator[str]:
    for each in facts.leftovers:
        if os.path.dirname(each) == home:
            yield f"{each} was put aside by a pip that was interrupted"


def _is_code(path: str) -> bool:
    return path.endswith(_CODE) and not {"test", "tests"} & set(path.split("/"))


def _modules(found: Distribution) -> Tuple[str, ...]:
    names = [module for module, owner in MODULES.items() if owner == found.name]
    name = names[0] if names else found.name.replace("-", "_")
    return f"from '{name}", f"'{name}", name
