"""The page as text: what stands in it for everybody, the data in blocks, and one script that draws it.

A block is JSON, compressed, in letters: a page with a hundred thousand cases stays small, and opens before
anything but its first block has been read. What it may do is said in its content security policy: run the
scripts that are named there by their digest, and nothing else; it fetches nothing.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from chatkit_harness.reports.page.assets import CHARTS, NOTICE, asset
from chatkit_harness.reports.page.bundle import bundle
from chatkit_harness.reports.pages import environment

STYLES = ("page.css", "widgets.css", "matrix.css", "case.css", "talk.css", "recorded.css", "comparison.css")
ENTRY = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One part of the page's data, by the name under which its scripts ask for it."""

    name: str
    letters: str

    @staticmethod
    def of(name: str, document: Any) -> Block:
        """A JSON document as a block."""
        text = json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        # Half of a character that stands for two cannot be written; it is shown as what it is, broken.
        return Block.of_bytes(name, text.encode("utf-8", "replace"))

    @staticmethod
    def of_bytes(name: str, data: bytes) -> Block:
        """Any bytes as a block."""
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = packer.compress(data) + packer.flush()
        return Block(name=name, letters=base64.b64encode(packed).decode("ascii"))


def page_pieces(
    title: str,
    blocks: Iterable[Block],
    *,
    lead: str = "",
    entry: str = ENTRY,
    styles: Sequence[str] = STYLES,
    charts_too: bool = True,
) -> Iterator[str]:
    """The page in pieces. `lead` is markup that is there before any script has run, or where none may.

    `entry` is the module that draws it; one that draws no price chart does without the library for them.
    """
    script, charts = _closed(bundle(entry, asset)), _closed(asset(CHARTS)) if charts_too else ""
    style = "\n".join(map(asset, styles))
    policy = (
        f"default-src 'none'; script-src {_hash(charts)} {_hash(script)}; style-src {_hash(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    head, foot = (
        environment()
        .get_template("page.html.j2")
        .render(
            title=title, policy=policy, lead=lead, style=style, notice=asset(NOTICE) if charts_too else ""
        )
        .split("<!-- data -->")
    )
    yield head
    for block in blocks:
        yield f'<script type="text/plain" id="data-{block.name}">{block.letters}</script>\n'
    yield "".join(f"<script>{each}</script>\n" for each in (charts, script) if each)
    yield foot


def _closed(script: str) -> str:
    """A script in which nothing looks like the end of the element that it stands in."""
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
