"""Where a checkout keeps its modules, and which of its folders is the project."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from chatkit_harness.core.errors import ConfigurationError

MARKS = ("pyproject.toml", "requirements.txt", "setup.cfg")
_NOT_LOOKED_INTO = {"node_modules", "site-packages", "__pycache__", "venv", "env", "build", "dist"}
_ENOUGH = 5000
_DEPTH = 6


def read_pyproject(folder: Path) -> Mapping[str, Any]:
    """The folder's pyproject.toml, empty where there is none. Raises ConfigurationError for a bad one."""
    path = folder / "pyproject.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        why = str(error).strip().rstrip(".")
        raise ConfigurationError(str(path), f"It cannot be read: {why}.", "Correct it.") from None


def table(document: Any, *keys: str) -> Mapping[str, Any]:
    """The table at these keys; empty where there is none."""
    for key in keys:
        document = document.get(key) if isinstance(document, Mapping) else None
    return document if isinstance(document, Mapping) else {}


def import_roots(cwd: Path) -> list[Path]:
    """The folders that modules may be imported from: the working directory, `src/`, and what
    pyproject.toml names plainly.
    """
    own = [cwd / each for each in _named(read_pyproject(cwd))]
    found = [root for root in (cwd, cwd / "src", *own) if root.is_dir()]
    return list({os.path.realpath(root): root for root in reversed(found)}.values())[::-1]


def _named(document: Mapping[str, Any]) -> Iterator[str]:
    tool = table(document, "tool")
    yield from _texts([table(tool, "setuptools", "package-dir").get("")])
    yield from _texts(table(tool, "setuptools", "packages", "find").get("where"))
    wheel = table(tool, "hatch", "build", "targets", "wheel")
    yield from _texts(wheel.get("sources"))
    yield from (os.path.dirname(each) for each in _texts(wheel.get("packages")))  # noqa: PTH120 - text, no path
    packages = table(tool, "poetry").get("packages")
    yield from _texts([table(each).get("from") for each in packages] if isinstance(packages, list) else [])
    yield from _texts([table(tool, "pdm", "build").get("package-dir")])
    yield from _texts([table(tool, "uv", "build-backend").get("module-root")])


def _texts(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def module_file(module: str, roots: Iterable[Path]) -> tuple[Path, Path] | None:
    """The root and the file of a module; a package's file is its __init__.py."""
    for root in roots:
        place = root.joinpath(*module.split("."))
        for file in (place / "__init__.py", place.with_name(f"{place.name}.py")):
            if file.is_file():
                return root, file
    return None


def module_names(roots: Iterable[Path]) -> list[str]:
    """The modules below these roots, by their dotted names; environments and hidden folders left out."""
    found: dict[str, None] = {}
    for root in roots:
        for file in _files(root):
            parts = list(file.relative_to(root).with_suffix("").parts)
            if parts[-1] == "__init__":
                parts.pop()
            if parts and all(part.isidentifier() for part in parts):
                found[".".join(parts)] = None
    return list(found)


def _files(root: Path) -> Iterator[Path]:
    seen = 0
    for folder, folders, files in os.walk(root):
        deep = len(Path(folder).relative_to(root).parts) >= _DEPTH
        folders[:] = [] if deep else sorted(each for each in folders if _looked_into(Path(folder, each)))
        for name in sorted(files):
            seen += 1
            if seen > _ENOUGH:
                return
            if name.endswith(".py"):
                yield Path(folder, name)


def _looked_into(folder: Path) -> bool:
    hidden = folder.name.startswith(".") or folder.name in _NOT_LOOKED_INTO
    return not hidden and not (folder / "pyvenv.cfg").exists()


def project_of(file: Path, cwd: Path) -> Path:
    """The nearest folder above the file with pyproject.toml, requirements.txt or setup.cfg, else `cwd`.

    A repository's top is not passed, nor is a home folder taken for a project.
    """
    for folder in file.parents:
        if folder in (Path.home(), Path(folder.anchor)):
            break
        if any((folder / mark).is_file() for mark in MARKS):
            return folder
        if (folder / ".git").exists():
            break
    return cwd
