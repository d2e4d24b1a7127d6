"""Cells of environments that stand already: used as they are, never made, changed or kept."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from chatkit_harness.core.errors import BuildError, ConfigurationError, HarnessError, SelectionError
from chatkit_harness.core.nouns import Pair, cell_id, digest
from chatkit_harness.core.redaction import redact_text
from chatkit_harness.environments.environment import Environment
from chatkit_harness.environments.installed import Share, Standing, read_standing, seen
from chatkit_harness.machine.interpreters import Interpreter, own_environment, select_interpreters
from chatkit_harness.pins.resolve import Lock

from .grounds import Place
from .own import requirement_of
from .pairs import AGENTS, CHATKIT
from .plan_cell import PlannedCell
from .settings import INSTALLED, RunSettings


class NotInstalledError(SelectionError):
    """What is to be driven is not in the environment that is named."""

    code = "not-installed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingLock(Lock):
    """The versions in an environment; `mark` differs where a file of theirs does."""

    mark: str

    @property
    def digest(self) -> str:
        """Equal digests are the same environment in the same state."""
        return digest({"pins": dict(self.pins), "mark": self.mark})


def installed_cells(settings: RunSettings) -> list[PlannedCell]:
    """A cell for each environment that `--python` names; without it, for the one that runs the harness.

    Raises SelectionError where nothing in it can be driven, or where versions are named beside it.
    """
    if settings.versions_named and settings.resolution.strip().lower() == INSTALLED:
        raise SelectionError(
            "--resolution installed",
            "An environment has its own versions, and others are named.",
            "Leave out --pair, --chatkit and --agents, or name another resolution.",
        )
    if settings.executor.startswith("dask://"):
        raise ConfigurationError(
            f"--executor {settings.executor}",
            "The environment is on this machine only.",
            "Use another executor.",
        )
    found = select_interpreters(settings.python) if settings.python else [own_environment()]
    minors = {interpreter.version: interpreter.minor for interpreter in found}
    cells: dict[str, PlannedCell] = {}
    for interpreter in found:
        short = list(minors.values()).count(interpreter.minor) == 1
        cell = _cell(settings, interpreter, interpreter.minor if short else interpreter.version)
        if cells.setdefault(cell.id, cell) is not cell:
            raise SelectionError(
                f"--python {shown(Path(interpreter.path))}",
                f"Another environment has the same pair and Python ({cell.pair}, {interpreter.version}).",
                "Name one of them at a time.",
            )
    return list(cells.values())


def _cell(settings: RunSettings, interpreter: Interpreter, python: str) -> PlannedCell:
    try:
        standing = read_standing(interpreter)
    except BuildError as error:
        raise SelectionError(f"--python {error.culprit}", error.cause, error.next_step) from None
    pair = Pair(
        chatkit=_version(standing, CHATKIT, interpreter) if CHATKIT in standing.versions else None,
        agents=_version(standing, AGENTS, interpreter),
    )
    for each in settings.extras:
        _require_installed(each, standing)
    return PlannedCell(
        id=cell_id(pair, python, INSTALLED),
        pair=pair,
        interpreter=interpreter,
        resolution=INSTALLED,
        as_of=None,
        standing=standing,
    )


def _version(standing: Standing, name: str, interpreter: Interpreter) -> str:
    where = shown(Path(interpreter.path))
    step = f"See what is there: chatkit-harness doctor --python {where}"
    version = standing.versions.get(name)
    if version is None:
        raise NotInstalledError(f"--python {where}", f"{name} is not installed there.", step)
    try:
        return str(Version(version))
    except InvalidVersion:
        raise SelectionError(
            f"--python {where}", f"The metadata of {name} there tells no version.", step
        ) from None


def _require_installed(text: str, standing: Standing) -> None:
    """What is asked for by name is there, or nothing is driven: nothing can be added to what stands."""
    wanted = Requirement(requirement_of(text))
    version = standing.versions.get(str(canonicalize_name(wanted.name)))
    if version is None or not wanted.specifier.contains(version, prereleases=True):
        raise SelectionError(
            f"--with {text}",
            f"The environment has {wanted.name} {version}." if version else "It is not installed there.",
            "Install it there, or choose another resolution.",
        )


def require_none_stands(planned: PlannedCell) -> PlannedCell:
    """The cell, for commands that make its environment. Raises ConfigurationError where it stands already."""
    if planned.standing is not None:
        raise ConfigurationError(
            "--resolution installed",
            "This command makes the environment that it needs.",
            "Name contemporary, today, an instant or a lock file.",
        )
    return planned


def shown(path: Path) -> str:
    """A path as it is named here: from the working directory where it lies below."""
    full = Path(os.path.abspath(path))  # noqa: PTH100 - a link to an interpreter is not to be followed
    below = full.is_relative_to(Path.cwd())
    return str(full.relative_to(Path.cwd())) if below else redact_text(str(full))


def share_of(planned: PlannedCell, standing: Standing) -> Share:
    """What the cell sees: what the pair and the user's own need, and what nothing else requires."""
    return seen(standing, [CHATKIT, AGENTS, *planned.extras, *planned.on_top], planned.interpreter)


def standing_lock(planned: PlannedCell, standing: Standing) -> StandingLock:
    """The pins of a cell whose environment stands."""
    share = share_of(planned, standing)
    return StandingLock(pins=share.pins, as_of=None, mark=share.mark)


class InstalledGround:
    """An environment that stands, and a fresh process for each cell in it."""

    def __init__(self, planned: PlannedCell, standing: Standing) -> None:
        self.believed: set[object] = set()
        self._planned = planned
        self._folder = standing.folder
        self._share = share_of(planned, standing)

    def place(self, pins: Mapping[str, str], interpreter: Interpreter) -> Place:  # noqa: ARG002 - they are what stands
        """See Ground."""
        environment = Environment(folder=self._folder, python=Path(interpreter.path), reused=True, ours=False)
        return Place(isolation=INSTALLED, environment=environment, reused=True, hidden=self._share.hidden)

    def damage(self, pins: Mapping[str, str], interpreter: Interpreter) -> str | None:  # noqa: ARG002 - they are what stands
        """See Ground: only what was changed since the run began counts, however it looked then."""
        try:
            now = share_of(self._planned, read_standing(interpreter))
        except HarnessError as error:
            return error.cause.rstrip(".")
        return None if now == self._share else "it is not what it was when the run began"

    def forget(self) -> None:
        """See Ground."""

    def close(self) -> None:
        """See Ground."""
