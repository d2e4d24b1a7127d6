"""A matrix as lines of text that are no wider than asked for: on the terminal and in `summary.md`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chatkit_harness.reports.matrix import Folded, Matrix, by_cause, by_state, folded, matrices
from chatkit_harness.reports.rows import Row
from chatkit_harness.reports.text import clip, count

_GAP = 2
_LONGEST = 24
_MOST = 12

Part = tuple[str, str]
"""Some text, and the state that it shows (empty for none)."""

Line = tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Matrices that are alike, told once: the titles of them all, and the lines of one."""

    titles: tuple[str, ...]
    lines: tuple[Line, ...]


def drawings(rows: Sequence[Row], width: int, symbols: Mapping[str, str]) -> tuple[list[Drawing], int]:
    """The matrices of a run in at most `width` columns, and how many more there are than can be told."""
    alike: dict[tuple[Line, ...], list[str]] = {}
    for matrix in matrices(rows):
        alike.setdefault(tuple(_lines(matrix, width, symbols)), []).append(matrix.title)
    every = [Drawing(titles=tuple(titles), lines=lines) for lines, titles in alike.items()]
    return every[:_MOST], sum(len(each.titles) for each in every[_MOST:])


def titled(drawing: Drawing) -> str:
    """The titles of a drawing in one line: three of them, and how many more look the same."""
    told, rest = drawing.titles[:3], len(drawing.titles) - 3
    more = f" and {count(rest, 'other')}" if rest > 0 else ""
    return "; ".join(told) + more + (": all alike" if len(drawing.titles) > 1 else "")


def _lines(matrix: Matrix, width: int, symbols: Mapping[str, str]) -> Iterator[Line]:
    """With causes where they fit, else with signs alone, else under letters, in several bands if need be."""
    for alike, causes in ((by_cause, True), (by_state, False)):
        table = folded(matrix, alike)
        widths = _widths(table, symbols, causes=causes)
        if _side(matrix) + sum(widths) + _GAP * len(widths) <= width:
            yield from _band(matrix, table, widths, symbols, causes=causes)
            return
    table = folded(matrix, by_state)
    spans = table.columns
    table = replace(table, columns=tuple(map(_letter, range(len(spans)))))
    widths = _widths(table, symbols, causes=False)
    most = max(1, (width - _side(matrix)) // (max(widths) + _GAP))
    for start in range(0, len(spans), most):
        part = Folded(
            columns=table.columns[start : start + most],
            rows=tuple((chatkit, cells[start : start + most]) for chatkit, cells in table.rows),
        )
        yield from _band(matrix, part, widths[start : start + most], symbols, causes=False)
    yield from _legend(table.columns, spans, width)


def _band(
    matrix: Matrix, table: Folded, widths: Sequence[int], symbols: Mapping[str, str], *, causes: bool
) -> Iterator[Line]:
    side = _side(matrix)
    heads = zip(table.columns, widths, strict=True)
    yield _trimmed([(" " * side, ""), *((" " * _GAP + name.ljust(size), "") for name, size in heads)])
    for chatkit, cells in table.rows:
        parts: list[Part] = [(clip(chatkit, _LONGEST).ljust(side), "")]
        for row, size in zip(cells, widths, strict=True):
            text = _mark(row, symbols, causes=causes)
            parts += [(" " * _GAP, ""), (text.ljust(size), row.state if row else "")]
        yield _trimmed(parts)


def _legend(letters: Sequence[str], spans: Sequence[str], width: int) -> Iterator[Line]:
    line = "agents:"
    for letter, span in zip(letters, spans, strict=True):
        word = f" {letter}={span}"
        if len(line) + len(word) > width:
            yield ((line, ""),)
            line = " "
        line += word
    yield ((line, ""),)


def _mark(row: Row | None, symbols: Mapping[str, str], *, causes: bool) -> str:
    if row is None:
        return ""
    numbers = ",".join(map(str, row.causes[:2])) + (",…" if len(row.causes) > 2 else "")
    return f"{symbols[row.state]} {numbers}" if causes and numbers else symbols[row.state]


def _widths(table: Folded, symbols: Mapping[str, str], *, causes: bool) -> list[int]:
    told = [[_mark(row, symbols, causes=causes) for row in cells] for _, cells in table.rows]
    return [
        max(len(name), *(len(cells[n]) for cells in told)) if told else len(name)
        for n, name in enumerate(table.columns)
    ]


def _side(matrix: Matrix) -> int:
    return max(len(clip(chatkit, _LONGEST)) for chatkit in matrix.chatkits)


def _letter(number: int) -> str:
    """One letter a column: a to z, then aa, ab and so on."""
    above, here = divmod(number, 26)
    return (_letter(above - 1) if above else "") + chr(ord("a") + here)


def _trimmed(parts: list[Part]) -> Line:
    while parts and not parts[-1][0].strip():
        parts.pop()
    if parts:
        parts[-1] = (parts[-1][0].rstrip(), parts[-1][1])
    return tuple(parts)
