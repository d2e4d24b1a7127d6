from __future__ import annotations

import dataclasses

from tests.reports import sample

from chatkit_harness.causes import group
from chatkit_harness.core.nouns import CaseResult, Cell

PLAIN = sample.finding(dataclasses.replace(sample.BROKEN_USAGE, subject=None))


def told(cells: list[Cell], *red: Cell) -> str:
    """The advice on the one cause of a run of one scenario, in which these cells are red."""
    cases = [sample.case(cell, outcome="fail" if cell in red else "pass") for cell in cells]
    (cause,) = group(cases, cells)
    return cause.advice or ""


def pinned(cell: Cell, **pins: str) -> Cell:
    return dataclasses.replace(cell, pins={**cell.pins, **pins})


def on_python(cell: Cell, python: str, **pins: str) -> Cell:
    """The cell on another Python, which its id names as far as that takes to tell it from 3.12.1."""
    minor = python.rpartition(".")[0]
    told = python if minor == "3.12" else minor
    return dataclasses.replace(
        pinned(cell, **pins), id=cell.id.replace("+py3.12+", f"+py{told}+"), python=python
    )


def test_advice_names_whose_class_it_is_then_the_traceback() -> None:
    cells, cases = sample.matrix()
    (cause,) = group(cases, cells)
    assert cause.advice == (
        "Both pairs pass as resolved contemporary; probably openai 2.8.1 -> 2.54.0, whose class it is; "
        "other pins that differ in both cells: pydantic 2.12.4 -> 2.14.3, mcp 1.21.2 -> 1.30.0, starlette "
        "0.50.0 -> 1.10.0, anyio 4.11.0 -> 4.16.0."
    )


def test_advice_without_a_subject_names_the_traceback_first() -> None:
    cells, cases = sample.matrix()
    cases = [dataclasses.replace(case, findings=(PLAIN,) if case.findings else ()) for case in cases]
    (cause,) = group(cases, cells)
    assert "pins that differ in both cells: pydantic 2.12.4 -> 2.14.3, openai" in (cause.advice or "")
    assert "a class of" not in cause.title


def test_no_advice_is_made_up_where_no_cell_of_the_pair_is_green() -> None:
    cells, cases = sample.matrix()
    red = [case for case in cases if "agents-0.5.1" not in case.cell or case.outcome == "fail"]
    (cause,) = group(red, cells)
    assert cause.advice is None


def three() -> list[Cell]:
    return [
        sample.cell(agents=agents, resolution=resolution)
        for agents in ("0.5.1", "0.9.1", "0.13.4")
        for resolution in ("contemporary", "today")
    ]


def test_advice_says_how_many_of_the_pairs_pass() -> None:
    cells = three()
    advice = told(cells, *(cell for cell in cells if cell.resolution == "today"), cells[0])
    assert advice.startswith("2 of the 3 pairs pass as resolved contemporary;")
    assert told(cells, cells[0], cells[1], cells[2], cells[3], cells[5]).startswith(
        "1 of the 3 pairs passes "
    )
    assert told(cells, cells[1]).startswith("The same pair passes as resolved contemporary;")


def test_pins_that_are_told_differ_in_every_pair_and_as_ranges() -> None:
    cells = three()
    cells[0] = pinned(cells[0], openai="2.7.1", mcp="1.30.0", griffe="1.0")
    cells[2] = pinned(cells[2], griffe="1.0")
    advice = told(cells, cells[1], cells[3])
    assert "probably openai (2.7.1 to 2.8.1) -> 2.54.0, whose class it is;" in advice
    assert "other pins that differ in both cells: pydantic" in advice
    assert "griffe 1.0 -> absent" in advice
    assert "mcp" not in advice


def test_where_no_pin_differs_in_every_pair_the_cell_is_named() -> None:
    cells = three()[:4]
    for n, pins in enumerate(({"mcp": "1"}, {"mcp": "2"}, {"anyio": "1"}, {"anyio": "2"})):
        cells[n] = dataclasses.replace(cells[n], pins=pins)
    advice = told(cells, cells[1], cells[3])
    assert advice.endswith(f"; pins that differ in {cells[1].id}: mcp 1 -> 2.")


def test_another_python_is_told_where_the_own_one_has_no_green_cell() -> None:
    red = sample.cell()
    same, other = on_python(red, "3.13.0"), on_python(red, "3.13.0", anyio="9")
    assert told([red, same], red) == (
        "The same pair passes on Python 3.13 as resolved today, with the very same pins: the difference is "
        "Python itself."
    )
    assert told([red, other], red).endswith("today; pins that differ: anyio 9 -> 4.16.0.")
    twin = on_python(red, "3.12.9")
    assert "passes on Python 3.12.9 as resolved today" in told([red, twin], red)


def test_the_own_python_goes_before_another_one() -> None:
    red, green = sample.cell(), sample.cell(resolution="contemporary")
    lost = sample.cell(agents="0.9.1")
    advice = told([on_python(red, "3.13.0"), red, green, lost, on_python(lost, "3.13.0")], red, lost)
    assert advice.startswith("1 of the 2 pairs passes as resolved contemporary;")
    assert advice.endswith(". 1 of the 2 pairs passes on Python 3.13 as resolved today.")


def test_of_several_pythons_the_combinations_are_counted() -> None:
    red, green = sample.cell(), sample.cell(resolution="contemporary")
    cells = [red, green, on_python(red, "3.13.0"), on_python(green, "3.13.0")]
    advice = told(cells, cells[0], cells[2])
    assert advice.startswith("Both combinations of pair and Python pass as resolved contemporary;")
    advice = told(cells, cells[0], cells[2], cells[3])
    assert advice.startswith("1 of the 2 combinations of pair and Python passes as resolved contemporary;")


def flawed() -> tuple[list[Cell], list[CaseResult]]:
    """The default matrix, of which both green cells of the red pairs lack an icon in one case."""
    cells, cases = sample.matrix()
    icon = sample.finding(None, key="widgets/icon", message="no such icon")
    for n in (0, 32):
        cases[n] = dataclasses.replace(cases[n], outcome="fail", findings=(icon,))
    return cells, cases


def test_of_cells_with_another_flaw_only_the_cases_are_told() -> None:
    cells, cases = flawed()
    advice = group(cases, cells)[0].advice or ""
    assert advice.startswith("14 of the 16 cases pass with the same pair as resolved contemporary")
    alone = [case for case in cases if case.cell == cells[0].id or case.id == cases[9].id]
    advice = group(alone, cells)[0].advice or ""
    assert advice.startswith("This case passes with the same pair as resolved contemporary;")


def test_a_pair_with_another_flaw_is_not_counted_among_those_that_pass() -> None:
    cells, cases = flawed()
    cases[32] = dataclasses.replace(cases[32], outcome="pass", findings=())
    advice = group(cases, cells)[0].advice or ""
    assert advice.startswith("1 of the 2 pairs passes as resolved contemporary;")
    assert advice.endswith(". Of 1 of the 2 pairs, 7 of the 8 cases pass as resolved contemporary.")
