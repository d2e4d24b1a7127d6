"""Groups what went wrong by its root, in one go: see `Roots` for doing it as cases come in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chatkit_harness.causes.root import raised_of
from chatkit_harness.causes.roots import Roots
from chatkit_harness.core.nouns import CaseResult, Cause, Cell

__all__ = ["group", "raised_of"]


def group(
    cases: Iterable[CaseResult],
    cells: Iterable[Cell],
    *,
    started: str | None = None,
    options: Sequence[str] = (),
) -> tuple[Cause, ...]:
    """The causes of everything that did not pass, with the parameters and the order of `Roots`."""
    known = {cell.id: cell for cell in cells}
    roots = Roots(started=started, options=options)
    for case in cases:
        roots.add(case, known.get(case.cell))
    return roots.causes(known.values())
