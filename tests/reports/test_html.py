"""`report.html` as a file: whole, closed, told before any script, and of a size that opens."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
from pathlib import Path

from tests.reports import sample
from tests.reports.page_data import Page

from chatkit_harness.reports import write_reports
from chatkit_harness.reports.html import OF_THE_PAGE, SMALL, html_pieces, html_report
from chatkit_harness.reports.view import view
from chatkit_harness.results import Results


def page(results: Results) -> Page:
    return Page(html_report(view(results)))


def test_the_page_is_whole_and_needs_nothing_else(tmp_path: Path) -> None:
    found = page(sample.write(tmp_path))
    assert (found.open, found.wrong) == ([], [])
    assert len(found.ids) == len(set(found.ids))
    assert all(link.startswith("#") for link in found.links)
    assert not [style for style in found.styles if "url(" in style or "@import" in style]


def test_nothing_runs_and_nothing_is_fetched_but_what_was_written() -> None:
    found = page(sample.results())
    rules = dict(rule.strip().split(" ", 1) for rule in found.policy.split(";"))
    assert (rules["default-src"], rules["img-src"], rules["base-uri"]) == ("'none'", "data:", "'none'")
    assert set(rules["script-src"].split()) == {hashed(script) for script in found.scripts}
    assert rules["style-src"].split() == [hashed(style) for style in found.styles]
    assert found.inline == []


def hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_verdict_is_there_before_any_script_runs() -> None:
    found = page(sample.results())
    for words in ("2 of 8 cells fail, 6 work.", "1 cause explains the 2 failing cells", "needs JavaScript"):
        assert words in found.text
    assert "the finding, not a malfunction" in found.text
    assert [link for link in found.links if "outcome" in link] == [
        "#scenarios?outcome=pass",
        "#scenarios?outcome=fail",
    ]


def test_interrupted_runs_and_those_judged_in_part_say_so_at_the_top(tmp_path: Path) -> None:
    assert "INTERRUPTED" in page(sample.write(tmp_path, interrupted=True)).text
    assert "Judged by widgets only." in page(sample.judged_by("widgets")).text
    assert "Judged by" not in page(sample.results()).text


def test_nothing_that_was_sent_becomes_markup(tmp_path: Path) -> None:
    nasty = "</script><script>alert(1)</script><!-- <img src=x onerror=alert(1)>\x00\x1b\ud800\u202e"
    cell = dataclasses.replace(sample.cell(resolution="<b>today"), lacks=(nasty,))
    odd = sample.finding(None, rule="run/odd", key="run/odd", message=nasty)
    case = sample.case(cell, "<i>odd", "fail", findings=(odd,), reason=nasty)
    results = sample.write(tmp_path, ([cell], [case]))
    found = page(dataclasses.replace(results, notes=(nasty,)))
    assert (found.open, found.wrong, found.inline) == ([], [], [])
    assert len(found.scripts) == 2
    assert {hashed(script) for script in found.scripts} <= set(found.policy.replace(";", " ").split())
    assert not re.search("[\x00\x1b\ud800\u202e]", found.source + json.dumps(found.run, ensure_ascii=False))
    assert found.run["causes"][0]["title"].startswith("</script><script>alert(1)")


def test_of_what_a_server_raises_there_is_as_much_as_can_be_read() -> None:
    cell = sample.cell()
    huge = sample.finding(None, rule="run/odd", key="run/odd", message="a long story " * 200_000)
    found = page(sample.results(([cell], [sample.case(cell, outcome="fail", findings=(huge,))])))
    assert len(json.dumps(found.run["causes"])) < 40_000


def test_a_run_without_cases_is_a_page_too() -> None:
    found = page(sample.results(([], [])))
    assert (found.open, found.run["cells"], found.run["columns"]) == ([], [], [])
    assert "No cell was run." in found.text


def test_scripts_and_styles_leave_room_for_what_they_show(tmp_path: Path) -> None:
    found = page(sample.write(tmp_path))
    assert len(found.source) - sum(map(len, found.blocks.values())) < OF_THE_PAGE
    assert len(found.source) < SMALL


def test_the_page_comes_in_pieces_and_is_written_with_the_other_reports(tmp_path: Path) -> None:
    results = sample.write(tmp_path)
    assert "".join(html_pieces(view(results))) == html_report(view(results))
    (path,) = [path for path in write_reports(results, tmp_path) if path.name == "report.html"]
    assert path.read_text() == html_report(view(results))
