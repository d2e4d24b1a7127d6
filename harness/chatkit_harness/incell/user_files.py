"""Imports the user's own files, leaves nothing behind beside them, and says what they lack."""

from __future__ import annotations

import ast
import hashlib
import importlib
import importlib.machinery
import importlib.util
import os
import sys
import tokenize
from types import ModuleType
from typing import Any, Iterable, List, NoReturn, Optional

DISTRIBUTIONS = {
    "Crypto": "pycryptodome",
    "PIL": "pillow",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "fitz": "pymupdf",
    "guardrails": "openai-guardrails",
    "jose": "python-jose",
    "jwt": "pyjwt",
    "multipart": "python-multipart",
    "psycopg2": "psycopg2-binary",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "yaml": "pyyaml",
}
"""Import names whose distribution is called otherwise: as the host has it, which cannot be imported here."""

PACKAGES = {"agents": "openai-agents", "chatkit": "openai-chatkit", "openai": "openai"}

_kept: List[str] = []


class UserServerError(Exception):
    """What the user's server or workflow needs, in words for the user."""


def leave_no_traces(folders: Iterable[str]) -> None:
    """From now on, modules below these folders are imported without a __pycache__ beside them.

    `python -I` reads no PYTHONDONTWRITEBYTECODE, and without any cache agents takes seconds to import: so
    only the user's folders are spared.
    """
    new = [real for real in map(os.path.realpath, folders) if real not in _kept]
    _kept.extend(new)
    if new:
        if _finder not in sys.path_hooks:
            sys.path_hooks.insert(0, _finder)
        for known in list(sys.path_importer_cache):
            if _is_kept(known):
                del sys.path_importer_cache[known]


class _Untouching(importlib.machinery.SourceFileLoader):
    def set_data(self, path: str, data: Any, *, _mode: int = 0o666) -> None:
        """Write nothing."""


def _finder(path: str) -> importlib.machinery.FileFinder:
    if not _is_kept(path) or not os.path.isdir(path):
        raise ImportError("not a folder to be left as it is", path=path)
    machinery = importlib.machinery
    return machinery.FileFinder(
        path,
        (machinery.ExtensionFileLoader, machinery.EXTENSION_SUFFIXES),
        (_Untouching, machinery.SOURCE_SUFFIXES),
        (machinery.SourcelessFileLoader, machinery.BYTECODE_SUFFIXES),
    )


def _is_kept(path: str) -> bool:
    real = os.path.realpath(path or os.curdir)
    if "site-packages" in real.split(os.sep):  # an environment that lies in the checkout
        return False
    return any(real == folder or real.startswith(folder.rstrip(os.sep) + os.sep) for folder in _kept)


def import_named(module: str) -> ModuleType:
    """A module by its name. Raises UserServerError for what it lacks; else what importing it raises."""
    _require_packages(module)
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        _lacking(error, module)
    except SystemExit as error:
        _left(error, module)


def import_file(file: str) -> ModuleType:
    """The module of a file, run again at each call; its folder comes first on the path.

    A file that imports relatively is imported as a part of its package. Raises UserServerError for what it
    lacks; else what importing it raises.
    """
    path = os.path.abspath(file)
    if not os.path.isfile(path):
        raise UserServerError(f"{file} is not there")
    folder, short = os.path.split(path)
    leave_no_traces([folder])
    _require_packages(short)
    _first_on_path(folder)
    try:
        name = _name_in_package(path)
        if name is not None:
            sys.modules.pop(name, None)
            return importlib.import_module(name)
        return _run(path)
    except ModuleNotFoundError as error:
        _lacking(error, short)
    except SystemExit as error:
        _left(error, short)


def _run(path: str) -> ModuleType:
    stem = "".join(c if c.isalnum() else "_" for c in os.path.splitext(os.path.basename(path))[0])
    name = f"{stem}_{hashlib.sha256(path.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"
    spec = importlib.util.spec_from_file_location(name, path, loader=_Untouching(name, path))
    if spec is None or spec.loader is None:
        raise UserServerError(f"{os.path.basename(path)} cannot be imported as Python")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # pydantic and dataclasses look a class's module up there
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


def _name_in_package(path: str) -> Optional[str]:
    """The file's dotted name where it imports relatively; None where it stands by itself."""
    try:
        with tokenize.open(path) as file:
            tree = ast.parse(file.read())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):  # importing it will tell
        return None
    if not any(isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(tree)):
        return None
    folder, parts = os.path.dirname(path), [os.path.splitext(os.path.basename(path))[0]]
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, name = os.path.split(folder)
        parts.insert(0, name)
    if len(parts) == 1:
        raise UserServerError(
            f"{os.path.basename(path)} imports relatively (`from .name import ...`), and its folder is no "
            "package: write `from name import ...`, or put an __init__.py beside it"
        )
    leave_no_traces([folder])
    _first_on_path(folder)
    return ".".join(parts)


def _require_packages(what: str) -> None:
    """Raise where a file of the user's own stands in the place of a package that is under test."""
    for name, distribution in PACKAGES.items():
        file = getattr(sys.modules.get(name), "__file__", None)
        if file and _is_kept(os.path.dirname(file)):
            place = os.path.join(*os.path.abspath(file).split(os.sep)[-2:])
            raise UserServerError(
                f"{what} would import {place} of its own project as {name}, instead of the package "
                f"{distribution}: rename that, or move {what} away from it"
            )


def _first_on_path(folder: str) -> None:
    sys.path[:] = [folder, *(each for each in sys.path if each != folder)]
    importlib.invalidate_caches()


def _lacking(error: ModuleNotFoundError, what: str) -> NoReturn:
    """A module that is not there, told with what to do; other gaps are for their traceback to tell."""
    name = error.name or ""
    if name and (what == name or what.startswith(name + ".")):
        raise UserServerError(f"there is no module {name} on the cell's path: check --server") from error
    if not name or _is_found(name.partition(".")[0]):
        raise error  # a part of something that is there: which release has it is what the cell is about
    way = distribution_of(name) or "NAME, the distribution that brings it"
    raise UserServerError(
        f"{what} needs the module {name}, which is not in the cell: add --with {way}, or name it in the "
        "project's requirements; with --resolution installed, install it in that environment"
    ) from error


def _is_found(top: str) -> bool:
    try:
        return importlib.util.find_spec(top) is not None
    except (ImportError, ValueError):
        return top in sys.modules


def _left(error: SystemExit, what: str) -> NoReturn:
    raise UserServerError(
        f"{what} ends the process when it is imported (SystemExit: {error.code}): put what starts it under "
        '`if __name__ == "__main__":`'
    ) from error


def distribution_of(module: str) -> str:
    """The distribution that most likely brings a module: for most the name is the same.

    Empty for `google` alone, which many bring a part of.
    """
    parts = module.split(".")
    if parts[0] == "google":
        return "-".join(parts[: 3 if parts[1:2] == ["cloud"] else 2]).replace("_", "-") if parts[1:] else ""
    return DISTRIBUTIONS.get(parts[0], parts[0].replace("_", "-"))
