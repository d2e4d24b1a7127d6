"""What the pages weigh, and where the cases are that they have no room for."""

from __future__ import annotations

import dataclasses
import random
from pathlib import Path

import pytest
from benchmarks.made_sweep import write_sweep
from tests.browser.conftest import Open
from tests.reports import sample

from chatkit_harness.causes import group
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.reports.html import html_report
from chatkit_harness.reports.view import view
from chatkit_harness.results import Results, ResultsWriter, RunFooter, read_results, summary

MB = 1_000_000
MANY = tuple(f"scenario-{n}" for n in range(30))


def noisy(transcript: Transcript, seed: int) -> Transcript:
    """The same conversation with words that no compression makes smaller."""
    words = random.Random(seed).randbytes(60_000).hex()  # noqa: S311 - only noise
    turn = dataclasses.replace(transcript.turns[0], user=words)
    return dataclasses.replace(transcript, turns=(turn,))


def large(folder: Path, *, packed: bool = False) -> Results:
    """A run of 64 cases with conversations of which hardly half have room."""
    cells, cases = sample.matrix()
    known = {cell.id: cell for cell in cells}
    with ResultsWriter(folder, packed=packed) as writer:
        writer.header(sample.HEADER)
        for cell in cells:
            writer.cell(cell)
        for n, case in enumerate(cases):
            made = sample.transcript(known[case.cell], case.scenario, fails=case.outcome == "fail")
            writer.case(dataclasses.replace(case, transcript=writer.transcript(noisy(made, n))))
        writer.footer(
            RunFooter(finished="2026-11-20T09:31:10Z", summary=summary(cases), causes=group(cases, cells))
        )
    return read_results(folder)


def page_of(results: Results, folder: Path) -> Path:
    """Draw its page beside it."""
    file = folder / "report.html"
    file.write_text(html_report(view(results)), encoding="utf-8")
    return file


RUN = """async () => {
  const packed = atob(document.getElementById("data-run").textContent);
  const bytes = Uint8Array.from(packed, (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return await new Response(stream).json();
}"""


@pytest.mark.cells
def test_the_page_of_a_run_is_small(run: Path, sweep: Path) -> None:
    for folder in (run, sweep):
        assert (folder / "report.html").stat().st_size < 2 * MB


@pytest.mark.browser
@pytest.mark.parametrize("packed", [False, True])
def test_failures_come_first_and_the_rest_is_linked_to_files_that_are_there(
    window: Open, tmp_path: Path, packed: bool
) -> None:
    file = page_of(large(tmp_path, packed=packed), tmp_path)
    assert file.stat().st_size < 2 * MB
    opened = window(file)
    run = opened.page.evaluate(RUN)
    places = {(n, at): code for n, cell in enumerate(run["cells"]) for at, code in enumerate(cell["codes"])}
    inside = {(int(cell), int(at)) for cell, at in (place.split(":") for place in run["embedded"])}
    failing, passing = (str(run["outcomes"].index(outcome)) for outcome in ("fail", "pass"))
    because = {
        (n, int(at)): causes for n, cell in enumerate(run["cells"]) for at, causes in cell["because"].items()
    }
    # One of each cause and scenario; while failures are left, of what passes one of each scenario.
    kinds = {(cause, at) for (_, at), causes in because.items() for cause in causes}
    assert {(cause, at) for n, at in inside for cause in because.get((n, at), ())} == kinds
    assert any(code == failing for place, code in places.items() if place not in inside)
    samples = [at for n, at in inside if places[n, at] == passing]
    assert len(samples) == len(set(samples)) > 0
    cell, column = next(place for place in places if place not in inside)
    page = opened.show(f"#case-{cell}-{column}")
    links = page.locator("#main a[href*='transcripts/']")
    assert links.count() >= 1
    assert (tmp_path / str(links.first.get_attribute("href"))).is_file()


def test_a_conversation_that_many_cases_have_is_in_the_page_once(tmp_path: Path) -> None:
    cells, cases = sample.matrix()
    alike = noisy(sample.transcript(cells[0]), 1)
    with ResultsWriter(tmp_path) as writer:
        writer.header(sample.HEADER)
        name = writer.transcript(alike)
        for cell in cells:
            writer.cell(cell)
        for case in cases:
            writer.case(dataclasses.replace(case, transcript=name))
        writer.footer(RunFooter(finished="2026-11-20T09:31:10Z", causes=group(cases, cells)))
    assert page_of(read_results(tmp_path), tmp_path).stat().st_size < 1 * MB


@pytest.mark.slow
@pytest.mark.browser
def test_the_page_of_the_whole_matrix_has_room_for_its_cases(window: Open, tmp_path: Path) -> None:
    write_sweep(tmp_path, ("today",), MANY)
    file = page_of(read_results(tmp_path), tmp_path)
    assert file.stat().st_size < 15 * MB
    opened = window(file)
    run = opened.page.evaluate(RUN)
    assert (len(run["cells"]), len(run["columns"])) == (2070, 30)
    assert len(run["embedded"]) > 60
    assert opened.page.locator("table.heat td a").count() > 100
