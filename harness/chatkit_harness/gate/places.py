"""Where in the user's own file a distribution stands, so that a report can point at the line to change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatkit_harness.engine.sides import Side

_TABLE = re.compile(r"^\s*\[\[?[^\]]+\]\]?\s*(#.*)?$")
_VERSION = re.compile(r"^\s*version\s*=")
_LARGEST = 50_000_000
"""A file beyond this is no lock that anybody looks into."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A line of a file; `file` is relative to the top of the repository wherever it lies in one."""

    file: str
    line: int


class SideFile:
    """The file that a side was named by, read once; a side that is no file has no places.

    `folder` is where the side was named, the working folder by default.
    """

    def __init__(self, side: Side, folder: Path | None = None) -> None:
        self._name = None if side.file is None else _known_as(side, folder or Path.cwd())
        self._toml = side.file is not None and side.file.suffix in (".toml", ".lock")
        self._lines = _lines(side.file) if side.file is not None else []
        self._found: dict[str, int | None] = {}

    def place(self, distributions: Iterable[str] = ()) -> Place | None:
        """Where the first of these distributions that the file names stands, else its first line."""
        if self._name is None:
            return None
        lines = map(self._line, distributions)
        return Place(file=self._name, line=next((line for line in lines if line), 1))

    def _line(self, distribution: str) -> int | None:
        if distribution not in self._found:
            self._found[distribution] = line_of(self._lines, distribution, toml=self._toml)
        return self._found[distribution]


def _lines(path: Path) -> list[str]:
    try:
        if path.stat().st_size > _LARGEST:
            return []
        return path.read_bytes().decode("utf-8-sig", "replace").splitlines()
    except OSError:
        return []


def line_of(lines: Sequence[str], distribution: str, *, toml: bool) -> int | None:
    """The line, from 1, in which a requirements file, a lock or a pyproject.toml names a distribution.

    Of a lock it is the line of the version, which is what an upgrade changes.
    """
    spelt = r"[-_.]+".join(re.escape(part) for part in re.split(r"[-_.]+", distribution))
    if not toml:
        stands = re.compile(rf"\s*{spelt}\s*(\[|[=<>!~;@ #\\]|$)", re.IGNORECASE)
        return next((number for number, line in enumerate(lines, 1) if stands.match(line)), None)
    named = re.compile(rf"""\s*name\s*=\s*["']{spelt}["']\s*(#.*)?$""", re.IGNORECASE)
    for number, line in enumerate(lines, 1):
        if named.match(line):
            return _version_below(lines, number) or number
    written = re.compile(rf"""(["']{spelt}\s*(\[|[=<>!~;@ ]|["'])|^\s*{spelt}\s*=)""", re.IGNORECASE)
    return next((number for number, line in enumerate(lines, 1) if written.search(line)), None)


def _version_below(lines: Sequence[str], number: int) -> int | None:
    """The line of the version in the table whose name stands in that line."""
    for below, line in enumerate(lines[number:], number + 1):
        if _TABLE.match(line):
            return None
        if _VERSION.match(line):
            return below
    return None


def known_place(path: Path, folder: Path) -> str:
    """A file as a repository's tools name it: from its top, or as it is where it lies in none."""
    whole = (folder / path.expanduser()).resolve()
    top = _top(folder)
    for above in (top, folder.resolve()):
        if above is not None and whole.is_relative_to(above):
            return whole.relative_to(above).as_posix()
    return whole.as_posix()


def _known_as(side: Side, folder: Path) -> str:
    place = Path(side.place or "")
    if side.revision is None:
        return known_place(place, folder)
    top = _top(folder)
    # git takes a revision's paths from the top, and `./` from here; the gate tries both.
    if str(side.place).startswith("./") or (
        top is not None and (folder / place).is_file() and not (top / place).is_file()
    ):
        return known_place(place, folder)
    return place.as_posix()


def _top(folder: Path) -> Path | None:
    """The top of the repository that a folder lies in; `.git` is a file in a work tree of its own."""
    here = folder.resolve()
    return next((each for each in (here, *here.parents) if (each / ".git").exists()), None)
