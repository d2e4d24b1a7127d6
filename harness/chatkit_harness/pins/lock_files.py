"""A lock or requirements file as a resolution: what it pins for one interpreter, and what it leaves open."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from chatkit_harness.checkout.project import PAIR, project_requirements
from chatkit_harness.core.errors import ConfigurationError
from chatkit_harness.machine.interpreters import Interpreter
from chatkit_harness.machine.python_facts import marker_environment

from .lock_pylock import read_pylock
from .lock_requirements import read_pinned_requirements
from .lock_uv import read_uv_lock
from .pins import exact_version

CHATKIT, AGENTS = PAIR
_OTHERS = {
    "poetry.lock": "Write a file that it can be read from: poetry export -o requirements.txt.",
    "pdm.lock": "Write a file that can be read: pdm export -f pylock -o pylock.toml.",
    "Pipfile.lock": "Write a file that can be read: pipenv requirements > requirements.txt.",
    "conda-lock.yml": "Write a file that can be read: pip freeze > requirements.txt.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LockFile:
    """What a file pins for one interpreter, by normalised name; `label` is its name in cells' ids.

    Where it pins everything, `pins` holds that and nothing else is chosen. Else `pins` is empty, and
    `requirements` and `constraints` are what a resolver is to be asked for as of today. `chatkit` and
    `agents` are the pair that it pins, if any, and `pair_constraints` its ranges for those two, empty for any
    version. `notes` say what was left out, and why.
    """

    label: str
    pins: Mapping[str, str] = field(default_factory=dict)
    requirements: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    chatkit: str | None = None
    agents: str | None = None
    pair_constraints: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def open_pair(self) -> bool:
        """Whether it leaves a release of the pair to be chosen, though it names it."""
        found = {CHATKIT: self.chatkit, AGENTS: self.agents}
        unknown = [name for name in self.pair_constraints if found[name] is None]
        return not self.pins and bool(unknown or (self.agents is None and self.pair_constraints))


def read_lock(
    path: Path, interpreter: Interpreter, *, extras: Sequence[str] = (), groups: Sequence[str] | None = None
) -> LockFile:
    """What a file pins for an interpreter: uv.lock, pylock.toml, requirements, `pip freeze`, pyproject.toml.

    `extras` and `groups` are those of the locked project itself; without `groups` its default ones count.
    Nothing of the project is run. Raises ConfigurationError with file and line for what cannot be read, what
    is cut off, and what was locked for another Python or platform.
    """
    if path.name in _OTHERS:
        raise ConfigurationError(str(path), f"{path.name} is not among the forms read.", _OTHERS[path.name])
    if path.is_dir():
        raise ConfigurationError(str(path), "This is a folder.", "Name the lock file in it.")
    if path.suffix not in (".toml", ".lock"):
        return _from_requirements(path, interpreter)
    document = _toml(path)
    if "lock-version" in document and "package" not in document:
        pins, notes = read_pylock(path, document, interpreter, extras, groups)
        return _locked(path, pins, notes)
    if isinstance(document.get("version"), int) and "requires-python" in document:
        pins, notes = read_uv_lock(path, document, interpreter, extras, groups)
        return _locked(path, pins, notes)
    if path.name == "pyproject.toml":
        return _from_project(path, interpreter)
    raise ConfigurationError(
        str(path),
        "It is neither uv.lock nor pylock.toml, or it is cut off.",
        "Lock again, or name a requirements file.",
    )


def _toml(path: Path) -> Mapping[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigurationError(
            str(path), f"It cannot be read ({error.strerror}).", "Check its path."
        ) from None
    except UnicodeDecodeError:
        raise ConfigurationError(str(path), "It is not UTF-8 text.", "Lock again.") from None
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        why = str(error).strip().rstrip(".") or type(error).__name__
        named = re.search(r"at line (\d+)", why)
        line = named[1] if named else text.count("\n") + 1
        raise ConfigurationError(
            f"{path}:{line}", f"It is no TOML, or it is cut off: {why}.", "Lock again."
        ) from None


def _locked(path: Path, pins: Mapping[str, str], notes: Sequence[str]) -> LockFile:
    return LockFile(
        label=path.name,
        pins=dict(sorted(pins.items())),
        chatkit=pins.get(CHATKIT),
        agents=pins.get(AGENTS),
        notes=tuple(notes),
    )


def _from_requirements(path: Path, interpreter: Interpreter) -> LockFile:
    found = read_pinned_requirements(path, interpreter)
    if found.complete:
        return _locked(path, found.pins, found.notes)
    pair = {name: found.pins.get(name) for name in PAIR}
    left = f"{path.name} does not pin everything: what it leaves open is chosen as of today."
    return LockFile(
        label=path.name,
        requirements=found.requirements,
        constraints=found.constraints,
        chatkit=pair[CHATKIT],
        agents=pair[AGENTS],
        pair_constraints=found.pair_constraints,
        notes=(*found.notes, left),
    )


def _from_project(path: Path, interpreter: Interpreter) -> LockFile:
    found = project_requirements(path.parent, marker_environment(interpreter))
    ranges = dict(found.pair_constraints)
    pair = {name: exact_version(Requirement(f"{name}{wanted}")) for name, wanted in ranges.items()}
    return LockFile(
        label=path.name,
        requirements=found.requirements,
        chatkit=pair.get(CHATKIT),
        agents=pair.get(AGENTS),
        pair_constraints=ranges,
        notes=found.notes,
    )
