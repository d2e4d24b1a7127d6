"""The reports that the tests of the case view open, each in one Chromium a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.browser.window import Kept, Window, launched
from tests.comparison.build import CARD, LEVELS, Run, answer, native, workflow
from tests.reports.case_pages import (
    FAILED,
    WRONG,
    Page,
    conversation,
    examined,
    faulty,
    native_of,
    timed,
    turn,
)
from tests.reports.sample import BROKEN_USAGE

from chatkit_harness.core.codec import to_document
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.transcript import (
    Authored,
)
from chatkit_harness.reports.html import html_report
from chatkit_harness.reports.view import view
from chatkit_harness.results import Results


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run with a case of each kind."""
    folder = tmp_path_factory.mktemp("run")
    refused = {"sent": False, "item": ""}
    budgets = {"first_event_ms": 500.0, "widget_ms": 500.0, "total_ms": 50.0}
    run = Run(folder, documents={"timed": {"title": "timed", "budgets": budgets}})
    run.add("conversation", conversation())
    run.add("timed", timed())
    run.add(
        "wrong",
        native("Said.", [WRONG]),
        faulty("$.children[0].children[0].size", "size"),
        faulty("$.children[0].children[1]", "type", "warning"),
        faulty("$.status.icon", "status.icon", "note", expected=True),
    )
    run.add(
        "refused",
        native_of(turn(0), authored=(Authored(at_ms=4.0, turn=0, widget=WRONG, refused=True),)),
        faulty("$.children[0]", "gap", **refused),
    )
    run.add(
        "raised",
        native_of(turn(0, end="raised", raised=BROKEN_USAGE)),
        Finding(
            rule="run/raised",
            severity="error",
            key="r",
            message="It raised.",
            evidence={"raised": to_document(BROKEN_USAGE)},
        ),
    )
    run.add("answer", workflow(f'Look: {{"half": \n\n{answer("Tesla is down.", [CARD], LEVELS)}'))
    run.add(
        "many", native_of(turn(0, *({"type": "progress_update", "text": f"step {n}"} for n in range(1200))))
    )
    run.add("as text", native("Here are the levels.\n" + "\n".join(LEVELS)))
    run.add("examined", examined())
    run.add("unimported", replace(native_of(), imports=(FAILED,)))
    run.add("elsewhere", native("Long. " * 600_000))
    run.bare("never", "native", outcome="skipped", reason="needs another release")
    results = run.results()
    (folder / "report.html").write_text(html_report(view(results)), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def windows(chromium: Any) -> Kept:
    """The windows that the tests of a file share."""
    return Kept(chromium)


@pytest.fixture
def page(windows: Kept, report: Path) -> Iterator[Callable[..., Page]]:
    """The report in a window; at the end nothing may have gone wrong in it."""

    def start(**looks: Any) -> Page:
        window = windows.window(report / "report.html", **looks)
        return Page(window, window.page.evaluate(PLACES))

    yield start
    assert windows.wrong() == []


PLACES = """async () => {
    const letters = atob(document.getElementById("data-run").textContent);
    const packed = Uint8Array.from(letters, (each) => each.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    const run = await new Response(stream).json();
    const entries = run.columns.map(([scenario], n) => [run.scenarios[scenario].id, `#case-0-${n}`]);
    return Object.fromEntries(entries);
}"""


@pytest.fixture
def made(chromium: Any, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Opens the report of a run of one's own; at the end nothing may have gone wrong in it."""
    windows: list[Window] = []

    def start(run: Run, spoil: Callable[[Results], None] | None = None) -> Page:
        results = run.results()
        if spoil is not None:
            spoil(results)
        file = run.folder / "report.html"
        file.write_text(html_report(view(results)), encoding="utf-8")
        windows.append(Window.opened(chromium, file))
        return Page(windows[-1], windows[-1].page.evaluate(PLACES))

    yield start
    assert [each for one in windows for each in one.close()] == []
