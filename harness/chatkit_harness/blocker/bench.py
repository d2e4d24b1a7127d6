"""A throwaway project with an environment of its own, what is done to it, and a record of that."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Sequence
from pathlib import Path

from chatkit_harness.core.errors import BuildError
from chatkit_harness.environments.environment import site_packages
from chatkit_harness.environments.integrity import python_of

from .shop import Shop
from .story import PROGRAM, server
from .surroundings import EXCLUDE_NEWER

VENV = ".venv"


class Bench:
    """A project with a copy of the model's environment, or of another one; recipes spoil it.

    `python` and `packages` are the environment's, `ahead` the folders that come before its packages on the
    program's import path, `environ` the program's variables; `steps` say what was done.
    """

    def __init__(self, shop: Shop, name: str, *, model: Path | None = None) -> None:
        self.shop = shop
        self.folder = shop.root / name
        self.folder.mkdir(parents=True)
        self.environ = dict(shop.environ)
        self.ahead = [self.folder]
        self.steps: list[str] = []
        shop.venv(self.venv)
        self.python, self.packages = python_of(self.venv), _packages_of(self.venv)
        fill(self.packages, _packages_of(model or shop.model))
        self.program(server(), told=False)

    @property
    def venv(self) -> Path:
        """The environment."""
        return self.folder / VENV

    def move(self, python: Path, packages: Path) -> None:
        """Let the project have the interpreter of another environment, with the packages that it has."""
        fill(packages, self.packages)
        shutil.rmtree(self.venv)
        self.python, self.packages = python, packages

    def install(self, *words: str, told: str = "") -> None:
        """`uv pip install` into the environment, from the index as of the story's day, or as it is today."""
        self._pip("install", words, told)

    def uninstall(self, *words: str, told: str = "") -> None:
        """`uv pip uninstall` from the environment."""
        self._pip("uninstall", words, told)

    def _pip(self, what: str, words: Sequence[str], told: str) -> None:
        how = ["--compile-bytecode", *self._as_of()] if what == "install" else []
        self.shop.uv("pip", what, "--quiet", "--python", str(self.python), *how, *words)
        self.tell(told or f"uv pip {what} {shlex.join(words)}")

    def take_todays(self) -> None:
        """From now on what is installed comes from the index as it is today; cures included."""
        self.environ.pop(EXCLUDE_NEWER, None)

    def _as_of(self) -> list[str]:
        instant = self.environ.get(EXCLUDE_NEWER)
        return ["--exclude-newer", instant] if instant else []

    def program(self, text: str, *, told: bool = True) -> None:
        """Write the team's program."""
        self.write(self.folder / PROGRAM, text, told=told)

    def write(self, path: Path, text: str, *, told: bool = True) -> None:
        """Write a file anew: never in place, because other environments have links to the same one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(text, encoding="utf-8")
        if told:
            self.tell(f"{self.name(path)} is written")

    def remove(self, *paths: Path, told: str) -> None:
        """Take files away."""
        for path in paths:
            path.unlink()
        self.tell(told)

    def tell(self, step: str) -> None:
        """Note what was done."""
        self.steps.append(step)

    def name(self, path: Path) -> str:
        """A path as the steps tell it: within the project."""
        return str(path.relative_to(self.folder)) if path.is_relative_to(self.folder) else str(path)


def fill(packages: Path, model: Path) -> None:
    """Put another environment's packages here, as links to the very same files where that is possible."""
    shutil.copytree(model, packages, copy_function=_linked, dirs_exist_ok=True)


def _linked(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:
        if not Path(target).exists():
            shutil.copy2(source, target)
    return target


def _packages_of(folder: Path) -> Path:
    found = site_packages(folder)
    if found is None:
        raise BuildError(str(folder), "This environment has no folder for packages.", "Run again.")
    return found
