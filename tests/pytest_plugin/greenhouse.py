"""The project `plain_pytest` with an environment of its own, and pytest in it as its users run it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from uv import find_uv_bin

from chatkit_harness.environments.environment import site_packages

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "tests/projects/plain_pytest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Exit status and all output of one session of pytest."""

    status: int
    text: str

    @property
    def ids(self) -> list[str]:
        """The items that `--collect-only -q` listed."""
        return [line for line in self.text.splitlines() if "::" in line and not line.startswith("ERROR")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Greenhouse:
    """A copy of the project, and the interpreter of its environment."""

    folder: Path
    python: Path

    def write(self, files: Mapping[str, str]) -> None:
        """Add or replace files of the project."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def change(self, name: str, before: str, after: str) -> None:
        """Replace a part of one of its files, which has to be there."""
        text = (self.folder / name).read_text(encoding="utf-8")
        assert before in text
        self.write({name: text.replace(before, after)})

    def pytest(self, *words: str, inside: str = ".") -> Said:
        """A session of pytest, without what this session's own pytest was told."""
        done = subprocess.run(
            [str(self.python), "-m", "pytest", *words],
            cwd=self.folder / inside,
            # Elsewhere it would clear away what other sessions left, which may take minutes.
            env={**_environment(), "PYTEST_DEBUG_TEMPROOT": str(self.folder.parent)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Said(status=done.returncode, text=done.stdout)


def copied(python: Path, place: Path) -> Greenhouse:
    """A copy of the project for one test."""
    shutil.copytree(PROJECT, place / "greenhouse", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    return Greenhouse(folder=place / "greenhouse", python=python)


def wheel(place: Path) -> Path:
    """The harness as it is released, built without network."""
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(place), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (found,) = place.glob("*.whl")
    return found


def environment(place: Path, *requirements: str) -> Path:
    """The interpreter of a new environment with these requirements."""
    uv = find_uv_bin()
    python = place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(place)], check=True)
    install = [uv, "pip", "install", "--quiet", "--python", str(python), *requirements]
    subprocess.run(install, check=True, capture_output=True)
    return python


@contextlib.contextmanager
def taken_away(python: Path, distribution: str) -> Iterator[None]:
    """An environment that knows nothing of a distribution, for as long as this lasts."""
    packages = site_packages(python.parent.parent)
    assert packages is not None
    (info,) = packages.glob(f"{distribution}-*.dist-info")
    aside = info.rename(packages / f"{distribution}.aside")
    try:
        yield
    finally:
        aside.rename(info)


def _environment() -> dict[str, str]:
    begin = ("PYTEST", "CHATKIT_HARNESS_DATA", "COV_")
    return {name: value for name, value in os.environ.items() if not name.startswith(begin)}
