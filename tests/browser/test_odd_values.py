"""Numbers, lists and objects in the place of every text of every widget, event and item break nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.browser import hostile_run
from tests.browser.conftest import Open
from tests.browser.test_safety import sound
from tests.comparison.build import CARD, Run, native

from chatkit_harness.causes import group
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.transcript import Event, Transcript
from chatkit_harness.reports.html import html_report
from chatkit_harness.reports.view import view

pytestmark = pytest.mark.browser


def nested(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


ODD = {
    "nothing": None,
    "a truth": True,
    "a number": -1.5e300,
    "no text": "",
    "a list": ["x", 7, None, ["y"]],
    "an object": {"type": "Text", "value": {"type": 7}, "children": "x"},
    "deep": nested(60),
    "wide": list(range(200)),
}


def conversation(value: Any) -> Transcript:
    """Every event and item of chatkit, and every widget, with the value wherever a text belongs."""
    widgets = hostile_run.odd_documents("widget", value)[: 4 if value == ODD["wide"] else None]
    said: list[Any] = [
        {"type": "thread.item.done", "item": {"id": f"w{n}", "type": "widget", "widget": each}}
        for n, each in enumerate(widgets)
    ]
    said += hostile_run.odd_documents("event", value)
    said += [{"type": value}, {"type": "client_effect", "name": value, "data": {"commands": value}}]
    said += [{"type": "client_effect", "name": "chart_commands", "data": {"commands": [value]}}]
    whole = native("Fine.", [CARD])
    events = tuple(Event(at_ms=2.0 + n, data=each) for n, each in enumerate(said))
    (turn,) = whole.turns
    asked = {"input": value, "tools": [{"name": value}], "instructions": value, "model": value}
    exchanges = tuple(replace(each, request=asked) for each in whole.exchanges)
    request = {"type": "threads.create", "params": {"input": {"content": value}}}
    return replace(whole, turns=(replace(turn, events=events, request=request),), exchanges=exchanges)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run with a case, and a cause, of each of them."""
    run = Run(tmp_path_factory.mktemp("odd"))
    for name, value in ODD.items():
        evidence = {"path": "$", "value": value, "item": "w0", "turn": 0, "says": value}
        found = Finding(rule="widgets/odd", severity="error", key=name, message=name, evidence=evidence)
        run.add(f"with {name}", conversation(value), found)
    results = run.results()
    assert results.footer is not None
    footer = replace(results.footer, causes=group(results.cases, results.cells))
    file = run.folder / "report.html"
    file.write_text(html_report(view(replace(results, footer=footer))), encoding="utf-8")
    return file


@pytest.mark.parametrize("name", ODD)
def test_what_is_no_text_breaks_no_part_of_a_case(kept: Open, report: Path, name: str) -> None:
    opened = kept(report)
    case = f"#case-0-{sorted(ODD).index(name)}"
    sound(opened, case)
    shown = opened.page.locator("#main")
    assert f"with {name}" in shown.locator("h2").first.inner_text()
    cause = str(shown.locator("a[href^='#cause-']").first.get_attribute("href"))
    sound(opened, cause)
    assert name in shown.inner_text()
    assert "cannot be shown" not in str(opened.show(case).locator("#main").text_content())
    assert shown.locator(".talk .item").count() > 20
