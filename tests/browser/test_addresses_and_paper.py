"""What is looked at is in the address and the title, long lists come in steps, paper has what is folded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.browser.conftest import Open
from tests.reports import sample

from chatkit_harness.reports.html import html_report
from chatkit_harness.reports.view import view
from chatkit_harness.results import Results

pytestmark = pytest.mark.browser


def drawn(folder: Path, results: Results) -> Path:
    """A page of a made run."""
    file = folder / "report.html"
    file.write_text(html_report(view(results)), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a made sweep."""
    return drawn(tmp_path_factory.mktemp("swept"), sample.sweep())


def until(page: Any, condition: str) -> None:
    """Wait for something; the page's policy does not let the driver wait by itself."""
    for _ in range(500):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(20)
    raise AssertionError(condition)


def test_skipping_to_the_content_leaves_the_address(window: Open, swept: Path) -> None:
    page = window(swept, "#cells?state=fail").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("[document.activeElement.id, location.hash]") == ["main", "#cells?state=fail"]
    assert page.locator("#main[data-view=cells]").count() == 1


def test_the_title_says_which_view_it_is(kept: Open, swept: Path) -> None:
    opened = kept(swept)
    titles = [opened.show(f"#{name}").title() for name in ("causes", "cell-3", "scenario-1", "case-0-0")]
    assert titles[0].startswith("Causes · ")
    assert "chatkit 1.2.0 agents 0.7.0" in titles[1]
    assert titles[2].startswith("two-turns · ")
    assert len({*titles}) == 4
    assert all(each.endswith("chatkit-harness") for each in titles)


def test_the_filter_of_a_cell_is_in_the_address(window: Open, tmp_path: Path) -> None:
    cell = sample.cell()
    cases = [sample.case(cell, f"asked-{n}") for n in range(12)]
    page = window(drawn(tmp_path, sample.results(([cell], cases))), "#cell-0").page
    page.fill(".cases >> xpath=.. >> input[type=search]", "asked-1")
    until(page, "location.hash === '#cell-0?text=asked-1'")
    page.reload()
    page.wait_for_selector(".cases a.case-link")
    assert page.locator(".cases a.case-link").count() == 3


def test_a_list_of_thousands_is_shown_in_steps(window: Open, tmp_path: Path) -> None:
    cells = [sample.cell(agents=f"0.{n}.0") for n in range(50)]
    names = [f"asked-{n}" for n in range(50)]
    cases = [sample.case(cell, name, "fail") for cell in cells for name in names]
    page = window(drawn(tmp_path, sample.results((cells, cases))), "#cause-1").page
    page.click("summary:text-is('2,500 cases')")
    links = page.locator("details:has(> summary:text-is('2,500 cases')) a.case-link")
    numbers = [links.count()]
    while page.locator("button.more:has-text('case')").count():
        page.click("button.more:has-text('case') >> nth=0")
        numbers.append(links.count())
    assert numbers == [60, 1060, 2060, 2500]


def test_paper_has_every_tab_and_what_is_folded(window: Open, swept: Path) -> None:
    opened = window(swept)
    page = opened.page
    assert page.locator("table.heat").count() == 1
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("table.heat").count() == 2
    assert page.locator(".on-paper h3").inner_text().startswith("contemporary")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("table.heat").count() == 1
    page = opened.show("#causes")
    traceback = page.locator("details:has(> summary:text-is('Traceback of that case')) pre")
    assert traceback.count() == 0
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert "InputTokensDetails" in traceback.first.inner_text()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert not traceback.first.is_visible()


def test_what_looks_alike_is_counted_together(window: Open, swept: Path) -> None:
    page = window(swept, "#matrix?tab=1&differs=true").page
    labels = page.locator("table.heat td a").evaluate_all("(all) => all.map((each) => each.ariaLabel)")
    assert labels == [
        "chatkit 1.2.0 to 1.6.5, agents 0.4.0 to 0.8.0: fails, 0 of 30 pass, 30 fail in 15 cells",
        "chatkit 1.2.0 to 1.6.5, agents 0.9.0 to 0.13.0: works, 30 of 30 pass in 15 cells",
    ]
    page.locator("table.heat td a").first.focus()
    assert "and 14 more that look alike" in page.inner_text(".strip")


def test_a_cell_that_the_keyboard_reaches_is_described_by_its_reasons(window: Open, swept: Path) -> None:
    page = window(swept, "#matrix?tab=1").page
    page.locator("table.heat a[aria-label*='fails']").first.focus()
    about = "document.getElementById(document.activeElement.getAttribute('aria-describedby')).textContent"
    assert "InputTokensDetails" in page.evaluate(about)


def test_a_pair_of_one_s_own_that_no_cell_has_is_told(window: Open, tmp_path: Path) -> None:
    made = sample.sweep()
    mine = {"chatkit": "1.6.4", "agents": "0.23.0", "source": "uv.lock"}
    header = replace(made.header, selection={**made.header.selection, "mine": mine})
    page = window(drawn(tmp_path, replace(made, header=header))).page
    said = page.inner_text(".own-pair")
    assert "chatkit 1.6.4 with agents 0.23.0, as uv.lock has it, is in no cell of this run" in said


def test_a_cause_opens_the_map_that_has_it(window: Open, tmp_path: Path) -> None:
    page = window(drawn(tmp_path, sample.sweep()), "#matrix?cause=1").page
    tabs = page.locator("[role=tab]")
    assert page.locator("[role=tab] small").all_inner_texts() == ["0 of 30 cells", "15 of 30 cells"]
    assert tabs.nth(1).get_attribute("aria-selected") == "true"
    assert "no cause 99" in window(tmp_path / "report.html", "#matrix?cause=99").page.inner_text(".said")


@pytest.mark.parametrize(
    ("address", "words"),
    [("#nonsense", "no view called nonsense"), ("#case--1-0", "There is no such case")],
)
def test_an_address_that_leads_nowhere_is_told_of(
    window: Open, tmp_path: Path, address: str, words: str
) -> None:
    assert words in window(drawn(tmp_path, sample.sweep()), address).page.inner_text("#main")


FRAMED = """(text) => new Promise((done) => {
  const frame = document.createElement("iframe");
  frame.srcdoc = text;
  frame.style.cssText = "width: 1200px; height: 800px";
  frame.onload = () => setTimeout(done, 800);
  document.body.replaceChildren(frame);
})"""


def test_its_links_work_in_a_frame_that_was_handed_its_text(chromium: Any, tmp_path: Path) -> None:
    file = drawn(tmp_path, sample.sweep())
    page = chromium.new_page()
    page.set_content("<!doctype html><title>A viewer of artifacts</title>")
    page.evaluate(FRAMED, file.read_text(encoding="utf-8"))
    inside = page.frames[1]
    inside.click("#nav a[href='#causes']")
    inside.wait_for_selector("#main[data-view=causes]")
    page.close()


def test_a_cell_is_set_against_one_s_own_pair(window: Open, tmp_path: Path) -> None:
    made = sample.sweep()
    mine = {"chatkit": "1.6.5", "agents": "0.12.0", "source": "uv.lock"}
    header = replace(made.header, selection={**made.header.selection, "mine": mine})
    page = window(drawn(tmp_path, replace(made, header=header)), "#matrix?tab=1").page
    page.locator("table.heat a[aria-label*='fails']").first.focus()
    assert "against your own pair: 2 would break" in page.inner_text(".strip")
    page.keyboard.press("Enter")
    page.wait_for_selector(".against")
    said = page.inner_text(".against")
    assert "agents 0.12.0 py3.12 today" in said
    assert "2 cases would break: passing there, failing here" in said
    assert "mended" not in said
