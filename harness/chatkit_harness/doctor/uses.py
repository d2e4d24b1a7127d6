"""Finds lines of the user's own code that import `openai_agents`, a module that no release has."""

from __future__ import annotations

import ast
import os
from typing import Iterator, List

from .disk import read
from .nouns import Use

WRONG = "openai_agents"
_NOT_OWN = ("site-packages", "dist-packages", "node_modules", "__pycache__", "build", "dist")
_FILES, _FOLDERS, _DEPTH = 2000, 2000, 6


def wrong_imports(cwd: str) -> List[Use]:
    """The lines below the working directory that import it, at most twenty; only the user's own code."""
    found: List[Use] = []
    for path in _own_files(cwd):
        text = read(path)
        if WRONG in text:
            found += [Use(f"{path}:{line}", words) for line, words in _lines(text)]
    return found[:20]


def _own_files(cwd: str) -> Iterator[str]:
    count = 0
    for number, (folder, below, names) in enumerate(os.walk(cwd)):
        if number > _FOLDERS:
            return
        deep = os.path.relpath(folder, cwd).count(os.sep) >= _DEPTH
        below[:] = [] if deep else sorted(each for each in below if _is_own(os.path.join(folder, each)))
        for name in sorted(names):
            if name.endswith(".py"):
                count += 1
                if count > _FILES:
                    return
                yield os.path.join(folder, name)


def _is_own(folder: str) -> bool:
    name = os.path.basename(folder)
    if name.startswith(".") or name in _NOT_OWN:
        return False
    return not os.path.exists(os.path.join(folder, "pyvenv.cfg"))


def _lines(text: str) -> Iterator["tuple[int, str]"]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    lines = text.splitlines()
    for node in ast.walk(tree):
        names: List[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        if any(name.partition(".")[0] == WRONG for name in names):
            line = getattr(node, "lineno", 1)
            yield line, lines[line - 1].strip()
