"""A gate's answer for a job summary or a comment on a pull request: short, with the detail folded away."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chatkit_harness.causes.group import raised_of
from chatkit_harness.core.nouns import Finding
from chatkit_harness.reports.markdown import MOST_BYTES, folded, md
from chatkit_harness.reports.text import clean, clip, count

from .words import (
    case_name,
    cases,
    constraint,
    counts,
    culprit,
    headline,
    latency,
    moved,
    one_line,
    sides,
    trouble,
    update,
    where,
)

MARKER = "<!-- chatkit-harness gate -->"
"""The first line, by which a workflow finds its own comment again."""

_SIGN = {"safe": "✅", "breaks": "❌", "inconclusive": "⚠️"}
_TICKS = re.compile("`+")
_COMMAND, _KEY = 2000, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    """How much is told; made smaller until everything fits. `lines` are those of a folded list."""

    problems: int
    told: int
    frames: int
    lines: int
    words: int


_ROOMS = (
    _Room(problems=20, told=40, frames=12, lines=400, words=600),
    _Room(problems=20, told=20, frames=8, lines=120, words=400),
    _Room(problems=12, told=12, frames=4, lines=60, words=300),
    _Room(problems=8, told=8, frames=0, lines=30, words=200),
    _Room(problems=3, told=3, frames=0, lines=0, words=120),
)


def markdown(document: Mapping[str, Any]) -> str:
    """The answer as Markdown, with as much detail as there is room for; always below 60 kB."""
    text = ""
    for room in _ROOMS:
        text = "\n".join(_lines(document, room)) + "\n"
        if len(text.encode()) < MOST_BYTES:
            break
    return text


def _lines(document: Mapping[str, Any], room: _Room) -> Iterator[str]:
    yield MARKER
    yield f"## {_SIGN[document['verdict']]} {_said(headline(document), room)}"
    yield ""
    yield counts(document)
    yield ""
    for line in sides(document):
        name, _, rest = line.partition(":")
        yield f"- {name}: {_said(rest.strip(), room)}"
    yield ""
    for number, problem in enumerate(document["problems"][: room.problems], start=1):
        yield from _problem(number, problem, room)
    hidden = len(document["problems"]) - room.problems
    if hidden > 0:
        yield f"… and {count(hidden, 'more problem')}: see gate.json."
        yield ""
    yield from _listed("The baseline was brought up to date", list(update(document)), room)
    yield from _listed("Baseline", [trouble(each) for each in document["baseline"]], room)
    yield from _listed("Not judged", document["doubts"], room)
    yield from _listed("Worth knowing", [trouble(each) for each in document["notes"]], room)
    time = latency(document)
    if time is not None:
        yield _said(time, room)
        yield ""
    yield from _folded(document, room)


def _problem(number: int, problem: Mapping[str, Any], room: _Room) -> Iterator[str]:
    yield f"### {number}. {_said(problem['title'], room)}"
    yield ""
    if problem["message"] != problem["title"]:
        yield from (_said(problem["message"], room), "")
    rest = len(problem["findings"]) - 1
    with_it = f", with {count(rest, 'more finding')} of the same root" if rest > 0 else ""
    yield f"- {_said(problem['rule'], room)} in {_said(cases(problem['cases']), room)}{with_it}"
    told = {
        "culprit": culprit(problem),
        "avoid it with": constraint(problem),
        "at": where(problem["place"]),
    }
    yield from (f"- {name}: {_said(text, room)}" for name, text in told.items() if text)
    yield ""
    if problem["reproduce"]:
        yield from _command(problem["reproduce"])
    yield from folded("Key and evidence", _evidence(problem, room))
    yield ""


def _command(line: str) -> Iterator[str]:
    """A command to copy, in a fence that nothing in it can end."""
    line = one_line(line)[:_COMMAND]
    longest = max((len(each) for each in _TICKS.findall(line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (f"{fence}sh", line, fence, "")


def _evidence(problem: Mapping[str, Any], room: _Room) -> str:
    lines: list[str] = []
    for each in problem["findings"][: room.told]:
        lines += [clip(f"{each['rule']}: {each['message']}", room.words), f"key: {clip(each['key'], _KEY)}"]
        lines += [*_raised(each, room), ""]
    hidden = len(problem["findings"]) - room.told
    lines += [f"… and {hidden:,} more findings", ""] if hidden > 0 else []
    lines += ["cases:", *(f"  {clip(case_name(each), 200)}" for each in problem["cases"][: room.lines])]
    more = len(problem["cases"]) - room.lines
    return "\n".join([*lines, *([f"  … and {more:,} more"] if more > 0 else [])])


def _raised(finding: Mapping[str, Any], room: _Room) -> Iterator[str]:
    """The exception behind a finding, where there is one."""
    noun = Finding(rule="", severity="error", key="", message="", evidence=finding["evidence"])
    raised = raised_of(noun) if room.frames else None
    if raised is not None:
        yield clip(f"{raised.type}: {raised.message}", room.words)
        yield from (clip(f"  {f.file}:{f.line} in {f.function}", 200) for f in raised.frames[-room.frames :])


def _listed(title: str, told: Sequence[str], room: _Room) -> Iterator[str]:
    if not told:
        return
    yield f"**{title}**"
    yield ""
    yield from (f"- {_said(each, room)}" for each in told[: room.told])
    if len(told) > room.told:
        yield f"- … and {len(told) - room.told:,} more"
    yield ""


def _folded(document: Mapping[str, Any], room: _Room) -> Iterator[str]:
    accepted = [
        f"{each['rule']}: {each['message']} ({each['reason'] or 'no reason'}, until {each['expires']})"
        for each in document["accepted"]
    ]
    wire = [f"{each['effect']}: {each['change']} {each['place']}" for each in document["wire"]]
    each_case = [f"{case_name(case)}: {case['change'].replace('_', ' ')}" for case in document["cases"]]
    lists = {
        "Accepted": list(dict.fromkeys(accepted)),
        "Pins that differ": list(moved(document)),
        "On the wire": wire,
        "Case by case": each_case,
    }
    for title, told in lists.items():
        if told:
            shown = [clip(each, room.words) for each in told[: room.lines]]
            more = len(told) - len(shown)
            rest = [f"… and {more:,} more"] if more > 0 else []
            yield from folded(f"{title} ({len(told):,})", "\n".join([*shown, *rest]))
            yield ""


def _said(text: str, room: _Room) -> str:
    """A text that Markdown takes literally, and in which an @ calls nobody on GitHub."""
    return md(clean(text), room.words).replace("@", "@<!-- -->")
