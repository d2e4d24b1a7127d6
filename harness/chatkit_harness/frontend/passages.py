"""The message as a tree: texts that hold documents, documents whose strings hold texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from chatkit_harness.frontend.find import MAX_DOCUMENTS, Broken, Document, Work, find
from chatkit_harness.frontend.reading import Role
from chatkit_harness.frontend.roles import WIDGET_KEYS, Part, parts, role_of
from chatkit_harness.frontend.scan import STRING
from chatkit_harness.frontend.values import Literal, Path, Place, Span, Spans, direct, fixed, value_at

MAX_NESTED = 3
"""How many strings deep documents are looked for: JSON in a string in JSON."""

_HOLDS_DOCUMENT = re.compile(r"[ \t\r\n]*+(?:```\w*+\s*+)?[\[{]")
_WHOLLY_QUOTED = re.compile(rf"[\s\ufeff]*+({STRING})\s*\Z")


@dataclass(slots=True, kw_only=True)
class Sheet:
    """A document of a text, with the objects that speak and the texts that its strings hold.

    `words` are what an answer says; `hidden` are the other strings that are a document.
    """

    holder: Passage
    found: Document
    role: Role
    parts: Sequence[Part]
    words: Sequence[Passage] = ()
    hidden: Sequence[Passage] = ()
    _spans: Spans | None = None

    def span(self, path: Path) -> Span:
        """Where the value that a path leads to stands in the text."""
        if self._spans is None:
            self._spans = Spans(self.holder.text, self.found.start, self.found.end)
        return self._spans.of(path)

    def place(self, path: Path) -> Span:
        """Where the value that a path leads to stands in the message."""
        return self.holder.place(*self.span(path))


@dataclass(slots=True, kw_only=True)
class Passage:
    """A text (the message, or a string in a document) with the documents that it holds.

    `inside` are the paths of the strings that hold it, the outermost first.
    """

    text: str
    place: Place
    inside: tuple[Path, ...] = ()
    sheets: Sequence[Sheet] = ()
    broken: Sequence[Broken] = ()
    marks: Sequence[Span] = ()


def passage(text: str, work: Work, place: Place = direct, inside: tuple[Path, ...] = ()) -> Passage:
    """Read a text and, down to MAX_NESTED, the strings of its documents."""
    here = Passage(text=text, place=place, inside=inside)
    if len(inside) > MAX_NESTED or not ("{" in text or "[" in text):
        work.steps += len(text)
        return here
    quoted = _WHOLLY_QUOTED.match(text) if not inside else None
    if quoted and _HOLDS_DOCUMENT.match(value := value_at(text, quoted.start(1))):
        here.sheets = [_quoted(value, here, quoted.span(1), work)]
        return here
    found = find(text, work)
    here.broken, here.marks = found.broken, found.marks
    here.sheets = [_sheet(each, here, work) for each in found.documents]
    return here


def every(top: Passage) -> Iterator[Sheet]:
    """All documents, each before those inside it."""
    for sheet in top.sheets:
        yield sheet
        for inner in (*sheet.words, *sheet.hidden):
            if inner.sheets:
                yield from every(inner)


def every_passage(top: Passage) -> Iterator[Passage]:
    """All texts that hold documents or broken ones, each before those inside it."""
    yield top
    for sheet in top.sheets:
        for inner in (*sheet.words, *sheet.hidden):
            if inner.sheets or inner.broken:
                yield from every_passage(inner)


def _quoted(value: str, holder: Passage, span: Span, work: Work) -> Sheet:
    """A message that is one JSON string: what was encoded twice."""
    found = Document(start=span[0], end=span[1], value=value, fenced=False)
    sheet = Sheet(holder=holder, found=found, role="other", parts=())
    sheet.words = [_words(sheet, (), value, work, sheet.span)]
    work.steps += 2 * len(value)
    return sheet


def _sheet(document: Document, holder: Passage, work: Work) -> Sheet:
    speaking = list(parts(document.value))
    role = speaking[0].role if speaking else "other"
    if isinstance(document.value, list) and role_of(document.value) == "commands":
        role = "commands"
    sheet = Sheet(holder=holder, found=document, role=role, parts=speaking)
    work.steps += document.end - document.start
    span_of = sheet.span
    sheet.words = [
        _words(sheet, (*part.path, part.text_key), part.value[part.text_key], work, span_of)
        for part in speaking
        if part.speaks and part.text_key is not None
    ]
    if _has_quotes_in_strings(holder.text, document):
        sheet.hidden = list(_hidden(sheet, work))
    return sheet


def _words(sheet: Sheet, path: Path, words: str, work: Work, span_of: Callable[[Path], Span]) -> Passage:
    place = Literal(sheet.holder.text, span_of, path, sheet.holder.place)
    return passage(words, work, place, (*sheet.holder.inside, path))


def _hidden(sheet: Sheet, work: Work) -> Iterator[Passage]:
    """The other strings that are documents with something for the frontend in them."""
    place = fixed(sheet.place(()))
    read = {(*part.path, part.text_key) for part in sheet.parts if part.text_key is not None}
    for path, text in _strings(sheet.found.value, read):
        if work.documents >= MAX_DOCUMENTS:
            return
        inner = passage(text, work, place, (*sheet.holder.inside, path))
        if any(each.role != "other" for each in inner.sheets):
            inner.broken = ()
            yield inner


def _has_quotes_in_strings(text: str, document: Document) -> bool:
    """Whether a string can hold a document at all: most documents need not be gone through for that."""
    return any(text.find(quote, document.start, document.end) >= 0 for quote in ('\\"', "\\u0022"))


def _strings(value: Any, read: set[Path]) -> Iterator[tuple[Path, str]]:
    """The strings of a document that are documents themselves, in order, without those already read.

    What a widget shows is no answer, however it looks.
    """
    waiting: list[tuple[_Step | None, Any]] = [(None, value)]
    while waiting:
        step, node = waiting.pop()
        if isinstance(node, str):
            if _HOLDS_DOCUMENT.match(node) and (path := _path(step)) not in read:
                yield path, node
        elif isinstance(node, (dict, list)):
            each = node.items() if isinstance(node, dict) else enumerate(node)
            inner = [
                ((step, key), child)
                for key, child in each
                if isinstance(child, str) or (isinstance(child, (dict, list)) and key not in WIDGET_KEYS)
            ]
            waiting += reversed(inner)


_Step = tuple["_Step | None", str | int]


def _path(step: _Step | None) -> Path:
    path: list[str | int] = []
    while step is not None:
        step, key = step
        path.append(key)
    return tuple(reversed(path))
