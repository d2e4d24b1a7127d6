"""Which YAML files are scenarios: those of the project's folder, and named ones that look like it."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

import pytest

from .options import given

_KEYS = (
    re.compile(r"^id\s*:", re.MULTILINE),
    re.compile(r"^title\s*:", re.MULTILINE),
    re.compile(r"^turns\s*:[ \t]*(\[|#|$)", re.MULTILINE),  # a list
)
_ENOUGH = 1_000_000

FOLDER = pytest.StashKey[Path | None]()


def is_scenario(config: pytest.Config, file: Path) -> bool:
    """Whether a YAML file is a scenario: other people's YAML is left alone.

    In the folder that the project names as that of its scenarios, every file is one. Elsewhere a file is
    one where its folder is named on the command line and it has the keys of one, or where it is named itself
    and has most of them: then what is wrong with it is told.
    """
    folder = scenario_folder(config)
    place = file.parent.resolve()  # pytest follows links, and keeps their names
    if folder is not None and place == folder.resolve():
        return True
    named = {each.resolve() for each in named_paths(config)}
    if file.resolve() in named:
        return _keys_of(file) >= len(_KEYS) - 1
    return place in named and _keys_of(file) == len(_KEYS)


def _keys_of(file: Path) -> int:
    """How many of the keys that every scenario has are there."""
    try:
        with file.open(encoding="utf-8", errors="replace") as stream:
            text = stream.read(_ENOUGH)
    except OSError:
        return 0
    return sum(key.search(text) is not None for key in _KEYS)


def named_paths(config: pytest.Config) -> set[Path]:
    """The files and folders that pytest was asked for by name."""
    if config.args_source is pytest.Config.ArgsSource.INVOCATION_DIR:
        return set()
    return {_as_pytest_has(config.invocation_params.dir / each.split("::")[0]) for each in config.args}


def _as_pytest_has(path: Path) -> Path:
    """The path with the names of links in it, and without `..`, which Path.absolute() leaves."""
    return Path(os.path.abspath(path))  # noqa: PTH100


def scenario_folder(config: pytest.Config) -> Path | None:
    """The project's folder of scenarios; None where it does not use chatkit-harness."""
    if FOLDER not in config.stash:
        config.stash[FOLDER] = _scenario_folder(config)
    return config.stash.get(FOLDER, None)


def _scenario_folder(config: pytest.Config) -> Path | None:
    asked = given(config).get("scenarios")
    if asked is not None:
        return config.invocation_params.dir / str(asked)
    table = _settings_table(config.rootpath / "pyproject.toml")
    if table is None:
        return None
    named = table.get("scenarios", "scenarios")
    return config.rootpath / str(named)


def _settings_table(file: Path) -> dict[str, object] | None:
    """`[tool.chatkit-harness]`, looked for in the text first: most projects have none. What is wrong in it is
    told when it is used.
    """
    try:
        text = file.read_text(encoding="utf-8")
        if "chatkit-harness" not in text:
            return None
        table = tomllib.loads(text)["tool"]["chatkit-harness"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return table if isinstance(table, dict) else {}


def passed_over(config: pytest.Config) -> str | None:
    """A line for a session in which pytest's `testpaths` keep it from the project's scenarios."""
    folder = scenario_folder(config)
    if folder is None or config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return None
    folder = _as_pytest_has(folder)
    if not folder.is_dir() or any(_leads_to(each, folder) for each in named_paths(config)):
        return None
    inside = folder.relative_to(config.rootpath) if folder.is_relative_to(config.rootpath) else folder
    return f"chatkit-harness: {inside} is not among pytest's testpaths: add it there, or name it"


def _leads_to(named: Path, folder: Path) -> bool:
    """Whether pytest comes from a named folder to another one: by names of links, or as folders lie."""
    return folder.is_relative_to(named) or folder.resolve().is_relative_to(named.resolve())
