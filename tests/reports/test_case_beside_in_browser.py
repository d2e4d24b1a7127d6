"""Cases that the page does not have in full: what it says of them, and the files that it opens."""

from __future__ import annotations

import gzip
import json
import shlex
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.comparison.build import CARD, LEVELS, Run, answer, native, workflow
from tests.reports.case_pages import Page, conversation, faulty, seen_in

from chatkit_harness.core.codec import to_document
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.reports import html
from chatkit_harness.results import Results

pytestmark = pytest.mark.browser


def test_a_transcript_that_is_lost_is_said_to_be_missing(made: Callable[..., Page], tmp_path: Path) -> None:
    def lose(results: Results) -> None:
        shutil.rmtree(results.folder / "transcripts")

    shown = made(Run(tmp_path).add("quote", native("Fine.")), lose).case("quote")
    said = seen_in(shown, ".beside")
    assert "was driven" in said
    assert "missing or could not be read" in said
    assert "Nothing was driven" not in said
    assert shown.locator("#case-file").count() == 1


def test_where_there_are_too_many_names_a_transcript_is_not_said_to_be_missing(
    made: Callable[..., Page], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html, "NAMES", 1)
    shown = made(Run(tmp_path).add("long", native("Long. " * 600_000))).case("long")
    said = seen_in(shown, ".beside")
    assert "too many cases" in said
    assert "results.json names it" in said
    assert "Nothing was driven" not in said


def test_names_of_cases_that_fail_come_first(
    made: Callable[..., Page], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html, "NAMES", 32)
    long = native("Long. " * 600_000)
    page = made(
        Run(tmp_path).add("works", long).add("fails", replace(long, notes=("x",)), faulty("$", "gap"))
    )
    assert "too many cases" in seen_in(page.case("works"), ".beside")
    link = page.case("fails").locator(".beside a[href*='transcripts/']").first
    assert (tmp_path / str(link.get_attribute("href"))).is_file()


def test_a_file_that_is_opened_is_held_against_the_budgets_of_its_scenario(
    made: Callable[..., Page], tmp_path: Path
) -> None:
    documents = {"long": {"budgets": {"total_ms": 5.0}}}
    page = made(Run(tmp_path, documents=documents).add("long", native("Long. " * 600_000)))
    shown = opened_file(page.case("long"), tmp_path, native("Fine.", [CARD]))
    assert "own work, budget 5.0 ms" in str(shown.locator("svg.waterfall").text_content())


def test_the_line_for_a_case_beside_the_page_keeps_the_runs_options(
    made: Callable[..., Page], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"server": "my shop.server:make", "stores": ["sqlite"], "with": ["pandas"]}
    run = Run(tmp_path).add("long", native("Long. " * 600_000))
    results = run.results()
    (case,) = results.cases
    case = replace(case, server="my shop.server:make", store="sqlite")
    results = replace(results, cases=(case,), header=replace(results.header, selection=asked))
    monkeypatch.setattr(run, "results", lambda: results)
    words = shlex.split(made(run).case("long").locator(".beside .copyable code").inner_text())
    for option, value in (("--server", "my shop.server:make"), ("--store", "sqlite"), ("--with", "pandas")):
        assert words[words.index(option) + 1] == value
    assert words[:4] == ["chatkit-harness", "run", "--pair", "1.6.5:0.24.0"]


def opened_file(shown: Any, folder: Path, transcript: Transcript) -> Any:
    """Opens a transcript's file in the view of a case that the page does not have in full."""
    file = folder / "opened.json"
    file.write_text(json.dumps(to_document(transcript)))
    shown.set_input_files("#case-file", file)
    shown.locator(".from-file").wait_for()
    return shown


def test_a_file_of_another_case_is_said_to_be_of_another(page: Callable[..., Page], tmp_path: Path) -> None:
    shown = page().case("elsewhere")
    own = replace(conversation(), scenario="elsewhere")
    opened_file(shown, tmp_path, own)
    assert shown.locator(".chart-view").count() == 1  # what its events tell the chart
    assert shown.locator(".from-file .bad").count() == 0
    shown = page().case("elsewhere")
    old = replace(own.cell, pins={"openai-chatkit": "1.0.0"})
    opened_file(shown, tmp_path, replace(own, scenario="news", path="agent_builder", cell=old))
    said = seen_in(shown, ".from-file .bad")
    for words in ("scenario news and not elsewhere", "path agent_builder", "chatkit 1.0.0 and not 1.6.5"):
        assert words in said


def test_of_a_workflows_file_no_page_says_what_a_user_read(page: Callable[..., Page], tmp_path: Path) -> None:
    shown = page().case("elsewhere")
    opened_file(shown, tmp_path, workflow(answer("Tesla is down.", [CARD], LEVELS)))
    assert shown.locator(".talk .item.assistant").count() == 0
    assert "is not known from the file" in seen_in(shown)
    assert '"response_text"' in shown.locator(".raw-answer pre").inner_text()


def test_what_goes_wrong_with_a_file_is_said(page: Callable[..., Page], tmp_path: Path) -> None:
    shown = page().case("elsewhere")
    (tmp_path / "odd.json").write_text('{"turns": [], "imports": [null]}')
    shown.set_input_files("#case-file", tmp_path / "odd.json")
    shown.locator("text=This part cannot be shown").first.wait_for()
    assert shown.locator("text=As it was recorded").count() == 1  # the other parts are there


@pytest.mark.parametrize("ending", ["json", "json.gz"])
def test_a_case_beside_the_page_is_opened_from_its_file(
    page: Callable[..., Page], report: Path, tmp_path: Path, ending: str
) -> None:
    shown = page().case("elsewhere")
    link = shown.locator(".beside code.path").inner_text()
    assert (report / link).is_file()
    assert "chatkit-harness run" in seen_in(shown, ".beside")
    document = json.dumps(to_document(conversation())).encode()
    file = tmp_path / f"any.{ending}"
    file.write_bytes(gzip.compress(document) if ending.endswith("gz") else document)
    shown.set_input_files("#case-file", file)
    shown.wait_for_selector(".talk")
    assert "Tesla is up." in seen_in(shown)


def test_a_file_that_is_no_transcript_is_said_to_be_none(page: Callable[..., Page], tmp_path: Path) -> None:
    shown = page().case("elsewhere")
    for content in (b"{", b"[]", b'{"turns": 3}'):
        (tmp_path / "bad.json").write_bytes(content)
        shown.set_input_files("#case-file", tmp_path / "bad.json")
        shown.locator(".beside [role=status]", has_text="cannot be shown").wait_for()
    assert shown.locator(".talk").count() == 0
