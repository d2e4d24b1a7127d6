from __future__ import annotations

import dataclasses
import random
import shlex
from functools import cache

import pytest
from tests.causes import matrix
from tests.reports import sample

from chatkit_harness.causes import Roots, edges, group, ranges_of
from chatkit_harness.core.nouns import CaseResult, Cause, Cell

STARTED = "2026-11-20T09:30:00Z"
USAGE, INTERACTION, EXACT = range(3)


@cache
def whole() -> tuple[tuple[Cell, ...], tuple[CaseResult, ...], tuple[Cause, ...]]:
    cells = tuple(matrix.cells())
    cases = tuple(matrix.cases(cells))
    return cells, cases, group(cases, cells, started=STARTED)


def test_each_planted_root_is_one_cause_with_exactly_its_cells() -> None:
    cells, _, causes = whole()
    assert [cause.key for cause in causes] == [
        "AttributeError(Details.field)@openai-agents of openai",
        "AttributeError(Item.call_id)@openai-chatkit of openai-agents",
        "AttributeError(Pair.exact)@openai-chatkit",
    ]
    for cause, name in zip(causes, ("Details", "Item", "Pair"), strict=True):
        wrong = {cell.id: matrix.planted(cell) for cell in cells}
        red = {cell for cell, found in wrong.items() if found and f"'{name}'" in found.message}
        assert {c.id for c in cells if any(each.covers(c) for each in ranges_of(cause))} == red
        assert set(cause.example["cells"]) == red


def test_ranges_of_the_planted_roots_are_few_lines() -> None:
    _, _, causes = whole()
    assert "; ".join(causes[USAGE].ranges) == (
        "agents 0.3.0 to 0.20.4 with chatkit 1.0.0 to 1.3.4 and openai >= 2.37.0, "
        "contemporary and as of today"
    )
    assert causes[INTERACTION].ranges == (
        "agents 0.3.0 to 0.4.2 with chatkit 1.2.0 to 1.3.4, as of today",
        "agents 0.3.0 to 0.4.2 with chatkit 1.2.0 to 1.3.0, contemporary",
    )
    assert causes[EXACT].ranges == ("agents 0.5.0 with chatkit 1.0.5, contemporary and as of today",)


def test_the_tree_finds_the_planted_suspects() -> None:
    _, _, causes = whole()
    assert causes[USAGE].suspect == (
        "openai >= 2.37.0 (green: up to 2.36.0), whose class it is; fits all 3,994 cells compared"
    )
    assert causes[INTERACTION].suspect == (
        "agents < 0.4.3 (red: up to 0.4.2) and chatkit >= 1.2.0 (green: up to 1.1.5); "
        "fits all 2,094 cells compared"
    )
    assert (causes[EXACT].suspect or "").startswith("agents 0.5.0 (green: up to 0.4.4 and from 0.5.1) and ")


def test_a_title_and_advice_of_a_matrix_name_spans_of_versions() -> None:
    _, _, causes = whole()
    assert causes[USAGE].culprit == "openai-agents 0.3.0 to 0.20.4"
    assert causes[USAGE].title.endswith("raised by openai-agents 0.3.0 to 0.20.4 in lib/thing.py: work")
    assert (causes[USAGE].advice or "").startswith("836 of the 1,500 pairs pass as resolved contemporary; ")


@pytest.mark.parametrize("seed", range(3))
def test_causes_do_not_depend_on_the_order_of_cases_and_cells(seed: int) -> None:
    cells, cases, _ = whole()
    some = [each for n, each in enumerate(cells) if n % 7 == 0]
    ids = {cell.id for cell in some}
    chosen = [case for case in cases if case.cell in ids]
    expected = group(chosen, some)
    draw = random.Random(seed)  # noqa: S311 - a drawn order, no secret
    draw.shuffle(some)
    draw.shuffle(chosen)
    assert group(chosen, some) == expected
    assert [edges(cause, some) for cause in expected] == [edges(cause, cells) for cause in expected]


def test_edges_are_few_cells_of_the_cause_with_the_ends_of_its_ranges() -> None:
    cells, _, causes = whole()
    found = edges(causes[INTERACTION], cells)
    assert len(found) == len(set(found)) == 6
    assert found[0] == causes[INTERACTION].example["cell"]
    assert set(found) <= set(causes[INTERACTION].example["cells"])
    assert "chatkit-1.2.0+agents-0.3.0+py3.11+today" in found
    assert "chatkit-1.3.0+agents-0.4.2+py3.11+contemporary" in found


def test_edges_of_a_condition_are_at_its_bound() -> None:
    cells, _, causes = whole()
    pins = {cell.id: cell.pins["openai"] for cell in cells}
    assert "2.37.0" in {pins[cell] for cell in edges(causes[USAGE], cells)}


def test_what_stands_for_a_cause_is_of_the_newest_releases_and_can_be_shown_again() -> None:
    _, _, causes = whole()
    assert causes[INTERACTION].example["case"] == (
        "chatkit-1.3.4+agents-0.4.2+py3.11+today/native/quote-aapl"
    )
    assert shlex.split(causes[INTERACTION].reproduce or "") == [
        *("chatkit-harness", "run", "--pair", "1.3.4:0.4.2", "--resolution", STARTED),
        *("--python", "3.11", "--scenario", "quote-aapl", "--path", "native"),
    ]


def test_a_second_look_counts_instead_of_the_first() -> None:
    cells, cases, _ = whole()
    red = [
        case
        for case in cases
        if case.outcome == "fail" and "Pair" in case.findings[0].evidence["raised"]["message"]
    ]
    roots = Roots()
    for case in cases:
        roots.add(case)
    again = [dataclasses.replace(case, attempt=2, outcome="pass", findings=()) for case in red]
    seen = dataclasses.replace(again[0], outcome="fail", findings=red[0].findings, confirmed=True)
    for case in (seen, again[1]):
        roots.add(case)
    for case in red:
        roots.add(case)  # the first look, told late
    (cause,) = [each for each in roots.causes(cells) if "Pair" in each.key]
    assert cause.cases == (seen.id,)
    assert cause.confirmed
    roots.add(dataclasses.replace(again[0], attempt=3))
    assert not [each for each in roots.causes(cells) if "Pair" in each.key]


def test_a_cause_outlives_all_that_were_kept_to_stand_for_it() -> None:
    cells, cases, _ = whole()
    red = [case for case in cases if case.outcome == "fail" and "+agents-0.3.0+" in case.cell]
    roots = Roots()
    known = {cell.id: cell for cell in cells}
    for case in red:
        roots.add(case, known[case.cell])
    for case in sorted(red, key=lambda case: case.cell, reverse=True)[:-1]:
        roots.add(dataclasses.replace(case, attempt=2, outcome="pass", findings=()), known[case.cell])
    (cause,) = roots.causes(cells)
    assert len(cause.cases) == 1
    assert "has no attribute" in cause.title
    assert cause.example["case"] == cause.cases[0]


def test_scattered_cells_are_told_as_having_no_pattern() -> None:
    cells, _, _ = whole()
    lucky = random.Random(1).sample(range(len(cells)), 17)  # noqa: S311 - drawn cells, no secret
    flake = sample.finding(None, rule="run/hung", key="run/hung", message="no end")
    cases = [
        sample.case(cell, outcome="fail" if n in lucky else "pass", findings=(flake,) if n in lucky else ())
        for n, cell in enumerate(cells)
    ]
    (cause,) = group(cases, cells)
    assert len(cause.ranges) == 1
    assert cause.ranges[0].startswith("17 of 4,140 cells without a pattern, between agents 0.")
    assert {c.id for c in cells if any(each.covers(c) for each in ranges_of(cause))} == set(
        cause.example["cells"]
    )
    assert cause.suspect is None
