"""Nothing that a model, a server or a file said runs, fetches anything or breaks the layout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.browser import hostile, hostile_run
from tests.browser.conftest import Open
from tests.browser.window import Window

from chatkit_harness.comparison import compare
from chatkit_harness.reports import write_comparison
from chatkit_harness.reports.html import html_report
from chatkit_harness.reports.page import page_pieces
from chatkit_harness.reports.view import view
from chatkit_harness.results import Results

pytestmark = pytest.mark.browser
WIDTHS = (1280, 360)

UNFOLD = """() => {
  for (const each of document.querySelectorAll("main details:not([open])")) each.open = true;
  for (const each of document.querySelectorAll("main [role=tab][aria-selected=false]")) each.click();
}"""
ADDRESSES = r"""() => {
  const names = /^(xlink:)?(href|src|action|formaction|data|poster|srcdoc|srcset|ping|background)$/;
  const sound = /^(href #|href https?:\/\/|href (\.{0,2}\/|[\w.-]+\/)|src data:image\/)/;
  const all = [...document.querySelectorAll("*")].flatMap((each) => [...each.attributes]);
  const found = all.filter(({ name }) => names.test(name));
  return found.map(({ name, value }) => `${name} ${value.slice(0, 60)}`).filter((each) => !sound.test(each));
}"""
HANDLERS = """() => [...document.querySelectorAll("*")].flatMap((each) => [...each.attributes])
  .filter(({ name }) => name.startsWith("on")).map(({ name }) => name)"""
FOREIGN = """() => ["script", "iframe", "object", "embed", "base", "meta", "link", "style"]
  .filter((each) => document.querySelector(`main ${each}`))"""
WRONG = f"""() => ({{
  "addresses": ({ADDRESSES})(), "handlers": ({HANDLERS})(), "foreign elements": ({FOREIGN})()
}})"""
BOXES = """() => {
  const nav = document.querySelector("#nav").getBoundingClientRect();
  return [document.documentElement.scrollWidth, nav.width, nav.height];
}"""


@pytest.fixture(scope="module")
def harmful(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A run that means harm, with its reports beside it."""
    folder = tmp_path_factory.mktemp("harmful")
    results = hostile_run.write(folder)
    compared = compare(results)
    (folder / "report.html").write_text(html_report(view(results), compared), encoding="utf-8")
    write_comparison(compared, folder)
    return results


def sound(window: Window, address: str) -> None:
    """Show a view with all that is folded in it, and see that it is harmless at each width."""
    page = window.show(address)
    page.evaluate(UNFOLD)
    for width in sorted(WIDTHS, key=lambda each: each != page.viewport_size["width"]):
        window.width(width)
        held, wide, high = page.evaluate(BOXES)
        assert (held, wide > 100, high > 10) == (width, True, True), (address, width)
    wrong = page.evaluate(WRONG)
    assert not any(wrong.values()), (address, wrong)


@pytest.mark.parametrize("name", ["matrix", "causes", "cells", "scenarios", "run", "comparison"])
def test_every_view_is_harmless(kept: Open, harmful: Results, name: str) -> None:
    sound(kept(harmful.folder / "report.html"), f"#{name}")


@pytest.mark.parametrize("name", ["cause", "cell", "scenario"])
@pytest.mark.slow
def test_everything_that_a_view_leads_to_is_harmless(kept: Open, harmful: Results, name: str) -> None:
    opened = kept(harmful.folder / "report.html")
    first = 0 if name in ("cell", "scenario") else 1
    most = {"cause": 40, "cell": 1 + len(hostile_run.IN_CELLS)}.get(name, len(hostile_run.TEXTS))
    for number in range(first, first + most):
        sound(opened, f"#{name}-{number}")


PARTS = [0, *(pytest.param(part, marks=pytest.mark.slow) for part in (1, 2, 3))]
"""Of its cases each part has every fourth column."""


@pytest.mark.parametrize("part", PARTS)
def test_every_case_is_harmless(kept: Open, harmful: Results, part: int) -> None:
    opened = kept(harmful.folder / "report.html")
    columns = range(len({(case.scenario, case.path) for case in harmful.cases}))
    for column in list(columns)[part::4]:
        sound(opened, f"#case-0-{column}")


def test_cells_that_mean_harm_have_harmless_cases(kept: Open, harmful: Results) -> None:
    opened = kept(harmful.folder / "report.html")
    opened.show("#cell-1")
    cases = opened.page.locator("#main a[href^='#case-1-']")
    sound(opened, str(cases.first.get_attribute("href")))


@pytest.mark.slow
def test_the_comparison_by_itself_is_harmless(kept: Open, harmful: Results) -> None:
    opened = kept(harmful.folder / "comparison.html")
    for number in range(len(hostile.SHORT)):
        sound(opened, f"#comparison-{number + 1}")


POLICY = "document.querySelector('meta[http-equiv=Content-Security-Policy]').content"
TRIES = """async () => {
  const script = document.createElement("script");
  script.textContent = "window.ran = 1";
  document.body.append(script);
  const markup = "<img src='data:,' onerror='window.ran = 1'><p style='color: red'>";
  document.body.insertAdjacentHTML("beforeend", markup);
  new Image().src = "https://elsewhere.invalid/x.png";
  const refused = await fetch("https://elsewhere.invalid/").then(() => false, () => true);
  await new Promise((done) => setTimeout(done, 200));
  return { refused, ran: window.ran, violations: window.violations.length };
}"""


def test_the_policy_of_the_page_allows_no_network_and_no_script_of_others(
    chromium: Any, harmful: Results
) -> None:
    opened = Window.opened(chromium, harmful.folder / "report.html")
    parts = [part.split() for part in opened.page.evaluate(POLICY).split(";")]
    policy = {name: set(values) for name, *values in parts}
    tried = opened.page.evaluate(TRIES)
    opened.page.context.close()
    assert policy["default-src"] == {"'none'"}
    assert all(value.startswith("'sha256-") for value in policy["script-src"] | policy["style-src"])
    assert policy["img-src"] == {"data:"}
    assert (tried["refused"], tried["ran"]) == (True, None)
    assert tried["violations"] >= 4


LIES = (f"<p onclick='{hostile.RUN}'>x</p><img src=x onerror='{hostile.RUN}'>", hostile.SCRIPT)


@pytest.mark.parametrize("lie", LIES)
def test_markup_of_others_in_the_page_would_not_run_and_be_seen(
    chromium: Any, tmp_path: Path, lie: str
) -> None:
    page = "".join(page_pieces("A lie", [], lead=lie))
    (tmp_path / "lie.html").write_text(page, encoding="utf-8")
    seen = _trouble(chromium, tmp_path / "lie.html")
    assert any("policy was violated" in each for each in seen)
    assert not any("ran" in each.split() or "dialog" in each for each in seen)


@pytest.mark.parametrize("lie", LIES)
def test_without_its_policy_it_would_run_and_be_seen(chromium: Any, tmp_path: Path, lie: str) -> None:
    page = "".join(page_pieces("A lie", [], lead=lie)).replace("Content-Security-Policy", "x-nothing")
    (tmp_path / "lie.html").write_text(page, encoding="utf-8")
    seen = _trouble(chromium, tmp_path / "lie.html")
    assert any("ran" in each or "dialog" in each for each in seen)


def test_what_is_asked_of_the_network_would_be_seen(chromium: Any, tmp_path: Path) -> None:
    lie = "<html data-ready><main id=main></main><img src='https://elsewhere.invalid/x.png'>"
    (tmp_path / "lie.html").write_text(lie, encoding="utf-8")
    assert any(
        "asked for https://elsewhere.invalid" in each for each in _trouble(chromium, tmp_path / "lie.html")
    )


def _trouble(chromium: Any, file: Path) -> list[str]:
    opened = Window.opened(chromium, file)
    opened.page.wait_for_timeout(100)
    return opened.close()
