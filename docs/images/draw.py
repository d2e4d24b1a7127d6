"""Draws the pictures of the report, in light and dark, from a real run.

    python -m docs.images.draw [RUN] [--out docs/images] [--cache DIR]

RUN is the folder of a run with both paths in it; without one, the default cells are driven first. Of a sweep
its heat map alone is drawn. Its report is drawn anew in that folder. Each view of it, and the gallery of
widgets, is opened in Chromium, in a window of a fixed size, and kept as a PNG of few colours.
`readme-matrix.png` and `readme-comparison.png` are what the README opens with.

A picture must not show a path of somebody's machine: give a RUN that was made without `--out`, `--cache` or
other paths, since the page tells the command that made it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any

from benchmarks.browser import chromium
from PIL import Image

SIZE = (1280, 860)
PHONE = (390, 844)
COLOURS = 256
MANY = 24
"""Of more cells the page has a heat map."""
MOST_BYTES = 200_000
CASE = "draw-support-resistance-tsla"
SIDES = ".compared-turns"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture: which view of the page, and how the window is."""

    name: str
    address: str
    scheme: str = "light"
    size: tuple[int, int] = SIZE
    scroll_to: str = ""
    until: str = ""
    """Nothing but the view, from its top to the end of this element, however much that is."""


def pictures(page: Any) -> Iterator[Picture]:
    """The views of a report, as far as it has them."""
    run = page.evaluate(_BLOCK, "run")
    if len(run["cells"]) > MANY:
        for scheme in ("light", "dark"):
            yield Picture(name=f"sweep-{scheme}", address="#matrix?tab=1", scheme=scheme, until=".maps")
        return
    case = case_of(run)
    scenario = _place([each["id"] for each in run["scenarios"]], CASE)
    views = [("matrix", "#matrix"), ("causes", "#causes"), ("cause", "#cause-1"), ("cells", "#cells")]
    views += [("cell", "#cell-0"), ("scenarios", "#scenarios"), ("case", case)]
    views += [("scenario", f"#scenario-{scenario}"), ("run", "#run")]
    if page.locator("#nav a[href='#comparison']").count():
        compared = [each["name"] for each in page.evaluate(_BLOCK, "comparison")["scenarios"]]
        sides = f"#comparison-{1 + _place(compared, CASE)}"
        views += [("comparison", "#comparison"), ("comparison-case", sides)]
        yield Picture(name="readme-comparison", address=sides, scroll_to=SIDES)
    for name, address in views:
        for scheme in ("light", "dark"):
            yield Picture(name=f"{name}-{scheme}", address=address, scheme=scheme)
            if name == "case":
                yield Picture(name=f"chart-{scheme}", address=address, scheme=scheme, scroll_to="canvas")
    yield Picture(name="matrix-phone", address="#matrix", size=PHONE)
    yield Picture(name="case-phone", address=case, size=PHONE)
    yield Picture(name="readme-matrix", address="#matrix", until=".maps")


def gallery_pictures(_page: Any) -> Iterator[Picture]:
    """The gallery of widgets, which is a page of its own."""
    for scheme in ("light", "dark"):
        yield Picture(name=f"gallery-{scheme}", address="", scheme=scheme)


def case_of(run: dict[str, Any]) -> str:
    """Where the run's last cell in which the case passes has it."""
    column = _place([run["scenarios"][scenario]["id"] for scenario, *_ in run["columns"]], CASE)
    passing = [n for n, cell in enumerate(run["cells"]) if cell["codes"][column] == "0"]
    return f"#case-{passing[-1] if passing else 0}-{column}"


def _place(names: list[str], wanted: str) -> int:
    if wanted not in names:
        sys.exit(f"the run has no {wanted}, which the pictures are of")
    return names.index(wanted)


_BLOCK = """async (name) => {
  const packed = atob(document.getElementById(`data-${name}`).textContent);
  const bytes = Uint8Array.from(packed, (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return JSON.parse(await new Response(stream).text());
}"""
"""A block of the page's data, unpacked."""


def driven(cache: Path | None) -> Path:
    """The folder of a run of the everyday questions in the default cells, made now."""
    folder = Path(tempfile.mkdtemp(prefix="pictures-"))
    # Neither where it goes nor the cache is an option: the page tells the command, and pictures show it.
    kept = {"CHATKIT_HARNESS_CACHE": str(cache.resolve())} if cache else {}
    command = [sys.executable, "-m", "chatkit_harness", "run", "--scenario", "everyday"]
    done = subprocess.run(command, check=False, cwd=folder, env={**os.environ, **kept})
    if done.returncode not in (0, 1):
        sys.exit(f"the run ended with status {done.returncode}")
    return next(each.parent for each in sorted(folder.glob("**/results.json")))


def draw(report: Path, out: Path, of: Callable[[Any], Iterator[Picture]] = pictures) -> Iterator[Path]:
    """The files of all pictures of a page, each as it is written."""
    # Pictures are alike on every machine with the same fonts.
    with chromium("--force-color-profile=srgb", "--hide-scrollbars") as browser:
        for picture in list(of(_opened(browser, report, Picture(name="", address="")))):
            page = _opened(browser, report, picture)
            if picture.scroll_to and not page.locator(f"main {picture.scroll_to}").count():
                continue
            if picture.scroll_to:
                page.evaluate(_SCROLL, f"main {picture.scroll_to}")
            page.wait_for_timeout(400)
            clip = _clip(page, picture.until) if picture.until else None
            yield _kept(page.screenshot(clip=clip, full_page=clip is not None), out / f"{picture.name}.png")
            page.context.close()


_SCROLL = """(where) => {
  const below = document.getElementById("nav").offsetHeight + 8;
  const at = document.querySelector(where).getBoundingClientRect();
  const top = where.endsWith("canvas") ? at.top - (innerHeight - at.height) / 2 : at.top - below;
  window.scrollBy(0, top);
}"""


def _clip(page: Any, until: str) -> dict[str, float]:
    """From the top of the page to the end of an element."""
    box = page.locator(f"main {until}").bounding_box()
    return {"x": 0, "y": 0, "width": page.viewport_size["width"], "height": box["y"] + box["height"] + 24}


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
    # Signs are small and each has a colour of its own: what is rare must not be lost.
    few = whole.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
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
    run = run.resolve()
    gallery = Path(tempfile.mkdtemp(prefix="pictures-")) / "gallery.html"
    # Drawn again, so that pictures are of today's page whenever the run was made; and in its own folder, so
    # that the addresses of transcripts are those that its readers have.
    for words in (["report", run.name], ["schemas", "gallery", "--out", str(gallery)]):
        command = [sys.executable, "-m", "chatkit_harness", *words]
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, cwd=run.parent)
    for file in chain(draw(run / "report.html", given.out), draw(gallery, given.out, gallery_pictures)):
        size = file.stat().st_size
        print(f"{file}  {size / 1000:.0f} kB{'  TOO LARGE' if size > MOST_BYTES else ''}")


if __name__ == "__main__":
    main()
