"""Which other releases read what a cell has written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from packaging.version import Version

from chatkit_harness.core.errors import SelectionError, nearest
from chatkit_harness.index.index import Index, ProjectPage
from chatkit_harness.index.releases import Release, select

from .pairs import AGENTS, CHATKIT, FIRST_WITH_A_MODULE
from .plan_cell import PlannedCell
from .plan_cells import pair_pages, sibling
from .settings import RunSettings
from .targets import MEMORY

NEIGHBOURS = "neighbours"
"""Of each cell the chatkit releases before and after its own, as far as there are any."""


def with_readers(
    cells: Sequence[PlannedCell], settings: RunSettings, index: Index
) -> tuple[list[PlannedCell], list[str]]:
    """The cells, each with those that read what it writes, and notes on what nobody can read or stands alone.

    A reader has the Python and the resolution of the cell, and its agents release where none is named.
    Raises SelectionError where a word selects nothing, and for a store that goes with its process.
    """
    if not settings.read_by:
        return list(cells), []
    if MEMORY in settings.stores:
        cause = "Threads in the store memory go with the process that wrote them: no other can read them."
        raise SelectionError(asking_option(settings), cause, "Take --store sqlite, or leave --store out.")
    pages = pair_pages(index)
    notes = [
        f"{cell.id}: no other release reads its threads, since {why}."
        for cell in cells
        if (why := _unreadable(cell)) is not None
    ]
    if NEIGHBOURS in settings.read_by:
        own = {str(cell.pair.chatkit): None for cell in cells if _unreadable(cell) is None}
        notes += [note for each in own for note in _at_an_end(pages[CHATKIT], each)]
    return [_with(cell, settings.read_by, pages[CHATKIT], pages[AGENTS]) for cell in cells], notes


def asking_option(settings: RunSettings) -> str:
    """The option that asks for others to read, as it was most likely worded."""
    return "--rollback" if settings.read_by == (NEIGHBOURS,) else "--read-by"


def _at_an_end(page: ProjectPage, version: str) -> Iterator[str]:
    """That a release has a neighbour on one side alone, or none."""
    others = [Version(each.version) for each in neighbours(page, version)]
    there = {"before": any(each < Version(version) for each in others)}
    there["after"] = any(each > Version(version) for each in others)
    lacking = " or ".join(side for side, found in there.items() if not found)
    if lacking:
        reader = f"chatkit {others[0]} alone" if others else "none"
        yield f"chatkit {version} has no release {lacking} it: of its neighbours {reader} reads its threads."


def _unreadable(cell: PlannedCell) -> str | None:
    if cell.running:
        return "the server runs elsewhere"
    if cell.standing is not None:
        return "its environment is used as it stands"
    return "it has no chatkit" if cell.pair.chatkit is None else None


def _with(cell: PlannedCell, words: Sequence[str], chatkit: ProjectPage, agents: ProjectPage) -> PlannedCell:
    if _unreadable(cell) is not None:
        return cell
    found = [
        sibling(cell, one, other) for word in words for one, other in _meant(cell, word, chatkit, agents)
    ]
    return replace(cell, readers=tuple({each.id: each for each in found}.values()))


def _meant(
    cell: PlannedCell, word: str, chatkit: ProjectPage, agents: ProjectPage
) -> Iterator[tuple[Release, Release]]:
    named, _, beside = word.partition(":")
    if not named.strip():
        step = "Write --read-by 1.6.4, --read-by 1.6.4:0.24.0 or --read-by neighbours."
        raise SelectionError(f"--read-by {word}", "It names no chatkit release.", step)
    if named != NEIGHBOURS and nearest(named, [NEIGHBOURS]):
        raise SelectionError(
            f"--read-by {word}", "It is no word for releases.", f"Did you mean '{NEIGHBOURS}'?"
        )
    (other,) = select(agents.releases, beside or cell.pair.agents, project=AGENTS)[-1:]
    if named == NEIGHBOURS:
        releases = neighbours(chatkit, str(cell.pair.chatkit))
    else:
        releases = select(chatkit.releases, named, project=CHATKIT)
    yield from ((one, other) for one in releases)


def neighbours(page: ProjectPage, version: str) -> list[Release]:
    """The releases before and after one, those that hold a module at all; fewer at the ends."""
    known = select(page.releases, "all", project=CHATKIT)
    known = [each for each in known if Version(each.version) >= FIRST_WITH_A_MODULE]
    own = Version(version)
    older = [each for each in known if Version(each.version) < own]
    newer = [each for each in known if Version(each.version) > own]
    return [*older[-1:], *newer[:1]]
