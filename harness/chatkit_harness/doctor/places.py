"""What each entry of an import path is, and who put it there."""

from __future__ import annotations

import os
from typing import Any, Dict, Iterator, List, Mapping, Tuple

from .nouns import Place


def places(seen: Mapping[str, Any], cwd: str) -> Tuple[Place, ...]:
    """The folders of the import path that exist, in order, each once."""
    found: Dict[str, Place] = {}
    by_path_file: Dict[str, str] = {}
    named = {_real(each, cwd) for each in seen["python_path"].split(os.pathsep) if each}
    for entry in seen["path"]:
        folder = os.path.abspath(os.path.join(cwd, entry))
        if not os.path.isdir(folder) or os.path.realpath(folder) in {_real(f, cwd) for f in found}:
            continue
        kind, by = _kind(entry, folder, named, by_path_file, seen)
        found[folder] = Place(folder, kind, by)
        if kind.endswith("site-packages"):
            by_path_file.update(_path_files(folder))
    return tuple(found.values())


def _kind(
    entry: str, folder: str, named: "set[str]", by_path_file: Mapping[str, str], seen: Mapping[str, Any]
) -> Tuple[str, str]:
    real = os.path.realpath(folder)
    if entry == "":
        return "working directory", ""
    if real in named:
        return "PYTHONPATH", ""
    if _is_site(folder):
        if seen["user_site"] and real == os.path.realpath(seen["user_site"]):
            return "user site-packages", ""
        if below(folder, seen["prefix"]):
            return "site-packages", ""
        if below(folder, seen["base_prefix"]) or below(folder, os.path.dirname(seen["library"])):
            return "base site-packages", ""
    if real in by_path_file:
        return "path file", by_path_file[real]
    if below(folder, seen["library"]) or os.path.dirname(folder) == os.path.dirname(seen["library"]):
        return "standard library", ""
    return ("site-packages", "") if _is_site(folder) else ("start-up", "")


def below(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies in it, wherever links lead."""
    real, home = os.path.realpath(path), os.path.realpath(folder)
    return real == home or real.startswith(home.rstrip(os.sep) + os.sep)


def _is_site(folder: str) -> bool:
    return os.path.basename(folder) in ("site-packages", "dist-packages")


def _real(folder: str, cwd: str) -> str:
    return os.path.realpath(os.path.join(cwd, folder))


def _path_files(folder: str) -> Iterator[Tuple[str, str]]:
    """Each folder that a .pth file of this folder puts on the import path, and the file."""
    for name in sorted(_names(folder)):
        if name.endswith(".pth"):
            try:
                with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as stream:
                    lines = stream.read().splitlines()
            except OSError:
                continue
            for line in lines:
                if line.strip() and not line.startswith(("#", "import ", "import\t")):
                    yield _real(line.strip(), folder), os.path.join(folder, name)


def _names(folder: str) -> List[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
