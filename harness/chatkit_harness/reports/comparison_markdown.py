"""`comparison.md`: a comparison as people read it in a pull request or a job summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chatkit_harness.comparison.nouns import Comparison, ScenarioComparison, Side, Statement
from chatkit_harness.reports.comparison_rows import (
    DEMONSTRATION,
    about,
    assumption_words,
    cells_words,
    decisive_words,
    head_of,
    numbers,
    sections,
    shown,
)
from chatkit_harness.reports.markdown import MOST_BYTES, folded, md
from chatkit_harness.reports.text import clean, clip, count

_SIGNS = {0: "✅", 1: "❌", 3: "⚠️"}
_MARKS = {
    "native better": "✅",
    "equal": "=",
    "mixed": "⚠️",
    "Agent Builder better": "❌",
    "cannot be told": "❔",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    """How much is told; halved until everything fits."""

    scenarios: int
    statements: int
    words: int
    text: int


_ROOMS = (
    _Room(scenarios=100, statements=60, words=600, text=1500),
    _Room(scenarios=60, statements=30, words=400, text=600),
    _Room(scenarios=40, statements=20, words=250, text=200),
    _Room(scenarios=25, statements=10, words=160, text=0),
    _Room(scenarios=10, statements=5, words=100, text=0),
)


def comparison_markdown(comparison: Comparison) -> str:
    """The comparison with as much detail as there is room for, always below 60 kB."""
    text = ""
    for room in _ROOMS:
        text = "\n".join(_lines(comparison, room)) + "\n"
        if len(text.encode()) < MOST_BYTES:
            break
    return text


def _lines(comparison: Comparison, room: _Room) -> list[str]:
    lines = [f"## {_SIGNS[comparison.status]} {head_of(comparison)}: {md(comparison.answer, 600)}", ""]
    if comparison.demonstration:
        lines += [f"_{DEMONSTRATION}_", ""]
    if assumed := assumption_words(comparison):
        lines += [f"_{assumed}_", ""]
    lines += [f"- {md(note, room.words)}" for note in comparison.notes[: room.statements]]
    for title, statements in sections(comparison):
        lines += ["", f"### {title}", "", *_statements(statements, room)]
    if comparison.scenarios:
        lines += ["", "### Scenarios", "", *_table(comparison.scenarios, room)]
    if comparison.figures:
        lines += ["", "### What the documents say, and what was measured", "", *_figures(comparison)]
    for each in comparison.scenarios[: room.scenarios]:
        lines += ["", *folded(f"{clip(each.scenario, 120)}: both sides", _both(each, room))]
    return [
        *lines,
        "",
        "Whose words were compared:",
        "",
        *(f"- {md(label, 200)}" for label in comparison.labels),
    ]


def _statements(statements: Sequence[Statement], room: _Room) -> list[str]:
    if not statements:
        return ["Nothing."]
    told = []
    for each in statements[: room.statements]:
        names = f"**{md(about(each), 200)}**: " if each.scenarios else ""
        told.append(f"- {names}{md(each.words, room.words)}")
    rest = len(statements) - room.statements
    return [*told, f"- … and {rest} more."] if rest > 0 else told


def _table(scenarios: Sequence[ScenarioComparison], room: _Room) -> list[str]:
    lines = ["| scenario | verdict | in what |", "|---|---|---|"]
    for each in scenarios[: room.scenarios]:
        cells = f" ({md(cells_words(each), 120)})" if len(each.cells) > 1 else ""
        why = "; ".join(md(words, room.words) for words in decisive_words(each)[:5])
        lines.append(f"| {md(each.scenario, 80)} | {_MARKS[each.verdict]} {each.verdict}{cells} | {why} |")
    rest = len(scenarios) - room.scenarios
    return [*lines, "", f"… and {count(rest, 'scenario')} more."] if rest > 0 else lines


def _figures(comparison: Comparison) -> list[str]:
    lines = [
        "| what | documented | its own evidence | measured here | kind of measure |",
        "|---|---|---|---|---|",
    ]
    for each in comparison.figures:
        told = (each.what, each.documented, each.seen, each.measured, each.kind)
        lines.append("| " + " | ".join(md(part, 120) for part in told) + " |")
    return lines


def _both(scenario: ScenarioComparison, room: _Room) -> str:
    """Numbers and what the user read on each side, as plain text."""
    rows = [("", "native", "Agent Builder")]
    rows += [(each.what, each.native, each.agent_builder) for each in numbers(scenario)]
    first, second = (max(len(row[n]) for row in rows) for n in (0, 1))
    lines = [f"{what:{first}}  {here:{second}}  {there}" for what, here, there in rows]
    if room.text and scenario.pairings:
        pairing = shown(scenario)
        for name, side in (("native", pairing.native), ("Agent Builder", pairing.agent_builder)):
            lines += ["", f"{name} ({side.words_of}), {side.cell}:", *_read(side, room)]
    return clean("\n".join(lines))


def _read(side: Side, room: _Room) -> list[str]:
    lines = []
    for turn in side.turns:
        lines.append(f"  user: {turn.user[: room.text]}")
        if turn.text:
            lines.append(f"  reads: {turn.text[: room.text]}")
        if turn.widgets:
            lines.append(f"  sees: {count(len(turn.widgets), 'widget')}")
        lines += [f"  chart: {command[:200]}" for command in turn.commands[:20]]
        lines += [f"  trouble: {problem[: room.text]}" for problem in turn.problems]
    return lines or [f"  {side.reason or 'nothing was driven'}"]
