"""The cells that stand for a cause: the one of its example, and those at the ends of its ranges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chatkit_harness.causes.ranges import Range
from chatkit_harness.causes.words import version_key
from chatkit_harness.core.codec import CodecError, from_document
from chatkit_harness.core.nouns import Cause, Cell

MOST = 6


def edges(cause: Cause, cells: Iterable[Cell]) -> tuple[str, ...]:
    """Ids of at most six of a cause's cells: its example's, then of each range the ends in its releases.

    Of a range with a condition on a third party the ends are those in its versions. The largest range comes
    first; the order of `cells` does not matter.
    """
    covered = set(cause.example.get("cells", ()))
    known = sorted((cell for cell in cells if cell.id in covered), key=lambda cell: cell.id)
    ids = {cell.id for cell in known}
    first = cause.example.get("cell")
    chosen = {first: None} if first in ids else {}
    found = ranges_of(cause)
    for corner in (0, -1, 1, -2):
        for each in found:
            order = _in_order(each, [cell for cell in known if each.covers(cell)], across=corner in (1, -2))
            for cell in order[:1] if corner in (0, 1) else order[-1:]:
                chosen.setdefault(cell, None)
    return tuple(chosen)[:MOST] or tuple(sorted(ids))[:MOST]


def ranges_of(cause: Cause) -> tuple[Range, ...]:
    """The ranges of a cause as data; none where it has none, or was written by another harness."""
    documents = cause.example.get("ranges", ())
    return tuple(_readable(documents)) if isinstance(documents, list | tuple) else ()


def _readable(documents: Iterable[object]) -> Iterator[Range]:
    for document in documents:
        try:
            yield from_document(Range, document)
        except CodecError:
            continue


def _in_order(found: Range, cells: Iterable[Cell], *, across: bool) -> list[str]:
    """Cells from the oldest to the newest: by the third party of a condition, agents, then chatkit.

    `across` is from the newest chatkit with the oldest agents to the other corner.
    """

    def newest(cell: Cell) -> list[object]:
        name = found.bounds.name if found.bounds else ""
        return [
            version_key(cell.pins.get(name, "0")),
            version_key(cell.agents),
            version_key(cell.chatkit or "0"),
        ]

    ordered = sorted(cells, key=lambda cell: (*newest(cell), cell.id))
    if not across:
        return [cell.id for cell in ordered]
    by_agents = sorted(ordered, key=lambda cell: version_key(cell.chatkit or "0"), reverse=True)
    return [cell.id for cell in sorted(by_agents, key=lambda cell: version_key(cell.agents))]
