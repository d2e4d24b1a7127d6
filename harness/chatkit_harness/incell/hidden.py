"""Takes distributions out of a cell's sight that its environment has for other reasons: the harness's own.

They cannot be imported, and metadata does not know them. What lies elsewhere on the path under the same name,
such as a module of the user's own, is found as ever.
"""

from __future__ import annotations

import contextlib
import csv
import importlib
import importlib.machinery
import os
import re
import sys
from importlib import metadata
from typing import Any, Dict, FrozenSet, Iterable, Iterator, List, Optional, Set, Tuple

_Parts = Tuple[str, ...]
"""A dotted name in its parts."""

_names: Set[str] = set()
_places: Dict[str, FrozenSet[str]] = {}
"""The dotted names that are not found in a folder of the import path, or of a namespace package on it."""


def hide(names: Iterable[str]) -> None:
    """Hide distributions by their normalised names, for as long as the process lives."""
    _names.update(names)
    if not _names:
        return
    modules: Set[str] = set()
    for folder in list(sys.path):
        modules |= _hide_in(os.path.abspath(folder))
    for name in list(sys.modules):  # what a .pth file has imported by now
        if name.partition(".")[0] in modules:
            del sys.modules[name]
    sys.meta_path[:] = [
        _Filtered if finder is importlib.machinery.PathFinder else finder
        for finder in sys.meta_path
        if getattr(finder, "__module__", "") not in modules
    ]
    sys.path_hooks.insert(0, _finder)
    sys.path_importer_cache.clear()
    importlib.invalidate_caches()


def _hide_in(folder: str) -> Set[str]:
    """Hide what the distributions of one folder of the path bring alone; the top-level names of that."""
    hidden: List[metadata.Distribution] = []
    seen: List[metadata.Distribution] = []
    for each in metadata.distributions(path=[folder]):
        (hidden if _normal(each.metadata["Name"]) in _names else seen).append(each)
    if not hidden:
        return set()
    shared = {parts[:n] for each in seen for parts in _modules(each) for n in range(1, len(parts) + 1)}
    alone = {_own(parts, shared) for each in hidden for parts in _modules(each)} - {()}
    for name in alone:
        place = os.path.join(folder, *name[:-1])
        _places[place] = _places.get(place, frozenset()) | {".".join(name)}
    kept = {path for each in seen for path in _added(each)}
    gone = {path for each in hidden for path in _added(each)} - kept
    sys.path[:] = [each for each in sys.path if os.path.abspath(each) not in gone]
    return set(_places.get(folder, frozenset()))


def _own(parts: _Parts, shared: Set[_Parts]) -> _Parts:
    """The first part of a module's name that no other distribution brings too; empty where there is none."""
    return next((parts[:n] for n in range(1, len(parts) + 1) if parts[:n] not in shared), ())


def _modules(distribution: metadata.Distribution) -> Iterator[_Parts]:
    """The importable files of a distribution by their dotted names; of a package also itself."""
    for path in _files(distribution):
        folder, _, file = path.rpartition("/")
        name, dot, _ = file.partition(".")
        if not file.endswith((".py", ".pyd", ".so", ".pyc")) or not dot or path.startswith(("..", "/")):
            continue
        parts = tuple(each for each in folder.split("/") if each)
        if "__pycache__" in parts:
            continue
        yield parts if name == "__init__" else (*parts, name)


def _files(distribution: metadata.Distribution) -> Iterator[str]:
    for row in csv.reader((distribution.read_text("RECORD") or "").splitlines()):
        if row:
            yield row[0].replace(os.sep, "/")


def _added(distribution: metadata.Distribution) -> Iterator[str]:
    """The folders that a distribution's .pth files put on the path, as an editable installation does."""
    for path in _files(distribution):
        if path.endswith(".pth") and "/" not in path:
            with contextlib.suppress(OSError, UnicodeDecodeError):
                with open(str(distribution.locate_file(path)), encoding="utf-8") as file:
                    lines = [line.strip() for line in file]
                yield from (os.path.abspath(line) for line in lines if os.path.isabs(line))


class _Hiding(importlib.machinery.FileFinder):
    """Finds what is in a folder, but for what is hidden there."""

    def find_spec(self, fullname: str, target: Any = None) -> Optional[importlib.machinery.ModuleSpec]:
        """As if what is hidden were not there."""
        if fullname in _places[os.path.abspath(self.path)]:
            return None
        return super().find_spec(fullname, target)


def _finder(path: str) -> importlib.machinery.FileFinder:
    if os.path.abspath(path) not in _places or not os.path.isdir(path):
        raise ImportError("nothing is hidden there", path=path)
    machinery = importlib.machinery
    return _Hiding(
        path,
        (machinery.ExtensionFileLoader, machinery.EXTENSION_SUFFIXES),
        (machinery.SourceFileLoader, machinery.SOURCE_SUFFIXES),
        (machinery.SourcelessFileLoader, machinery.BYTECODE_SUFFIXES),
    )


class _Filtered(importlib.machinery.PathFinder):
    """The import path, of which metadata tells no hidden distribution."""

    @classmethod
    def find_distributions(cls, *given: Any, **named: Any) -> Iterator[metadata.Distribution]:  # type: ignore[override]  # typeshed knows one form of several
        """As if what is hidden were not installed."""
        for each in importlib.machinery.PathFinder.find_distributions(*given, **named):
            if _normal(each.metadata["Name"]) not in _names:
                yield each


def _normal(name: Optional[str]) -> str:
    return re.sub(r"[-_.]+", "-", name or "").lower()
