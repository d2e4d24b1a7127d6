"""The cells that a selection names: every pair, on every Python, in every resolution."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from chatkit_harness.core.errors import SelectionError
from chatkit_harness.core.nouns import Pair, cell_id
from chatkit_harness.index.index import Index, ProjectPage
from chatkit_harness.index.releases import Release
from chatkit_harness.machine.interpreters import Interpreter, select_interpreters
from chatkit_harness.pins.lock_files import LockFile, read_lock
from chatkit_harness.pins.resolve import instant_of

from .installed import installed_cells
from .pairs import AGENTS, CHATKIT, select_pairs
from .plan_cell import PlannedCell
from .running import running_cell
from .server_words import is_running
from .settings import INSTALLED, RunSettings

RESOLUTIONS = ("contemporary", "today", "lowest")
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def make_cells(settings: RunSettings, index: Index) -> list[PlannedCell]:
    """The cells asked for, in the order of the words. Raises SelectionError where one selects nothing."""
    if is_running(settings.server):
        return [running_cell(settings)]
    words = [each for each in map(_plain, settings.resolution.split(",")) if each]
    if not words:
        raise SelectionError("--resolution", "No resolution is named.", "Write contemporary,today.")
    standing = installed_cells(settings) if INSTALLED in words else []
    chosen = _chosen(settings, index, [word for word in words if word != INSTALLED])
    return list({cell.id: cell for cell in [*chosen, *standing]}.values())


def _chosen(settings: RunSettings, index: Index, words: Sequence[str]) -> list[PlannedCell]:
    """The cells whose pins are chosen, or named by lock files; none of them needs no index."""
    if not words:
        return []
    interpreters = _told_apart(select_interpreters(settings.python))
    pages = pair_pages(index)
    # `newest` as of an instant is what was newest then.
    plain = [word for word in words if lock_path(word) is None]
    asked = {word: list(select_pairs(settings, pages, _instant(word))) for word in plain}
    pairs = dict.fromkeys(pair for found in asked.values() for pair in found)
    minors = [interpreter.minor for interpreter in interpreters]
    cells = []
    for interpreter in interpreters:
        short = minors.count(interpreter.minor) == 1
        cells += [
            _cell(chatkit, agents, interpreter, word, short=short)
            for chatkit, agents in pairs
            for word in plain
            if (chatkit, agents) in asked[word]
        ]
        for word in words:
            if word not in asked:
                label = _label(word, [each for each in words if each not in asked])
                cells += locked_cells(settings, pages, interpreter, word, label=label, short=short)
    return cells


def _instant(word: str) -> dt.datetime | None:
    return None if word in RESOLUTIONS else instant_of(word, [])


def _label(word: str, files: Sequence[str]) -> str:
    """What cells call a lock file: its name, with as many folders before it as tell it from the others.

    No other one, by however many of its own folders, is called the same.
    """
    own = Path(word).expanduser().absolute().parts[1:]
    paths = {Path(each).expanduser().absolute().parts[1:] for each in files} - {own}
    taken = {"-".join(each[-parts:]) for each in paths for parts in range(1, len(each) + 1)}
    names = ["-".join(own[-parts:]) for parts in range(1, len(own) + 1)]
    return next((name for name in names if name not in taken), names[-1])


def locked_cells(
    settings: RunSettings,
    pages: Mapping[str, ProjectPage],
    interpreter: Interpreter,
    word: str,
    *,
    label: str,
    short: bool,
) -> Iterator[PlannedCell]:
    """The cells of a lock file: its own pair, or those that are named in its place."""
    lock = read_lock(Path(word).expanduser(), interpreter)
    python = interpreter.minor if short else interpreter.version
    for pair in _pairs_of(lock, settings, pages, word):
        yield PlannedCell(
            id=cell_id(pair, python, label),
            pair=pair,
            interpreter=interpreter,
            resolution=label,
            as_of=None,
            pinned=lock,
            lock_file=word,
        )


def _pairs_of(
    lock: LockFile, settings: RunSettings, pages: Mapping[str, ProjectPage], word: str
) -> Iterator[Pair]:
    """The pair that a lock file pins, or that are named in its place; of ranges the newest in them."""
    asked = settings
    if not settings.versions_named:
        if lock.agents is not None:
            yield Pair(chatkit=lock.chatkit, agents=lock.agents)
            return
        ranges = {name: lock.pair_constraints.get(name) for name in (CHATKIT, AGENTS)}
        if ranges[AGENTS] is None and ranges[CHATKIT] is None:
            names = f"pins no {AGENTS}" if lock.pins else f"names neither {AGENTS} nor {CHATKIT}"
            raise SelectionError(
                word,
                f"It {names}.",
                "Add what the server needs of them, or name a pair, such as 1.6.5:0.24.0.",
            )
        asked = replace(settings, chatkit=ranges[CHATKIT] or "newest", agents=ranges[AGENTS] or "newest")
    found = list(select_pairs(asked, pages, None))
    for one, other in found if settings.versions_named else found[-1:]:
        yield Pair(chatkit=one.version if one else None, agents=other.version)


def lock_path(word: str) -> Path | None:
    """The file that a resolution word names; None for the words that are none."""
    if word in RESOLUTIONS or _DATE.match(word):
        return None
    path = Path(word).expanduser()
    named = os.sep in word or path.suffix in (".lock", ".toml", ".txt", ".in")
    if path.is_file():
        return path
    if named:
        raise SelectionError(f"--resolution {word}", "There is no such lock file.", "Check its path.")
    return None


def _told_apart(interpreters: list[Interpreter]) -> list[Interpreter]:
    versions = [interpreter.version for interpreter in interpreters]
    for version in versions:
        if versions.count(version) > 1:
            raise SelectionError(
                "--python", f"Two of the interpreters are both {version}.", "Name one of them only."
            )
    return interpreters


def _plain(word: str) -> str:
    return word.strip().lower() if word.strip().lower() in (*RESOLUTIONS, INSTALLED) else word.strip()


def pair_pages(index: Index) -> dict[str, ProjectPage]:
    """The index's pages of the two packages."""
    return {project: index.project(project) for project in (CHATKIT, AGENTS)}


def _cell(
    chatkit: Release | None, agents: Release, interpreter: Interpreter, word: str, *, short: bool
) -> PlannedCell:
    releases = [agents] if chatkit is None else [chatkit, agents]
    as_of = instant_of("contemporary" if word == "lowest" else word, releases)
    pair = Pair(chatkit=chatkit.version if chatkit else None, agents=agents.version)
    label = word
    if word not in RESOLUTIONS and as_of is not None:
        label = word if _DATE.match(word) else as_of.strftime("%Y-%m-%dT%H:%M:%SZ")
    return PlannedCell(
        id=cell_id(pair, interpreter.minor if short else interpreter.version, label),
        pair=pair,
        interpreter=interpreter,
        resolution=label,
        as_of=as_of,
        too_young=_too_young(releases, as_of),
        uploaded=max((each.uploaded for each in releases if each.uploaded is not None), default=None),
        lowest=word == "lowest",
    )


def sibling(cell: PlannedCell, chatkit: Release, agents: Release) -> PlannedCell:
    """A cell of another pair, otherwise like this one: Python, resolution, what is beside the pair."""
    pair = Pair(chatkit=chatkit.version, agents=agents.version)
    whole = f"py{cell.interpreter.version}" in cell.id
    python = cell.interpreter.version if whole else cell.interpreter.minor
    if cell.pinned is not None:
        return replace(cell, id=cell_id(pair, python, cell.resolution), pair=pair, readers=())
    made = _cell(chatkit, agents, cell.interpreter, cell.resolution, short=not whole)
    return replace(made, extras=cell.extras, on_top=cell.on_top)


def _too_young(releases: Sequence[Release], as_of: dt.datetime | None) -> str | None:
    for release in releases:
        if as_of is not None and release.uploaded is not None and release.uploaded > as_of:
            day = release.uploaded.strftime("%Y-%m-%d")
            asked = as_of.strftime("%Y-%m-%d %H:%M")
            return f"{release.project} {release.version} was uploaded on {day}, after {asked} UTC."
    return None
