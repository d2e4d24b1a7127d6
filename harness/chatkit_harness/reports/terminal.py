"""A finished run on the terminal: the verdict, the matrix, the causes, and where the reports are."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from chatkit_harness.causes.words import python_words
from chatkit_harness.core.nouns import Cause
from chatkit_harness.reports.rows import counts_on
from chatkit_harness.reports.text import (
    ASCII_SYMBOLS,
    SYMBOLS,
    WORDS,
    clean,
    clip,
    count,
)
from chatkit_harness.reports.view import Row, View, covered, paths_apart, view
from chatkit_harness.results import Results

COLOURS = {
    "pass": "green",
    "fail": "bold red",
    "error": "magenta",
    "unresolvable": "yellow",
    "skipped": "dim",
    "not run": "dim",
}
_MOST_ROWS = 40
_MOST_CAUSES = 10
_MOST_CAUGHT = 5
_LETTERS = string.ascii_lowercase


def print_report(results: Results, console: Console, reports: Sequence[Path] = ()) -> None:
    """Print a run; `reports` are the files to point to at the end."""
    seen = view(results)
    symbols = ASCII_SYMBOLS if _ascii_only(console) else SYMBOLS
    print_parts(_parts(seen, symbols, reports), console)


def print_parts(parts: Iterable[RenderableType], console: Console) -> None:
    """Print the parts of a report one below the other, in letters that the console can show."""
    for part in parts:
        console.print(_Trimmed(part, ascii_only=_ascii_only(console)), highlight=False, end="")


def _ascii_only(console: Console) -> bool:
    return not console.encoding.lower().startswith("utf")


class _Trimmed:
    """A part without trailing blanks, and for consoles that have no Unicode without what they cannot show."""

    def __init__(self, part: RenderableType, *, ascii_only: bool) -> None:
        self.part = part
        self.ascii_only = ascii_only

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in console.render_lines(self.part, options, pad=False):
            for segment in _without_trailing_blanks(line):
                yield self._encodable(segment, console.encoding) if self.ascii_only else segment
            yield Segment.line()

    def _encodable(self, segment: Segment, encoding: str) -> Segment:
        text = segment.text.replace("…", "~").encode(encoding, "replace").decode(encoding)
        return segment._replace(text=text)


def _without_trailing_blanks(line: list[Segment]) -> Iterator[Segment]:
    kept = [segment for segment in line if not segment.control]
    while kept and not kept[-1].text.strip():
        kept.pop()
    yield from kept[:-1]
    for last in kept[-1:]:
        yield last._replace(text=last.text.rstrip())


def _parts(seen: View, symbols: Mapping[str, str], reports: Sequence[Path]) -> list[RenderableType]:
    parts: list[RenderableType] = [_verdict(seen, symbols)]
    if seen.rows:
        parts += [Text(), _matrix(seen, symbols)]
    if seen.causes:
        parts += [Text(), *_causes(seen)]
    if seen.caught:
        parts += [Text(), *_caught(seen)]
    return [*parts, Text(), _foot(seen, reports)]


def _verdict(seen: View, symbols: Mapping[str, str]) -> RenderableType:
    word = {"pass": "PASS", "fail": "FAIL", "error": "NOT JUDGED"}[seen.state]
    line = Text.assemble(
        (f"{symbols[seen.state]} {word}", COLOURS[seen.state]), "  ", (seen.headline, "bold")
    )
    facts = [Text(fact) for fact in seen.facts]
    if seen.note:
        facts.append(Text(seen.note, style="dim"))
    return Group(line, *(Padding(fact, (0, 0, 0, 2), expand=False) for fact in facts))


def _matrix(seen: View, symbols: Mapping[str, str]) -> RenderableType:
    rows, apart = _worth_showing(seen.rows), paths_apart(seen)
    labels = sorted({label for group in seen.groups for label in group.columns.values()})
    lettered = len(labels) <= len(_LETTERS)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    for name in ("chatkit", "agents", "py", "resolved", "cell"):
        table.add_column(name, overflow="fold")
    for group in seen.groups or (None,):
        above = f"{group.name}\n" if group and apart else ""
        if lettered:
            table.add_column(above + _LETTERS[: len(labels)], no_wrap=True)
        else:
            table.add_column(f"{above}pass", justify="right", no_wrap=True)
            table.add_column("fail", justify="right", no_wrap=True, vertical="bottom")
    table.add_column("why", justify="left", overflow="fold")
    for row in rows:
        table.add_row(*_cells(row, seen, symbols, labels if lettered else None))
    below: list[RenderableType] = []
    if lettered:
        names = "  ".join(f"{letter}={name}" for letter, name in zip(_LETTERS, labels, strict=False))
        below.append(Text(f"Scenarios: {names}", style="dim"))
        below.append(Text(_legend(seen, symbols), style="dim"))
    if len(rows) < len(seen.rows):
        below.append(Text(f"… and {count(len(seen.rows) - len(rows), 'cell')} more: see the reports."))
    return Group(table, *below)


def _worth_showing(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """All rows, or of a big matrix those first that show a cause for the first time, then the red ones."""
    if len(rows) <= _MOST_ROWS:
        return rows
    told: set[int] = set()
    chosen: list[int] = []
    for n, row in enumerate(rows):
        if set(row.causes) - told:
            told |= set(row.causes)
            chosen.append(n)
    red = [n for n, row in enumerate(rows) if row.state != "pass" and n not in set(chosen)]
    green = [n for n, row in enumerate(rows) if row.state == "pass"]
    return tuple(rows[n] for n in sorted([*chosen, *red, *green][:_MOST_ROWS]))


def _cells(
    row: Row, seen: View, symbols: Mapping[str, str], labels: list[str] | None
) -> list[RenderableType]:
    cell = row.cell
    colour = COLOURS[row.state]
    cells: list[RenderableType] = [
        # Text, since of a plain string rich would read what stands in brackets as markup.
        Text(clip(cell.chatkit or "none", 24)),
        Text(clip(cell.agents, 24)),
        Text(python_words(cell)),
        Text(clip(cell.resolution, 24)),
        Text(f"{symbols[row.state]} {WORDS[row.state]}", style=colour),
    ]
    for group in seen.groups:
        if labels is not None:
            columns = {label: column for column, label in group.columns.items()}
            marks = (_mark(row, columns[each], symbols) if each in columns else (" ", "") for each in labels)
            cells.append(Text.assemble(*marks))
        else:
            counts = counts_on(row, group.path)
            cells += [str(counts["pass"]), Text(str(counts["fail"]), style=colour)]
    if not seen.groups:
        cells += ["-"] if labels is not None else ["0", "0"]
    return [*cells, Text(_why(row))]


def _mark(row: Row, column: str, symbols: Mapping[str, str]) -> tuple[str, str]:
    case = row.cases.get(column)
    outcome = case.outcome if case else "not run"
    return symbols[outcome], COLOURS[outcome]


def _why(row: Row) -> str:
    if row.causes:
        return "cause " + ", ".join(str(n) for n in row.causes[:3]) + ("…" if len(row.causes) > 3 else "")
    return clip(row.reason, 60) if row.reason else ""


def _legend(seen: View, symbols: Mapping[str, str]) -> str:
    used = {case.outcome for case in seen.results.cases}
    missing = any(len(row.cases) < len(seen.columns) for row in seen.rows)
    words = [f"{symbols[o]} {o}" for o in symbols if o in used or (o == "not run" and missing)]
    return "Symbols:   " + "  ".join(words)


def _causes(seen: View) -> list[RenderableType]:
    parts: list[RenderableType] = [Text("Causes", style="bold")]
    for number, cause in enumerate(seen.causes[:_MOST_CAUSES], start=1):
        parts.append(_cause(number, cause, seen))
    rest = len(seen.causes) - _MOST_CAUSES
    if rest > 0:
        parts.append(Text(f"… and {count(rest, 'cause')} more: see the reports."))
    return parts


def _cause(number: int, cause: Cause, seen: View) -> RenderableType:
    cells = covered(cause)
    shown = ", ".join(clip(cell, 70) for cell in cells[:3])
    more = f" and {len(cells) - 3} more" if len(cells) > 3 else ""
    facts = Table.grid(padding=(0, 1))
    facts.add_column(no_wrap=True, style="dim")
    facts.add_column(overflow="fold")
    if cause.culprit:
        facts.add_row("raised by", Text(clean(cause.culprit)))
    if seen.scenarios[number - 1]:
        facts.add_row("scenarios", Text(seen.scenarios[number - 1]))
    many = f"{count(len(cells), 'cell')}, {count(len(cause.cases), 'case')}: {shown}{more}"
    facts.add_row("cells", Text(many))
    if cause.advice:
        facts.add_row("advice", Text(clean(cause.advice)))
    table = Table.grid(padding=(0, 1))
    table.add_column(width=len(str(min(len(seen.causes), _MOST_CAUSES))) + 1, justify="right")
    table.add_column(overflow="fold")
    table.add_row(f"{number}.", Group(Text(clean(cause.title), style="bold"), facts))
    return table


def _caught(seen: View) -> list[RenderableType]:
    parts: list[RenderableType] = [
        Text(f"caught as expected: {each}", style="dim") for each in seen.caught[:_MOST_CAUGHT]
    ]
    rest = len(seen.caught) - _MOST_CAUGHT
    if rest > 0:
        parts.append(Text(f"… and {rest} more caught as expected: see the reports.", style="dim"))
    return parts


def _foot(seen: View, reports: Sequence[Path]) -> RenderableType:
    counts = ", ".join(f"{number} {outcome}" for outcome, number in seen.summary.items())
    lines = [Text(f"{count(len(seen.results.cases), 'case')}: {counts}.")]
    if reports:
        folder = reports[0].parent
        lines.append(Text(f"Reports, with each cell's full pins: {folder}"))
        lines.append(Text("  " + "  ".join(path.name for path in reports), style="dim"))
    return Group(*lines)
