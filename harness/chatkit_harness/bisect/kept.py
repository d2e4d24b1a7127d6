"""What was driven after a run to settle its breaks, on disk as soon as it is known."""

from __future__ import annotations

from pathlib import Path

from chatkit_harness.results.proofs import Behind, Proof, Proofs, read_proofs, write_proofs

from .borders import Border
from .hidden import Hiding

Name = tuple[str, ...]


class Kept:
    """The proofs of a run and their file, which holds at any moment what was found so far.

    Nothing that was there before is lost, and a file that holds it all is left as it is.
    """

    def __init__(self, run: Path) -> None:
        """Raises ResultsError where what is there cannot be read."""
        self._run = run
        self._written = read_proofs(run)
        self._proofs = {border_name(each): each for each in self._written.proofs}
        self._behind = {hiding_name(each): each for each in self._written.behind}

    @property
    def all(self) -> Proofs:
        """All that is known."""
        return Proofs(proofs=tuple(self._proofs.values()), behind=tuple(self._behind.values()))

    def proof(self, border: Border) -> Proof | None:
        """What is known of a border, settled or not."""
        return self._proofs.get(border_name(border))

    def is_settled(self, border: Border) -> bool:
        """Whether it need not be asked again."""
        proof = self.proof(border)
        return proof is not None and proof.verdict == "found"

    def behind(self, asked: Hiding) -> Behind | None:
        """What is known of a cell in which one cause hides another, told or not."""
        return self._behind.get(hiding_name(asked))

    def add(self, found: Proof | Behind) -> None:
        """Take in what was found, in the place of what was known of the same. Raises OutputError."""
        if isinstance(found, Proof):
            self._proofs[border_name(found)] = found
        else:
            self._behind[hiding_name(found)] = found
        whole = self.all
        if whole != self._written:
            write_proofs(self._run, whole)
            self._written = whole


def border_name(each: Border | Proof) -> Name:
    """What is asked; the cells of a border are asked for by their pins, but known by their ids."""
    ids = [cell if isinstance(cell, str) else cell.id for cell in (each.good, each.bad)]
    return each.cause, each.axis, *ids, each.case


def hiding_name(each: Hiding | Behind) -> Name:
    """What is asked; the cell is known by its id."""
    cell = each.cell if isinstance(each.cell, str) else each.cell.id
    return each.cause, each.by, cell, each.case, each.constraint
