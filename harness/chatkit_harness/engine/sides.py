"""One of two sets of versions: what it is called on the command line, and the cell that it comes to."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from chatkit_harness.core.errors import SelectionError, UnresolvableError, UsageError, nearest
from chatkit_harness.core.nouns import Pair, cell_id
from chatkit_harness.index.index import Index, ProjectPage
from chatkit_harness.index.releases import select
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.interpreters import Interpreter, select_interpreters
from chatkit_harness.pins.lock_files import LockFile
from chatkit_harness.pins.resolve import Ask, Resolver, instant_of

from .pairs import AGENTS, CHATKIT
from .plan_cell import PlannedCell
from .plan_cells import RESOLUTIONS, locked_cells, make_cells, pair_pages
from .settings import RunSettings
from .side_files import SideFiles, revision_file, working_file

Name = Literal["base", "candidate", "good", "bad"]

_RELEASE = r"(?:\d+(?:\.\w+)*|newest|none)"
_PAIR = re.compile(f"{_RELEASE}:{_RELEASE}")
_MANY = r"(?:[<>=!~]*\d[\w.*]*|newest(?::\d+)?|all|minor|none)"
_PAIRS = re.compile(rf"{_MANY}(?:,{_MANY})*:{_MANY}(?:,{_MANY})*")
"""Several pairs in one word, as `sweep` takes releases."""
_UP = re.compile(r"(?<![^/:\s])(?!\.\.?/)[^/:\s]+/\.\./")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side as it is named: a pair (`1.6.5:0.24.0`), a resolution, or a file, maybe a git revision's.

    `file` is what is read: the file itself, or for `REV:FILE` a copy of the revision's file. `told` is the
    name that reports use, `place` the path that the user knows it by, from the top of the repository for a
    revision's file.
    """

    name: Name
    word: str
    pair: str | None = None
    resolution: str | None = None
    file: Path | None = None
    place: str | None = None
    revision: str | None = None
    files: SideFiles | None = None

    @property
    def told(self) -> str:
        """What reports call it."""
        return f"{self.name} ({self.word})"

    def in_users_words(self, text: str) -> str:
        """What is said of its files, by the paths that the user knows."""
        if self.files is None or self.revision is None:
            return text
        text, before = text.replace(self.files.copies, self.files.known), ""
        while text != before:
            text, before = _UP.sub("", text), text
        return text


def read_side(
    name: Name, word: str, *, copies: Path, folder: Path | None = None, pair: str | None = None
) -> Side:
    """The side that a word names; files are copied below `copies`, into a folder that is made anew.

    With a `pair` the word may be a resolution, of that pair. A file that exists is that file, whatever its
    name looks like. Raises SelectionError for what names nothing, ConfigurationError where a file cannot be
    read or git has no such revision or file, and OutputError where copies cannot be written.
    """
    word = word.strip()
    culprit = f"--{name} {word}"
    _require_text(culprit, word)
    path = (folder or Path()) / os.path.expanduser(word)  # noqa: PTH111 - it leaves unknown users alone
    if word and _is_there(path) and not path.is_dir():
        files = working_file(culprit, path, copies / name)
        return Side(name=name, word=word, file=files.file, place=word, files=files)
    if _is_resolution(word):
        if pair is None:
            raise SelectionError(culprit, "This says how a pair is resolved.", "Add --pair C:A.")
        return Side(name=name, word=word, pair=pair, resolution=word)
    if _PAIR.fullmatch(word):
        return Side(name=name, word=word, pair=word)
    if _PAIRS.fullmatch(word):
        step = "Write 1.6.5:0.24.0 or 1.6.5:newest, for example."
        raise SelectionError(culprit, "A pair names one release of each of the two.", step)
    revision, colon, inside = word.partition(":")
    if colon and revision and inside:
        files = revision_file(culprit, revision, inside, folder or Path.cwd(), copies / name)
        return Side(name=name, word=word, file=files.file, place=files.place, revision=revision, files=files)
    raise _nothing(culprit, word, path, of_a_pair=pair is not None)


def _require_text(culprit: str, word: str) -> None:
    try:
        word.encode("utf-8")
    except UnicodeEncodeError:
        shown = culprit.encode("utf-8", "backslashreplace").decode("utf-8")
        raise SelectionError(shown, "This name is no UTF-8 text.", "Rename the file.") from None
    if "\0" in word:
        raise SelectionError(culprit.replace("\0", "?"), "No name has a NUL in it.", "Leave it out.")


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # the name is too long, for example
        return False


def _nothing(culprit: str, word: str, path: Path, *, of_a_pair: bool) -> SelectionError:
    if not word:
        return SelectionError(culprit, "It names nothing.", "Name a lock file, REV:FILE, or a pair.")
    if _is_there(path):
        return SelectionError(culprit, "This is a folder.", "Name the lock file in it.")
    if os.path.isdir(path.parent) and not os.access(path.parent, os.X_OK):  # noqa: PTH112 - raises nothing
        return SelectionError(culprit, "Its folder may not be read.", "Have somebody give you the right to.")
    close = nearest(word, RESOLUTIONS, limit=1) if of_a_pair else []
    offer = f"Did you mean {close[0]!r}?" if close else _files_like(path)
    return SelectionError(culprit, "There is no such file.", offer)


def _is_resolution(word: str) -> bool:
    if word in RESOLUTIONS:
        return True
    try:
        return instant_of(word, []) is not None
    except SelectionError:
        return False


def _files_like(path: Path) -> str:
    try:
        names = [each.name for each in path.parent.iterdir() if each.is_file()]
    except OSError:
        names = []
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
    except UsageError as error:
        culprit = _flagged(side, side.in_users_words(error.culprit))
        cause, step = side.in_users_words(error.cause), side.in_users_words(error.next_step)
        raise type(error)(culprit, cause, step) from None
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
    found = locked_cells(alone, pages, interpreter, str(side.file), label=side.name, short=True)
    return [_settled(side, cell, Resolver(Cache(settings.cache), index), pages) for cell in found]


def _settled(
    side: Side, cell: PlannedCell, resolver: Resolver, pages: Mapping[str, ProjectPage]
) -> PlannedCell:
    """The cell with the pair that an installer would choose, where the file leaves that open."""
    lock = cell.pinned
    if lock is None:
        return cell
    pair = _chosen(cell, lock, resolver, pages) if lock.open_pair else cell.pair
    notes = tuple(side.in_users_words(note) for note in lock.notes)
    return replace(cell, pair=pair, pinned=replace(lock, notes=notes))


def _chosen(cell: PlannedCell, lock: LockFile, resolver: Resolver, pages: Mapping[str, ProjectPage]) -> Pair:
    """The newest releases that all which the file says allows, as of today."""
    ranges = lock.pair_constraints
    wanted = tuple(f"{name}{range_}" for name, range_ in ranges.items())
    ask = Ask(
        requirements=(*wanted, *lock.requirements),
        interpreter=cell.interpreter,
        constraints=lock.constraints,
    )
    try:
        pins = resolver.lock(ask).pins
    except UnresolvableError:
        pins = {}  # the cell then tells why, of the newest ones
    if AGENTS in pins:
        return Pair(chatkit=pins.get(CHATKIT), agents=pins[AGENTS])
    if cell.pair.chatkit is not None or CHATKIT not in ranges:
        return cell.pair
    newest = select(pages[CHATKIT].releases, ranges[CHATKIT] or "newest", project=CHATKIT)[-1]
    return replace(cell.pair, chatkit=newest.version)


def _flagged(side: Side, culprit: str) -> str:
    """A path of the side's own file with the option that named it."""
    if side.revision is not None:
        return f"--{side.name} {culprit}" if culprit.startswith(f"{side.revision}:") else culprit
    if side.file is not None and culprit.startswith(str(side.file)):
        return f"--{side.name} {side.word}{culprit.removeprefix(str(side.file))}"
    return culprit
