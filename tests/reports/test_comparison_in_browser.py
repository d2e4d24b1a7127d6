"""`comparison.html` in a real browser: what a team sees of its two paths."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.browser.window import Kept, Window, launched
from tests.comparison.build import CARD, Run, answer, found, native, spoken, workflow
from tests.reports.made_candles import made

from chatkit_harness.comparison import Assumption, compare
from chatkit_harness.reports import write_comparison

pytestmark = pytest.mark.browser

SAID = "Tesla trades at $408.92, down 0.75% (-3.10)."
DRAWN = (
    "LOAD:TSLA",
    'SUPPORT:395.56 "tested 5 times"',
    "SUPPORT:358.14",
    "RESISTANCE:437.28",
    "RESISTANCE:437.28",
    "TRENDLINE:380.00:2026-09-01:420.00:2026-11-10",
    "FIBONACCI:500.29:358.14",
    "INDICATOR:RSI:14",
    "INDICATOR:BOLLINGER",
)
LESS = ("LOAD:TSLA", "SUPPORT:395.56", "SUPPORT:9000.00", "SUPPORT:nothing", "INDICATOR:ADX")
WEEKS = ("LOAD:TSLA", "TIMEFRAME:1W")
MONTHS = ("LOAD:TSLA", "TIMEFRAME:1M")
LEFT = '{"intent":"news","symbol":"TSLA","confidence":"high"}'


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The machine's Chromium."""
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A comparison in which something breaks, something gets better and something leaks."""
    folder = tmp_path_factory.mktemp("compared")
    run = Run(folder / "run")
    run.both("quote-tsla", native(SAID, [CARD]), workflow(answer("At $408.92.")))
    run.both("draw-tsla", native("Done.", (), LESS), workflow(answer("Done.", (), DRAWN)))
    run.add("leak", native(SAID)).add("leak", workflow(LEFT), found("text/raw-json", "raw JSON left"))
    run.both("elsewhere", native("Done.", (), ["LOAD:NOBODY", "SUPPORT:5"]), workflow(answer("Done.")))
    run.both("weekly", native("Done.", (), WEEKS), workflow(answer("Done.", (), MONTHS)))
    opened = ("TIMEFRAME:1W", "SUPPORT:395.56")
    run.documents["opened"] = {"context": {"symbol": "TSLA", "timeframe": "1M"}, "turns": [{}]}
    run.both("opened", native("Done.", (), opened), workflow(answer("Done.", (), opened[1:])))
    run.both("recorded", native(SAID, critical_ms=300.0), workflow(answer(SAID), critical_ms=600.0))
    run.both("assumed", spoken(native(SAID), 40, 16), spoken(workflow(answer(SAID)), 40, 16, 90))
    quick = Assumption(ttft_ms=600, tokens_per_s=80)
    return write_comparison(compare(run.results(), assumption=quick), folder / "out")[-1]


@pytest.fixture(scope="module")
def windows(chromium: Any) -> Kept:
    """The windows that these tests share."""
    return Kept(chromium)


@pytest.fixture
def window(windows: Kept, file: Path) -> Iterator[Window]:
    """The page at its first view, which must not go wrong."""
    opened = windows.window(file)
    opened.show("#comparison")
    yield opened
    assert windows.wrong() == []


def one(window: Window, name: str) -> Any:
    """A scenario's view, by its link in the table."""
    window.page.click(f"tr[data-scenario={name}] a")
    window.page.wait_for_selector(f"h2:text-is('{name}')")
    return window.page


def test_it_answers_first_and_has_every_scenario_with_its_verdict(window: Window) -> None:
    page = window.page
    assert page.inner_text("#main h2").split("\n") == ["✗", "Should we move, and what breaks?"]
    assert page.inner_text(".compared-head") == "Something breaks"
    assert page.inner_text(".statement-card.breaking .cmp-break-sign") == "✗"
    verdicts = page.locator("tr[data-verdict]").evaluate_all("rows => rows.map((row) => row.dataset.verdict)")
    assert sorted(verdicts) == ["equal", *2 * ["mixed"], *5 * ["native better"]]
    assert page.inner_text("tr[data-scenario=draw-tsla] .cmp-verdict-words") == "± mixed"


def test_the_drawn_levels_are_those_of_the_commands(window: Window) -> None:
    page = one(window, "draw-tsla")
    page.wait_for_selector(".chart-view[data-levels] >> nth=1")
    there = page.locator(".agent_builder .chart-view").evaluate("(view) => ({ ...view.dataset })")
    counted = {
        key: int(there[key]) for key in ("levels", "trendlines", "fibonacci", "indicators", "lines", "bars")
    }
    assert counted == {
        "levels": 3,  # one of the four is said twice
        "trendlines": 1,
        "fibonacci": 1,
        "indicators": 2,
        "lines": 3 + 7,
        "bars": 260,
    }
    words = page.inner_text(".agent_builder .chart-words")
    assert "Support at 395.56 (tested 5 times)" in words
    assert page.locator(".agent_builder canvas").count() > 0


def test_what_is_not_drawn_is_said(window: Window) -> None:
    page = one(window, "draw-tsla")
    page.wait_for_selector(".native .chart-view[data-levels='2'][data-indicators='0']")
    said = page.inner_text(".native .chart-view")
    assert "✗ Indicator ADX is not drawn" in said
    assert "Too far from these prices to be in the picture: 9000.00." in said
    assert "made up market data" in said
    link = page.locator(".native .chart-source a")
    assert link.get_attribute("href") == "https://www.tradingview.com/"


def test_a_timeframe_s_candles_are_its_days_together(window: Window) -> None:
    page = one(window, "weekly")
    days = [datetime.fromtimestamp(day[0], UTC) for day in made()["TSLA"]]
    weeks, months = {day.isocalendar()[:2] for day in days}, {(day.year, day.month) for day in days}
    page.wait_for_selector(f".native .chart-view[data-bars='{len(weeks)}']")
    page.wait_for_selector(f".agent_builder .chart-view[data-bars='{len(months)}']")


def test_commands_without_a_symbol_come_to_the_chart_that_was_open(window: Window) -> None:
    page = one(window, "opened")
    page.wait_for_selector(".agent_builder .chart-view[data-levels='1']")
    for side, timeframe in (("native", "1W"), ("agent_builder", "1M")):
        assert page.inner_text(f".{side} .chart-view figcaption").startswith(f"TSLA {timeframe}")


def test_a_symbol_without_history_is_told_in_words(window: Window) -> None:
    page = one(window, "elsewhere")
    view = page.locator(".chart-view")
    assert "There is no price history of NOBODY on this page" in view.inner_text()
    assert "Support at 5.00" in view.inner_text()
    assert view.get_attribute("data-levels") is None


def test_raw_json_is_shown_as_its_user_reads_it_and_marked(window: Window) -> None:
    page = one(window, "leak")
    left = page.locator(".agent_builder .cmp-leaked")
    assert left.inner_text().splitlines()[0] == "⚠ raw JSON that leaked: this is what the user reads"
    assert left.locator(".cmp-as-read").inner_text() == LEFT
    assert "text/raw-json" in page.inner_text(".compared-findings")


def test_widgets_are_drawn_and_the_raw_answer_can_be_seen(window: Window) -> None:
    page = one(window, "quote-tsla")
    assert page.inner_text(".native .ck-widget").split() == ["TSLA", "$408.92", "-3.10", "(-0.75%)"]
    page.click(".agent_builder .cmp-raw-answer summary")
    assert "The frontend found 2 JSON documents" in page.inner_text(".cmp-raw-answer")
    assert "for native" in page.inner_text(".compared-verdict .cmp-reasons")


def test_the_model_s_time_stands_apart_and_is_no_bar_where_nobody_knows_it(window: Window) -> None:
    page = one(window, "recorded")
    assert page.locator("dd .cmp-bar.model").count() == 4
    assert page.locator("dd .cmp-bar.unknown").count() == 0
    window.show("#comparison")
    page = one(window, "quote-tsla")
    assert page.locator("dd .cmp-bar.unknown").count() > 0
    assert "is not known: a script has none" in page.inner_text(".compared-costs")


def test_a_time_that_is_assumed_is_marked_as_such(window: Window) -> None:
    page = window.page
    assert "An assumption, which nobody measured" in page.inner_text(".compared-answer")
    assert "~1.9 s" in page.inner_text(".compared-scenarios")
    one(window, "assumed")
    assert page.locator("dd .cmp-bar.assumed").count() == 4
    assert page.locator("dd .cmp-bar.model").count() == 0
    assert "as it is assumed: nobody measured it" in page.inner_text(".compared-costs")


def test_the_table_is_filtered_by_verdict_and_text_and_the_address_says_how(window: Window) -> None:
    page = window.page
    shown = page.locator("tr[data-scenario]:visible")
    page.click("button:has-text('native better')")
    assert shown.count() == 5
    page.fill("input[type=search]", "leak")
    assert shown.evaluate_all("rows => rows.map((row) => row.dataset.scenario)") == ["leak"]
    assert page.evaluate("location.hash") == "#comparison?verdict=native+better&find=leak"
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    assert shown.count() == 1
    page.fill("input[type=search]", "no such words")
    assert page.locator("text=No scenario is like that.").is_visible()


def test_it_can_be_used_by_keyboard(window: Window) -> None:
    page = one(window, "draw-tsla")
    page.wait_for_selector(".chart-view[data-levels] >> nth=1")
    assert page.evaluate("document.activeElement.tagName") == "H2"
    chart = page.locator(".native .chart-box")
    chart.focus()
    page.keyboard.press("ArrowLeft")
    assert page.inner_text(".native .chart-note[role=status]").startswith("2026-11-20: open ")
    page.keyboard.press("Escape")
    page.locator(".compared-steps >> text=All scenarios").first.press("Enter")
    page.wait_for_selector(".compared-table")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_chart_has_the_colours_of_the_page(windows: Kept, file: Path, scheme: str) -> None:
    window = windows.window(file, **({"color_scheme": scheme} if scheme == "dark" else {}))
    window.show("#comparison")
    page = one(window, "draw-tsla")
    page.wait_for_selector(".chart-view[data-levels]")
    corner = """(canvas) => [...canvas.getContext("2d").getImageData(3, 3, 1, 1).data].slice(0, 3)"""
    light = sum(page.locator(".native .chart-box canvas").first.evaluate(corner)) > 3 * 128
    assert light == (scheme == "light")
    assert windows.wrong() == []


def test_on_a_phone_the_sides_stand_below_each_other(window: Window) -> None:
    page = window.page
    assert window.width(360) <= 360
    one(window, "draw-tsla")
    page.wait_for_selector(".chart-view[data-levels] >> nth=1")
    assert window.width(360) <= 360
    above, below = (
        page.locator(f".compared-turn .cmp-side.{side}").bounding_box()
        for side in ("native", "agent_builder")
    )
    assert above["y"] + above["height"] <= below["y"]
