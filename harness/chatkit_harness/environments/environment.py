"""An environment a cell: made by uv from the cell's pins, fingerprinted, reused, rebuilt when broken."""

from __future__ import annotations

import json
import logging
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from packaging.utils import canonicalize_name

from chatkit_harness.core.errors import BuildError, HarnessError, IndexUnreachableError
from chatkit_harness.core.nouns import digest
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.interpreters import Interpreter
from chatkit_harness.machine.uv import UvResult, run_uv, shortened

from .integrity import (
    MADE_BY_UV,
    STAMP,
    damage,
    distribution,
    first_damage,
    one_spelling,
    python_of,
    site_packages,
    strange,
)
from .layer_files import disturbed, no_room, written

__all__ = ["STAMP", "Environment", "Environments", "site_packages", "trouble"]

Check = Callable[[Path, Path, set[str]], str | None]
"""Looks at one distribution: site-packages, its dist-info folder, and a set for what it owns there."""

logger = logging.getLogger("chatkit_harness.environment")


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A virtual environment with exactly the pins of a lock; `reused` if it stood already.

    One that is not `ours` was made by somebody else: nothing in it is changed.
    """

    folder: Path
    python: Path
    reused: bool
    ours: bool = True


class Environments:
    """The environments below one cache folder, each named by the hash of its pins and interpreter."""

    def __init__(self, cache: Cache, index: Index) -> None:
        self._cache = cache
        self._index = index

    def environment(self, pins: Mapping[str, str], interpreter: Interpreter) -> Environment:
        """The environment for these pins, made or reused.

        Raises BuildError with uv's reason where it cannot be made, and OutputError where the cache cannot be
        written.
        """
        with written(self._cache):
            return self._environment(pins, interpreter)

    def damage(self, pins: Mapping[str, str], interpreter: Interpreter) -> str | None:
        """What is wrong with the environment for these pins; None where it is whole."""
        with written(self._cache):
            return trouble(self._folder(pins, interpreter), pins, interpreter)

    def _folder(self, pins: Mapping[str, str], interpreter: Interpreter) -> Path:
        name = digest({"pins": dict(pins), "interpreter": interpreter.identity})[:24]
        return self._cache.folder("environments") / name

    def _environment(self, pins: Mapping[str, str], interpreter: Interpreter) -> Environment:
        """It is looked at again inside the lock: another run may have made it meanwhile."""
        folder = self._folder(pins, interpreter)
        python = python_of(folder)
        if trouble(folder, pins, interpreter) is None:
            return Environment(folder=folder, python=python, reused=True)
        with self._cache.lock(folder):
            found = trouble(folder, pins, interpreter)
            if found is None:
                return Environment(folder=folder, python=python, reused=True)
            logger.info("environment %s is made: %s", folder.name, found)
            try:
                self._build(folder, pins, interpreter)
            except BaseException:  # also Ctrl-C: half an environment is of use to nobody
                shutil.rmtree(folder, ignore_errors=True)
                raise
        return Environment(folder=folder, python=python, reused=False)

    def _build(self, folder: Path, pins: Mapping[str, str], interpreter: Interpreter) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        made = run_uv(
            ["venv", "--quiet", "--python", interpreter.path, str(folder)], ending=self._cache.ending
        )
        self._require_room(made)
        if made.status != 0:
            raise BuildError(
                interpreter.path,
                f"uv could not make an environment: {shortened(made.stderr, limit=300)}",
                "Name another interpreter with --python.",
            )
        wanted = "".join(f"{name}=={version}\n" for name, version in sorted(pins.items()))
        requirements = folder / "requirements.txt"
        requirements.write_text(wanted, encoding="utf-8")
        arguments = ["pip", "install", "--quiet", "--python", str(python_of(folder)), "--no-deps"]
        arguments += ["--only-binary", ":all:", "--default-index", self._index.url, "-r", str(requirements)]
        done = run_uv(arguments, ending=self._cache.ending)
        if done.status != 0 and not done.out_of_reach:
            # What uv remembers of the index may be older than the pins: a release of the last ten minutes.
            done = run_uv([*arguments, "--refresh"], ending=self._cache.ending)
        self._require_room(done)
        if done.status != 0:
            raise _refused(done.out_of_reach, shortened(done.stderr, limit=400))
        self._cache.write_json(folder / STAMP, _stamp(pins, interpreter))
        found = trouble(folder, pins, interpreter, check=partial(first_damage, self._cache))
        if found is not None:
            raise _refused(False, f"it is not whole after the installation: {found}")

    def _require_room(self, done: UvResult) -> None:
        """The disk is neither full nor changed by somebody else."""
        if done.no_room:
            raise no_room(self._cache, done)
        if done.status != 0 and done.disturbed(self._cache.root):
            raise disturbed("environment", done)


def _refused(out_of_reach: bool, reason: str) -> HarnessError:
    if out_of_reach:
        return IndexUnreachableError(
            "environment", f"A package could not be fetched: {reason}", "Check the network, run again."
        )
    return BuildError(
        "environment", f"uv could not install the pins: {reason}", "Run again with -v to see more."
    )


def _stamp(pins: Mapping[str, str], interpreter: Interpreter) -> dict[str, object]:
    return {"pins": dict(pins), "interpreter": interpreter.identity}


def trouble(
    folder: Path, pins: Mapping[str, str], interpreter: Interpreter, *, check: Check = damage
) -> str | None:
    """What is wrong with an environment, or None when it is whole.

    Whole is: finished for these pins and this interpreter, with these distributions in these versions and
    no other, every file of their RECORDs there with its recorded size, and nothing beside them that a
    `import` or the start of the interpreter would find. `check` looks at one distribution.
    """
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return "it was never finished"
    if stamp != _stamp(pins, interpreter):
        return "it was made for other pins or another interpreter"
    if not python_of(folder).exists():
        return "its interpreter is gone"
    packages = site_packages(folder)
    if packages is None:
        return "its site-packages folder is gone"
    infos = sorted(packages.glob("*.dist-info"))
    present = Counter(distribution(info) for info in infos)
    wanted = Counter((str(canonicalize_name(name)), one_spelling(pin)) for name, pin in pins.items())
    if present != wanted:
        other = sorted(f"{name} {version}" for name, version in (present - wanted) + (wanted - present))
        return f"other distributions are installed: {', '.join(other[:3])}"
    owned = set(MADE_BY_UV)
    for info in infos:
        found = check(packages, info, owned)
        if found:
            return found
    return strange(packages, owned)
