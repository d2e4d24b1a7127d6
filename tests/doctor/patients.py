"""Environments with the real packages, and what is done to them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cli.command import call
from uv import find_uv_bin

CHATKIT, AGENTS = "openai-chatkit==1.2.0", "openai-agents==0.5.1"
BLOCKER = "ImportError: cannot import name 'InputGuardrailTripwireTriggered' from 'agents' (unknown location)"
THEN = "2025-11-17T00:00:00Z"
MINOR = f"python{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What `doctor --format json` said."""

    status: int
    document: dict[str, Any]

    @property
    def keys(self) -> list[str]:
        """The causes that it found."""
        return [each["key"] for each in self.document["causes"]]

    @property
    def cause(self) -> dict[str, Any]:
        """The only cause."""
        (cause,) = self.document["causes"]
        assert isinstance(cause, dict)
        return cause


def doctor(python: Path, *arguments: object) -> Diagnosis:
    """Examine an environment."""
    said = call("doctor", "--python", python, "--format", "json", *arguments)
    return Diagnosis(status=said.status, document=json.loads(said.out))


def apply(cause: dict[str, Any]) -> None:
    """Do what the cure of a cause says, as its reader would."""
    for command in cause["cure"]["commands"]:
        subprocess.run(command, check=True, capture_output=True, env={"PATH": "/usr/bin:/bin"})


def uv(*arguments: object) -> None:
    """Run uv."""
    command = [find_uv_bin(), *(str(each) for each in arguments)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def pip(folder: Path, what: str, *arguments: object) -> None:
    """Change an environment with uv, as pip would."""
    more = ["--link-mode", "copy", "--compile-bytecode"] if what == "install" else []
    uv("pip", what, "--python", python_of(folder), *more, *arguments)


def python_of(folder: Path) -> Path:
    return folder / "bin" / "python"


def packages_of(folder: Path) -> Path:
    return folder / "lib" / MINOR / "site-packages"


def venv(folder: Path, *arguments: object) -> Path:
    """An empty virtual environment that uv made."""
    uv("venv", "--python", sys.executable, *arguments, folder)
    return folder


def fill(packages: Path, model: Path) -> None:
    """Put another environment's packages here, as links to the very same files."""
    shutil.copytree(packages_of(model), packages, copy_function=os.link, dirs_exist_ok=True)


def copy(model: Path, folder: Path) -> Path:
    """A virtual environment of its own with the packages of another one."""
    venv(folder)
    fill(packages_of(folder), model)
    return folder


def rewrite(path: Path, text: str) -> None:
    """Write anew, not in place: other environments have links to the very same file."""
    path.unlink()
    path.write_text(text)


def files(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file below a folder, with its size and the time it was changed."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(each): (each.stat().st_size, each.stat().st_mtime_ns) for each in found}
