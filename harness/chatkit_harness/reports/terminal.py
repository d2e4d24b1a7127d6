"""A finished run on the terminal: the verdict, the matrix, the causes, and where the reports are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.segment import Segment
from rich.text import Text

from chatkit_harness.reports.own_pair import Mine, own_sentence
from chatkit_harness.reports.rechecked import rechecked_lines
from chatkit_harness.reports.terminal_causes import cause_parts
from chatkit_harness.reports.terminal_matrix import grids, rows_table
from chatkit_harness.reports.text import ASCII_SYMBOLS, COLOURS, SYMBOLS, count
from chatkit_harness.reports.view import View, has_pins, view
from chatkit_harness.results import Results

_MOST_CAUGHT = 5


def print_report(
    results: Results, console: Console, reports: Sequence[Path] = (), *, mine: Mine | None = None
) -> None:
    """Print a run; `reports` are the files to point to at the end, `mine` the pair that its reader runs."""
    seen = view(results)
    symbols = ASCII_SYMBOLS if _ascii_only(console) else SYMBOLS
    own = own_sentence(seen, mine)
    print_parts(_parts(seen, symbols, reports, console.width, own), console)


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


def _parts(
    seen: View, symbols: Mapping[str, str], reports: Sequence[Path], width: int, own: str | None
) -> list[RenderableType]:
    parts: list[RenderableType] = [_verdict(seen, symbols, own)]
    if seen.many:
        parts += [Text(), *grids(seen, symbols, width)]
    elif seen.rows:
        parts += [Text(), rows_table(seen, symbols)]
    if seen.causes:
        parts += [Text(), *cause_parts(seen, width)]
    if seen.caught:
        parts += [Text(), *_caught(seen)]
    anew = [Text(line) for line in rechecked_lines(seen.results)]
    return [*parts, *([Text(), *anew] if anew else ()), Text(), _foot(seen, reports)]


def _verdict(seen: View, symbols: Mapping[str, str], own: str | None) -> RenderableType:
    word = {"pass": "PASS", "fail": "FAIL", "error": "NOT JUDGED"}[seen.state]
    line = Text.assemble(
        (f"{symbols[seen.state]} {word}", COLOURS[seen.state]), "  ", (seen.headline, "bold")
    )
    facts = [Text(fact) for fact in seen.facts]
    if own is not None:
        facts.append(Text(own, style="bold"))
    if seen.note:
        facts.append(Text(seen.note, style="dim"))
    return Group(line, *(Padding(fact, (0, 0, 0, 2), expand=False) for fact in facts))


def _caught(seen: View) -> list[RenderableType]:
    parts: list[RenderableType] = [
        Text(f"caught as expected: {each}", style="dim") for each in seen.caught[:_MOST_CAUGHT]
    ]
    rest = len(seen.caught) - _MOST_CAUGHT
    if rest > 0:
        parts.append(Text(f"… and {rest} more caught as expected: see the reports.", style="dim"))
    return parts


def _foot(seen: View, reports: Sequence[Path]) -> RenderableType:
    counts = ", ".join(f"{number:,} {outcome}" for outcome, number in seen.summary.items())
    lines = [Text(f"{count(len(seen.results.cases), 'case')}: {counts}.")]
    if seen.skipped:
        lines.append(Text(seen.skipped))
    if seen.results.header.enforcement:
        lines.append(Text(f"Outgoing traffic: {seen.results.header.enforcement}.", style="dim"))
    if reports:
        folder = reports[0].parent
        pins = ", with each cell's full pins" if has_pins(seen) else ""
        lines.append(Text(f"Reports{pins}: {folder}"))
        lines.append(Text("  " + "  ".join(path.name for path in reports), style="dim"))
    return Group(*lines)
