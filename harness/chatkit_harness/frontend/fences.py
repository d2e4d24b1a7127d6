"""Code fences: which hold documents, and which hold a program's code, where no document is looked for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chatkit_harness.frontend.values import Span

_RUNS = re.compile(r"`{3,}+|~{3,}+")
_INFO = re.compile(r"[ \t]*+([\w+./#-]*+)")
_LINE_BEGINS = re.compile(r"(?:\A|\n)[ \t>]*\Z")
_LINE_ENDS = re.compile(r"[ \t\r]*+(?:\n|\Z)")
_LONGEST = 8
_DATA = frozenset(
    (
        *("json", "jsonc", "json5", "jsonl", "ndjson", "application/json", "text", "txt", "plain"),
        *("plaintext", "output", "response", "result", "widget", "widgets"),
    )
)
"""What a fence may call itself and still hold a document; another name is a programming language."""


@dataclass(slots=True, kw_only=True)
class Fence:
    """A fence that has been opened: its mark, and where what it holds begins and ends."""

    start: int
    body: int
    mark: str
    body_end: int = -1
    end: int = -1


class CodeFences:
    """Follows the fences of a text from front to back."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._closers: dict[int, int] | None = None
        self._met: list[Fence] = []
        self.open: Fence | None = None

    def meet(self, start: int, end: int) -> int:
        """Take note of the mark `[start, end)` outside every document; where to go on reading."""
        mark, info = self._text[start:end], _INFO.match(self._text, end)
        name = info.group(1).lower() if info else ""
        if self.open is not None and not name and self._closes(mark, self.open):
            self.open.body_end, self.open.end = start, end
            self._met.append(self.open)
            self.open = None
            return end
        if name and name not in _DATA and self._begins_line(start):
            closer = self._closer(start)
            if closer is not None:
                self.open = None
                return closer
        known = name in _DATA
        if self.open is None or known:
            self.open = Fence(start=start, body=info.end() if info and known else end, mark=mark)
        return end

    def close_last(self) -> None:
        """A fence that nobody closed holds all that follows it."""
        if self.open is not None:
            self.open.body_end = self.open.end = len(self._text)
            self._met.append(self.open)

    def emptied(self, documents: list[Span]) -> list[Span]:
        """The marks of those fences that hold documents and nothing else, both spans `[start, end)`."""
        marks: list[Span] = []
        following = iter(documents)
        document = next(following, None)
        for fence in self._met:
            while document and document[0] < fence.body:
                document = next(following, None)
            at, blank, held = fence.body, True, False
            while document and document[1] <= fence.body_end:
                blank, held = blank and not self._text[at : document[0]].strip(), True
                at, document = document[1], next(following, None)
            if held and blank and not self._text[at : fence.body_end].strip():
                marks += [(fence.start, fence.body), (fence.body_end, fence.end)]
        return marks

    def _begins_line(self, start: int) -> bool:
        return _LINE_BEGINS.search(self._text[max(0, start - _LONGEST) : start]) is not None

    @staticmethod
    def _closes(mark: str, fence: Fence) -> bool:
        return mark[0] == fence.mark[0] and len(mark) >= len(fence.mark)

    def _closer(self, start: int) -> int | None:
        """Past the mark that closes the fence opened at `start`; all are looked up once, from the back."""
        if self._closers is None:
            self._closers = {}
            nearest: dict[str, int] = {}
            for run in reversed(list(_RUNS.finditer(self._text))):
                mark = run.group()[:_LONGEST]
                if mark in nearest:
                    self._closers[run.start()] = nearest[mark]
                if _LINE_ENDS.match(self._text, run.end()):
                    nearest |= {mark[:length]: run.end() for length in range(3, len(mark) + 1)}
        return self._closers.get(start)
