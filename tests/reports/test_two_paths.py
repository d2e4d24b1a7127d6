"""Reports of ordinary runs where both paths were driven."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from io import StringIO
from pathlib import Path

from rich.console import Console
from tests.comparison.build import CARD, LEVELS, Run, answer, native, workflow
from tests.reports import sample
from tests.reports.page_data import Page

from chatkit_harness.reports import print_report
from chatkit_harness.reports.html import html_report
from chatkit_harness.reports.junit import junit_report
from chatkit_harness.reports.markdown import markdown_report
from chatkit_harness.reports.view import view
from chatkit_harness.results import Results

SAID = "Tesla trades at $408.92."


def both(folder: Path, *, end: bool = True) -> Results:
    run = Run(folder, documents={"alone": {"title": "alone", "paths": ["native"]}})
    run.both("quote", native(SAID, [CARD]), workflow(answer(SAID, [CARD], LEVELS)))
    return run.add("alone", native(SAID)).results(end=end)


def printed(results: Results, width: int = 120) -> list[str]:
    stream = StringIO()
    print_report(results, Console(file=stream, width=width, color_system=None))
    return stream.getvalue().splitlines()


def test_the_terminal_has_a_column_a_path_with_one_letter_a_scenario(tmp_path: Path) -> None:
    lines = printed(both(tmp_path))
    head = next(n for n, line in enumerate(lines) if "native" in line and "Agent Builder" in line)
    assert lines[head + 1].split()[-3:] == ["ab", "ab", "why"]
    row = next(line for line in lines if line.startswith("1.6.5"))
    assert row.split()[-2:] == ["✓✓", "✓"]
    assert "Scenarios: a=alone  b=quote" in lines


def test_a_run_of_the_native_path_alone_has_no_column_for_it() -> None:
    assert not [line for line in printed(sample.results()) if "native" in line and "reproduce" not in line]
    assert "Agent Builder" not in markdown_report(view(sample.results()))
    assert [each["id"] for each in Page(html_report(view(sample.results()))).run["paths"]] == ["native"]


def test_a_run_of_the_agent_builder_path_alone_says_so(tmp_path: Path) -> None:
    results = Run(tmp_path).add("quote", workflow(answer(SAID))).results()
    assert any("Agent Builder" in line and "chatkit" not in line for line in printed(results))
    assert "| Agent Builder |" in markdown_report(view(results))


def test_every_report_says_that_the_built_in_workflow_is_a_demonstration(tmp_path: Path) -> None:
    seen = view(both(tmp_path))
    told = "Agent Builder path: the built-in workflow on scripts: a demonstration"
    assert any(fact.startswith(told) for fact in seen.facts)
    for text in (markdown_report(seen), Page(html_report(seen)).text):
        assert told in text
    root = ET.fromstring(junit_report(seen))  # noqa: S314 - our own report
    (told_there,) = root.findall(".//property[@name='agent_builder']")
    assert told_there.get("value") == "demonstration: the built-in workflow"


def test_saved_answers_and_one_s_own_workflow_are_called_what_they_are(tmp_path: Path) -> None:
    saved = Run(tmp_path / "a").add("quote", workflow(answer(SAID), saved=True)).results()
    assert "saved from a hosted workflow; nothing was driven" in view(saved).facts[-1]
    own = Run(tmp_path / "b").add("quote", workflow(answer(SAID), server="workflow:export.py")).results()
    assert view(own).facts[-1] == "Agent Builder path: the workflow export.py."


def test_the_summary_counts_each_path_by_itself(tmp_path: Path) -> None:
    text = markdown_report(view(both(tmp_path)))
    assert "| chatkit | agents | Python | resolved | cell | native | Agent Builder | cause |" in text
    assert "| ✅ works | 2 pass | 1 pass |  |" in text


def test_the_page_has_a_column_a_scenario_and_path_with_times_of_each(tmp_path: Path) -> None:
    run = Page(html_report(view(both(tmp_path)))).run
    assert [each["name"] for each in run["paths"]] == ["native", "Agent Builder"]
    names = [each["id"] for each in run["scenarios"]]
    told = [(names[scenario], path, store) for scenario, path, store in run["columns"]]
    assert sorted(told) == [("alone", 0, None), ("quote", 0, None), ("quote", 1, None)]
    assert len(run["cells"][0]["times"]) == 2


def test_what_an_interrupted_run_did_not_come_to_is_told_path_by_path(tmp_path: Path) -> None:
    run = Run(tmp_path).add("quote", native(SAID))
    results = run.results(end=False)
    seen = view(results)
    assert seen.columns == ("quote", "quote (agent_builder)")
    assert seen.rows[0].reason == "1 of 2 scenarios were run"
    root = ET.fromstring(junit_report(seen))  # noqa: S314 - our own report
    left = [(case.get("classname"), case.get("name")) for case in root.iter("testcase") if len(case)]
    assert (f"{run.cells[0].id}.agent_builder", "quote") in left
