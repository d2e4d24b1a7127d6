"""`report.html` of more cells than fit in a table of rows."""

from __future__ import annotations

import base64
import dataclasses
import json
import re
from pathlib import Path
from typing import Any

from tests.reports import sample
from tests.reports.test_html import Balanced

from chatkit_harness.core.nouns import Cell
from chatkit_harness.reports import details, write_reports
from chatkit_harness.reports.html import html_pieces, html_report
from chatkit_harness.reports.view import view
from chatkit_harness.results import Results, find_transcript


def page(results: Results) -> str:
    return html_report(view(results))


def stored(folder: Path) -> Results:
    """The sweep with transcripts beside it."""
    made = sample.sweep()
    written = sample.write(folder, (list(made.cells), list(made.cases)))
    return dataclasses.replace(made, cases=written.cases, folder=folder)


def data_of(text: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def transcripts(data: dict[str, Any], cell: list[Any]) -> list[str]:
    """Where the page says that a cell's transcripts lie, put together as its script does."""
    letters = [cell[7][43 * n : 43 * n + 43] for n in range(len(data["columns"]))]
    names = [base64.b64decode(each + "=").hex() for each in letters if each.strip()]
    return [f"{data['transcripts']}/{name[:2]}/{name}{data['ending']}" for name in names]


def test_the_page_is_whole_and_its_cells_lead_into_its_data(tmp_path: Path) -> None:
    text = page(stored(tmp_path))
    tags, data = Balanced(text), data_of(text)
    assert (tags.open, tags.wrong) == ([], [])
    assert len(tags.ids) == len(set(tags.ids))
    to_cells = {link for link in tags.links if re.fullmatch(r"#c\d+", link)}
    assert to_cells == {f"#c{n}" for n in range(60)}
    assert {link[1:] for link in tags.links} - {link[1:] for link in to_cells} <= set(tags.ids)
    assert len(data["cells"]) == 60


def test_a_cell_is_a_colour_a_sign_and_words(tmp_path: Path) -> None:
    text = page(stored(tmp_path))
    spots = re.findall(r'<td class="(\w)"><a href="#c\d+" title="(.*?)">(.)</a></td>', text)
    assert len(spots) == 60
    assert ("f", "chatkit 1.2.0 agents 0.4.0: fails, cause 1", "✗") in spots
    assert ("u", "chatkit 1.6.5 agents 0.13.0: no pins, cause 2", "∅") in spots
    assert {(kind, sign) for kind, _, sign in spots} == {("p", "✓"), ("f", "✗"), ("u", "∅")}


def test_causes_come_first_and_pinless_cells_are_one_line(tmp_path: Path) -> None:
    text = page(stored(tmp_path))
    assert text.index('id="causes"') < text.index('id="matrix"') < text.index('id="cases"')
    assert text.count('<article class="cause') == 1
    assert "<p>No set of pins exists for 1 cell: openai 2 is too old (1 cell).</p>" in text


def test_every_transcript_is_linked_to_where_it_lies(tmp_path: Path) -> None:
    results = stored(tmp_path / "run")
    paths = write_reports(results, tmp_path / "else where" / "reports")
    data = data_of(paths[-1].read_text())
    assert data["transcripts"] == "../../run/transcripts"
    assert [data["others"], len(data["cells"])] == [{}, 60]
    for cell, noun in zip(data["cells"], results.cells, strict=True):
        own = [case.transcript for case in results.cases if case.cell == noun.id]
        files = [paths[-1].parent / path for path in transcripts(data, cell)]
        assert [file.resolve() for file in files] == [find_transcript(results.folder, n or "") for n in own]


def test_a_transcript_that_is_lost_has_no_link(tmp_path: Path) -> None:
    results = stored(tmp_path)
    name = results.cases[0].transcript or ""
    (find_transcript(tmp_path, name) or tmp_path).unlink()
    data = data_of(page(results))
    assert not any(name in path for cell in data["cells"] for path in transcripts(data, cell))


def test_of_packed_and_plain_transcripts_each_is_linked_to_as_it_is(tmp_path: Path) -> None:
    results = stored(tmp_path)
    name = results.cases[0].transcript or ""
    plain = find_transcript(tmp_path, name) or tmp_path
    plain.rename(plain.with_name(f"{name}.json.gz"))
    data = data_of(page(results))
    letters = base64.b64encode(bytes.fromhex(name)).decode().rstrip("=")
    assert (data["ending"], data["others"]) == (".json", {letters: ".json.gz"})


def test_a_row_has_each_case_with_outcome_cause_and_a_shown_one() -> None:
    data = data_of(page(sample.sweep()))
    assert data["columns"] == ["quote-aapl", "two-turns"]
    red = next(cell for cell in data["cells"] if cell[0] == "chatkit 1.2.0 agents 0.4.0 py3.12 today")
    assert [data["outcomes"][int(each)] for each in red[5]] == ["fail", "fail"]
    assert data["texts"][red[6]] == "1|1"
    assert list(red[8]) == ["0", "1"]
    assert data["texts"][red[3]].split()[:2] == ["anyio==4.16.0", "mcp==1.30.0"]
    assert "fork, 0.2 s" in red


def test_what_reading_alone_found_stands_beside_the_verdict() -> None:
    data = data_of(page(sample.sweep(lacks=("agents.items.X (chatkit/agents.py:5)",))))
    red = next(
        cell for cell in data["cells"] if cell[0].startswith("chatkit 1.2.0 agents 0.4.0 py3.12 today")
    )
    assert [data["texts"][n] for n in red[4]] == [
        "Read alone, it lacks agents.items.X (chatkit/agents.py:5)."
    ]
    assert data["outcomes"][red[1]] == "fail"


def failing(cells: int, scenarios: int) -> Results:
    found: list[Cell] = [sample.cell(agents=f"0.{n}.0") for n in range(cells)]
    cases = [sample.case(cell, f"s{n}", "fail") for cell in found for n in range(scenarios)]
    return sample.results((found, cases))


def test_conversations_are_kept_within_a_budget(tmp_path: Path) -> None:
    results = failing(60, 10)
    shown = details.chosen(view(results))
    assert 0 < len(shown) <= 6
    assert {shown[0].id, shown[-1].id} == {results.cases[0].id, results.cases[-1].id}
    assert "of 600 cases are shown" in page(results)
    again = [dataclasses.replace(case, confirmed=n % 2 == 0) for n, case in enumerate(results.cases)]
    many = dataclasses.replace(results, cases=tuple(again), folder=tmp_path)
    assert len(details.chosen(view(many))) == details.BUDGET


def test_confirmed_cases_and_examples_are_among_those_shown() -> None:
    results = failing(60, 10)
    cases = [dataclasses.replace(case, confirmed=n == 321) for n, case in enumerate(results.cases)]
    results = sample.with_causes(
        dataclasses.replace(results, cases=tuple(cases)),
        example={"case": cases[222].id, "cells": [cases[222].cell]},
    )
    shown = {case.id for case in details.chosen(view(results))}
    assert {cases[222].id, cases[321].id} <= shown
    text = page(results)
    assert text.count(", confirmed in a fresh environment</span>") == 1
    assert [cell[11] for cell in data_of(text)["cells"] if cell[11]] == [[1]]


def test_nothing_that_was_sent_ends_the_data(tmp_path: Path) -> None:
    nasty = "</script><script>alert(1)</script><!-- \ud800"
    cells = [dataclasses.replace(sample.cell(agents=f"0.{n}.0"), unavailable=nasty) for n in range(30)]
    text = page(sample.results((cells, [])))
    assert text.count("<script>") == 1
    assert text.count("</script>") == 2
    assert data_of(text)["texts"].count(nasty.replace("\ud800", "\N{REPLACEMENT CHARACTER}")) == 1


def test_the_page_comes_in_pieces() -> None:
    pieces = list(html_pieces(view(sample.sweep())))
    assert "".join(pieces) == page(sample.sweep())
    assert len(pieces) > 100
