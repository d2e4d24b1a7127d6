"""`summary.md`: a run as a CI job summary shows it, verdict first, always below 60 kB."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from chatkit_harness.reports.lines import Line, compares_stores, lines
from chatkit_harness.reports.matrix_lines import drawings, titled
from chatkit_harness.reports.own_pair import Mine, own_sentence
from chatkit_harness.reports.text import SYMBOLS, WORDS, cell_parts, clean, clip, count, runs_elsewhere
from chatkit_harness.reports.told import Told, facts_of, pinless
from chatkit_harness.reports.view import Group, View, has_pins, outcome_counts, paths_apart, says_more

MOST_BYTES = 60_000
_WIDTH = 110
_COMMAND = 2000
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

    grids: int
    causes: int
    frames: int
    pins: int
    words: int


_ROOMS = (
    _Room(grids=12, causes=30, frames=12, pins=40, words=600),
    _Room(grids=12, causes=20, frames=8, pins=12, words=400),
    _Room(grids=6, causes=12, frames=5, pins=4, words=300),
    _Room(grids=3, causes=8, frames=3, pins=0, words=200),
    _Room(grids=1, causes=5, frames=0, pins=0, words=120),
)


def markdown_report(seen: View, mine: Mine | None = None) -> str:
    """The summary, with as much detail as there is room for; `mine` is the pair that its reader runs."""
    text = ""
    own = own_sentence(seen, mine)
    for room in _ROOMS:
        text = "\n".join(_lines(seen, room, own)) + "\n"
        if len(text.encode()) < MOST_BYTES:
            break
    return text


def _lines(seen: View, room: _Room, own: str | None) -> list[str]:
    lines = [f"## {_VERDICTS[seen.state]}: {md(seen.headline, room.words)}", ""]
    lines += [f"- {md(fact, room.words)}" for fact in seen.facts[:10]]
    if own is not None:
        lines.append(f"- **{md(own, room.words)}**")
    if seen.note:
        lines += ["", f"_{seen.note}_"]
    lines += ["", *(_grids(seen, room) if seen.many else _table(seen))]
    lines += ["", *_causes(seen, room), *_caught(seen, room)]
    return [*lines, *_pins(seen, room), *_about(seen, room)]


def _grids(seen: View, room: _Room) -> list[str]:
    """The cells as signs, a grid a resolution and Python, in a block that keeps its columns."""
    drawn, rest = drawings(seen.rows, _WIDTH, SYMBOLS)
    used = {row.state for row in seen.rows}
    signs = " ".join(f"{SYMBOLS[state]} {WORDS[state]}" for state in SYMBOLS if state in used)
    lines = [f"Down: chatkit. Across: agents. {signs}. A number is that of a cause."]
    for drawing in drawn[: room.grids]:
        text = "\n".join("".join(part for part, _ in line) for line in drawing.lines)
        lines += ["", f"**{md(titled(drawing), 200)}**", "", f"<pre>{_literal(text)}</pre>"]
    rest += sum(len(drawing.titles) for drawing in drawn[room.grids :])
    return [*lines, "", f"… and {count(rest, 'matrix', 'matrices')} more."] if rest else lines


def _table(seen: View) -> list[str]:
    if not seen.rows:
        return ["No cell ran."]
    apart = paths_apart(seen)
    counted = "".join(f" {group.name} |" for group in apart) or " pass | fail | other |"
    ruled = "---|" * len(apart) or "---:|---:|---:|"
    stores = compares_stores(seen)
    head = [
        f"| chatkit | agents | Python | resolved |{' store |' * stores} cell |{counted} cause |",
        f"|---|---|---|---|{'---|' * stores}---|{ruled}---|",
    ]
    return [*head, *(_line(line, apart) for line in lines(seen))]


def _line(line: Line, apart: tuple[Group, ...]) -> str:
    counts = line.counts
    other = counts["error"] + counts["unresolvable"] + counts["skipped"]
    counted = [outcome_counts(line.counts_on(group.path)) for group in apart]
    counted = counted or [str(counts["pass"]), str(counts["fail"]), str(other)]
    why = ", ".join(str(n) for n in line.causes[:5]) or md(line.reason or "", 120)
    names = [*cell_parts(line.row.cell), *([line.store] if line.store is not None else [])]
    told = [*(md(name, 40) for name in names), f"{_MARKS[line.state]} {WORDS[line.state]}"]
    return "| " + " | ".join([*told, *counted, why]) + " |"


def _causes(seen: View, room: _Room) -> list[str]:
    causes = [each for each in seen.told if not (seen.many and each.kind == "unresolvable")]
    lines = ["### Causes", ""] if causes else []
    for each in causes[: room.causes]:
        lines += [*_cause(each, room), ""]
    hidden = len(causes) - room.causes
    lines += [f"… and {count(hidden, 'cause')} more.", ""] if hidden > 0 else []
    words = pinless(seen.told) if seen.many else None
    return [*lines, md(words, room.words * 2), ""] if words else lines


def _cause(each: Told, room: _Room) -> list[str]:
    lines = [f"**{each.number}. {md(each.title, room.words)}**", ""]
    for name, words in facts_of(each, cells=each.extent):
        if name == "reproduce":
            lines.append(f"- reproduce: <code>{md(words, _COMMAND)}</code>")
        elif name not in ("scenarios", "cells"):
            named = f"{name} " if name == "raised by" else "" if name == "advice" else f"{name}: "
            lines.append(f"- {named}{md(words, room.words)}")
    of = f": {md(each.scenarios, room.words)}" if each.scenarios else ""
    lines.insert(2, f"- {each.extent}{of}")
    if room.frames:
        title = "Cells and an example" if says_more(each.cause) else "Cells"
        lines += ["", *folded(title, _example(each, room))]
    return lines


def _example(each: Told, room: _Room) -> str:
    cause, cells = each.cause, each.cells
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
    pinned = [] if seen.many else [row.cell for row in seen.rows if row.cell.pins][: room.pins]
    if not has_pins(seen):
        return []
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
    counts = ", ".join(f"{number:,} {outcome}" for outcome, number in seen.summary.items())
    # Whose words the model of a server that runs says is that server's affair.
    scripts = "" if any(runs_elsewhere(row.cell) for row in seen.rows) else f" {_SCRIPTS}"
    return [
        f"{count(len(seen.results.cases), 'case')}: {counts}.",
        "",
        *([md(seen.skipped, room.words * 2), ""] if seen.skipped else []),
        f"chatkit-harness {md(header.harness_version, 40)}, started {md(header.started, 40)}.{scripts}",
        "",
        f"Outgoing traffic: {md(header.enforcement or 'not told', room.words)}.",
    ]


def folded(title: str, body: str) -> list[str]:
    """Lines that a reader unfolds; the body is shown as it stands."""
    return [
        f"<details><summary>{html.escape(title)}</summary>",
        "",
        f"<pre>{_literal(body)}</pre>",
        "",
        "</details>",
    ]


def _literal(text: str) -> str:
    """A text inside of <pre> or <code>, where only what HTML itself would read has to be escaped."""
    return html.escape(clean(text), quote=False).replace("|", "&#124;")


def md(text: str, limit: int) -> str:
    """A text in one line that Markdown, its tables and HTML all take literally."""
    return _PUNCTUATION.sub(r"\\\1", html.escape(clip(text, limit), quote=False))
