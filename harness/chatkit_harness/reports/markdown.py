"""`summary.md`: a run as a CI job summary shows it, verdict first, always below 60 kB."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from chatkit_harness.causes.words import python_words
from chatkit_harness.core.nouns import Cause
from chatkit_harness.reports.rows import counts_on
from chatkit_harness.reports.text import WORDS, clean, clip, count
from chatkit_harness.reports.view import Group, Row, View, covered, outcome_counts, paths_apart, says_more

MOST_BYTES = 60_000
_PUNCTUATION = re.compile(r"([\\`*_\[\]|~#])")
_SCRIPTS = (
    "Scripted cassettes are scripts, not recordings of a model: what was measured is the work of the server "
    "and of the framework alone."
)
_VERDICTS = {"pass": "✅ Works", "fail": "❌ Fails", "error": "⚠️ Not judged"}
_MARKS = {"pass": "✅", "fail": "❌", "error": "⚠️", "unresolvable": "🚫", "skipped": "⏭️", "not run": "·"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    """How much is told; halved until everything fits."""

    rows: int
    causes: int
    frames: int
    pins: int
    words: int


_ROOMS = (
    _Room(rows=200, causes=30, frames=12, pins=40, words=600),
    _Room(rows=100, causes=20, frames=8, pins=12, words=400),
    _Room(rows=50, causes=12, frames=5, pins=4, words=300),
    _Room(rows=25, causes=8, frames=3, pins=0, words=200),
    _Room(rows=10, causes=5, frames=0, pins=0, words=120),
)


def markdown_report(seen: View) -> str:
    """The summary, with as much detail as there is room for."""
    text = ""
    for room in _ROOMS:
        text = "\n".join(_lines(seen, room)) + "\n"
        if len(text.encode()) < MOST_BYTES:
            break
    return text


def _lines(seen: View, room: _Room) -> list[str]:
    lines = [f"## {_VERDICTS[seen.state]}: {md(seen.headline, room.words)}", ""]
    lines += [f"- {md(fact, room.words)}" for fact in seen.facts[:10]]
    if seen.note:
        lines += ["", f"_{seen.note}_"]
    lines += ["", *_table(seen, room), "", *_causes(seen, room), *_caught(seen, room)]
    return [*lines, *_pins(seen, room), *_about(seen, room)]


def _table(seen: View, room: _Room) -> list[str]:
    if not seen.rows:
        return ["No cell ran."]
    apart = paths_apart(seen)
    counted = "".join(f" {group.name} |" for group in apart) or " pass | fail | other |"
    ruled = "---|" * len(apart) or "---:|---:|---:|"
    lines = [
        f"| chatkit | agents | Python | resolved | cell |{counted} cause |",
        f"|---|---|---|---|---|{ruled}---|",
    ]
    ranked = (
        sorted(seen.rows, key=lambda row: row.state == "pass") if len(seen.rows) > room.rows else seen.rows
    )
    lines += [_row(row, room, apart) for row in ranked[: room.rows]]
    hidden = len(seen.rows) - room.rows
    return [*lines, "", f"… and {count(hidden, 'cell')} more."] if hidden > 0 else lines


def _row(row: Row, room: _Room, apart: tuple[Group, ...]) -> str:
    cell, counts = row.cell, row.counts
    other = counts["error"] + counts["unresolvable"] + counts["skipped"]
    counted = [outcome_counts(counts_on(row, group.path)) for group in apart]
    counted = counted or [str(counts["pass"]), str(counts["fail"]), str(other)]
    why = ", ".join(str(n) for n in row.causes[:5]) or md(row.reason or "", min(room.words, 120))
    names = (cell.chatkit or "none", cell.agents, python_words(cell), cell.resolution)
    told = [*(md(name, 40) for name in names), f"{_MARKS[row.state]} {WORDS[row.state]}"]
    return "| " + " | ".join([*told, *counted, why]) + " |"


def _causes(seen: View, room: _Room) -> list[str]:
    if not seen.causes:
        return []
    lines = ["### Causes", ""]
    for number, cause in enumerate(seen.causes[: room.causes], start=1):
        lines += [*_cause(number, cause, seen.scenarios[number - 1], room), ""]
    hidden = len(seen.causes) - room.causes
    return [*lines, f"… and {count(hidden, 'cause')} more.", ""] if hidden > 0 else lines


def _cause(number: int, cause: Cause, scenarios: str, room: _Room) -> list[str]:
    cells = covered(cause)
    lines = [f"**{number}. {md(cause.title, room.words)}**", ""]
    of = f": {md(scenarios, room.words)}" if scenarios else ""
    lines.append(f"- {count(len(cause.cases), 'case')} in {count(len(cells), 'cell')}{of}")
    if cause.culprit:
        lines.append(f"- raised by {md(cause.culprit, room.words)}")
    if cause.advice:
        lines.append(f"- {md(cause.advice, room.words)}")
    if room.frames:
        title = "Cells and an example" if says_more(cause) else "Cells"
        lines += ["", *folded(title, _example(cause, cells, room))]
    return lines


def _example(cause: Cause, cells: list[str], room: _Room) -> str:
    said = clean(cause.example.get("message", ""))[: room.words * 2]
    frames = [frame for frame in cause.example.get("frames", ()) if isinstance(frame, dict)]
    told = [f"  {f.get('file')}:{f.get('line')} in {f.get('function')}" for f in frames[-room.frames :]]
    shown = [f"  {clip(cell, 120)}" for cell in cells[: room.frames * 2]]
    more = [f"  … and {len(cells) - len(shown)} more"] if len(cells) > len(shown) else []
    example = [said, *(clip(line, 200) for line in told), ""] if says_more(cause) else []
    return "\n".join([*example, "cells:", *shown, *more])


def _caught(seen: View, room: _Room) -> list[str]:
    if not seen.caught:
        return []
    told = [clip(f"caught as expected: {each}", room.words) for each in seen.caught[: room.causes]]
    hidden = len(seen.caught) - len(told)
    told += [f"… and {hidden} more"] if hidden > 0 else []
    defects = count(len(seen.caught), "defect")
    title = f"Caught as expected: {defects} that scenarios show on purpose"
    return [*folded(title, "\n".join(told)), ""]


def _pins(seen: View, room: _Room) -> list[str]:
    pinned = [row.cell for row in seen.rows if row.cell.pins][: room.pins]
    if not pinned:
        return ["Each cell's full pins are in results.json and report.html.", ""]
    body = []
    for cell in pinned:
        body.append(clip(cell.id, 200))
        body.append("  " + " ".join(f"{name}=={version}" for name, version in sorted(cell.pins.items())))
    if len(pinned) < len(seen.rows):
        body.append("(the rest: results.json, report.html)")
    return [*folded("Pins of each cell", "\n".join(body)), ""]


def _about(seen: View, room: _Room) -> list[str]:
    header = seen.results.header
    counts = ", ".join(f"{number} {outcome}" for outcome, number in seen.summary.items())
    return [
        f"{count(len(seen.results.cases), 'case')}: {counts}.",
        "",
        f"chatkit-harness {md(header.harness_version, 40)}, started {md(header.started, 40)}. {_SCRIPTS}",
        "",
        f"Outgoing traffic: {md(header.enforcement or 'not told', room.words)}.",
    ]


def folded(title: str, body: str) -> list[str]:
    """Lines that a reader unfolds; the body is shown as it stands."""
    # Inside <pre> nothing is Markdown, so only what HTML itself would read is escaped.
    safe = html.escape(clean(body), quote=False).replace("|", "&#124;")
    return [f"<details><summary>{html.escape(title)}</summary>", "", f"<pre>{safe}</pre>", "", "</details>"]


def md(text: str, limit: int) -> str:
    """A text in one line that Markdown, its tables and HTML all take literally."""
    return _PUNCTUATION.sub(r"\\\1", html.escape(clip(text, limit), quote=False))
