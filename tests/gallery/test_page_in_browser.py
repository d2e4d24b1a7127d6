"""The gallery's page: each component has a view, what is looked for is found, and everybody can read it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.browser.window import Kept, Window

pytestmark = pytest.mark.browser
FAINT = """async ([text, scheme]) => {
    const { faint } = await import("/contrast.js");
    return faint(JSON.parse(text), scheme);
}"""
NARROW = {"width": 360, "height": 700}
ASKED = {"resultTypes": ["violations"]}
PAGES = ("overview", "tokens", "icons", "Select")
Open = Callable[..., Any]


@pytest.fixture(scope="module")
def windows(chromium: Any) -> Kept:
    """The windows that these tests share."""
    return Kept(chromium, lambda window: go(window.page, "icons"))


@pytest.fixture
def opened(windows: Kept, gallery: Path) -> Iterator[Open]:
    """The gallery at a place of its; nothing may have gone wrong on it, and nothing been fetched."""

    def start(address: str = "#overview", **looks: Any) -> Any:
        page = windows.window(gallery, **looks).page
        page.evaluate(f"(address) => ({AT})(address)", address)
        return page

    yield start
    assert windows.wrong() == []


AT = """(address) => location.hash === address ? null : new Promise((done) => {
    addEventListener("hashchange", done, { once: true });
    location.hash = address;
}).then(() => {})"""
EACH = f"""async (names) => {{
    const found = [];
    for (const name of names) {{
        await ({AT})(`#${{name}}`);
        found.push({{
            name: document.querySelector("main").dataset.page,
            props: [...document.querySelectorAll(".prop")].map((each) => each.dataset.place),
            unknown: document.querySelectorAll(".ck-unknown").length,
            wide: document.documentElement.scrollWidth,
        }});
    }}
    return found;
}}"""


def go(page: Any, address: str) -> None:
    """Go to a place of the page."""
    page.evaluate("(address) => { location.hash = address; }", address)
    page.wait_for_selector(f"main[data-page='{address}']")


def test_every_component_is_on_the_first_page_and_has_a_view_with_each_prop(
    opened: Open, document: dict[str, Any]
) -> None:
    page = opened()
    names = {each["name"] for each in document["components"]}
    shown = page.eval_on_selector_all(
        "[data-component]", "found => found.map((each) => each.dataset.component)"
    )
    assert set(shown) == names
    assert page.locator("[data-component] .ck-widget > *").count() == len(names)
    found = page.evaluate(EACH, [each["name"] for each in document["components"]])
    for component, seen in zip(document["components"], found, strict=True):
        assert seen["name"] == component["name"]
        assert set(seen["props"]) == {group["prop"] for group in component["props"]}
        assert seen["unknown"] == 0


def test_it_says_that_it_is_approximate(opened: Open) -> None:
    page = opened()
    assert "approximate" in page.inner_text("h1 + .lead")
    go(page, "Card")
    assert "approximate" in page.inner_text(".foot")


def test_each_value_has_its_json_beside_it(opened: Open) -> None:
    page = opened("#Badge.color")
    tile = page.locator("[data-place=color] .tile", has_text='"danger"')
    tile.locator("summary").click()
    assert json.loads(tile.locator(".json").inner_text()) == {
        "type": "Basic", "children": [{"type": "Badge", "label": "Bullish", "color": "danger"}],
    }  # fmt: skip


def test_an_address_leads_to_a_part_of_a_prop_that_is_folded_away(
    chromium: Any, gallery: Path, opened: Open
) -> None:
    window = Window.opened(chromium, gallery, "#Table.Cell.padding.top")
    assert window.page.locator("main[data-page='Table.Cell'] [data-place='padding.top'] .tile").count() > 0
    assert window.close() == []
    page = opened("#Box.border.top.style")
    assert page.locator("[data-place='border.top.style'] .tile", has_text="groove").is_visible()


def test_a_value_is_found_by_its_name_and_its_place_opened(opened: Open) -> None:
    page = opened()
    page.keyboard.press("/")
    page.keyboard.type("button discovery")
    page.keyboard.press("Enter")
    page.wait_for_selector("main[data-page=Button]")
    assert page.evaluate("document.activeElement.textContent").strip() == "color"
    assert page.input_value("input[type=search]") == ""


def test_all_icons_are_drawn(opened: Open, document: dict[str, Any]) -> None:
    page = opened("#icons")
    assert page.locator(".icons svg").count() == len(document["icons"]) == 64
    assert page.locator(".icons .ck-icon-named").count() == 2
    assert page.get_by_text("Without a drawing").count() == 0


def test_what_a_widget_asks_for_is_told(opened: Open) -> None:
    page = opened("#Button.onClickAction.type")
    page.locator("[data-place='onClickAction.type'] .tile", has_text='"news.open"').locator("button").click()
    assert json.loads(page.inner_text("#asked code"))["type"] == "news.open"


def test_the_scheme_is_the_systems_until_another_is_chosen(opened: Open) -> None:
    page = opened(color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.click("text=Light")
    light = page.evaluate(ground)
    page.click("text=Dark")
    assert page.evaluate(ground) == dark != light


def test_on_a_phone_nothing_is_wider_than_it(opened: Open, document: dict[str, Any]) -> None:
    page = opened(viewport=NARROW)
    names = ("overview", "tokens", "icons", *(each["name"] for each in document["components"]))
    found = {each["name"]: each["wide"] for each in page.evaluate(EACH, names)}
    assert set(found) == set(names)
    assert {name: wide for name, wide in found.items() if wide > NARROW["width"]} == {}
    page.click(".fold")
    page.click(".places >> text=Divider")
    page.wait_for_selector("main[data-page=Divider]")
    assert not page.locator(".places").is_visible()


@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.slow), "dark"])
def test_axe_finds_nothing(opened: Open, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    page = opened(color_scheme=scheme, reduced_motion="reduce")
    for name in PAGES:
        go(page, name)
        found = axe.Axe().run(page, options=ASKED).response["violations"]
        assert [(name, each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_words_of_all_widgets_can_be_read(stage: Any, document: dict[str, Any], scheme: str) -> None:
    widgets = [
        each["widget"]
        for component in document["components"]
        for group in component["props"]
        for each in group["variants"]
    ]
    found = stage.evaluate(FAINT, [json.dumps(widgets), scheme])
    assert [(each, json.dumps(widgets[each["at"]])[:300]) for each in found] == []


def test_words_that_are_too_faint_are_found(stage: Any) -> None:
    widgets = [{"type": "Text", "value": "faint", "color": each} for each in ("gray-200", "gray-900")]
    (found,) = stage.evaluate(FAINT, [json.dumps(widgets), "light"])
    assert (found["at"], found["text"]) == (0, "faint")
