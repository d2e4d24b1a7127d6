"""Several stores side by side, one store named once, why cases were skipped, and a server that runs."""

from __future__ import annotations

import dataclasses
import json
import xml.etree.ElementTree as ET
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from tests.reports import sample
from tests.reports.page_data import Page

from chatkit_harness.core.nouns import CaseResult, Cell, Finding, Outcome
from chatkit_harness.core.transcript import Stored
from chatkit_harness.reports import print_report
from chatkit_harness.reports.html import html_report
from chatkit_harness.reports.junit import junit_report
from chatkit_harness.reports.markdown import markdown_report
from chatkit_harness.reports.skips import skips
from chatkit_harness.reports.text import cell_words
from chatkit_harness.reports.view import view
from chatkit_harness.results import Results, ResultsWriter, RunFooter, exit_status, read_results

LIAR = "lying.stores:Lazy"
ADDRESS = "http://127.0.0.1:8000/chatkit"
ORDER = Finding(rule="contract/order", severity="error", key="contract/order order", message="no order")


def on(store: str, cell: Cell, scenario: str, outcome: Outcome = "pass") -> CaseResult:
    case = sample.case(cell, scenario, outcome, findings=(ORDER,) if outcome == "fail" else ())
    return dataclasses.replace(case, id=f"{case.id}@{store}", store=store)


def compared() -> Results:
    """Two scenarios on three stores, the last of which lies, and one of them on the other path."""
    cell = sample.cell()
    stores = ("memory", "sqlite", LIAR)
    cases = [on(store, cell, "store-ids") for store in stores]
    cases += [on(store, cell, "store-order", "fail" if store == LIAR else "pass") for store in stores]
    results = sample.results(([cell], cases))
    header = dataclasses.replace(sample.HEADER, selection={"stores": list(stores)})
    return dataclasses.replace(results, header=header)


def alone() -> Results:
    cell = sample.cell()
    return sample.results(([cell], [on(LIAR, cell, name) for name in ("store-ids", "store-order")]))


def running(outcome: Outcome = "pass") -> Results:
    """A server that runs elsewhere."""
    cell = Cell(id="running", chatkit=None, agents="unknown", python="3.11.7", resolution="running")
    findings = (ORDER,) if outcome == "fail" else ()
    case = dataclasses.replace(sample.case(cell, outcome=outcome, findings=findings), server=ADDRESS)
    return sample.results(([cell], [case]))


def skipping(*reasons: str) -> Results:
    cell = sample.cell()
    cases = [sample.case(cell, f"s{n}", "skipped", reason=reason) for n, reason in enumerate(reasons)]
    return sample.results(([cell], cases))


def printed(results: Results, width: int = 140) -> list[str]:
    stream = StringIO()
    print_report(results, Console(file=stream, width=width, color_system=None), [Path("out/report.html")])
    return [line.strip() for line in stream.getvalue().splitlines()]


def test_stores_that_are_compared_have_a_row_each() -> None:
    lines = printed(compared())
    head = next(n for n, line in enumerate(lines) if line.startswith("chatkit "))
    assert lines[head].split()[-4:] == ["store", "cell", "ab", "why"]
    assert lines[head + 2].split()[-4:] == ["memory", "✓", "works", "✓✓"]
    assert lines[head + 4].split() == [LIAR, "✗", "fails", "✓✗", "cause", "1"]
    assert "Scenarios: a=store-ids  b=store-order" in lines


def test_which_store_is_wrong_is_told_first_and_with_its_cause() -> None:
    lines = printed(compared())
    assert lines[1] == f"Failing: 1 of 2 cases on {LIAR}; none on memory and sqlite."
    assert f"store     {LIAR}" in lines
    assert f"- store: {LIAR}" in markdown_report(view(compared()))


def test_a_cause_that_all_stores_share_names_none() -> None:
    cell = sample.cell()
    cases = [on(store, cell, "store-order", "fail") for store in ("memory", LIAR)]
    assert not view(sample.results(([cell], cases))).told[0].stores


def test_the_summary_has_a_row_a_store() -> None:
    rows = [line for line in markdown_report(view(compared())).splitlines() if line.startswith("| 1.2.0")]
    assert [row.split(" | ")[4] for row in rows] == ["memory", "sqlite", LIAR]


def test_the_page_has_a_column_a_scenario_and_store() -> None:
    run = Page(html_report(view(compared()))).run
    assert [each["id"] for each in run["scenarios"]] == ["store-ids", "store-order"]
    columns = {(scenario, store): n for n, (scenario, _path, store) in enumerate(run["columns"])}
    assert {store for _, store in columns} == {"memory", "sqlite", LIAR}
    told = {key: run["outcomes"][int(run["cells"][0]["codes"][n])] for key, n in columns.items()}
    assert [key for key, outcome in told.items() if outcome == "fail"] == [(1, LIAR)]
    assert ["store", LIAR] in run["causes"][0]["facts"]


def test_no_two_tests_of_junit_have_one_name() -> None:
    names = [case.get("name") for case in ET.fromstring(junit_report(view(compared()))).iter("testcase")]  # noqa: S314 - our own report
    assert len(names) == len(set(names)) == 6
    assert f"store-order ({LIAR})" in names


def test_one_own_store_is_named_once() -> None:
    text = "\n".join(printed(alone()))
    assert text.count(LIAR) == 1
    assert f"On the store {LIAR}." in text
    assert "Scenarios: a=store-ids  b=store-order" in text


def test_what_is_on_no_store_has_a_row_of_its_own() -> None:
    results = compared()
    beside = dataclasses.replace(sample.case(sample.cell()), server="museum.server:create_server")
    rows = markdown_report(view(dataclasses.replace(results, cases=(*results.cases, beside)))).splitlines()
    assert [row.split(" | ")[4] for row in rows if row.startswith("| 1.2.0")] == [
        "memory",
        "sqlite",
        LIAR,
        "-",
    ]


def test_why_cases_were_skipped_is_told_once_a_reason() -> None:
    results = skipping("no thread of id 4711 can be made.", "no thread of id 4712 can be made.", "no user")
    told = "Skipped: 2 because no thread of id \u2026 can be made; 1 because no user."
    assert told in printed(results)
    assert told in markdown_report(view(results)).splitlines()
    assert told in Page(html_report(view(results))).text
    assert skips(sample.results()) is None


def test_one_reason_holds_for_all_that_it_is_told_of() -> None:
    needs = "needs openai-chatkit >= 1.4.1, the cell has {}"
    told = skips(skipping(*(needs.format(version) for version in ("1.10.0", "0.0.2", "1.2.0", "0.0.2"))))
    assert told == "Skipped: 4 because needs openai-chatkit >= 1.4.1, the cell has 0.0.2 to 1.10.0."
    assert (skips(skipping("needs x>=1.2.3", "needs x>=1.4.0")) or "").count("because") == 2
    apart = skips(skipping("needs 1.2.3, which is (2.0.1)", "needs 1.2.3, which is (1.0.1)"))
    assert apart == "Skipped: 2 because needs 1.2.3, which is (1.0.1 to 2.0.1)."


def test_of_many_reasons_the_rest_is_counted() -> None:
    told = skips(skipping(*("because of " + "x" * n for n in range(1, 8)))) or ""
    assert told.count("because because of") == 4
    assert told.endswith("; and 3 more for 3 other reasons.")


def test_a_server_that_runs_is_told_by_its_address() -> None:
    lines = printed(running())
    assert lines[1] == f"Asked over HTTP: {ADDRESS}, on versions that are not known here."
    assert any(line.split()[:5] == ["?", "?", "?", "running", "✓"] for line in lines)
    assert cell_words(running().cells[0]) == "a server that runs"
    assert "Reports: out" in lines


def test_of_a_server_that_runs_nothing_is_claimed_that_nobody_knows() -> None:
    page = Page(html_report(view(running())))
    told = f"{page.text} {json.dumps(page.run)}"
    texts = ["\n".join(printed(running())), markdown_report(view(running())), told]
    for text in texts:
        assert not [
            each
            for each in ("agents unknown", "full pins", "py3.11", "<td>none</td>", "on loopback", "Scripted")
            if each in text
        ]


def test_a_cause_in_a_server_that_runs_has_its_address_and_no_range() -> None:
    lines = printed(running("fail"))
    assert f"server    {ADDRESS}" in lines
    assert "cells     1 cell, 1 case" in lines
    assert not [line for line in lines if line.startswith("range") or "without chatkit" in line]


@pytest.mark.parametrize(
    ("kept", "status", "told"),
    [
        ((False, False), 3, "The threads were to be read by chatkit 1.6.4, too, which found none."),
        ((True, False), 0, "The threads of each cell were read by chatkit 1.6.4, too."),
    ],
)
def test_threads_that_nobody_could_read_were_not_read(kept: tuple[bool, ...], status: int, told: str) -> None:
    cell = sample.cell()
    gone = Finding(rule="store/does-not-keep", severity="warning", key="store/does-not-keep", message="Gone.")
    cases = [
        sample.case(cell, f"s{n}", findings=() if each else (gone,), outcome="pass")
        for n, each in enumerate(kept)
    ]
    results = sample.results(([cell], cases))
    header = dataclasses.replace(sample.HEADER, selection={"read_by": ["1.6.4"]})
    results = dataclasses.replace(results, header=header)
    assert exit_status(results) == status
    assert told in printed(results)


@pytest.mark.parametrize(
    ("thread", "status", "told"),
    [
        (None, 3, "No case left a thread that chatkit 1.6.4 could read."),
        ({"id": "thr_1"}, 0, "The threads of each cell were read by chatkit 1.6.4, too."),
    ],
)
def test_where_no_case_left_a_thread_nobody_is_said_to_have_read_it(
    tmp_path: Path, thread: dict[str, Any] | None, status: int, told: str
) -> None:
    cell = sample.cell()
    kept = dataclasses.replace(sample.transcript(cell), stored=Stored(thread=thread))
    with ResultsWriter(tmp_path) as writer:
        writer.header(dataclasses.replace(sample.HEADER, selection={"read_by": ["1.6.4"]}))
        writer.cell(cell)
        writer.case(sample.case(cell, transcript=writer.transcript(kept)))
        writer.footer(RunFooter(finished="2026-11-20T09:31:00Z"))
    results = read_results(tmp_path)
    assert exit_status(results) == status
    assert told in printed(results)


@pytest.mark.parametrize(("chatkit", "path"), [("", "native"), ("1.6.5", "agent_builder")])
def test_where_nothing_has_threads_nobody_has_read_them(chatkit: str, path: str) -> None:
    cell = dataclasses.replace(sample.cell(), chatkit=chatkit or None)
    cases = [dataclasses.replace(sample.case(cell), path=path)]
    header = dataclasses.replace(sample.HEADER, selection={"read_by": ["neighbours"]})
    results = dataclasses.replace(sample.results(([cell], cases)), header=header)
    assert exit_status(results) == 3
    said = "were to be read by the chatkit releases next to its own, too, which found none."
    assert any(line.endswith(said) for line in printed(results))
