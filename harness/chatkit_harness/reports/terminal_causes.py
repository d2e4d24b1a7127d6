"""Causes on the terminal: each with its range, what is suspected, and the line that shows it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from chatkit_harness.reports.text import clip, count
from chatkit_harness.reports.told import Told, facts_of, pinless
from chatkit_harness.reports.view import View

_MOST_CAUSES = 10


def cause_parts(seen: View, width: int) -> Iterator[RenderableType]:
    """The first causes; what has no pins in a run of many cells in one line."""
    causes = [each for each in seen.told if not (seen.many and each.kind == "unresolvable")]
    if causes:
        yield Text("Causes", style="bold")
    for each in causes[:_MOST_CAUSES]:
        yield _cause(each, len(str(min(len(causes), _MOST_CAUSES))) + 1, width)
    rest = len(causes) - _MOST_CAUSES
    if rest > 0:
        yield Text(f"… and {count(rest, 'cause')} more: see the reports.")
    words = pinless(seen.told) if seen.many else None
    if words:
        yield Text(words)


def _cause(each: Told, indent: int, width: int) -> RenderableType:
    facts = Table.grid(padding=(0, 1))
    facts.add_column(no_wrap=True, style="dim")
    facts.add_column(overflow="fold")
    told = list(facts_of(each, cells=_cells(each)))
    room = width - indent - max(len(name) for name, _ in told) - 2
    for name, words in told:
        facts.add_row(name, Text(_pasteable(words, room) if name == "reproduce" else words))
    table = Table.grid(padding=(0, 1))
    table.add_column(width=indent, justify="right")
    table.add_column(overflow="fold")
    table.add_row(f"{each.number}.", Group(Text(each.title, style="bold"), facts))
    return table


def _pasteable(command: str, room: int) -> str:
    """A command that a shell still takes for one when it does not fit on a line."""
    if len(command) <= room:
        return command
    try:
        words = [shlex.quote(word) for word in shlex.split(command)]
    except ValueError:
        return command
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + len(word) + 3 > room:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return " \\\n".join(lines)


def _cells(each: Told) -> str:
    """How many, how sure, and where no range says it which."""
    cells = each.cells
    many = f"{count(len(cells), 'cell')}, {count(len(each.cause.cases), 'case')}"
    many += f", {each.confirmation}" if each.confirmation else ""
    if each.cause.ranges or each.server:
        return many
    more = f" and {len(cells) - 3} more" if len(cells) > 3 else ""
    return f"{many}: {', '.join(clip(cell, 70) for cell in cells[:3])}{more}"
