"""One of two sets of versions: what it is called on the command line, and the cell that it comes to."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from chatkit_harness.core.errors import ConfigurationError, SelectionError, UsageError, nearest
from chatkit_harness.core.nouns import cell_id
from chatkit_harness.index.index import Index
from chatkit_harness.machine.interpreters import Interpreter, select_interpreters
from chatkit_harness.pins.resolve import instant_of

from .plan_cell import PlannedCell
from .plan_cells import RESOLUTIONS, locked_cells, make_cells, pair_pages
from .settings import RunSettings

Name = Literal["base", "candidate", "good", "bad"]

_PAIR = re.compile(r"^(?P<chatkit>[\w.]+):(?P<agents>[\w.]+)$")
_GIT_LIMIT_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side as it is named: a pair (`1.6.5:0.24.0`), a resolution, or a file, maybe a git revision's.

    `file` is what is read: for `REV:FILE` a copy of the revision's file. `told` is the name that reports use,
    `place` the path that the user knows it by, relative to the repository for a revision's file.
    """

    name: Name
    word: str
    pair: str | None = None
    resolution: str | None = None
    file: Path | None = None
    place: str | None = None
    revision: str | None = None

    @property
    def told(self) -> str:
        """What reports call it."""
        return f"{self.name} ({self.word})"


def read_side(
    name: Name, word: str, *, copies: Path, folder: Path | None = None, pair: str | None = None
) -> Side:
    """The side that a word names; files are copied below `copies`.

    With a `pair` the word may be a resolution, of that pair. A file that exists is that file, whatever its
    name looks like. Raises SelectionError for what names nothing, and ConfigurationError where git has no
    such revision or file.
    """
    word = word.strip()
    here = folder or Path.cwd()
    path = here / Path(word).expanduser()
    if path.is_file():
        return Side(name=name, word=word, file=_copied(path, copies / name), place=word)
    if _is_resolution(word):
        if pair is None:
            raise SelectionError(f"--{name} {word}", "This says how a pair is resolved.", "Add --pair C:A.")
        return Side(name=name, word=word, pair=pair, resolution=word)
    revision, colon, inside = word.partition(":")
    if colon and _is_version(inside) and _is_version(revision):
        return Side(name=name, word=word, pair=word)
    if colon and revision and inside:
        text = _from_git(name, revision, inside, here)
        copy = copies / name / Path(inside).name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(text)
        return Side(name=name, word=word, file=copy, place=inside, revision=revision)
    close = nearest(word, RESOLUTIONS, limit=1) if pair is not None else []
    offer = f"Did you mean {close[0]!r}?" if close else _files_like(path)
    raise SelectionError(f"--{name} {word}", "There is no such file.", offer)


def _is_resolution(word: str) -> bool:
    if word in RESOLUTIONS:
        return True
    try:
        return instant_of(word, []) is not None
    except SelectionError:
        return False


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


def one_interpreter(python: str | None) -> Interpreter:
    """The Python on which two sides are compared. Raises SelectionError where several are named."""
    found = select_interpreters(python)
    if len(found) != 1:
        raise SelectionError("--python", "Two sides are compared on one Python.", "Name one: --python 3.12.")
    return found[0]


def planned_side(
    side: Side, settings: RunSettings, index: Index, interpreter: Interpreter, *, pairs_as_of: str
) -> PlannedCell:
    """The one cell of a side, which is called by the side's name.

    `pairs_as_of` is the resolution of a side that is a pair and says no more. Raises SelectionError and
    ConfigurationError where it comes to no cell, or to several.
    """
    try:
        found = _cells(side, settings, index, interpreter, pairs_as_of)
    except UsageError as error:  # it speaks of our copy; the user knows the file by another name
        culprit = error.culprit.replace(str(side.file), f"--{side.name} {side.word}")
        raise type(error)(culprit, error.cause, error.next_step) from None
    if len(found) != 1:
        raise SelectionError(side.told, f"It comes to {len(found)} cells.", "Name one set of versions.")
    cell = found[0]
    return replace(
        cell,
        id=cell_id(cell.pair, interpreter.minor, side.name),
        resolution=side.name,
        interpreter=interpreter,
    )


def _cells(
    side: Side, settings: RunSettings, index: Index, interpreter: Interpreter, pairs_as_of: str
) -> list[PlannedCell]:
    if side.pair is not None:
        as_of = side.resolution or pairs_as_of
        alone = replace(
            settings, pairs=(side.pair,), resolution=as_of, versions_named=True, python=interpreter.path
        )
        return make_cells(alone, index)
    alone = replace(settings, versions_named=False)
    pages = pair_pages(index)
    return list(locked_cells(alone, pages, interpreter, str(side.file), label=side.name, short=True))
