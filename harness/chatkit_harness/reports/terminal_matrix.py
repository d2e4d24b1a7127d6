"""The matrix on the terminal: a row a cell where there are few, signs in a grid where there are many."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from chatkit_harness.reports.lines import Line, compares_stores, lines
from chatkit_harness.reports.matrix_lines import drawings, titled
from chatkit_harness.reports.text import COLOURS, WORDS, cell_parts, clip, count
from chatkit_harness.reports.view import Group as Columns
from chatkit_harness.reports.view import View, paths_apart

_LETTERS = string.ascii_lowercase


def grids(seen: View, symbols: Mapping[str, str], width: int) -> Iterator[RenderableType]:
    """The signs of very many cells: chatkit releases down, agents releases across, a grid a resolution."""
    drawn, rest = drawings(seen.rows, width, symbols)
    for drawing in drawn:
        yield Text(titled(drawing), style="bold")
        for line in drawing.lines:
            yield Text.assemble(*((text, COLOURS.get(state, "")) for text, state in line), no_wrap=True)
        yield Text()
    if rest:
        yield Text(f"… and {count(rest, 'matrix', 'matrices')} more: see the reports.")
    used = {row.state for row in seen.rows}
    numbers = "; a number is that of a cause" if any(row.causes for row in seen.rows) else ""
    signs = "  ".join(f"{symbols[state]} {WORDS[state]}" for state in symbols if state in used)
    yield Text(f"Down: chatkit. Across: agents. {signs}{numbers}", style="dim")


def rows_table(seen: View, symbols: Mapping[str, str]) -> RenderableType:
    """A row a cell, or a row a store where several are compared, for runs of few cells."""
    apart = paths_apart(seen)
    labels = sorted({label for group in seen.groups for label in group.columns.values()})
    lettered = len(labels) <= len(_LETTERS)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    stores = ["store"] if compares_stores(seen) else []
    for name in ("chatkit", "agents", "py", "resolved", *stores, "cell"):
        table.add_column(name, overflow="fold")
    for group in seen.groups or (None,):
        above = f"{group.name}\n" if group and apart else ""
        if lettered:
            table.add_column(above + _LETTERS[: len(labels)], no_wrap=True)
        else:
            table.add_column(f"{above}pass", justify="right", no_wrap=True)
            table.add_column("fail", justify="right", no_wrap=True, vertical="bottom")
    table.add_column("why", justify="left", overflow="fold")
    for line in lines(seen):
        table.add_row(*_cells(line, seen, symbols, labels if lettered else None))
    below: list[RenderableType] = []
    if lettered:
        names = "  ".join(f"{letter}={name}" for letter, name in zip(_LETTERS, labels, strict=False))
        below.append(Text(f"Scenarios: {names}", style="dim"))
        below.append(Text(_legend(seen, symbols), style="dim"))
    return Group(table, *below)


def _cells(
    line: Line, seen: View, symbols: Mapping[str, str], labels: list[str] | None
) -> list[RenderableType]:
    colour = COLOURS[line.state]
    names = [*(clip(each, 24) if line.first else "" for each in cell_parts(line.row.cell))]
    names += [clip(line.store, 40)] if line.store is not None else []
    # Text, since of a plain string rich would read what stands in brackets as markup.
    cells: list[RenderableType] = [Text(each) for each in names]
    cells.append(Text(f"{symbols[line.state]} {WORDS[line.state]}", style=colour))
    for group in seen.groups:
        if labels is not None:
            cells.append(Text.assemble(*(_mark(line, group, each, symbols) for each in labels)))
        else:
            counts = line.counts_on(group.path)
            cells += [str(counts["pass"]), Text(str(counts["fail"]), style=colour)]
    if not seen.groups:
        cells += ["-"] if labels is not None else ["0", "0"]
    return [*cells, Text(_why(line))]


def _mark(line: Line, group: Columns, label: str, symbols: Mapping[str, str]) -> tuple[str, str]:
    case = line.cases.get((group.path, label))
    if case is None and (line.store is not None or label not in group.labels):
        return " ", ""  # it is not asked here
    outcome = case.outcome if case else "not run"
    return symbols[outcome], COLOURS[outcome]


def _why(line: Line) -> str:
    if line.causes:
        return "cause " + ", ".join(str(n) for n in line.causes[:3]) + ("…" if len(line.causes) > 3 else "")
    return clip(line.reason, 60) if line.reason else ""


def _legend(seen: View, symbols: Mapping[str, str]) -> str:
    used = {case.outcome for case in seen.results.cases}
    missing = any(len(row.cases) < len(seen.columns) for row in seen.rows)
    words = [f"{symbols[o]} {o}" for o in symbols if o in used or (o == "not run" and missing)]
    return "Symbols:   " + "  ".join(words)
