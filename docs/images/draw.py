"""Draws the pictures of the report, in light and dark, from a real run.

    python docs/images/draw.py [RUN] [--out docs/images] [--cache DIR]

RUN is the folder of a run with both paths in it; without one, the default cells are driven first. Each
view of its report is opened in the machine's Chromium, in a window of a fixed size, and kept as a PNG of few
colours. `readme-matrix.png` and `readme-comparison.png` are what the README opens with.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
SIZE = (1280, 860)
PHONE = (390, 844)
COLOURS = 192
MOST_BYTES = 200_000
CASE = "draw-support-resistance-tsla"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture: which view of the page, and how the window is."""

    name: str
    address: str
    scheme: str = "light"
    size: tuple[int, int] = SIZE
    scroll_to: str = ""


def pictures(page: Any) -> Iterator[Picture]:
    """The views of a report, as far as it has them."""
    case = page.evaluate(_FIND_CASE, CASE)
    views = [("matrix", "#matrix"), ("causes", "#causes"), ("cause", "#cause-1"), ("cells", "#cells")]
    views += [("cell", "#cell-0"), ("scenarios", "#scenarios"), ("run", "#run"), ("case", case)]
    if page.locator("#nav a[href='#comparison']").count():
        views += [("comparison", "#comparison"), ("comparison-case", page.evaluate(_FIND_COMPARISON, CASE))]
    for name, address in views:
        for scheme in ("light", "dark"):
            yield Picture(name=f"{name}-{scheme}", address=address, scheme=scheme)
            if name == "case":
                yield Picture(name=f"chart-{scheme}", address=address, scheme=scheme, scroll_to="canvas")
    yield Picture(name="matrix-phone", address="#matrix", size=PHONE)
    yield Picture(name="case-phone", address=case, size=PHONE)
    yield Picture(name="readme-matrix", address="#matrix")
    yield Picture(name="readme-comparison", address="#comparison")


_FIND_CASE = """async (wanted) => {
  const packed = atob(document.getElementById("data-run").textContent);
  const bytes = Uint8Array.from(packed, (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const run = JSON.parse(await new Response(stream).text());
  const columns = run.columns.map(([scenario]) => run.scenarios[scenario].id);
  const cells = run.cells.map((cell, n) => [n, cell.codes]);
  const at = Math.max(0, columns.indexOf(wanted));
  const [cell] = cells.reverse().find(([, codes]) => codes[at] === "0") ?? cells[0];
  return `#case-${cell}-${at}`;
}"""
_FIND_COMPARISON = """async (wanted) => {
  const packed = atob(document.getElementById("data-comparison").textContent);
  const bytes = Uint8Array.from(packed, (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const { scenarios } = JSON.parse(await new Response(stream).text());
  return `#comparison-${1 + Math.max(0, scenarios.findIndex((each) => each.id === wanted))}`;
}"""


def driven(cache: Path | None) -> Path:
    """The folder of a default run, made now."""
    folder = Path(tempfile.mkdtemp(prefix="pictures-")) / "run"
    words = [
        "run",
        "--scenario",
        "everyday",
        "--out",
        str(folder),
        *(("--cache", str(cache)) if cache else ()),
    ]
    done = subprocess.run([sys.executable, "-m", "chatkit_harness", *words], check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"the run ended with status {done.returncode}")
    return folder


def draw(report: Path, out: Path) -> Iterator[Path]:
    """The files of all pictures of a report, each as it is written."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as driver:
        # Pictures are alike on every machine with the same fonts: nothing is drawn by a graphics card.
        flags = ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb", "--hide-scrollbars"]
        browser = driver.chromium.launch(executable_path=path, args=flags)
        for picture in list(pictures(_opened(browser, report, Picture(name="", address="")))):
            page = _opened(browser, report, picture)
            if picture.scroll_to and not page.locator(f"main {picture.scroll_to}").count():
                continue
            if picture.scroll_to:
                page.locator(f"main {picture.scroll_to}").first.scroll_into_view_if_needed()
            page.wait_for_timeout(400)
            yield _kept(page.screenshot(), out / f"{picture.name}.png")
            page.context.close()
        browser.close()


def _opened(browser: Any, report: Path, picture: Picture) -> Any:
    width, height = picture.size
    looks = {"color_scheme": picture.scheme, "reduced_motion": "reduce"}
    page = browser.new_context(viewport={"width": width, "height": height}, **looks).new_page()
    page.goto(report.resolve().as_uri() + picture.address)
    page.wait_for_selector("html[data-ready]", state="attached")
    return page


def _kept(png: bytes, file: Path) -> Path:
    """A picture with a palette: a screen has few colours, and a reader few bytes to wait for."""
    file.parent.mkdir(parents=True, exist_ok=True)
    whole = Image.open(BytesIO(png)).convert("RGB")
    few = whole.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(file, optimize=True)
    return file


def main() -> None:
    """Draw them and say what each weighs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", nargs="?", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    parser.add_argument("--cache", type=Path, help="where environments are kept")
    given = parser.parse_args()
    run = given.run or driven(given.cache)
    page = Path(tempfile.mkdtemp(prefix="pictures-"))
    # Drawn again, so that pictures are of today's page whenever the run was made.
    command = [sys.executable, "-m", "chatkit_harness", "report", str(run), "--out", str(page)]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    for file in draw(page / "report.html", given.out):
        size = file.stat().st_size
        print(f"{file}  {size / 1000:.0f} kB{'  TOO LARGE' if size > MOST_BYTES else ''}")


if __name__ == "__main__":
    main()
