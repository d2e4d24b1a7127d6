"""Reports of more cells than fit in a table of rows."""

from __future__ import annotations

import dataclasses
import re
import shlex
import xml.etree.ElementTree as ET
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from rich.console import Console
from tests.reports import sample

from chatkit_harness.reports import print_report
from chatkit_harness.reports.junit import junit_pieces, junit_report
from chatkit_harness.reports.markdown import markdown_report
from chatkit_harness.reports.matrix import by_state, folded, is_many, matrices
from chatkit_harness.reports.view import view
from chatkit_harness.results import Results


def printed(results: Results, width: int = 120) -> list[str]:
    stream = StringIO()
    print_report(results, Console(file=stream, width=width, color_system=None))
    return stream.getvalue().splitlines()


def checkered(agents: int) -> Results:
    """One chatkit release, of which every second agents release fails."""
    cells = [sample.cell(agents=f"0.{n}.0") for n in range(agents)]
    cases = [sample.case(cell, outcome="fail" if n % 2 else "pass") for n, cell in enumerate(cells)]
    return sample.results((cells, cases))


def test_up_to_two_dozen_cells_have_a_row_each() -> None:
    few, many = checkered(24), checkered(25)
    assert [is_many(view(each).rows) for each in (few, many)] == [False, True]
    assert sum(line.startswith("1.2.0") for line in printed(few)) == 24
    assert sum(line.startswith("1.2.0") for line in printed(many)) == 1


def test_agents_releases_that_look_alike_are_one_column() -> None:
    lines = printed(sample.sweep())
    today = lines[lines.index("today, Python 3.12") :]
    assert today[1].split() == ["0.4.0-0.8.0", "0.9.0-0.13.0"]
    assert [line.split() for line in today[2:5]] == [
        ["1.2.0", "✗", "1", "✓"],
        ["1.4.0", "✗", "1", "✓"],
        ["1.6.5", "✗", "1", "✓"],
    ]


def test_a_column_is_split_where_one_release_in_it_differs() -> None:
    (contemporary, _) = matrices(view(sample.sweep()).rows)
    table = folded(contemporary, by_state)
    assert table.columns == ("0.4.0-0.12.0", "0.13.0")
    assert [row.state if row else None for _, cells in table.rows for row in cells] == [
        *("pass", "pass"),
        *("pass", "pass"),
        *("pass", "unresolvable"),
    ]


def test_versions_stand_in_their_order_and_gaps_stay_empty() -> None:
    cells = [sample.cell("1.10.0", f"0.{n}.0") for n in range(25)] + [sample.cell("1.9.0", "0.24.0")]
    results = sample.results((cells, [sample.case(cell) for cell in cells]))
    (matrix,) = matrices(view(results).rows)
    assert matrix.chatkits == ("1.9.0", "1.10.0")
    assert matrix.agents[-1] == "0.24.0"
    lines = printed(results)
    assert [line.split() for line in lines if line.startswith("1.")] == [["1.9.0", "✓"], ["1.10.0", "✓", "✓"]]


def test_a_cause_says_where_how_sure_and_how_to_see_it() -> None:
    told = {
        "ranges": ("agents 0.4.0 to 0.8.0 with openai >= 2.54.0",),
        "suspect": "openai 2.8.1 -> 2.54.0",
        "reproduce": "chatkit-harness run --pair 1.2.0:0.4.0 --resolution today",
    }
    results = sample.with_causes(sample.sweep(lacks=("agents.x (chatkit/y.py:12)",)), **told)
    lines = [" ".join(line.split()) for line in printed(results)]
    for each in (
        "cells 15 cells, 30 cases, unconfirmed",
        "range agents 0.4.0 to 0.8.0 with openai >= 2.54.0",
        "suspected openai 2.8.1 -> 2.54.0",
        "read alone lacks agents.x (chatkit/y.py:12)",
        "reproduce chatkit-harness run --pair 1.2.0:0.4.0 --resolution today",
    ):
        assert each in lines
    again = printed(sample.with_causes(results, confirmed=True))
    assert "cells 15 cells, 30 cases, confirmed in a fresh environment" in [
        " ".join(x.split()) for x in again
    ]


def test_of_a_cause_that_is_confirmed_in_part_the_rest_is_told_as_unconfirmed() -> None:
    results = sample.with_causes(sample.sweep(), confirmed=True)
    assert results.footer is not None
    seen = set(results.footer.causes[0].cases[:2])
    cases = [dataclasses.replace(case, confirmed=case.id in seen) for case in results.cases]
    again = dataclasses.replace(results, cases=tuple(cases))
    told = "cells 15 cells, 30 cases, 2 cases confirmed in a fresh environment, the rest unconfirmed"
    assert told in [" ".join(line.split()) for line in printed(again)]


@pytest.mark.parametrize("width", [40, 70])
def test_a_command_that_does_not_fit_can_still_be_pasted(width: int) -> None:
    command = "chatkit-harness run --pair 1.2.0:0.4.0 --resolution today --scenario 'quote-*' --with 'a b'"
    lines = printed(sample.with_causes(sample.sweep(), reproduce=command), width)
    start = next(n for n, line in enumerate(lines) if line.split()[:1] == ["reproduce"])
    told = [lines[start].partition("reproduce")[2]]
    while told[-1].endswith("\\"):
        told.append(lines[start + len(told)])
    assert len(told) > 1
    assert shlex.split(" ".join(line.removesuffix("\\") for line in told)) == shlex.split(command)


def test_what_cells_that_work_lack_too_is_told() -> None:
    results = sample.sweep(lacks=("agents.x (chatkit/y.py:12)",))
    cells = [dataclasses.replace(c, lacks=("agents.x (chatkit/y.py:9)",)) for c in results.cells if c.lacks]
    extra = dataclasses.replace(results.cells[0], lacks=cells[0].lacks)
    others = [cell for cell in results.cells[1:] if cell.id not in {c.id for c in cells}]
    seen = view(dataclasses.replace(results, cells=(extra, *others, *cells[:10], *results.cells[-5:])))
    assert seen.told[0].lacks[0].endswith("in 10 of its 15 cells; so does one that works")


def test_cells_of_a_sweep_without_pins_are_one_line_and_no_doubt() -> None:
    results = sample.sweep()
    seen, lines = view(results), printed(results)
    assert seen.headline == "15 of 60 cells fail, 44 work, 1 has no set of pins."
    assert "No set of pins exists for 1 cell: openai 2 is too old (1 cell)." in lines
    assert not [line for line in lines if line.startswith("2.")]
    green = [dataclasses.replace(each, outcome="pass") for each in results.cases if each.outcome == "fail"]
    rest = [each for each in results.cases if each.outcome != "fail"]
    assert view(dataclasses.replace(results, cases=(*green, *rest))).state == "pass"
    asked = dataclasses.replace(results, header=dataclasses.replace(results.header, selection={}))
    assert "1 could not be judged" in view(asked).headline


def test_pairs_that_age_are_told_in_one_sentence() -> None:
    assert view(sample.sweep()).facts[1] == (
        "15 pairs work contemporary and fail today: raised by openai-agents 0.4.0 to 0.8.0."
    )


@pytest.mark.parametrize("width", [40, 60, 80, 160])
def test_a_matrix_fits_the_console_however_many_columns_it_has(width: int) -> None:
    lines = printed(checkered(90), width)
    assert max(map(len, lines)) <= width
    assert [line for line in lines if line != line.rstrip()] == []
    signs = "".join("".join(line.split()[1:]) for line in lines if line.startswith("1.2.0"))
    assert signs == "✓✗" * 45
    legend = " ".join(lines[next(n for n, line in enumerate(lines) if line.startswith("agents:")) :])
    assert re.search(r"\ba=0\.0\.0 .*\bcl=0\.89\.0\b", legend)


def test_matrices_that_are_alike_are_drawn_once() -> None:
    cells = [sample.cell(agents=f"0.{n}.0", resolution=when) for when in ("a", "b", "c") for n in range(25)]
    lines = printed(sample.results((cells, [sample.case(cell) for cell in cells])))
    assert "a, Python 3.12; b, Python 3.12; c, Python 3.12: all alike" in lines
    assert sum(line.startswith("1.2.0") for line in lines) == 1


def test_a_console_without_unicode_gets_a_matrix_too() -> None:
    raw = BytesIO()
    stream = TextIOWrapper(raw, encoding="ascii")
    print_report(sample.sweep(), Console(file=stream, width=80))
    stream.flush()
    assert b"1.2.0  x 1          +" in raw.getvalue()


def test_the_summary_has_the_matrices_and_stays_short() -> None:
    text = markdown_report(view(sample.with_causes(sample.sweep(), reproduce="run --scenario 'quote-*' `x`")))
    assert "**today, Python 3.12**" in text
    assert "1.2.0  ✗ 1          ✓\n" in text
    assert r"- reproduce: <code>run --scenario 'quote-\*' \`x\`</code>" in text
    assert "- 30 cases in 15 cells, unconfirmed: quote-aapl, two-turns" in text
    assert "No set of pins exists for 1 cell" in text
    assert "openai==2.54.0" not in text
    assert len(text) < 6000


def test_the_summary_fits_where_nothing_folds() -> None:
    cells, cases = [], []
    for n in range(8):
        for m in range(60):
            cell = sample.cell(f"1.{n}.0", f"0.{m}.0", f"when-{n % 7}")
            found = sample.finding(None, rule="run/odd", key=f"odd {n} {m}", message=f"{m} " + "|<" * 400)
            cells.append(cell)
            cases.append(sample.case(cell, outcome="fail" if (n + m) % 2 else "pass", findings=(found,)))
    cases = [dataclasses.replace(each, findings=each.findings * (each.outcome == "fail")) for each in cases]
    text = markdown_report(view(sample.results((cells, cases))))
    assert 5_000 < len(text.encode()) < 60_000


def test_of_very_many_cells_a_traceback_is_told_once_a_cause() -> None:
    root = ET.fromstring(junit_report(view(sample.sweep())))  # noqa: S314 - our own report
    told = [failure.text or "" for failure in root.iter("failure")]
    assert len(told) == 30
    assert sum("agents/usage.py:36" in text for text in told) == 1
    assert sum(text.startswith("cause 1: pydantic ValidationError: ") for text in told) == 29
    example = view(sample.sweep()).causes[0].example["case"]
    assert sum(text.endswith(f"\ntold in full under {example}") for text in told) == 29
    assert root.find(".//property[@name='lock']") is not None
    assert root.find(".//property[@name='pin.openai']") is None


def test_the_totals_of_a_streamed_suite_are_those_of_its_suites() -> None:
    pieces = list(junit_pieces(view(sample.sweep())))
    root = ET.fromstring("".join(pieces))  # noqa: S314 - our own report
    suites = root.findall("testsuite")
    assert len(pieces) >= len(suites) == 60
    for name in ("tests", "failures", "errors", "skipped"):
        assert root.get(name) == str(sum(int(suite.get(name, "")) for suite in suites))
        tag = {"tests": "testcase", "failures": "failure", "errors": "error"}.get(name, name)
        assert root.get(name) == str(len(list(root.iter(tag))))
    assert float(root.get("time", "")) == pytest.approx(sum(float(suite.get("time", "")) for suite in suites))
