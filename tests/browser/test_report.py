"""The reports of a real run, a real sweep and a real comparison, used as their readers use them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.browser.conftest import Open

from chatkit_harness.results import read_results

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


def test_a_widget_is_drawn_as_the_user_has_it(window: Open, run: Path) -> None:
    opened = window(run / "report.html")
    page = opened.show("#cell-2")
    case = page.evaluate(
        "[...document.querySelectorAll('a[href^=\"#case-\"]')]"
        ".find((each) => each.textContent.includes('quote-aapl')).getAttribute('href')"
    )
    page = opened.show(case)
    assert page.locator(".ck-widget").count() >= 1
    assert "AAPL" in page.inner_text(".ck-widget >> nth=0")


def test_a_failing_case_says_what_raised_and_leads_to_its_cause(window: Open, run: Path) -> None:
    opened = window(run / "report.html")
    page = opened.show("#cause-1")
    assert "openai-agents 0.5.1" in page.inner_text("#main")
    page.click("a[href^='#case-'] >> visible=true >> nth=0")
    page.wait_for_selector("#main[data-view=case]")
    assert "InputTokensDetails" in page.inner_text("#main")
    assert page.locator("a[href='#cause-1']").count() >= 1


def test_causes_and_words_filter_the_matrix(window: Open, run: Path) -> None:
    page = window(run / "report.html").page
    places = page.locator("table.heat td a")
    before = [each.get_attribute("aria-label") for each in places.all()]
    chip = page.locator(".causes-filter button").first
    chip.click()
    assert chip.get_attribute("aria-pressed") == "true"
    page.wait_for_selector(".said:has-text('of')")
    chip.click()
    page.fill("input[type=search] >> nth=0", "quote")
    page.wait_for_selector("table.heat td a[aria-label*=' of 1 pass']")
    after = [each.get_attribute("aria-label") for each in places.all()]
    assert len(after) > 2
    assert after != before


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
    first = focused(page)
    press("ArrowDown")
    press("ArrowRight")
    assert focused(page).startswith("#cell-")
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
    assert first.startswith("#cell-")


VIEWS = ("matrix", "causes", "cells", "scenarios", "run", "comparison", "cell-1", "case-1-0", "comparison-1")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_view_fits_a_phone_and_a_screen(window: Open, run: Path, scheme: str) -> None:
    opened = window(run / "report.html", color_scheme=scheme)
    for view in VIEWS:
        opened.show(f"#{view}")
        assert (view, opened.width(360)) == (view, 360)
        assert (view, opened.width(1280)) == (view, 1280)


def test_light_and_dark_are_two_looks(window: Open, run: Path) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    found = [
        window(run / "report.html", color_scheme=scheme).page.evaluate(ground) for scheme in ("light", "dark")
    ]
    assert found[0] != found[1]


PRINTED = """() => {
  const held = [...document.querySelectorAll("main .wide, main pre, main table")];
  const cut = held.filter((each) => each.clientWidth && each.scrollWidth > each.clientWidth + 1
    && /auto|scroll|hidden/.test(getComputedStyle(each).overflowX));
  return cut.map((each) => `${each.tagName}.${each.className} ${each.scrollWidth} > ${each.clientWidth}`);
}"""


@pytest.mark.parametrize("view", ["matrix", "causes", "cells", "cell-1", "case-2-1", "comparison"])
def test_on_paper_nothing_is_cut_off_and_every_outcome_has_its_sign(
    window: Open, run: Path, view: str
) -> None:
    opened = window(run / "report.html", viewport={"width": 794, "height": 1123})
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
