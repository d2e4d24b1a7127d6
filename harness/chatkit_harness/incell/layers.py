"""Layers: folders behind site-packages that hold one distribution each, told of as if installed there."""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import sys
import sysconfig
from typing import Dict, Iterable, Iterator, List

_layers: List[str] = []


def append(folders: Iterable[str]) -> None:
    """Put folders last on the import path."""
    for folder in folders:
        full = os.path.abspath(folder)
        if full not in sys.path:
            sys.path.append(full)
            _layers.append(full)
            importlib.invalidate_caches()


@contextlib.contextmanager
def beside(folders: Iterable[str]) -> Iterator[None]:
    """Have folders at the very end of the import path while a case needs them; the cell's own comes first."""
    added = [each for each in map(os.path.abspath, folders) if each not in sys.path]
    sys.path.extend(added)
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path[:] = [each for each in sys.path if each not in added]


def installed_path(path: str) -> str:
    """Where a file would lie in a virtual environment, without the environment's own folder.

    What lies elsewhere keeps its whole path.
    """
    full = os.path.abspath(path)
    for layer in _layers:
        if full == layer or full.startswith(layer + os.sep):
            full = _site_packages() + full[len(layer) :]
            break
    prefix = os.path.abspath(sys.prefix)
    return full[len(prefix) + 1 :] if full.startswith(prefix + os.sep) else full


def installed_text(text: str) -> str:
    """A text with every path in it told so: an exception's message may name the file it is about."""
    for folder in (*_layers, _site_packages()):
        if folder in text:
            text = text.replace(folder + os.sep, installed_path(folder) + os.sep)
    return text


def _site_packages() -> str:
    return os.path.abspath(paths()["purelib"])


@functools.lru_cache(maxsize=None)
def paths() -> Dict[str, str]:
    """Where this interpreter has what, as sysconfig names it, which works that out for each question anew."""
    return sysconfig.get_paths()
