"""A comparison on the terminal: the answer, what breaks, what gets better, what is unknown, the tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from chatkit_harness.comparison.nouns import Comparison, ScenarioComparison, Statement
from chatkit_harness.reports.comparison_rows import (
    CALLS,
    DEMONSTRATION,
    STATES,
    VERDICT_STATES,
    about,
    assumption_words,
    cells_words,
    decisive_words,
    head_of,
    in_brief,
    number,
    sections,
)
from chatkit_harness.reports.terminal import print_parts
from chatkit_harness.reports.text import ASCII_SYMBOLS, COLOURS, SYMBOLS, clean, clip

_MOST_STATEMENTS = 12
_MOST_REASONS = 3


def print_comparison(comparison: Comparison, console: Console, reports: Sequence[Path] = ()) -> None:
    """Print a comparison; `reports` are the files to point to at the end."""
    print_parts(_parts(comparison, console, reports), console)


def _parts(comparison: Comparison, console: Console, reports: Sequence[Path]) -> list[RenderableType]:
    symbols = SYMBOLS if console.encoding.lower().startswith("utf") else ASCII_SYMBOLS
    state = STATES[comparison.status]
    head = Text.assemble(
        (f"{symbols[state]} {head_of(comparison).upper()}", COLOURS[state]),
        "  ",
        (clean(comparison.answer), "bold"),
    )
    told: list[RenderableType] = [head]
    if comparison.demonstration:
        told.append(_under(Text(DEMONSTRATION, style="yellow")))
    if assumed := assumption_words(comparison):
        told.append(_under(Text(assumed, style="yellow")))
    told += [_under(Text(clean(note))) for note in comparison.notes]
    for title, statements in sections(comparison):
        told += [Text(), Text(title, style="bold"), *_statements(statements)]
    if comparison.scenarios:
        told += [Text(), _table(comparison.scenarios)]
        more = _ASSUMED_LEGEND if comparison.assumption else ""
        told.append(Text(_LEGEND + more, style="dim"))
    if comparison.figures:
        told += [
            Text(),
            Text("What the documents say, and what was measured", style="bold"),
            _figures(comparison),
        ]
    told += [Text(), *(Text(clip(label, 160), style="dim") for label in comparison.labels[:6])]
    if reports:
        told.append(Text(f"Reports: {reports[0].parent}"))
        told.append(_under(Text("  ".join(path.name for path in reports), style="dim")))
    return told


_LEGEND = (
    "Each figure: native | Agent Builder, medians over the cells. calls: one after the other. "
    "+: overhead, to which the model's time comes, which is not known."
)
_ASSUMED_LEGEND = " ~: with a model's time that is assumed."


def _statements(statements: Sequence[Statement]) -> list[RenderableType]:
    if not statements:
        return [_under(Text("Nothing.", style="dim"))]
    told: list[RenderableType] = []
    for each in statements[:_MOST_STATEMENTS]:
        line = Text()
        if each.scenarios:
            line.append(f"{about(each)}: ", style="bold" if each.breaks else "")
        line.append(clip(each.words, 400), style="red" if each.breaks else "")
        told.append(_under(line))
    rest = len(statements) - _MOST_STATEMENTS
    return [*told, _under(Text(f"… and {rest} more: see the reports."))] if rest > 0 else told


def _table(scenarios: Sequence[ScenarioComparison]) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    table.add_column("scenario", overflow="fold")
    table.add_column("verdict", no_wrap=True)
    table.add_column("calls", no_wrap=True)
    table.add_column("to the end", overflow="fold")
    table.add_column("in what", overflow="fold", ratio=1)
    for each in scenarios:
        calls, end = (in_brief(number(each, what)) for what in (CALLS, "to the end"))
        verdict = Text(each.verdict, style=COLOURS[VERDICT_STATES[each.verdict]])
        table.add_row(
            Text(clean(each.scenario)),
            verdict,
            Text(f"{calls.native} | {calls.agent_builder}"),
            Text(f"{end.native} | {end.agent_builder}"),
            Text(_why(each)),
        )
    return table


def _why(scenario: ScenarioComparison) -> str:
    words = decisive_words(scenario)
    more = f" (+{len(words) - _MOST_REASONS} more)" if len(words) > _MOST_REASONS else ""
    cells = cells_words(scenario) if len(scenario.cells) > 1 else ""
    told = "; ".join(clip(each, 160) for each in words[:_MOST_REASONS]) + more
    return f"{told} [{cells}]" if cells else told


def _figures(comparison: Comparison) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    for name in ("what", "documented", "its own evidence", "measured here", "kind of measure"):
        table.add_column(name, overflow="fold")
    for each in comparison.figures:
        table.add_row(
            *(Text(clean(part)) for part in (each.what, each.documented, each.seen, each.measured, each.kind))
        )
    return Group(table)


def _under(part: RenderableType) -> RenderableType:
    return Padding(part, (0, 0, 0, 2), expand=False)
