"""CPython interpreters on this machine: found by where they are installed, never by a shim."""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chatkit_harness.core.errors import SelectionError

OLDEST = (3, 10)
_VERSION = re.compile(r"\d+\.\d+(\.\d+)?")
_ASK = (
    "import json,platform,sys;"
    "print(json.dumps([platform.python_implementation(),platform.python_version(),sys.executable,"
    "platform.system()+' '+platform.machine()]))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """A real interpreter: its absolute path, full version, implementation and platform."""

    path: str
    version: str
    implementation: str
    platform: str

    @property
    def identity(self) -> str:
        """What makes two environments on it the same: where it is, and what it is."""
        return f"{self.implementation} {self.version} {self.platform} {self.path}"

    @property
    def minor(self) -> str:
        """Major and minor version, such as 3.12."""
        return ".".join(self.version.split(".")[:2])


def select_interpreters(words: str | None) -> list[Interpreter]:
    """The interpreters that comma-separated words name: `3.12`, `3.12.1`, a path or an environment's folder.

    Without words, the one that runs the harness. Raises SelectionError where there is none such, naming
    the ones that exist.
    """
    if not words:
        return [_own()]
    chosen = [_find(word.strip()) for word in words.split(",") if word.strip()]
    if not chosen:
        raise SelectionError("--python", "No Python is named.", "Write --python 3.12, for example.")
    return list(dict.fromkeys(chosen))


def _own() -> Interpreter:
    base = getattr(sys, "_base_executable", None) or sys.executable
    found = _ask(os.path.realpath(base)) or _ask(sys.executable)
    if found is None:
        raise SelectionError(base, "The interpreter does not run.", "Name one with --python.")
    return found


def own_environment() -> Interpreter:
    """The interpreter of the environment that runs the harness: not the one that it was made from."""
    return _find(str(Path(sys.executable).absolute()))


def _find(word: str) -> Interpreter:
    folder = Path(word).expanduser()
    if folder.is_dir() and not _VERSION.fullmatch(word):
        inside = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        if not inside.exists():
            step = "Name the folder that holds bin/python, or the interpreter itself."
            raise SelectionError(f"--python {word}", "This folder is no environment.", step)
        word = str(inside.absolute())
    if os.sep in word or word.endswith(".exe"):
        found = _ask(str(Path(word).expanduser().absolute()))
        if found is None:
            raise SelectionError(word, "No Python interpreter runs there.", _existing())
        return _checked(found, word)
    if not _VERSION.fullmatch(word):
        raise SelectionError(
            f"--python {word}", "This is neither a version nor a path.", "Write 3.12, or a path."
        )
    for candidate in _candidates(word):
        found = _ask(candidate)
        if found and (found.version == word or found.version.startswith(word + ".")):
            return _checked(found, word)
    raise SelectionError(f"--python {word}", "No such CPython is on this machine.", _existing())


def _checked(found: Interpreter, word: str) -> Interpreter:
    if found.implementation != "CPython":
        raise SelectionError(
            f"--python {word}", f"That is {found.implementation}, not CPython.", "Name a CPython."
        )
    if tuple(int(part) for part in found.version.split(".")[:2]) < OLDEST:
        raise SelectionError(
            f"--python {word}",
            f"Python {found.version} is too old: openai-chatkit requires 3.10.",
            _existing(),
        )
    return found


def installed() -> list[Interpreter]:
    """Every CPython >= 3.10 that can be found, newest first, each version once."""
    found: dict[str, Interpreter] = {}
    for candidate in _candidates(None):
        interpreter = _ask(candidate)
        if interpreter and interpreter.implementation == "CPython":
            found.setdefault(interpreter.version, interpreter)
    usable = [i for i in found.values() if _numbers(i.version)[:2] >= OLDEST]
    return sorted(usable, key=lambda i: _numbers(i.version), reverse=True)


def _existing() -> str:
    names = ", ".join(i.version for i in installed())
    return f"Found here: {names}." if names else "None was found: name one by its path."


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def _candidates(word: str | None) -> Iterator[str]:
    """Paths worth asking, the likely ones first; `word` is a version or None for all."""
    base = getattr(sys, "_base_executable", None) or sys.executable
    yield os.path.realpath(base)
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    folders = [versions, Path.home() / ".local/share/uv/python", Path("/opt/python")]
    for folder in folders:
        yield from _in_version_folder(folder, word)
    minors = [".".join(word.split(".")[:2])] if word else [f"3.{n}" for n in range(20, 9, -1)]
    for directory in os.environ.get("PATH", "").split(os.pathsep):
        if Path(directory).name == "shims":  # a shim runs whatever the folder it is called in prefers
            continue
        for minor in minors:
            program = Path(directory) / f"python{minor}"
            if program.exists():
                yield str(program)
        for name in ("python3", "python.exe"):
            if (Path(directory) / name).exists():
                yield str(Path(directory) / name)


def _in_version_folder(folder: Path, word: str | None) -> Iterator[str]:
    if not folder.is_dir():
        return
    for home in sorted(folder.iterdir(), key=lambda path: _numbers(path.name), reverse=True):
        program = home / ("python.exe" if sys.platform == "win32" else "bin/python")
        if program.exists() and (word is None or word in home.name):
            yield str(program)


@functools.cache
def _ask(path: str) -> Interpreter | None:
    try:
        done = subprocess.run(
            [path, "-I", "-c", _ASK], capture_output=True, text=True, timeout=20, check=True
        )
        implementation, version, executable, platform = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return Interpreter(path=executable, version=version, implementation=implementation, platform=platform)
