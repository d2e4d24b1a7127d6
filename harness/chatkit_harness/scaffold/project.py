"""What a project has already: its lock file, its CI system, its settings."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from chatkit_harness.checkout.layout import read_pyproject, table
from chatkit_harness.checkout.project import PAIR, project_requirements
from chatkit_harness.core.errors import SelectionError

CI = Literal["github", "gitlab", "none"]

PYPROJECT = "pyproject.toml"
NO_LOCK = "No file here says which versions run: the newest are driven, and no CI job is written."
GITLAB_FILE = ".gitlab-ci.yml"
_WHOLE = ("uv.lock", "pylock.toml")
_LOCKS = (*_WHOLE, "requirements.txt", "requirements.lock")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project as its folder shows it.

    `lock` is the file that says which versions run (relative, None for none), `top` the repository's folder
    (None outside of git), `below` the way from there to the project (empty at its top). `settings` is
    `[tool.chatkit-harness]`, None where there is no such table. `requires_python` is the range that the
    project declares.
    """

    folder: Path
    lock: str | None
    top: Path | None
    below: str
    ci: CI
    settings: Mapping[str, Any] | None = None
    requires_python: str = ""
    notes: tuple[str, ...] = ()


def read_project(folder: Path, *, lock: str | None = None, ci: CI | None = None) -> Project:
    """What is there. Raises ConfigurationError for a pyproject.toml that cannot be read, SelectionError for
    a lock file that is not there.
    """
    document = read_pyproject(folder)
    if lock is not None:
        lock = _named(folder, lock)
    top = next((each for each in (folder, *folder.parents) if (each / ".git").exists()), None)
    chosen = lock or _lock(folder)
    tool = table(document, "tool")
    own = tool.get("chatkit-harness")
    notes = [] if chosen else [NO_LOCK]
    if top is None:
        notes.append("This folder is in no git repository: the CI job takes the older versions from git.")
    return Project(
        folder=folder,
        lock=chosen,
        top=top,
        below=folder.relative_to(top).as_posix() if top is not None and top != folder else "",
        ci=ci or _ci(top or folder),
        settings=own if isinstance(own, Mapping) else None,
        requires_python=_python(folder, document),
        notes=tuple(notes),
    )


def _named(folder: Path, lock: str) -> str:
    """The lock file as a way from the project's folder, which is how a CI names it."""
    path = folder / Path(lock).expanduser()
    if not path.is_file():
        raise SelectionError(f"--lock {lock}", "There is no such file.", "Check its path.")
    if not path.resolve().is_relative_to(folder.resolve()):
        raise SelectionError(
            f"--lock {lock}", "It lies outside of the project.", "Run init in the folder that has it."
        )
    return path.resolve().relative_to(folder.resolve()).as_posix()


def _lock(folder: Path) -> str | None:
    """The file that says which versions run: a lock, or requirements that name one of the pair."""
    others = sorted(each.name for each in folder.glob("requirements*.txt"))
    for name in dict.fromkeys([*_LOCKS, *others]):
        path = folder / name
        if path.is_file() and (name in _WHOLE or _names_pair(path)):
            return name
    return PYPROJECT if _declares_pair(folder) else None


def _names_pair(path: Path) -> bool:
    text = path.read_text(encoding="utf-8", errors="replace").lower().replace("_", "-")
    return any(name in text for name in PAIR)


def _declares_pair(folder: Path) -> bool:
    found = project_requirements(folder)
    return found.source == PYPROJECT and bool(found.pair_constraints)


def _ci(top: Path) -> CI:
    if (top / GITLAB_FILE).is_file() and not (top / ".github").is_dir():
        return "gitlab"
    if (top / ".github").is_dir():
        return "github"
    return "gitlab" if "gitlab" in _remotes(top) else "github"


def _remotes(top: Path) -> str:
    """The lines of the repository's configuration that say where it is kept."""
    try:
        text = (top / ".git" / "config").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(line for line in text.lower().splitlines() if line.strip().startswith("url"))


def _python(folder: Path, document: Mapping[str, Any]) -> str:
    """The Pythons that the lock, or else the project, is for."""
    try:
        locked = tomllib.loads((folder / "uv.lock").read_text(encoding="utf-8")).get("requires-python")
    except (OSError, ValueError):
        locked = None
    declared = locked or table(document, "project").get("requires-python")
    return declared if isinstance(declared, str) else ""
