"""Which distributions the import path holds, each folder of it read once.

Reading the metadata of a whole environment takes tens of milliseconds, and a process that was forked has
most of its path from the one it was forked from.
"""

from __future__ import annotations

import csv
import os
import re
import sys
from importlib import metadata
from typing import Dict, Iterator, List, NamedTuple, Tuple


class Installed(NamedTuple):
    """A distribution: its name as it spells it, its version, and the folder it is installed in."""

    name: str
    version: str
    home: str


class Owned(NamedTuple):
    """A top-level module, and the distribution that brings it."""

    top: str
    owner: Installed


_found: Dict[str, List[Tuple[Installed, metadata.Distribution]]] = {}
_owned: Dict[str, List[Owned]] = {}


def pins() -> Dict[str, str]:
    """The version of each distribution, by its normalised name; the first on the path counts."""
    found: Dict[str, str] = {}
    for folder in sys.path:
        for each, _ in _in(folder):
            found.setdefault(re.sub(r"[-_.]+", "-", each.name).lower(), each.version)
    return dict(sorted(found.items()))


def owners() -> Iterator[Owned]:
    """Who owns which top-level module, in the order of the path.

    Several may bring a part of one: they are told by name, whatever order the disk has them in.
    """
    for folder in list(sys.path):
        if folder not in _owned:
            there = sorted(_in(folder), key=lambda each: each[0])
            _owned[folder] = [Owned(top, each) for each, files in there for top in _tops(files)]
        yield from _owned[folder]


def learn() -> None:
    """Read all that there is to know of the path now, for the processes that are forked from this one."""
    pins()
    for _ in owners():
        pass


def _in(folder: str) -> List[Tuple[Installed, metadata.Distribution]]:
    if folder not in _found:
        _found[folder] = []
        for distribution in metadata.distributions(path=[folder]):
            name = distribution.metadata["Name"]
            if name:
                home = os.path.abspath(str(distribution.locate_file("")))
                _found[folder].append((Installed(name, distribution.version, home), distribution))
    return _found[folder]


def _tops(distribution: metadata.Distribution) -> List[str]:
    listed = (distribution.read_text("top_level.txt") or "").split()
    split = [name.partition("/") for name in _files(distribution)]
    tops = set(listed) | {first for first, below, _ in split if below or first.endswith(".py")}
    plain = {top.removesuffix(".py") for top in tops}
    return sorted(top for top in plain if not top.endswith(".dist-info"))


def _files(distribution: metadata.Distribution) -> List[str]:
    """The files that it says it brings, as it writes them: an object a file would take ten times as long."""
    record = distribution.read_text("RECORD")
    if record is None:
        return [str(each) for each in distribution.files or []]
    return [row[0] for row in csv.reader(record.splitlines()) if row]
