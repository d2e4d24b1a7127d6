"""The reports of a real run, a real sweep and a real comparison, used as their readers use them."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from tests.browser.conftest import Open
from tests.reports import sample

from chatkit_harness.reports.html import html_report
from chatkit_harness.reports.view import view
from chatkit_harness.results import Results, read_results

pytestmark = [pytest.mark.browser, pytest.mark.cells]
DRAWING = "draw-support-resistance-tsla"
LEVEL = re.compile(r"^(SUPPORT|RESISTANCE|ENTRY|STOP|STOPLOSS|TARGET|LEVEL):", re.IGNORECASE)


def commands(run: Path, scenario: str, chatkit: str, resolution: str) -> list[str]:
    """The chart commands that a client got in a case, out of the results and not out of the page."""
    results = read_results(run)
    cells = {cell.id for cell in results.cells if (cell.chatkit, cell.resolution) == (chatkit, resolution)}
    case = next(
        each
        for each in results.cases
        if each.cell in cells and (each.scenario, each.path) == (scenario, "native")
    )
    assert case.transcript is not None
    events = [event.data or {} for turn in results.transcript(case.transcript).turns for event in turn.events]
    effects = [event["data"] for event in events if event.get("type") == "client_effect"]
    return [command for effect in effects for command in effect["commands"]]


def settled(page: Any) -> Any:
    """The chart of a view, once it is drawn."""
    page.locator("figure.chart-view").first.scroll_into_view_if_needed()
    page.wait_for_selector("figure.chart-view[data-bars]")
    return page.locator("figure.chart-view").first


def test_from_the_matrix_to_the_chart_whose_levels_are_those_of_the_commands(window: Open, run: Path) -> None:
    page = window(run / "report.html").page
    page.click("#main table.heat a[aria-label*='chatkit 1.6.5'] >> nth=0")
    page.wait_for_selector("#main[data-view=cell]")
    for fold in page.locator(".cases > details:not([open]) > summary").all():
        fold.click()
    page.click(f"a[href^='#case-']:has-text('{DRAWING}') >> nth=0")
    page.wait_for_selector("#main[data-view=case]")
    assert DRAWING in page.inner_text("h2")
    sent = [each for each in commands(run, DRAWING, "1.6.5", "contemporary") if LEVEL.match(each)]
    assert len(sent) > 1
    assert int(settled(page).get_attribute("data-levels")) == len(sent)
    assert page.locator("ul.chart-words li").count() >= len(sent)
    assert page.locator("figure.chart-view canvas").count() > 0


def test_a_comparison_shows_both_sides_with_their_charts(window: Open, comparison: Path) -> None:
    page = window(comparison / "comparison.html").page
    page.click(f"#main a[href^='#comparison-']:has-text('{DRAWING}') >> nth=0")
    page.wait_for_selector("figure.chart-view >> nth=1")
    settled(page)
    assert page.locator("figure.chart-view").count() == 2
    sides = page.locator("figure.chart-view").evaluate_all("(all) => all.map((each) => each.dataset.symbol)")
    assert set(sides) <= {"TSLA", None}
    assert {"Native", "Agent Builder"} <= set(page.locator(".cmp-side-label").all_inner_texts())


def test_each_cell_of_a_comparison_leads_to_its_two_cases(window: Open, run: Path) -> None:
    page = window(run / "report.html", "#comparison").page
    page.click(f"#main a[href^='#comparison-']:has-text('{DRAWING}') >> nth=0")
    page.wait_for_selector(".compared-cells li")
    cells = page.locator(".compared-cells li")
    assert cells.count() == 4
    for each in cells.all():
        links = each.locator("a[href^='#case-']")
        assert [word.split()[-1] for word in links.all_inner_texts()] == ["Native", "Builder"]
    cell = cells.nth(1).inner_text()
    page.click(".compared-cells li >> nth=1 >> a >> nth=0")
    page.wait_for_selector("#main[data-view=case]")
    said = page.inner_text("#main")
    assert DRAWING in page.inner_text("h2")
    assert all(word in said for word in re.findall(r"(?:chatkit|agents) ([\d.]+)", cell)[:2])


def test_a_widget_is_drawn_as_the_user_has_it(kept: Open, run: Path) -> None:
    opened = kept(run / "report.html")
    page = opened.show("#cell-2")
    case = page.evaluate(
        "[...document.querySelectorAll('a[href^=\"#case-\"]')]"
        ".find((each) => each.textContent.includes('quote-aapl')).getAttribute('href')"
    )
    page = opened.show(case)
    assert page.locator(".ck-widget").count() >= 1
    assert "AAPL" in page.inner_text(".ck-widget >> nth=0")


def test_a_failing_case_says_what_raised_and_leads_to_its_cause(kept: Open, run: Path) -> None:
    opened = kept(run / "report.html")
    page = opened.show("#cause-1")
    assert "openai-agents 0.5.1" in page.inner_text("#main")
    page.click("a[href^='#case-'] >> visible=true >> nth=0")
    page.wait_for_selector("#main[data-view=case]")
    assert "InputTokensDetails" in page.inner_text("#main")
    assert page.locator("a[href='#cause-1']").count() >= 1


def test_causes_and_words_filter_the_matrix(window: Open, run: Path) -> None:
    page = window(run / "report.html").page
    spots = page.locator("table.heat td:has(> a)")
    chip = page.locator(".causes-filter button").first
    chip.click()
    assert chip.get_attribute("aria-pressed") == "true"
    # Those that keep their colour say that they have the cause, and those that fade do not.
    number = chip.locator("b").inner_text()
    having = [number in each.locator(".ordinal").all_inner_texts() for each in spots.all()]
    coloured = ["faded" not in (each.get_attribute("class") or "") for each in spots.all()]
    assert coloured == having
    assert {True, False} == set(coloured)
    assert re.match(r"\d+ of \d+ cells have this cause", page.inner_text(".said"))
    chip.click()
    assert page.locator("table.heat td.faded").count() == 0
    page.fill("input[type=search] >> nth=0", "quote")
    page.wait_for_selector("table.heat td a[aria-label*=' of 1 pass']")
    labels = page.locator("table.heat td a").evaluate_all("(all) => all.map((each) => each.ariaLabel)")
    assert len(labels) > 2
    assert all(" of 1 pass" in each for each in labels)


IN_SIGHT = (
    "(each) => { const at = each.getBoundingClientRect(); return at.top >= 0 && at.top < innerHeight; }"
)


def until(page: Any, condition: str) -> None:
    """Wait for something; the page's policy does not let the driver wait by itself."""
    end = time.monotonic() + 10
    while not page.evaluate(condition):
        assert time.monotonic() < end, condition
        page.wait_for_timeout(20)


def placed(page: Any) -> str:
    """Row and column of the map's cell that has the keyboard."""
    where = "(({ row, at }) => `${row} ${at}`)(document.activeElement.closest('td')?.dataset ?? {})"
    found: str = page.evaluate(where)
    return found


def focused(page: Any) -> str:
    """Where the keyboard is."""
    found: str = page.evaluate(
        "document.activeElement.getAttribute('href') ?? document.activeElement.tagName"
    )
    return found


def test_the_keyboard_leads_from_the_matrix_to_a_case_and_back(window: Open, run: Path) -> None:
    page = window(run / "report.html").page
    press = page.keyboard.press
    for _ in range(40):
        press("Tab")
        if focused(page).startswith("#cell-"):
            break
    opened = page.evaluate("document.activeElement.ariaLabel")
    assert page.evaluate("document.activeElement.matches(':focus-visible')")
    press("Enter")
    page.wait_for_selector("#main[data-view=cell]")
    for _ in range(60):
        press("Tab")
        if page.evaluate("document.activeElement.matches('.cases > details:not([open]) > summary')"):
            press("Enter")
        if focused(page).startswith("#case-"):
            break
    press("Enter")
    page.wait_for_selector("#main[data-view=case]")
    assert page.evaluate("document.activeElement.tagName") == "H2"
    page.go_back()
    page.wait_for_selector("#main[data-view=cell]")
    page.go_back()
    page.wait_for_selector("#main[data-view=matrix]")
    until(page, "document.activeElement.matches('td a')")
    assert page.evaluate("document.activeElement.ariaLabel") == opened


def test_arrows_lead_through_a_map(window: Open, tmp_path: Path) -> None:
    page = window(drawn(tmp_path, sample.sweep())).page
    page.locator("table.heat td a").first.focus()
    way = []
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowUp", "ArrowUp", "End", "Control+End", "Home"):
        page.keyboard.press(key)
        way.append(placed(page))
    assert way == ["1 0", "1 1", "1 2", "0 2", "0 2", "0 9", "2 9", "2 0"]
    assert page.locator("table.heat a[tabindex='0']").count() == 1


def test_back_returns_to_the_place_and_to_the_filters(window: Open, run: Path) -> None:
    page = window(run / "report.html", viewport={"width": 800, "height": 500}).page
    page.fill("input[type=search] >> nth=0", "quote")
    until(page, "location.hash === '#matrix?text=quote'")
    page.locator("table.heat td a").last.click()
    page.wait_for_selector("#main[data-view=cell]")
    left = page.evaluate("history.length")
    page.go_back()
    page.wait_for_selector("#main[data-view=matrix]")
    assert page.input_value("input[type=search] >> nth=0") == "quote"
    until(page, "document.activeElement.matches('td a')")
    assert page.locator("table.heat td a").last.evaluate("(each) => each === document.activeElement")
    assert page.locator("table.heat td a").last.evaluate(IN_SIGHT)
    assert page.evaluate("history.length") == left


VIEWS = ("matrix", "causes", "cells", "scenarios", "run", "comparison", "cell-1", "case-1-0", "comparison-1")


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_every_view_fits_a_phone_and_a_screen(kept: Open, run: Path, scheme: str) -> None:
    opened = kept(run / "report.html", color_scheme=scheme)
    for name in VIEWS:
        now = opened.show(f"#{name}").viewport_size["width"]
        for width in sorted((360, 1280), key=lambda each: each != now):
            assert (name, opened.width(width)) == (name, width)


def test_light_and_dark_are_two_looks(kept: Open, run: Path) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    found = [
        kept(run / "report.html", color_scheme=scheme).page.evaluate(ground) for scheme in ("light", "dark")
    ]
    assert found[0] != found[1]


PRINTED = """() => {
  const held = [...document.querySelectorAll("main .wide, main pre, main table")];
  const cut = held.filter((each) => each.clientWidth && each.scrollWidth > each.clientWidth + 1
    && /auto|scroll|hidden/.test(getComputedStyle(each).overflowX));
  return cut.map((each) => `${each.tagName}.${each.className} ${each.scrollWidth} > ${each.clientWidth}`);
}"""


@pytest.mark.parametrize("view", ["matrix", "causes", "cells", "cell-1", "case-2-1", "comparison"])
def test_on_paper_nothing_is_cut_off_and_every_outcome_has_its_sign(kept: Open, run: Path, view: str) -> None:
    opened = kept(run / "report.html", viewport={"width": 794, "height": 1123})
    opened.page.emulate_media(media="screen")
    page = opened.show(f"#{view}")
    page.emulate_media(media="print")
    page.wait_for_timeout(100)
    assert page.evaluate(PRINTED) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 794
    assert all(page.locator("#main .mark").all_inner_texts())
    assert len(page.pdf(format="A4")) > 10_000


def test_a_sweep_opens_and_leads_to_its_causes(window: Open, sweep: Path) -> None:
    page = window(sweep / "report.html").page
    assert page.locator("table.heat td a").count() >= 4
    failing = page.locator("table.heat td a[aria-label*='fails']")
    assert failing.count() >= 1
    page.click("#nav a[href='#causes']")
    page.wait_for_selector("#main[data-view=causes]")
    assert page.locator("article.cause").count() >= 1
    page.click("article.cause a[href^='#cause-'] >> nth=0")
    page.wait_for_selector("#main[data-view=cause]")
    assert page.locator("#nav a[aria-current=page]").inner_text().startswith("Causes")


def drawn(folder: Path, results: Results) -> Path:
    """A page of a made run."""
    folder.mkdir(exist_ok=True)
    file = folder / "report.html"
    file.write_text(html_report(view(results)), encoding="utf-8")
    return file


def test_a_sweep_opens_on_the_map_in_which_something_fails(window: Open, tmp_path: Path) -> None:
    page = window(drawn(tmp_path, sample.sweep())).page
    chosen = page.locator("[role=tab][aria-selected=true]")
    assert chosen.inner_text().startswith("today")
    assert "15" in chosen.locator(".failing").inner_text()
    assert page.locator("table.heat a[aria-label*='fails']").count() == 15
    page.click("[role=tab] >> nth=0")
    until(page, "location.hash === '#matrix?tab=0'")
    page.reload()
    page.wait_for_selector("[role=tab][aria-selected=true]:has-text('contemporary')")


def test_a_cause_beyond_those_of_the_page_is_named(window: Open, tmp_path: Path) -> None:
    cells = [sample.cell(agents=f"0.{n}.0") for n in range(310)]
    names = ["".join(chr(97 + int(digit)) for digit in str(n)) for n in range(310)]
    found = [sample.finding(None, rule="run/odd", key=f"run/odd {name}", message=name) for name in names]
    cases = [
        sample.case(each, outcome="fail", findings=(odd,)) for each, odd in zip(cells, found, strict=True)
    ]
    opened = window(drawn(tmp_path, sample.results((cells, cases))))
    assert "300 of 310" in opened.page.inner_text("#nav")
    page = opened.show("#cause-305")
    assert "Cause 305" in page.inner_text("h2")
    assert "results.json" in page.inner_text("#main")
    assert "There is no such cause" in opened.show("#cause-311").inner_text("h2")


def test_a_view_that_the_page_does_not_have_is_told_of(window: Open, tmp_path: Path) -> None:
    page = window(drawn(tmp_path, sample.sweep()), "#comparison-3").page
    assert page.inner_text("#main h2") == "Matrix"
    assert "no view called comparison" in page.inner_text("#main .notice")


def test_on_a_phone_a_view_begins_near_the_top(window: Open, run: Path) -> None:
    page = window(run / "report.html", viewport={"width": 390, "height": 844}).page
    assert page.evaluate("document.querySelector('#main section').getBoundingClientRect().top") < 320
    page.click("header.verdict summary")
    assert page.locator("header.verdict .facts li").first.is_visible()


def test_scenarios_that_fail_are_shown_and_what_was_left_out_comes_last(kept: Open, run: Path) -> None:
    opened = kept(run / "report.html")
    page = opened.show("#scenarios")
    assert page.locator("table.scenarios th[scope=row] a").first.is_visible()
    page = opened.show("#comparison")
    tops = "(all) => all.map((each) => each.getBoundingClientRect().top)"
    table, *notes = page.locator(".compared-scenarios, .compared-notes").evaluate_all(tops)
    assert all(table < each for each in notes)
    page = opened.show("#cells")
    cut = "(all) => all.filter((each) => each.scrollWidth > each.clientWidth + 1).length"
    assert page.locator("table.cells td").evaluate_all(cut) == 0
