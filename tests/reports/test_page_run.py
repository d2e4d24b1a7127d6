"""What the page knows of a run: matrices, cells, causes, and where each transcript lies."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from tests.reports import sample
from tests.reports.page_data import Page

from chatkit_harness.reports import write_reports
from chatkit_harness.reports.html import html_report
from chatkit_harness.reports.markdown import markdown_report
from chatkit_harness.reports.view import view
from chatkit_harness.results import Results, find_transcript


def run_of(results: Results) -> dict[str, Any]:
    return Page(html_report(view(results))).run


def stored(folder: Path) -> Results:
    """The sweep with transcripts beside it."""
    made = sample.sweep()
    written = sample.write(folder, (list(made.cells), list(made.cases)))
    return dataclasses.replace(made, cases=written.cases, folder=folder)


def files(page: Page) -> list[list[str]]:
    """Where the page says that each cell's transcripts lie, put together as its script does."""
    run, names = page.run, page.data("digests")
    width = len(run["columns"])
    found: list[list[str]] = [[] for _ in run["cells"]]
    for n in range(len(run["cells"]) * width):
        name = names[32 * n : 32 * n + 32].hex()
        if name.strip("0"):
            ending = run["endings"]["others"].get(name, run["endings"]["usual"])
            found[n // width].append(f"{run['transcripts']}/{name[:2]}/{name}{ending}")
    return found


def test_each_cell_stands_once_in_a_matrix() -> None:
    run = run_of(sample.sweep())
    assert [each["title"] for each in run["matrices"]] == ["contemporary, Python 3.12", "today, Python 3.12"]
    assert run["matrices"][1]["chatkits"] == ["1.2.0", "1.4.0", "1.6.5"]
    numbers = [cell for matrix in run["matrices"] for row in matrix["cells"] for cell in row]
    assert sorted(numbers) == list(range(60))
    red = run["cells"][run["matrices"][1]["cells"][0][0]]
    assert (red["name"], red["state"]) == ("chatkit 1.2.0 agents 0.4.0 py3.12 today", "fail")


def test_a_cell_has_each_case_with_its_outcome_and_causes() -> None:
    run = run_of(sample.sweep())
    red = next(cell for cell in run["cells"] if cell["state"] == "fail")
    assert [run["outcomes"][int(code)] for code in red["codes"]] == ["fail", "fail"]
    assert red["because"] == {"0": [1], "1": [1]}
    assert red["times"] == [{"first_event_ms": 3.1, "total_ms": 48.2, "cpu_ms": 44.0}]
    assert (red["isolation"], red["seconds"]) == ("fork", 0.2)
    assert "openai==2.54.0" in run["pins"][red["pins"]].split()
    assert len(run["pins"]) == 3  # of then, of now, and of the cell that has none


def test_a_matrix_has_gaps_where_there_is_no_cell() -> None:
    cells = [sample.cell("1.9.0", "0.5.1"), sample.cell("1.10.0", "0.24.0")]
    (matrix,) = run_of(sample.results((cells, [sample.case(cell) for cell in cells])))["matrices"]
    assert (matrix["chatkits"], matrix["cells"]) == (["1.9.0", "1.10.0"], [[0, -1], [-1, 1]])


def test_what_reading_alone_found_stands_beside_the_verdict() -> None:
    run = run_of(sample.sweep(lacks=("agents.items.X (chatkit/agents.py:5)",)))
    told = {cell["lacks"] for cell in run["cells"] if cell["state"] == "fail"}
    assert told == {"lacks agents.items.X (chatkit/agents.py:5)"}


def test_a_cause_is_told_whole() -> None:
    told = {
        "ranges": ("agents 0.5.1 with openai >= 2.30",),
        "suspect": "openai >= 2.30",
        "reproduce": "run it",
    }
    cause = run_of(sample.with_causes(sample.results(), **told))["causes"][0]
    facts = dict(map(tuple, cause["facts"]))
    assert facts["raised by"].startswith("openai-agents 0.5.1")
    assert (facts["range"], facts["suspected"], facts["reproduce"]) == (
        told["ranges"][0],
        told["suspect"],
        "run it",
    )
    avoids = [words for what, words in cause["facts"] if what == "constraint"]
    assert (
        avoids[0] == "openai-agents>=0.24.0 (driven: 4 cells pass, 2 of them with all else asked for alike)"
    )
    assert "agents/usage.py:36 in <lambda>  (openai-agents 0.5.1)" in cause["traceback"]
    assert (cause["kind"], len(cause["cases"]), cause["example"] in cause["cases"]) == ("fail", 16, True)


def told(cause: dict[str, Any]) -> str:
    """All that is told of a cause."""
    return "; ".join(f"{what}: {words}" for what, words in cause["facts"])


def test_a_cause_seen_in_shared_layers_says_whether_it_was_confirmed() -> None:
    assert "16 cases in 2 cells" in told(run_of(sample.results())["causes"][0])
    cell = dataclasses.replace(sample.cell(), isolation="fork")
    forked = sample.results(([cell], [sample.case(cell, outcome="fail")]))
    assert "1 case in 1 cell, unconfirmed" in told(run_of(forked)["causes"][0])
    again = told(run_of(sample.with_causes(forked, confirmed=True))["causes"][0])
    assert "confirmed in a fresh environment" in again
    assert "unconfirmed" not in again


def test_what_was_driven_once_in_an_environment_of_its_own_is_not_called_confirmed() -> None:
    cases = [dataclasses.replace(each, confirmed=each.outcome == "fail") for each in sample.results().cases]
    results = dataclasses.replace(sample.with_causes(sample.results(), confirmed=True), cases=tuple(cases))
    said = "16 cases in 2 cells, seen in a fresh environment, not driven again"
    run = run_of(results)
    assert said in told(run["causes"][0])
    assert not any(cell["confirmed"] for cell in run["cells"])
    text = markdown_report(view(results))
    assert said.partition(", ")[2] in text
    assert "confirmed in" not in text


def test_a_cause_says_nothing_twice() -> None:
    cell = sample.cell()
    lacks = sample.finding(None, rule="expect/text-content", key="expect/text", message="says otherwise")
    case = sample.case(cell, outcome="fail", findings=(lacks,))
    (cause,) = run_of(sample.results(([cell], [case])))["causes"]
    assert "says otherwise" in cause["title"]
    assert cause["traceback"] == ""
    assert ["scenarios", "quote-aapl"] in cause["facts"]


def test_what_was_confirmed_is_told_case_by_case() -> None:
    results = sample.results()
    red = next(case for case in results.cases if case.outcome == "fail")
    cases = tuple(dataclasses.replace(case, confirmed=case is red) for case in results.cases)
    cells = tuple(dataclasses.replace(cell, isolation="fork") for cell in results.cells)
    run = run_of(dataclasses.replace(results, cells=cells, cases=cases))
    assert [len(cell["confirmed"]) for cell in run["cells"] if cell["confirmed"]] == [1]


def test_cells_without_pins_are_one_line_of_a_sweep() -> None:
    run = run_of(sample.sweep())
    assert run["pinless"] == "No set of pins exists for 1 cell: openai 2 is too old (1 cell)."
    assert [cause["kind"] for cause in run["causes"]] == ["fail", "unresolvable"]
    assert run_of(sample.results())["pinless"] is None


def test_what_was_expected_has_a_list(tmp_path: Path) -> None:
    run = run_of(sample.write(tmp_path, sample.icons()))
    assert len(run["caught"]) == 2
    assert run["caught"][1] == "ListView.children not allowed here (news-tsla) in 1 cell"


def test_what_scenarios_say_beforehand_is_there_for_each_column() -> None:
    made = sample.results()
    planned: dict[str, Any] = {
        "quote-aapl": {
            "budgets": {"total_ms": 9.0, "widget_ms": None, "odd": 1},
            "context": {"symbol": "aapl"},
        },
        "two-turns": {"turns": [{}, {"context": {"symbol": "TSLA", "timeframe": "1W"}}]},
    }
    header = dataclasses.replace(made.header, scenarios={**made.header.scenarios, **planned})
    run = run_of(dataclasses.replace(made, header=header))
    plans = {
        run["scenarios"][scenario]["id"]: run["plans"][plan]
        for (scenario, _, _), plan in zip(run["columns"], run["plan"], strict=True)
    }
    opened = [{"symbol": "AAPL", "timeframe": None}]
    assert plans["quote-aapl"] == {"budgets": {"total_ms": 9.0}, "opened": opened}
    assert plans["two-turns"]["opened"] == [None, {"symbol": "TSLA", "timeframe": "1W"}]
    assert plans["news-tsla"] == {"budgets": {}, "opened": []}
    assert len(run["plans"]) == 3


@pytest.mark.parametrize(
    ("name", "document", "group"),
    [
        ("quote-aapl", {}, "everyday"),
        ("fault-429", {}, "faults"),
        ("widget-card", {"server": "catalogue"}, "catalogue"),
        ("list-threads", {"exam": "conformance"}, "conformance"),
        ("store-order", {"exam": "store-order"}, "store"),
        ("mine/first", {}, "mine"),
    ],
)
def test_a_scenario_is_of_the_group_that_it_is_asked_for_by(
    name: str, document: dict[str, Any], group: str
) -> None:
    cell = sample.cell()
    results = sample.results(([cell], [sample.case(cell, name)]))
    header = dataclasses.replace(results.header, scenarios={name: {"title": "T", **document}})
    (scenario,) = run_of(dataclasses.replace(results, header=header))["scenarios"]
    assert scenario == {"id": name, "title": "T", "description": "", "group": group}


def test_every_transcript_is_linked_to_where_it_lies(tmp_path: Path) -> None:
    results = stored(tmp_path / "run")
    paths = write_reports(results, tmp_path / "else where" / "reports")
    page = Page(paths[-1].read_text())
    assert page.run["transcripts"] == "../../run/transcripts"
    for found, noun in zip(files(page), results.cells, strict=True):
        own = [case.transcript for case in results.cases if case.cell == noun.id]
        there = [(paths[-1].parent / path).resolve() for path in found]
        assert there == [find_transcript(results.folder, name or "") for name in own]


def test_a_transcript_that_is_lost_has_no_link(tmp_path: Path) -> None:
    results = stored(tmp_path)
    name = results.cases[0].transcript or ""
    (find_transcript(tmp_path, name) or tmp_path).unlink()
    found = files(Page(html_report(view(results))))
    assert found != [[]] * 60
    assert not any(name in path for paths in found for path in paths)


def test_of_packed_and_plain_transcripts_each_is_linked_to_as_it_is(tmp_path: Path) -> None:
    results = stored(tmp_path)
    name = results.cases[0].transcript or ""
    plain = find_transcript(tmp_path, name) or tmp_path
    plain.rename(plain.with_name(f"{name}.json.gz"))
    assert run_of(results)["endings"] == {
        "usual": ".json",
        "others": {name: ".json.gz"},
        "left_out": 0,
    }


def test_the_run_tells_how_it_was_made_and_how_its_times_are_meant() -> None:
    run = run_of(
        sample.results(complaints=({"culprit": "index", "cause": "It was slow.", "next_step": "Wait."},))
    )
    facts = dict(map(tuple, run["facts"]))
    assert (facts["command"], facts["machine"]) == (
        "chatkit-harness run",
        "python 3.11.7, platform Linux x86_64, cores 2",
    )
    assert facts["complaint"] == "index: It was slow. Wait."
    assert "a scripted cassette has no model time" in run["timing_note"]


def test_of_very_many_causes_the_rest_is_counted() -> None:
    cells = [sample.cell(agents=f"0.{n}.0") for n in range(310)]
    found = [
        sample.finding(
            None, rule="run/odd", key=f"run/odd {chr(97 + n % 26) * (n + 1)}", message="x" * (n + 1)
        )
        for n in range(310)
    ]
    cases = [
        sample.case(cell, outcome="fail", findings=(each,)) for cell, each in zip(cells, found, strict=True)
    ]
    run = run_of(sample.results((cells, cases)))
    assert (len(run["causes"]), run["more_causes"], len(run["beyond"])) == (300, 10, 10)
    titles = [title for _, title in run["beyond"]]
    assert all(title.strip() for title in titles)
    # Each number that a cell leads to is told of: by the first 300 with their facts, or by its title.
    numbers = {number for cell in run["cells"] for number in cell["causes"]}
    assert numbers == set(range(1, 311))
