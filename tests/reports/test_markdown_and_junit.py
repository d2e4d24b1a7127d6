from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

from tests.reports import sample

from chatkit_harness.core.errors import IndexUnreachableError
from chatkit_harness.reports.junit import junit_report
from chatkit_harness.reports.markdown import markdown_report
from chatkit_harness.reports.view import view
from chatkit_harness.results import Results

NASTY = "a | b <img src=x> & `c` *d* [e](f)\n# g \x00\x1b\ud800\ufffe"


def nasty() -> Results:
    cell = sample.cell()
    odd = sample.finding(None, rule="run/odd", key="run/odd", message=NASTY)
    return sample.results(([cell], [sample.case(cell, outcome="fail", findings=(odd,), reason=NASTY)]))


def markdown(results: Results) -> str:
    return markdown_report(view(results))


def junit(results: Results) -> ET.Element:
    return ET.fromstring(junit_report(view(results)))  # noqa: S314 - our own report, never anybody else's


def test_the_summary_says_the_verdict_first_and_shows_the_table() -> None:
    text = markdown(sample.results())
    assert text.splitlines()[0] == "## ❌ Fails: 2 of 8 cells fail, 6 work."
    assert "| 1.2.0 | 0.5.1 | 3.12 | today | ❌ fails | 0 | 8 | 0 | 1 |" in text
    assert "not recordings of a model" in text
    assert "openai-agents==0.5.1" in text
    assert (
        "- 16 cases in 2 cells: calendar-as-documented, calendar-nfp, client-tool-selection and 5 more"
        in text
    )


def test_what_a_server_said_cannot_break_the_summary() -> None:
    text = markdown(nasty())
    assert "<img" not in text
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in table} == {10}
    outside = re.sub("<pre>.*?</pre>", "", text, flags=re.DOTALL)
    assert not [line for line in outside.splitlines() if line.startswith("# g")]
    text.encode()


def test_the_summary_always_fits() -> None:
    cells = [sample.cell(agents=f"0.{n}.0") for n in range(600)]
    cases = []
    for n, cell in enumerate(cells):
        found = sample.finding(None, rule="run/odd", key=f"run/odd {n}", message=f"{n} " + "\u6f22|<" * 3000)
        cases.append(sample.case(cell, outcome="fail", findings=(found,)))
    assert 5_000 < len(markdown(sample.results((cells, cases))).encode()) < 60_000


def test_a_suite_a_cell_and_a_test_a_case(tmp_path: Path) -> None:
    root = junit(sample.write(tmp_path))
    assert [root.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["64", "16", "0", "0"]
    assert len(root.findall("testsuite")) == 8
    failure = root.find(".//failure")
    assert failure is not None
    assert "agents/usage.py:36" in (failure.text or "")
    assert root.find(".//property[@name='pin.openai']") is not None


def test_skipped_unresolvable_and_own_trouble_are_told_apart() -> None:
    cell = sample.cell()
    outcomes = ("skipped", "unresolvable", "error", "pass")
    cases = [sample.case(cell, outcome, outcome, reason=f"since {outcome}") for outcome in outcomes]  # type: ignore[arg-type]  # literals in a tuple widen to str
    root = junit(sample.results(([cell], cases)))
    told = [[child.tag for child in case] for case in root.iter("testcase")]
    assert told == [["skipped"], ["skipped"], ["error"], []]
    assert [node.get("message") for node in root.iter("skipped")][1] == "unresolvable: since unresolvable"


def test_junit_stays_xml_whatever_was_sent() -> None:
    (failure,) = junit(nasty()).iter("failure")
    assert "<img src=x>" in (failure.get("message") or "")


def test_what_the_run_complains_of_is_an_error_of_its_own() -> None:
    complaint = IndexUnreachableError("the index", "It does not answer.", "Try later.").as_document()
    cell = sample.cell(unavailable="It does not answer.")
    root = junit(sample.results(([cell], []), complaints=(complaint,)))
    assert root.get("errors") == "2"


def test_what_was_caught_as_expected_is_folded_in_the_summary() -> None:
    text = markdown(sample.results(sample.icons()))
    fold = text[text.index("<details><summary>Caught as expected: 2 defects") :]
    told = "caught as expected: Card.status.icon 'newspaper' (calendar-nfp, news-tsla) in 2 cells"
    assert told in fold[: fold.index("</details>")]
    assert "Caught" not in markdown(sample.results())


def test_a_passing_case_says_what_was_caught_in_it() -> None:
    cells, cases = sample.icons()
    root = junit(sample.results((cells, cases)))
    said = [node.text or "" for node in root.iter("system-out")]
    assert len(said) == 4
    assert said[-1].splitlines()[-1] == (
        "caught as expected: widgets/not-allowed-here: A ListView may only be a root."
    )
    assert not list(junit(sample.results()).iter("system-out"))


def test_of_a_failing_case_what_was_expected_is_told_as_that() -> None:
    icon = sample.expected(sample.finding(None, message="no such icon"))
    case = sample.case(sample.cell(), outcome="fail", findings=(sample.finding(), icon))
    root = junit(sample.results(([sample.cell()], [case])))
    (failure,) = root.iter("failure")
    assert "[expected] run/error: no such icon" in (failure.text or "")
    assert not list(root.iter("system-out"))


def test_the_summary_says_by_which_checks_it_was_judged_where_not_by_all() -> None:
    assert markdown(sample.judged_by("widgets")).splitlines()[2] == "- Judged by widgets only."
    assert "Judged by" not in markdown(sample.results())


def test_the_summary_tells_two_pythons_of_one_minor_apart() -> None:
    text = markdown(sample.results(sample.two_pythons()))
    assert "| 1.2.0 | 0.5.1 | 3.12.1 | today | ✅ works |" in text
    assert "| 1.2.0 | 0.5.1 | 3.12.9 | today | ❌ fails |" in text


def test_scenarios_that_a_begun_cell_never_came_to_are_told_as_not_run(tmp_path: Path) -> None:
    cell = sample.cell()
    made = ([cell], [sample.case(cell, name) for name in sample.SCENARIOS[:6]])
    root = junit(sample.write(tmp_path / "cut", made, interrupted=True))
    left = [(case.get("classname"), case.get("name")) for case in root.iter("testcase") if len(case)]
    assert left == [(f"{cell.id}.native", name) for name in sample.SCENARIOS[6:]]
    assert {node.get("message") for node in root.iter("skipped")} == {"not run"}
    assert [root.get(name) for name in ("tests", "skipped")] == ["8", "2"]
    assert junit(sample.write(tmp_path / "whole", made)).get("tests") == "6"
