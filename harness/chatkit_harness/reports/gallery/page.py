"""The gallery as a page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from chatkit_harness.reports.gallery.document import gallery_document
from chatkit_harness.reports.page.assemble import Block, page_pieces

STYLES = ("widgets.css", "gallery.css")
TITLE = "Gallery of ChatKit widgets"


def gallery_pieces(chatkit: str = "newest") -> Iterator[str]:
    """The page in pieces: one file that needs nothing but itself. Raises SelectionError."""
    block = Block.of("gallery", gallery_document(chatkit))
    yield from page_pieces(TITLE, [block], entry="gallery", styles=STYLES, charts_too=False)


def is_gallery(path: Path) -> bool:
    """Whether a file is such a page: what may be written over without asking."""
    try:
        with path.open("rb") as file:
            return f"<title>{TITLE} ".encode() in file.read(4_000)
    except OSError:
        return False
