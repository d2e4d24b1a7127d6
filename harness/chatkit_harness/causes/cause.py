"""From groups of failures to causes: each with its words, its ranges, its suspect and its advice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from chatkit_harness.causes import range_words, reproduce, tree
from chatkit_harness.causes.advice import Greens
from chatkit_harness.causes.asked import Asked
from chatkit_harness.causes.gathered import gathered
from chatkit_harness.causes.gathered_group import Group, Key
from chatkit_harness.causes.order import cell_key
from chatkit_harness.causes.ranges import Range, ranges
from chatkit_harness.causes.table import PinTable
from chatkit_harness.causes.tally import KIND
from chatkit_harness.causes.title import culprit, title
from chatkit_harness.causes.words import subject_kind
from chatkit_harness.core.codec import to_document
from chatkit_harness.core.nouns import Cause, Cell
from chatkit_harness.core.transcript import Raised

_FRAMES = 12
_FEW = 3
"""A budget that fewer cases passed says more of the machine than of a release."""


class Run:
    """The cells of a run in their order, and what they were asked."""

    def __init__(
        self, cells: Iterable[Cell], asked: Asked, *, started: str | None = None, options: Sequence[str] = ()
    ) -> None:
        self.cells = tuple(sorted(cells, key=cell_key))
        self.asked, self.started, self.options = asked, started, tuple(options)
        self.by_id = {cell.id: cell for cell in self.cells}
        self._place = {cell.id: n for n, cell in enumerate(self.cells)}

    def place(self, cell: str) -> tuple[int, str]:
        """Where a cell comes in the order; those that are not known come last."""
        return self._place.get(cell, len(self._place)), cell

    @cached_property
    def table(self) -> PinTable:
        """The pins of all cells."""
        return PinTable(self.cells)

    @cached_property
    def greens(self) -> Greens:
        """The cells that pass something."""
        return Greens(self.asked, self.cells)


def causes_of(groups: Mapping[Key, Group], run: Run) -> tuple[Cause, ...]:
    """The causes of these groups: failures first, then trouble, then missing pins; the largest first."""
    found = gathered(groups, run.cells, run.asked)
    ordered = sorted(found, key=lambda each: (KIND[each.kind], -len(each.failed), each.key))
    return tuple(_Told(each, run).cause() for each in ordered)


class _Told:
    """One cause, and what of the run bears on it."""

    def __init__(self, group: Group, run: Run) -> None:
        self._group, self._run = group, run
        reds = group.reds()
        self._reds = {cell: reds[cell] for cell in sorted(reds, key=run.place)}
        self._root, self._kind = group.root, group.kind

    def cause(self) -> Cause:
        """The cause in words and in data."""
        group, run, root = self._group, self._run, self._root
        split = self._split()
        tested = self._tested()
        # A server that runs elsewhere has versions that nobody can name: there is no range of them.
        named = [cell for cell in tested if cell.resolution != "running"]
        found = ranges(self._reds, named, run.table, self._suspects()) if named else ()
        cases = sorted(group.failed.values(), key=lambda each: (run.place(each.case.cell), each.case.id))
        return Cause(
            key=group.key,
            title=title(group),
            cases=tuple(each.case.id for each in cases),
            confirmed=not self._fleeting and any(each.case.confirmed for each in cases),
            culprit=culprit(group),
            advice=None
            if self._fleeting
            else run.greens.advice(self._failed(), _owner(root.raised), _raisers(root.raised)),
            ranges=range_words.in_words(found, named),
            suspect=tree.words(split, _owner(root.raised)) if split else None,
            reproduce=self._reproduce(),
            example=self._example(found, split),
        )

    @property
    def _fleeting(self) -> bool:
        """Whether it is nothing but a budget that was passed once or twice."""
        return str(self._root.rule).startswith("latency/") and len(self._group.failed) < _FEW

    @property
    def _is_between_releases(self) -> bool:
        """Whether it lies between the release that wrote and one that reads: in no pin of a cell."""
        return str(self._root.rule).startswith("store/rollback-")

    def _failed(self) -> dict[str, int]:
        failed = self._group.reds("fail")
        return {cell: failed[cell] for cell in self._reds if cell in failed}

    def _tested(self) -> list[Cell]:
        """The cells of which it is known whether they have the cause."""
        if self._kind != "fail":
            return list(self._run.cells)
        asked, questions = self._run.asked, self._group.questions
        return [
            cell for cell in self._run.cells if cell.id in self._reds or asked.of(cell.id).judged & questions
        ]

    def _split(self) -> tree.Split | None:
        """The pins that separate the failing cells from those that pass what fails there."""
        if self._kind != "fail" or self._fleeting or self._is_between_releases:
            return None
        asked, questions, table = self._run.asked, self._group.questions, self._run.table
        green = [c.id for c in table.cells if c.id not in self._reds and asked.of(c.id).passed & questions]
        owner, raisers = _owner(self._root.raised), _raisers(self._root.raised)
        red = table.mask(self._failed())
        return tree.split(table, red, table.mask(green), raisers, owner[0] if owner else None)

    def _suspects(self) -> list[str]:
        """The distributions that the failure names: whose class it is, then those of the traceback."""
        owner = _owner(self._root.raised)
        return [*([owner[0]] if owner else []), *_raisers(self._root.raised)]

    def _reproduce(self) -> str | None:
        example = self._group.example
        cell = self._run.by_id.get(example.case.cell) if example else None
        if example is None or cell is None or self._kind != "fail":
            return None
        return reproduce.command(example.case, cell, started=self._run.started, options=self._run.options)

    def _example(self, found: Sequence[Range], split: tree.Split | None) -> dict[str, Any]:
        """One case of the cause in full, and every cell that it covers."""
        root, example, raised = self._root, self._group.example, self._root.raised
        told: dict[str, Any] = {
            "kind": self._kind,
            "case": example.case.id if example else None,
            "cell": example.case.cell if example else next(iter(self._reds)),
            "cells": list(self._reds),
            "ranges": [to_document(each) for each in found],
            "suspects": _named(split) if split else [],
            "decides": [test.name for test in split.tests] if split else [],
            "message": raised.message if raised else root.said,
            "frames": [],
        }
        if self._fleeting:
            told["fleeting"] = True
        if self._group.companions:
            told["with"] = [each.name for each in self._group.companions]
        if raised:
            told["type"] = raised.type
            told["frames"] = [to_document(frame) for frame in raised.frames[-_FRAMES:]]
            told["place"] = root.place.key if root.place else None
            told["anew"] = to_document(root.anew.frame) if root.anew else None
            told["subject"] = to_document(raised.subject)
        return told


def _owner(raised: Raised | None) -> tuple[str, str] | None:
    """The distribution that defines what the exception is about, and whether that is a class or a module."""
    if raised is None or raised.subject is None or raised.subject.distribution is None:
        return None
    return raised.subject.distribution, subject_kind(raised)


def _named(split: tree.Split) -> list[str]:
    """The pins of a suspicion, and those close to the pair that always moved together with the first."""
    close = [test.name for test in split.equals[0] if test.name in tree.CLOSE]
    return [*(test.name for test in split.tests), *close[:2]]


def _raisers(raised: Raised | None) -> list[str]:
    """The distributions that a traceback goes through, innermost first, each once."""
    if raised is None:
        return []
    return list(dict.fromkeys(f.distribution for f in reversed(raised.frames) if f.distribution))
