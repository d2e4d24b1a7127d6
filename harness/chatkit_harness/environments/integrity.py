"""Whether installed distributions are whole: what their RECORDs say against what lies on the disk."""

from __future__ import annotations

import base64
import csv
import hashlib
import os
import posixpath
import sys
from collections.abc import Iterator
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from chatkit_harness.machine.cache import Cache

STAMP = "chatkit-harness.json"
MADE_BY_UV = ("__pycache__", "_virtualenv.py", "_virtualenv.pth")
"""What may lie in site-packages although no distribution brought it."""

DEPTH = 2 if sys.platform == "win32" else 3
"""How many folders site-packages lies below the folder that everything is installed into."""

_CHUNK = 1 << 20


def site_packages(folder: Path) -> Path | None:
    """The site-packages folder of an environment, or of anything laid out like one."""
    if sys.platform == "win32":
        found = [folder / "Lib" / "site-packages"]
    else:
        found = sorted((folder / "lib").glob("python3.*/site-packages"))
    return found[0] if found and found[0].is_dir() else None


def python_of(folder: Path) -> Path:
    """The interpreter of a virtual environment."""
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def distribution(info: Path) -> tuple[str, str]:
    """The normalised name and version that a dist-info folder stands for."""
    name, _dash, version = info.name.removesuffix(".dist-info").rpartition("-")
    return str(canonicalize_name(name)), one_spelling(version)


def one_spelling(version: str) -> str:
    """One spelling for each version: a wheel may call itself 2024.01 where its pin is 2024.1."""
    try:
        return str(Version(version))
    except InvalidVersion:
        return version


def record(info: Path) -> Iterator[tuple[str, str, str]]:
    """Path, checksum and size of each file in a RECORD, as they are written there.

    Raises OSError, ValueError or csv.Error for a RECORD that is none.
    """
    for row in csv.reader((info / "RECORD").read_text(encoding="utf-8").splitlines()):
        if row:
            path, checksum, size, *_more = [*row, "", ""]
            if leads_out(path):
                raise ValueError(f"{path} leads out of the environment")
            yield path, checksum, size


def leads_out(path: str) -> bool:
    """Whether a path relative to site-packages leaves the folder that everything is installed into."""
    if posixpath.isabs(path):
        return True
    return ".." in path and posixpath.normpath(path).startswith("../" * (DEPTH + 1))


def damage(packages: Path, info: Path, owned: set[str], *, deep: bool = False) -> str | None:
    """What is wrong with one distribution; the top-level names of its files are added to `owned`.

    Each file of its RECORD is there with the recorded size; with `deep` also with the recorded checksum,
    which reads everything: done once, after the installation.
    """
    owned.add(info.name)
    base = f"{packages}{os.sep}"
    try:
        for path, checksum, size in record(info):
            owned.add(path.partition("/")[0])
            if path.endswith(".pyc"):
                continue
            found = os.stat(base + path)  # noqa: PTH116 - of thousands of files: Path takes four times as long
            if size and int(size) != found.st_size:
                return f"{path} was changed"
            if deep and checksum and not _matches(packages / path, checksum):
                return f"{path} is not what the RECORD says"
    except FileNotFoundError as error:
        return f"{Path(error.filename).name} of {info.name} is missing"
    except (OSError, ValueError, csv.Error) as error:
        return f"the RECORD of {info.name} cannot be followed ({error})"
    return None


def first_damage(
    cache: Cache, packages: Path, info: Path, owned: set[str], *, again: bool = False
) -> str | None:
    """As `damage`, and `deep` where nobody has read this distribution's files through before, or `again`."""
    try:
        record_digest = hashlib.sha256((info / "RECORD").read_bytes()).hexdigest()
    except OSError as error:
        return f"the RECORD of {info.name} cannot be followed ({error})"
    mark = cache.folder("read-through") / f"{info.name}-{record_digest[:24]}"
    known = mark.exists() and not again
    found = damage(packages, info, owned, deep=not known)
    if found is None and not known:
        cache.write_bytes(mark, b"")
    return found


def _matches(file: Path, checksum: str) -> bool:
    """Whether a file has the checksum; one by a method that this Python has not is believed."""
    method, _equals, wanted = checksum.partition("=")
    if method not in hashlib.algorithms_guaranteed or method.startswith("shake") or not file.is_file():
        return True
    found = hashlib.new(method)
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            found.update(chunk)
    return base64.urlsafe_b64encode(found.digest()).rstrip(b"=").decode() == wanted.rstrip("=")


def strange(packages: Path, owned: set[str]) -> str | None:
    """The first thing in site-packages that is neither owned nor harmless."""
    names = sorted(
        entry.name for entry in packages.iterdir() if entry.name not in owned and not harmless(entry)
    )
    return f"{names[0]} belongs to no distribution" if names else None


def harmless(entry: Path) -> bool:
    """An empty folder that no import can name, as some wheels leave one: `PyYAML.libs`."""
    return not entry.name.isidentifier() and entry.is_dir() and not any(entry.iterdir())
