"""What differs between two runs in sentences, drawn from the document: the verdict first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chatkit_harness.reports.text import clean, clip, count

from .changes import JUDGED
from .words import STYLES, Line, counts, listed, moved, one_line, some

_STYLES = {0: STYLES["safe"], 1: STYLES["breaks"], 3: STYLES["inconclusive"]}
_FINDINGS = 20
_CELLS = 6


def difference_lines(document: Mapping[str, Any]) -> Iterator[Line]:
    """The whole answer, line by line; nothing in it is to be wrapped."""
    yield from ((one_line(text), style) for text, style in _lines(document))


def _lines(document: Mapping[str, Any]) -> Iterator[Line]:
    yield _headline(document), _STYLES[document["status"]]
    yield counts(document), ""
    yield "", ""
    for name in ("base", "candidate"):
        run = document[name]
        size = f"{count(run['cells'], 'cell')}, {count(run['cases'], 'case')}, started {run['started']}"
        yield f"{name + ':':<11}{clean(run['folder'])}  ({size})", ""
    yield from _cells(document["cells"])
    yield from _findings("Fails newly", document["new"], "bold red")
    yield from _findings("No longer occurs", document["gone"], "green")
    yield from listed("Not judged", [one_line(each) for each in document["doubts"]], "yellow")
    yield from listed("On the wire", [_wire(each) for each in document["wire"]], "")
    yield from listed("Slower", list(_slower(document["cells"])), "")
    yield from listed("Only in the base", [clean(each) for each in document["only_base"]], "")
    yield from listed("Only in the candidate", [clean(each) for each in document["only_candidate"]], "")
    yield from listed("Worth knowing", [one_line(each) for each in document["notes"]], "")


def _headline(document: Mapping[str, Any]) -> str:
    if document["status"] == 1:
        number = document["summary"]["new_failure"] + document["summary"]["other_failure"]
        return f"SOMETHING NEW FAILS: {count(number, 'case')}, {count(len(document['new']), 'finding')}."
    if document["status"] == 3:
        passed = [each for each in document["cases"] if each["base"] == "pass"]
        lost = sum(each["candidate"] not in JUDGED for each in passed)
        what = "not everything could be judged"
        if lost:
            what = f"the candidate has no verdict on {count(lost, 'case')} that the base passes"
        return f"CANNOT BE TOLD: nothing is known to fail newly, but {what}."
    alone = "in the cells that both have, " if document["only_base"] else ""
    return f"NOTHING NEW FAILS: {alone}what the base passes, the candidate passes too."


def _cells(cells: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    """What was compared with what, and where the packages differ."""
    if not cells:
        return
    differing = [each for each in cells if each["pins"]]
    if len(cells) > 1:
        yield f"compared:  {count(len(cells), 'cell')}; the packages differ in {len(differing):,}", ""
    for each in cells[:1] if len(cells) == 1 else differing[:_CELLS]:
        names = clean(each["candidate"])
        if each["base"] != each["candidate"]:
            names = f"{clean(each['base'])} -> {names}"
        yield f"{'compared:' if len(cells) == 1 else '':<11}{names}", ""
        yield f"{'changed:':<11}{some(list(moved(each))) or 'nothing'}", ""
    if len(cells) > 1 and len(differing) > _CELLS:
        yield f"{'':<11}… and {len(differing) - _CELLS:,} more", ""


def _findings(title: str, found: Sequence[Mapping[str, Any]], style: str) -> Iterator[Line]:
    if not found:
        return
    yield "", ""
    yield title, style
    for each in found[:_FINDINGS]:
        yield f"  {clean(each['rule'])}: {clip(each['message'], 400)}", ""
        where = some([clean(name) for name in each["scenarios"]])
        yield f"     in {count(each['cases'], 'case')} of {count(len(each['cells']), 'cell')}: {where}", ""
        yield f"     key {one_line(each['key'])}", "dim"
    if len(found) > _FINDINGS:
        yield f"  … and {len(found) - _FINDINGS:,} more: --format json tells them all", ""


def _wire(each: Mapping[str, Any]) -> str:
    where = f"{count(each['cases'], 'case')} of {count(len(each['cells']), 'cell')}"
    place = clip(f"{each['change']} {each['place']}", 200)
    return f"{each['effect']:<9} {place}: {clip(each['why'], 200)} ({where})"


def _slower(cells: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A run's times are of its own hour: this is told and fails nothing."""
    for each in cells:
        found = each["latency"]
        if found["verdict"] == "slower":
            turns = count(found["turns"], "turn")
            yield f"{clean(each['candidate'])}: {found['ratio']:.2f} times the processor time, of {turns}"
