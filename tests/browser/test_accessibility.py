"""axe on every view of a real run: nothing serious, in light and in dark, on a screen and on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.browser.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.cells]
VIEWS = (
    "matrix",
    "causes",
    "cause-1",
    "cells",
    "cell-1",
    "scenarios",
    "scenario-0",
    "run",
    "case-1-0",
    "case-2-1",
    "comparison",
    "comparison-1",
)
ASKED = {"resultTypes": ["violations"]}


@pytest.fixture(scope="module")
def axe() -> Any:
    module = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="needs axe-playwright-python"
    )
    return module.Axe()


def serious(axe: Any, page: Any) -> list[tuple[str, list[str]]]:
    """What keeps people out, by rule, with the elements."""
    found = axe.run(page, options=ASKED).response["violations"]
    return [
        (each["id"], [node["html"][:200] for node in each["nodes"][:5]])
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (1280, "light"),
        pytest.param(360, "dark", marks=pytest.mark.slow),
        pytest.param(1280, "dark", marks=pytest.mark.slow),
        pytest.param(360, "light", marks=pytest.mark.slow),
    ],
)
def test_no_view_has_a_serious_finding(window: Open, run: Path, axe: Any, scheme: str, width: int) -> None:
    looks = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}, "reduced_motion": "reduce"}
    opened = window(run / "report.html", **looks)
    found = {view: serious(axe, opened.show(f"#{view}")) for view in VIEWS}
    assert {view: told for view, told in found.items() if told} == {}


def test_a_sweep_and_a_comparison_have_none_either(
    window: Open, sweep: Path, comparison: Path, axe: Any
) -> None:
    for file in (sweep / "report.html", comparison / "comparison.html"):
        assert serious(axe, window(file).page) == []


def test_a_view_that_keeps_people_out_would_be_seen(window: Open, run: Path, axe: Any) -> None:
    page = window(run / "report.html").page
    page.evaluate("document.querySelector('#main').append(document.createElement('button'))")
    assert "button-name" in [rule for rule, _ in serious(axe, page)]
