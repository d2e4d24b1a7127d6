"""The two sides of a gate: what each is called on the command line, and the lock file that it comes to."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from chatkit_harness.core.errors import ConfigurationError, SelectionError, nearest

Name = Literal["base", "candidate"]

_PAIR = re.compile(r"^(?P<chatkit>[\w.]+):(?P<agents>[\w.]+)$")
_GIT_LIMIT_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side as it is named: a pair (`1.6.5:0.24.0`), or a file, which may be a git revision's.

    `file` is what is read: for `REV:FILE` a copy of the revision's file. `told` is the name that reports use,
    `place` the path that the user knows it by, relative to the repository for a revision's file.
    """

    name: Name
    word: str
    pair: str | None = None
    file: Path | None = None
    place: str | None = None
    revision: str | None = None

    @property
    def told(self) -> str:
        """What reports call it."""
        return f"{self.name} ({self.word})"


def read_side(name: Name, word: str, *, copies: Path, folder: Path | None = None) -> Side:
    """The side that a word names; files of git revisions are copied below `copies`.

    A file that exists is that file, whatever its name looks like. Raises SelectionError for what names
    nothing, and ConfigurationError where git has no such revision or file.
    """
    word = word.strip()
    here = folder or Path.cwd()
    path = here / Path(word).expanduser()
    if path.is_file():
        return Side(name=name, word=word, file=_copied(path, copies / name), place=word)
    revision, colon, inside = word.partition(":")
    if colon and _is_version(inside) and _is_version(revision):
        return Side(name=name, word=word, pair=word)
    if colon and revision and inside:
        text = _from_git(name, revision, inside, here)
        copy = copies / name / Path(inside).name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(text)
        return Side(name=name, word=word, file=copy, place=inside, revision=revision)
    raise SelectionError(f"--{name} {word}", "There is no such file.", _files_like(path))


def _is_version(word: str) -> bool:
    return word in ("newest", "none") or re.fullmatch(r"\d+(\.\w+)*", word) is not None


def _copied(path: Path, folder: Path) -> Path:
    """Beside the results, so that a report can be drawn again when the file has changed."""
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / path.name
    copy.write_bytes(path.read_bytes())
    if path.name == "pyproject.toml":
        return path  # it is read with its project around it
    return copy


def _from_git(name: Name, revision: str, inside: str, folder: Path) -> bytes:
    """A revision's file, as git has it; paths are from the top of the repository, or `./` from here."""
    culprit = f"--{name} {revision}:{inside}"
    if not _git(culprit, folder, "rev-parse", "--is-inside-work-tree"):
        raise ConfigurationError(culprit, "This folder is in no git repository.", "Name a file.")
    if _git(culprit, folder, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}") is None:
        step = "Fetch it (a CI checkout often has one commit only: fetch-depth: 0), or name another one."
        raise ConfigurationError(culprit, f"git knows no revision {revision!r}.", step)
    for place in (inside, f"./{inside}"):
        found = _git(culprit, folder, "show", f"{revision}:{place}")
        if found is not None:
            return found
    listed = (_git(culprit, folder, "ls-tree", "-r", "--name-only", "--full-tree", revision) or b"").decode()
    close = nearest(inside, listed.splitlines(), limit=1)
    step = f"Did you mean {revision}:{close[0]}?" if close else "Name a file of that revision."
    raise ConfigurationError(culprit, f"That revision has no file {inside!r}.", step)


def _git(culprit: str, folder: Path, *words: str) -> bytes | None:
    """What git says, or None where it says no."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words],
            capture_output=True,
            timeout=_GIT_LIMIT_S,
            check=False,
        )
    except FileNotFoundError:
        raise ConfigurationError(culprit, "git is not installed.", "Name a file instead.") from None
    except subprocess.TimeoutExpired:
        raise ConfigurationError(culprit, "git does not answer.", "Name a file instead.") from None
    return done.stdout if done.returncode == 0 else None


def _files_like(path: Path) -> str:
    names = [each.name for each in path.parent.iterdir() if each.is_file()] if path.parent.is_dir() else []
    close = nearest(path.name, names, limit=1)
    if close:
        return f"Did you mean {path.parent / close[0]}?"
    return "Name a lock file, REV:FILE, or a pair such as 1.6.5:0.24.0."
