"""Reads a drawn page back: its elements, and the data in its blocks."""

from __future__ import annotations

import base64
import json
import zlib
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "input", "br", "link", "img"}


class Page(HTMLParser):
    """A page as it stands in its file, before any script has run.

    `open` and `wrong` are tags that are left open, or closed too often; `text` is what is to be read in it,
    `blocks` what its data elements hold, `policy` its content security policy.
    """

    def __init__(self, source: str) -> None:
        super().__init__()
        self.source = source
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.inline: list[str] = []
        self.blocks: dict[str, str] = {}
        self.policy = ""
        self._texts: list[str] = []
        self._name = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag opens."""
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.open.append(tag)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given[name] for name in ("href", "src") if name in given]
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"]
        self._name = given.get("id", "") if tag == "script" else ""

    def handle_endtag(self, tag: str) -> None:
        """A tag closes."""
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        """Text, of an element or of a script."""
        inside = self.open[-1] if self.open else ""
        if inside == "script" and self._name.startswith("data-"):
            self.blocks[self._name.removeprefix("data-")] = data
        elif inside == "script":
            self.scripts.append(data)
        elif inside == "style":
            self.styles.append(data)
        else:
            self._texts.append(data)

    @property
    def text(self) -> str:
        """What is to be read, in one line."""
        return " ".join(" ".join(self._texts).split())

    def data(self, name: str) -> bytes:
        """What a block holds."""
        return zlib.decompress(base64.b64decode(self.blocks[name]), -zlib.MAX_WBITS)

    def block(self, name: str) -> Any:
        """A block's JSON."""
        return json.loads(self.data(name))

    @property
    def run(self) -> dict[str, Any]:
        """The block that tells of the run."""
        found: dict[str, Any] = self.block("run")
        return found

    def outcome(self, cell: int, column: int) -> str:
        """The outcome of a cell's case."""
        run = self.run
        outcome: str = run["outcomes"][int(run["cells"][cell]["codes"][column])]
        return outcome
