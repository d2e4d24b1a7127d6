"""An environment a cell: made by uv from the cell's pins, fingerprinted, reused, rebuilt when broken."""

from __future__ import annotations

import csv
import json
import logging
import shutil
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from chatkit_harness.core.errors import BuildError, HarnessError, IndexUnreachableError
from chatkit_harness.core.nouns import digest

from .cache import Cache
from .index import Index
from .interpreters import Interpreter
from .uv import run_uv, shortened

STAMP = "chatkit-harness.json"
MADE_BY_UV = ("__pycache__", "_virtualenv.py", "_virtualenv.pth")
"""What may lie in site-packages although no distribution brought it."""

logger = logging.getLogger("chatkit_harness.environment")


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
        if trouble(folder, pins, interpreter) is None:
            return Environment(folder=folder, python=python, reused=True)
        with self._cache.lock(folder):
            found = trouble(folder, pins, interpreter)
            if found is None:
                return Environment(folder=folder, python=python, reused=True)
            logger.info("environment %s is made: %s", name, found)
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
        done = run_uv(arguments, ending=self._cache.ending)
        if done.status != 0:
            raise _refused(done.out_of_reach, shortened(done.stderr, limit=400))
        self._cache.write_json(folder / STAMP, _stamp(pins, interpreter))
        found = trouble(folder, pins, interpreter)
        if found is not None:
            raise _refused(False, f"it is not whole after the installation: {found}")


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


def trouble(folder: Path, pins: Mapping[str, str], interpreter: Interpreter) -> str | None:
    """What is wrong with an environment, or None when it is whole.

    Whole is: finished for these pins and this interpreter, with these distributions in these versions and
    no other, every file of their RECORDs there with its recorded size, and nothing beside them that a
    `import` or the start of the interpreter would find.
    """
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return "it was never finished"
    if stamp != _stamp(pins, interpreter):
        return "it was made for other pins or another interpreter"
    if not _python(folder).exists():
        return "its interpreter is gone"
    packages = site_packages(folder)
    if packages is None:
        return "its site-packages folder is gone"
    infos = sorted(packages.glob("*.dist-info"))
    present = Counter(_distribution(info) for info in infos)
    wanted = Counter((str(canonicalize_name(name)), _version(pin)) for name, pin in pins.items())
    if present != wanted:
        other = sorted(f"{name} {version}" for name, version in (present - wanted) + (wanted - present))
        return f"other distributions are installed: {', '.join(other[:3])}"
    owned = set(MADE_BY_UV)
    for info in infos:
        damage = _damage(packages, info, owned)
        if damage:
            return damage
    strange = sorted(
        entry.name for entry in packages.iterdir() if entry.name not in owned and not _harmless(entry)
    )
    return f"{strange[0]} belongs to no distribution" if strange else None


def _harmless(entry: Path) -> bool:
    """An empty folder that no import can name, as some wheels leave one: `PyYAML.libs`."""
    return not entry.name.isidentifier() and entry.is_dir() and not any(entry.iterdir())


def _distribution(info: Path) -> tuple[str, str]:
    name, _dash, version = info.name.removesuffix(".dist-info").rpartition("-")
    return str(canonicalize_name(name)), _version(version)


def _version(text: str) -> str:
    """One spelling for each version: a wheel may call itself 2024.01 where its pin is 2024.1."""
    try:
        return str(Version(text))
    except InvalidVersion:
        return text


def _damage(packages: Path, info: Path, owned: set[str]) -> str | None:
    """What is wrong with one distribution; the top-level names of its files are added to `owned`."""
    owned.add(info.name)
    try:
        for row in csv.reader((info / "RECORD").read_text(encoding="utf-8").splitlines()):
            if not row:
                continue
            owned.add(row[0].partition("/")[0])
            if row[0].endswith(".pyc"):
                continue
            size = (packages / row[0]).stat().st_size
            if len(row) > 2 and row[2] and int(row[2]) != size:
                return f"{row[0]} was changed"
    except FileNotFoundError as error:
        return f"{Path(error.filename).name} of {info.name} is missing"
    except (OSError, ValueError, csv.Error) as error:
        return f"the RECORD of {info.name} cannot be followed ({error})"
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
