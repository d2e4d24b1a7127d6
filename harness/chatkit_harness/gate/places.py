"""Where in the user's own file a distribution stands, so that a report can point at the line to change."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
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
        self._files = [*_files(side, folder or Path.cwd())]
        self._found: dict[str, Place | None] = {}

    def place(self, distributions: Iterable[str] = ()) -> Place | None:
        """Where the file, or one that it includes, names the first of these distributions; else its start."""
        if not self._files:
            return None
        places = map(self._place, distributions)
        return next((place for place in places if place), Place(file=self._files[0].name, line=1))

    def _place(self, distribution: str) -> Place | None:
        if distribution not in self._found:
            found = ((each.name, line_of(each.lines, distribution, toml=each.toml)) for each in self._files)
            self._found[distribution] = next(
                (Place(file=name, line=line) for name, line in found if line), None
            )
        return self._found[distribution]


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    name: str
    lines: Sequence[str]
    toml: bool


def _files(side: Side, folder: Path) -> Iterator[_File]:
    """The side's file, then those that are read with it, by their names in the repository."""
    if side.file is None:
        return
    more = side.files.more if side.files is not None else ()
    for place, file in ((side.place or "", side.file), *more):
        name = place if side.revision is not None else known_place(Path(place), folder)
        yield _File(name=name, lines=_lines(file), toml=file.suffix in (".toml", ".lock"))


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
    whole = Path(os.path.realpath(folder / os.path.expanduser(path)))  # noqa: PTH111 - leaves unknown users alone
    top = _top(folder)
    for above in (top, folder.resolve()):
        if above is not None and whole.is_relative_to(above):
            return whole.relative_to(above).as_posix()
    return whole.as_posix()


def _top(folder: Path) -> Path | None:
    """The top of the repository that a folder lies in; `.git` is a file in a work tree of its own."""
    here = folder.resolve()
    return next((each for each in (here, *here.parents) if (each / ".git").exists()), None)
