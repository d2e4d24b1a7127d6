"""How fast the page of a whole matrix opens in a real browser, changes its view, and scrolls.

    python -m benchmarks.report_page [--rounds 3] [--keep DIR] [--cells 2070]

Writes the results of a sweep that nobody drove (benchmarks/made_sweep.py) with 30 scenarios a cell, draws its
page, and opens it in the machine's Chromium, each round in a new context. A switch lasts from the change of
the address until the view has been painted. While the matrix and the table of cells are scrolled from end to
end, the longest gap between two frames and the longest task are noted.
Goals: ready within a second; no task over 100 ms while scrolling; the page under 15 MB.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.browser import NoBrowserError, chromium
from benchmarks.machine import Idle, about, spread
from benchmarks.made_sweep import SCENARIOS, write_sweep

from chatkit_harness.reports import write_reports
from chatkit_harness.results import RESULTS_FILE, read_results

GOAL_READY_MS = 1000
GOAL_TASK_MS = 100
GOAL_MB = 15
VIEWS = ("#causes", "#cells", "#scenarios", "#run", "#case-0-0", "#matrix")
MANY = (*SCENARIOS, *(f"{name}-{n}" for n in (2, 3) for name in SCENARIOS))
"""Thirty scenarios: three times the ten of a sweep, under names of their own."""

_SWITCH = """(address) => new Promise((done) => {
  const began = performance.now();
  const painted = () => requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
  const seen = new MutationObserver(() => { seen.disconnect(); painted(); });
  seen.observe(document.getElementById("main"), { childList: true });
  location.hash = address;
})"""
_SCROLL = """() => new Promise((done) => {
  const tasks = [], gaps = [];
  const note = (list) => tasks.push(...list.getEntries().map((each) => each.duration));
  const watch = new PerformanceObserver(note);
  watch.observe({ type: "longtask" });
  const end = document.documentElement.scrollHeight;
  let last = performance.now(), place = 0;
  const step = (now) => {
    gaps.push(now - last);
    last = now;
    place += 240;
    scrollTo(0, place);
    for (const each of document.querySelectorAll("main .wide, main [tabindex]")) each.scrollTop = place;
    if (place < Math.max(end, 12000)) requestAnimationFrame(step);
    else setTimeout(() => done(told()), 200);
  };
  const told = () => ({ far: scrollY, task: Math.max(0, ...tasks), gap: Math.max(...gaps.slice(1)) });
  requestAnimationFrame(step);
})"""


def one_round(browser: Any, page_file: Path) -> dict[str, float]:
    """Milliseconds of everything, in a new context."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    began = time.perf_counter()
    page.goto(page_file.as_uri(), wait_until="commit")
    page.wait_for_selector("html[data-ready]", state="attached", timeout=60_000)
    told = {"ready": (time.perf_counter() - began) * 1000}
    scrolled = [page.evaluate(_SCROLL)]
    for address in VIEWS:
        told[address] = page.evaluate(_SWITCH, address)
        if address == "#cells":
            scrolled.append(page.evaluate(_SCROLL))
    told |= {"longest task": max(each["task"] for each in scrolled)}
    told |= {"longest frame": max(each["gap"] for each in scrolled)}
    told |= {"scrolled (px)": sum(each["far"] for each in scrolled)}
    page.context.close()
    return told


def drawn(folder: Path, cells: int) -> Path:
    """The page of a sweep of so many cells: 2,070 for each resolution."""
    if not (folder / RESULTS_FILE).exists():
        write_sweep(folder, ("today", "contemporary")[: cells // 2070], MANY)
    write_reports(read_results(folder), folder)
    return folder / "report.html"


def measure(page_file: Path, rounds: int) -> None:
    """Print the figures of one page."""
    before = Idle.now()
    try:
        with chromium() as browser:
            told = [one_round(browser, page_file) for _ in range(rounds)]
    except NoBrowserError as error:
        sys.exit(f"This {error}.")
    for what in told[0]:
        unit = "px" if what.endswith("(px)") else "ms"
        print(f"  {what:14} {spread([each[what] for each in told], unit)}")
    print(f"  machine idle {Idle.now().share_since(before)}")
    goals = {"ready": GOAL_READY_MS, "longest task": GOAL_TASK_MS}
    for what, goal in goals.items():
        median = statistics.median(each[what] for each in told)
        print(f"{what}: {'within' if median < goal else 'OVER'} the goal of {goal} ms")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="leave the folder there, to look at the page")
    parser.add_argument("--cells", type=int, default=2070, choices=(2070, 4140))
    given = parser.parse_args()
    print(about())
    with tempfile.TemporaryDirectory() as scratch:
        page_file = drawn((given.keep or Path(scratch)).resolve() / str(given.cells), given.cells)
        size = page_file.stat().st_size / 1e6
        verdict = "within" if size < GOAL_MB else "OVER"
        print(f"{given.cells} cells x {len(MANY)} scenarios, {given.rounds} rounds")
        print(f"page: {size:.2f} MB, {verdict} the goal of {GOAL_MB} MB")
        measure(page_file, given.rounds)


if __name__ == "__main__":
    main()
