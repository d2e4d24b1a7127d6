"""What the page knows of a run before anybody asks for a case.

The document (block `run`; `reports/page/static/run_data.js` reads it):

    verdict     summary {outcome: number}; the rest of it stands above the views
    outcomes, symbols, words    lists, by the digit that stands for an outcome
    paths       [{id, name}]
    scenarios   [{id, title, group, description}]
    columns     [[scenario, path, store or null]], by number
    plans       what scenarios say beforehand, each once (see planned.py); `plan` by column which it is
    own         the reader's own pair in words, or null; `nowhere` the same where no cell has that pair
    pins        texts `name==version name==version`, without the pair, each once
    cells       [{name, id, chatkit, agents, python, resolution, isolation, seconds, state, counts,
                  causes [number from 1], reason, lacks, pins, mine,
                  times [{first_event_ms, total_ms, cpu_ms}], by path
                  codes (a digit a column), because {column: [cause]}, confirmed [column]}]
    matrices    [{title, resolution, python, chatkits, agents, cells [[cell or -1]]}]
    causes      [{title, kind, reason, facts [[what, words]], cases [[cell, column]],
                  example [cell, column] or null, traceback}]
    beyond      [[kind, title]] of the causes that come after these
    more_causes how many those are
    pinless     in one line which cells have no pins, of a run of many cells that named none, or null
    caught      texts: the defects that scenarios show on purpose
    embedded    {"cell:column": [block, position]}: what `cases-BLOCK` has in full
    transcripts, endings    where the others lie beside the page; the block `digests` has their names
    facts       [[what, words]] of the run itself

Every text is clean: what broken servers send is replaced by what can be shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from chatkit_harness.reports.breaks import edges_of
from chatkit_harness.reports.edges import Edge
from chatkit_harness.reports.matrix import Matrix, matrices
from chatkit_harness.reports.own_pair import Mine, own_cells
from chatkit_harness.reports.page.digests import Digests
from chatkit_harness.reports.page.frames import traceback_text
from chatkit_harness.reports.page.header import timing_note, told_of_run
from chatkit_harness.reports.page.planned import plan_of
from chatkit_harness.reports.rows import Row, any_case, overheads
from chatkit_harness.reports.stores import store_of, stores_of
from chatkit_harness.reports.text import (
    SYMBOLS,
    WORDS,
    cell_parts,
    cell_words,
    clean,
    clip,
    runs_elsewhere,
    shares_packages,
)
from chatkit_harness.reports.told import Told, facts_of, lacking, pinless
from chatkit_harness.reports.view import View, says_more
from chatkit_harness.reports.ways_out import ways_out

Place = tuple[int, int]
"""A cell's number and a column's."""

_OUTCOMES = tuple(SYMBOLS)
_MOST_CAUSES = 300
_PAIR = ("openai-chatkit", "openai-agents")
_TITLE, _WORDS, _TRACEBACK = 600, 4_000, 20_000
_SHORT = 160
"""Letters of a cause at most: what a server raises may be megabytes."""


def index(
    seen: View,
    *,
    places: Mapping[str, Place],
    embedded: Mapping[str, tuple[str, int]],
    digests: Digests,
    transcripts: str,
    mine: Mine | None = None,
) -> dict[str, Any]:
    """The document; `places` are those of all cases, by id."""
    once = _Once()
    columns = Columns(seen)
    because = _because(seen, places)
    own = own_cells(seen, mine)
    return {
        "verdict": {"summary": dict(seen.summary)},
        "outcomes": list(_OUTCOMES),
        "symbols": [SYMBOLS[outcome] for outcome in _OUTCOMES],
        "words": [WORDS[outcome] for outcome in _OUTCOMES],
        "paths": [{"id": group.path, "name": group.name} for group in seen.groups],
        "scenarios": columns.scenarios,
        "columns": columns.columns,
        "plans": columns.plans,
        "plan": columns.plan,
        "own": own.words if own.cells else None,
        "nowhere": own.words if own.words and not own.cells else None,
        "cells": [
            {
                **_cell(row, len(columns.columns), places),
                "times": _times(row, seen),
                "pins": once(_pins(row)),
                "mine": row.cell.id in own.cells,
                "because": because.get(n, {}),
            }
            for n, row in enumerate(seen.rows)
        ],
        "pins": list(once.texts),
        "matrices": _matrices(seen),
        "causes": list(_causes(seen, places)),
        "beyond": [(each.kind, clip(each.title, _SHORT)) for each in seen.told[_MOST_CAUSES:]],
        "more_causes": max(0, len(seen.told) - _MOST_CAUSES),
        "pinless": pinless(seen.told) if seen.many else None,
        "caught": [str(each) for each in seen.caught],
        "embedded": embedded,
        "transcripts": transcripts if ":" in transcripts else quote(transcripts),
        "endings": digests.endings,
        "timing_note": timing_note(seen.results),
        "facts": told_of_run(seen.results),
    }


class Columns:
    """The columns of a run with their numbers, by the names that rows give their cases."""

    def __init__(self, seen: View) -> None:
        self.scenarios: list[dict[str, str]] = []
        self.columns: list[tuple[int, int, str | None]] = []
        self.numbers: dict[tuple[str, str], int] = {}
        self.plans: list[dict[str, Any]] = []
        self.plan: list[int] = []
        known: dict[str, int] = {}
        stores = len(stores_of(seen.results)) > 1
        for path, group in enumerate(seen.groups):
            for column, label in group.columns.items():
                case = any_case(seen.rows, column)
                name = clean(case.scenario) if case else label
                if name not in known:
                    known[name] = len(self.scenarios)
                    self.scenarios.append(_scenario(name, seen.results.header.scenarios.get(name)))
                store = store_of(case) if case and stores else None
                self.numbers[group.path, column] = len(self.columns)
                self.columns.append((known[name], path, clean(store) if store else None))
                self._plan(seen.results.header.scenarios.get(name), group.path)

    def _plan(self, document: Any, path: str) -> None:
        plan = plan_of(document if isinstance(document, Mapping) else {}, path)
        if plan not in self.plans:
            self.plans.append(plan)
        self.plan.append(self.plans.index(plan))


def places_of(seen: View, columns: Columns) -> dict[str, Place]:
    """Where each case stands, by its id."""
    return {
        case.id: (n, columns.numbers[case.path, column])
        for n, row in enumerate(seen.rows)
        for column, case in row.cases.items()
        if (case.path, column) in columns.numbers
    }


class _Once:
    """Texts by number, each held once."""

    def __init__(self) -> None:
        self.texts: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        return self.texts.setdefault(text, len(self.texts))


def _scenario(name: str, document: Any) -> dict[str, str]:
    known = document if isinstance(document, Mapping) else {}
    return {
        "id": name,
        "title": clip(known.get("title") or "", 200),
        "description": clip(known.get("description") or "", 600),
        "group": _group(name, known),
    }


def _group(name: str, document: Mapping[str, Any]) -> str:
    """The group that `--scenario` knows it by."""
    exam = str(document.get("exam") or "")
    if exam:
        return "store" if exam.startswith("store") else "conformance"
    if "/" in name:
        return name.partition("/")[0]
    if document.get("server") == "catalogue":
        return "catalogue"
    return "faults" if name.startswith("fault-") else "everyday"


def _because(seen: View, places: Mapping[str, Place]) -> Mapping[int, Mapping[int, list[int]]]:
    """The causes of each case that has any: by cell and column."""
    found: defaultdict[int, defaultdict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for each in seen.told:
        for case in each.cause.cases:
            if case in places:
                cell, column = places[case]
                found[cell][column].append(each.number)
    return found


def _pins(row: Row) -> str:
    """All but the pair, which differs from cell to cell."""
    pins = sorted((name, version) for name, version in row.cell.pins.items() if name not in _PAIR)
    return clean(" ".join(f"{name}=={version}" for name, version in pins))


def _cell(row: Row, width: int, places: Mapping[str, Place]) -> dict[str, Any]:
    cell, parts = row.cell, cell_parts(row.cell)
    codes = [_OUTCOMES.index("not run")] * width
    confirmed = []
    for case in row.cases.values():
        if case.id in places:
            column = places[case.id][1]
            codes[column] = _OUTCOMES.index(case.outcome)
            if case.confirmed and case.outcome != "pass" and shares_packages(cell):
                confirmed.append(column)
    return {
        "name": clip(cell_words(cell), 200),
        "id": clean(cell.id),
        "chatkit": parts[0],
        "agents": parts[1],
        "python": "?" if runs_elsewhere(cell) else clip(cell.python, 120),
        "resolution": clip(cell.resolution, 120),
        "as_of": clean(cell.as_of or ""),
        "isolation": cell.isolation,
        "seconds": cell.seconds,
        "lock": (cell.lock or "")[:12],
        "state": row.state,
        "counts": {outcome: number for outcome, number in row.counts.items() if number},
        "causes": list(row.causes),
        "reason": clip(row.reason, 600) if row.reason else None,
        "lacks": lacking(cell) or None,
        "codes": "".join(map(str, codes)),
        "confirmed": confirmed,
    }


def _times(row: Row, seen: View) -> list[Mapping[str, float | None]]:
    """Medians of its cases, path by path: the two paths do different work."""
    return [
        overheads([each for each in row.cases.values() if each.path == group.path]) for group in seen.groups
    ]


def _matrices(seen: View) -> list[dict[str, Any]]:
    numbers = {row.cell.id: n for n, row in enumerate(seen.rows)}
    return [
        {
            "title": matrix.title,
            "resolution": clean(matrix.resolution),
            "python": clean(matrix.python),
            "chatkits": [_version(each, matrix) for each in matrix.chatkits],
            "agents": [_version(each, matrix) for each in matrix.agents],
            "cells": [
                [_number(matrix.cells.get((chatkit, agents)), numbers) for agents in matrix.agents]
                for chatkit in matrix.chatkits
            ],
        }
        for matrix in matrices(seen.rows)
    ]


def _version(version: str, matrix: Matrix) -> str:
    return "?" if matrix.resolution == "running" else clip(version, 24)


def _number(row: Row | None, numbers: Mapping[str, int]) -> int:
    return numbers[row.cell.id] if row else -1


def _causes(seen: View, places: Mapping[str, Place]) -> Iterator[dict[str, Any]]:
    told = seen.told[:_MOST_CAUSES]
    edges = edges_of(
        seen.results,
        [each.cause for each in told if each.kind == "fail" and not each.cause.example.get("fleeting")],
    )
    for each in told:
        yield _cause(each, places, edges.get(each.cause.key, ()))


def _cause(each: Told, places: Mapping[str, Place], edges: Sequence[Edge]) -> dict[str, Any]:
    cause = each.cause
    facts = [*facts_of(each, cells=each.extent)]
    at = next((n for n, (what, _) in enumerate(facts) if what == "reproduce"), len(facts))
    facts[at:at] = [("constraint", f"{way.constraint} ({way.driven})") for way in ways_out(edges)]
    return {
        "title": _within(each.title, _TITLE),
        "kind": each.kind,
        "reason": _within(each.reason, _WORDS),
        "facts": [(what, _within(words, _WORDS)) for what, words in facts],
        "cases": [places[case] for case in cause.cases if case in places],
        "example": places.get(str(cause.example.get("case"))),
        "traceback": _within(clean(traceback_text(cause.example)), _TRACEBACK) if says_more(cause) else "",
    }


def _within(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text):,} letters; results.json has them)"
