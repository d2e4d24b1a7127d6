"""Examines a patient: everything that is known of it, in one document. Nothing is changed."""

from __future__ import annotations

import os
from typing import Dict, List, Mapping, Sequence, Set, Tuple

from .calls import lacking_arguments
from .disk import examined, installed, leftovers, owners
from .launch import check_python, find_python, look
from .nouns import MATTER, MODULES, STATEMENTS, Distribution, Facts, Module, Unmet
from .places import places
from .programs import programs
from .requirements import holds, requirement
from .surroundings import environment
from .uses import WRONG, wrong_imports
from .versions import within


def examine(python: str, cwd: str, statements: Sequence[str] = (), uv: str = "") -> Facts:
    """What is found in the environment of `python` by a program that starts in `cwd`.

    `python` is an interpreter, an environment's folder or a name on PATH; `statements` are tried besides the
    usual ones; `uv` is used for cures where there is none on PATH. Raises CannotExamineError.
    """
    path = find_python(python)
    check_python(path, cwd)
    uses = wrong_imports(cwd)
    tried = [*STATEMENTS, *statements, *([f"import {WRONG}"] if uses else [])]
    seen, attempts = look(path, cwd, list(MODULES), list(dict.fromkeys(tried)))
    folders = places(seen, cwd)
    everything = installed(folders)
    wanted, unmet, unjudged = required(everything, seen["markers"])
    known = owners(everything)
    modules = tuple(
        Module(name, told["kind"], tuple(told["places"])) for name, told in seen["modules"].items()
    )
    return Facts(
        environment=environment(seen, folders, uv),
        cwd=cwd,
        places=folders,
        distributions=tuple(examined(each, known) for each in everything if each.name in wanted),
        modules=modules,
        attempts=tuple(attempts),
        unmet=tuple(unmet),
        unjudged=tuple(unjudged),
        lacks=tuple(lacking_arguments(_homes(modules))),
        uses=tuple(uses),
        leftovers=leftovers(folders),
        programs=tuple(programs(seen["prefix"], folders, cwd)),
        markers=dict(seen["markers"]),
    )


def required(
    everything: Sequence[Distribution], variables: Mapping[str, str]
) -> Tuple[Set[str], List[Unmet], List[str]]:
    """Whose files are worth looking at, which requirements are unmet, and which cannot be judged.

    Worth looking at is all that matters, with whatever chatkit and agents require, and what that requires.
    """
    first: Dict[str, Distribution] = {}
    for each in everything:
        first.setdefault(each.name, each)
    wanted = {*MATTER, "agents"}
    unmet: List[Unmet] = []
    unjudged: List[str] = []
    done: Set[str] = set()
    waiting = [name for name in MATTER if name in first]
    while waiting:
        owner = first[waiting.pop(0)]
        if owner.name in done:
            continue
        done.add(owner.name)
        for line in owner.requires:
            needed = requirement(line)
            applies = holds(needed.marker, variables) if needed else None
            if needed is None or applies is None:
                unjudged.append(f"{owner.name} {owner.version} requires {line}")
                continue
            if not applies:
                continue
            wanted.add(needed.name)
            found = first.get(needed.name)
            fits = within(found.version, needed.ranges) if found else False
            if fits is None:
                unjudged.append(f"{owner.name} {owner.version} requires {line}")
            elif not fits:
                version = found.version if found else ""
                unmet.append(Unmet(owner.name, owner.version, needed.name, needed.ranges, version))
            if found is not None:
                waiting.append(needed.name)
    return wanted, unmet, unjudged


def _homes(modules: Tuple[Module, ...]) -> Dict[str, str]:
    """The folders that hold agents, chatkit and openai, where they are regular packages."""
    found = {}
    for each in modules:
        if each.name in ("agents", "chatkit", "openai") and each.kind == "package":
            found[each.name] = os.path.dirname(os.path.dirname(each.places[0]))
    return found
