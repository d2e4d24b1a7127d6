"""A repository made for a test: a small ChatKit project, locked as of November 2025, and upgrades of it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from uv import find_uv_bin

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "tests/projects/gated"
AS_OF = "2025-11-20T00:00:00Z"
CULPRIT_BUDGET = "culprit-budget = 600"
"""In the settings, which end the file: no test is to hang on how busy a machine is."""
_AUTHOR = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Ann"), ("EMAIL", "ann@example.com"))
}
_QUIET = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **_AUTHOR}


@dataclass(frozen=True, kw_only=True)
class MadeRepository:
    """A bare repository that stands for the hosted one, and the working copy that it was made from."""

    origin: Path
    work: Path

    def branch(self, name: str, *upgrades: str) -> None:
        """A branch of main on which these packages were locked anew, as a bot does it."""
        git(self.work, "checkout", "-q", "-B", name, "main")
        lock(self.work, *(word for each in upgrades for word in ("--upgrade-package", each)))
        self.push(name, f"Raise {', '.join(upgrades)}")

    def push(self, branch: str, message: str) -> None:
        """Commit everything and push it."""
        git(self.work, "add", "--all")
        git(self.work, "commit", "-q", "-m", message)
        git(self.work, "push", "-q", "origin", branch)

    def checkout(self, branch: str, folder: Path) -> Path:
        """What a CI has of a branch: all branches of the origin, and that one's files."""
        git(folder.parent, "clone", "-q", str(self.origin), str(folder))
        git(folder, "checkout", "-q", "--detach", f"origin/{branch}")
        return folder


def made_repository(place: Path) -> MadeRepository:
    """The repository with its branch main."""
    work, origin = place / "work", place / "origin.git"
    shutil.copytree(PROJECT, work, ignore=shutil.ignore_patterns("__pycache__", "*.lock"))
    git(place, "init", "-q", "--bare", str(origin))
    git(work, "init", "-q", "-b", "main")
    git(work, "remote", "add", "origin", str(origin))
    (work / ".gitignore").write_text(".cache\nreports\n__pycache__\n")
    with (work / "pyproject.toml").open("a") as settings:
        settings.write(f"{CULPRIT_BUDGET}\n")
    lock(work, "--exclude-newer", AS_OF)
    made = MadeRepository(origin=origin, work=work)
    made.push("main", "Begin")
    return made


def lock(folder: Path, *words: str) -> None:
    """Have uv lock the project."""
    _run([find_uv_bin(), "lock", "--quiet", *words], folder)


def git(folder: Path, *words: str) -> None:
    """Run git, without anybody's settings."""
    _run(["git", *words], folder, _QUIET)


def _run(command: list[str], folder: Path, more: Mapping[str, str] | None = None) -> None:
    environ = {**os.environ, **(more or {})}
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stderr}"
