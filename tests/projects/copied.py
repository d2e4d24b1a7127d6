"""Copies of these projects, and commands in them that can reach no index unless one is given."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROJECTS = Path(__file__).parent
REFUSES = "http://127.0.0.1:9/simple"
"""An index that refuses every connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Exit status and all output of one command."""

    status: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A folder with a project, the tool that is run in it, and an empty cache beside it."""

    folder: Path
    tool: str

    @property
    def cache(self) -> Path:
        """Where the harness would keep what it asked of an index."""
        return self.folder.parent / "cache"

    def run(self, *words: str, index: str = REFUSES) -> Said:
        """Run the tool in the project's folder; by default without any index."""
        environment = {**_own(), "CHATKIT_HARNESS_CACHE": str(self.cache)}
        if index:
            environment |= dict.fromkeys(
                ("CHATKIT_HARNESS_INDEX", "UV_DEFAULT_INDEX", "PIP_INDEX_URL"), index
            )
        done = subprocess.run(
            [sys.executable, "-m", self.tool, *words],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Said(status=done.returncode, text=done.stdout)


def copied(name: str, place: Path, tool: str) -> Project:
    """A copy of the project of that name."""
    shutil.copytree(
        PROJECTS / name, place / name, ignore=shutil.ignore_patterns("__pycache__", ".*", "reports")
    )
    return Project(folder=place / name, tool=tool)


def written(files: Mapping[str, str], place: Path, tool: str) -> Project:
    """A project of nothing but these files."""
    folder = place / "project"
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Project(folder=folder, tool=tool)


def _own() -> dict[str, str]:
    """The environment without what nox, tox or a developer set for other runs than these."""
    begin = ("CHATKIT_HARNESS_DATA", "NOX", "TOX")
    return {name: value for name, value in os.environ.items() if not name.startswith(begin)}
