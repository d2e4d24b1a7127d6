"""An environment a cell: made by uv from the cell's pins, fingerprinted, reused, rebuilt when broken."""

from __future__ import annotations

import csv
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from chatkit_harness.core.errors import BuildError, IndexUnreachableError
from chatkit_harness.core.nouns import digest

from .cache import Cache
from .index import Index
from .interpreters import Interpreter
from .uv import run_uv, shortened

STAMP = "chatkit-harness.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A virtual environment with exactly the pins of a lock; `reused` if it stood already."""

    folder: Path
    python: Path
    reused: bool


class Environments:
    """The environments below one cache folder, each named by the hash of its pins and interpreter."""

    def __init__(self, cache: Cache, index: Index) -> None:
        self._cache = cache
        self._index = index

    def environment(self, pins: Mapping[str, str], interpreter: Interpreter) -> Environment:
        """The environment for these pins, made or reused.

        It is looked at again inside the lock: another run may have made it meanwhile. Raises BuildError
        with uv's reason where it cannot be made.
        """
        name = digest({"pins": dict(pins), "interpreter": interpreter.identity})[:24]
        folder = self._cache.folder("environments") / name
        python = _python(folder)
        if trouble(folder, pins) is None:
            return Environment(folder=folder, python=python, reused=True)
        with self._cache.lock(folder):
            if trouble(folder, pins) is None:
                return Environment(folder=folder, python=python, reused=True)
            self._build(folder, pins, interpreter)
        return Environment(folder=folder, python=python, reused=False)

    def _build(self, folder: Path, pins: Mapping[str, str], interpreter: Interpreter) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        made = run_uv(["venv", "--quiet", "--python", interpreter.path, str(folder)])
        if made.status != 0:
            raise BuildError(
                interpreter.path,
                f"uv could not make an environment: {shortened(made.stderr, limit=300)}",
                "Name another interpreter with --python.",
            )
        wanted = "".join(f"{name}=={version}\n" for name, version in sorted(pins.items()))
        requirements = folder / "requirements.txt"
        requirements.write_text(wanted, encoding="utf-8")
        arguments = ["pip", "install", "--quiet", "--python", str(_python(folder)), "--no-deps"]
        arguments += ["--only-binary", ":all:", "--default-index", self._index.url, "-r", str(requirements)]
        done = run_uv(arguments)
        if done.status != 0:
            self._refuse(folder, done.out_of_reach, shortened(done.stderr, limit=400))
        document = {"pins": dict(pins), "interpreter": interpreter.identity}
        self._cache.write_json(folder / STAMP, document)
        found = trouble(folder, pins)
        if found is not None:
            self._refuse(folder, False, f"it is not whole after the installation: {found}")

    def _refuse(self, folder: Path, out_of_reach: bool, reason: str) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        if out_of_reach:
            raise IndexUnreachableError(
                "environment", f"A package could not be fetched: {reason}", "Check the network, run again."
            )
        raise BuildError(
            "environment", f"uv could not install the pins: {reason}", "Run again with -v to see more."
        )


def trouble(folder: Path, pins: Mapping[str, str]) -> str | None:
    """What is wrong with an environment, or None when it is whole.

    Whole is: finished, with these distributions and no other, and every file of their RECORDs there with
    its recorded size.
    """
    if not (folder / STAMP).is_file():
        return "it was never finished"
    if not _python(folder).exists():
        return "its interpreter is gone"
    packages = site_packages(folder)
    if packages is None:
        return "its site-packages folder is gone"
    present = {}
    for info in packages.glob("*.dist-info"):
        name, _dash, version = info.name.removesuffix(".dist-info").rpartition("-")
        present[str(canonicalize_name(name))] = (version, info)
    wanted = {str(canonicalize_name(name)) for name in pins}
    if set(present) != wanted:
        return f"other distributions are installed: {', '.join(sorted(set(present) ^ wanted)[:3])}"
    for _version, info in present.values():
        damage = _damage(packages, info)
        if damage:
            return damage
    return None


def _damage(packages: Path, info: Path) -> str | None:
    try:
        rows = list(csv.reader((info / "RECORD").read_text(encoding="utf-8").splitlines()))
    except OSError:
        return f"{info.name} has no RECORD"
    for row in rows:
        if not row or row[0].endswith(".pyc"):
            continue
        try:
            size = (packages / row[0]).stat().st_size
        except OSError:
            return f"{row[0]} is missing"
        if len(row) > 2 and row[2] and int(row[2]) != size:
            return f"{row[0]} was changed"
    return None


def site_packages(folder: Path) -> Path | None:
    """The environment's site-packages folder."""
    if sys.platform == "win32":
        found = [folder / "Lib" / "site-packages"]
    else:
        found = sorted((folder / "lib").glob("python3.*/site-packages"))
    return found[0] if found and found[0].is_dir() else None


def _python(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
