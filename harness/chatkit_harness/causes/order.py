"""Which case stands for a cause: the same one, in whatever order the cases came."""

from __future__ import annotations

from chatkit_harness.causes.words import version_key
from chatkit_harness.core.nouns import CaseResult, Cell

_KINDS = ("fail", "error", "unresolvable")
_RESOLUTIONS = ("today", "contemporary")
_PLAINEST = "quote-aapl"
"""Of the built-in scenarios the one that people know: a question, a tool, a widget and a sentence."""


class _Newest:
    """Orders versions from the newest on."""

    __slots__ = ("_key",)

    def __init__(self, version: str | None) -> None:
        self._key = version_key(version or "0")

    def __lt__(self, other: _Newest) -> bool:
        return other._key < self._key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Newest) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


def rank(case: CaseResult, cell: Cell | None) -> tuple[object, ...]:
    """The least stands for its cause: a failure of the newest releases as of today, as plain as there is."""
    word = cell.resolution if cell else ""
    return (
        _KINDS.index(case.outcome),
        case.path != "native",
        case.server != "reference",
        _RESOLUTIONS.index(word) if word in _RESOLUTIONS else len(_RESOLUTIONS),
        word,
        _Newest(cell.chatkit if cell else None),
        _Newest(cell.agents if cell else None),
        _Newest(cell.python if cell else None),
        case.scenario != _PLAINEST,
        len(case.findings),
        case.scenario,
        case.id,
    )


def cell_key(cell: Cell) -> tuple[object, ...]:
    """What cells are told in the order of."""
    resolution = (cell.resolution != "contemporary", cell.resolution == "today", cell.resolution)
    versions = version_key(cell.python), version_key(cell.chatkit or "0"), version_key(cell.agents)
    return *resolution, *versions, cell.id
