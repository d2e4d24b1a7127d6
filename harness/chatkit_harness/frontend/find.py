"""Every JSON document of a text, wherever it stands; each character is read a bounded number of times."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from chatkit_harness.frontend.fences import CodeFences, Fence
from chatkit_harness.frontend.roles import role_of
from chatkit_harness.frontend.scan import Extent, extent, loose_end
from chatkit_harness.frontend.values import Span, value_at

MAX_DOCUMENTS = 10_000
"""How many documents of a message are read, those in strings counted; what follows is told as broken."""
MAX_BROKEN = 1000
"""How many broken documents of one text are told."""

_S = r"[ \t\n\r]*+"
_QUOTED = r'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*'
_KEY = rf"""(?:{_QUOTED}(?:"{_S}(?::|\Z)|\\?\Z)|'[^'\n]{{0,80}}+'{_S}:|“[^”\n]{{0,80}}+”{_S}:)"""
_WORDS = rf'{_QUOTED}"{_S}(?:\]|\Z|,{_S}(?:["\],]|\Z))'
# What can begin a document: an object with a key, an array of objects or strings, or brackets so deep that
# no prose has them. `[1]` and `{name}` are prose. Looking ahead is bounded: strings end at the next quote.
_DEEP = rf"(?P<deep>(?:\[{_S}){{8}})"
_ARRAY = rf"""(?:\[{_S}){{0,7}}(?:\{{{_S}["'}}“]|{_WORDS})"""
_START = re.compile(
    rf"(?P<marks>`{{3,}}+|~{{3,}}+)|\{{(?={_S}(?:\}}|{_KEY}))|\[(?={_S}(?:{_ARRAY}|{_DEEP}))", re.DOTALL
)
_LINE_BEGINS = re.compile(r"(?:\A|\n)[ \t]*\Z")
_LINE_ENDS = re.compile(r"[ \t\r]*+(?:\n|\Z)")
_WINDOW = 80


@dataclass(slots=True, kw_only=True)
class Work:
    """Characters gone through so far, documents found, and whether it was told that there are too many."""

    steps: int = 0
    documents: int = 0
    too_many: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document of a text."""

    start: int
    end: int
    value: Any
    fenced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """What was meant as a document and does not parse."""

    start: int
    end: int
    position: int
    reason: str


@dataclass(slots=True, kw_only=True)
class Found:
    """What `find` found; `marks` are the fences that hold nothing but documents."""

    documents: list[Document] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    marks: list[Span] = field(default_factory=list)


def find(text: str, work: Work) -> Found:
    """The documents of a text in order, and what was meant as one; no two of them overlap.

    After a fault, reading goes on behind it, so that no character is parsed twice. Where a broken document
    ends is searched for with an allowance for the whole text; once that is used up, broken ones end at
    their fault.
    """
    found, fences = Found(), CodeFences(text)
    at, allowance = 0, 2 * len(text)
    work.steps += 2 * len(text)
    while begun := _START.search(text, at):
        if begun["marks"]:
            at = fences.meet(begun.start(), begun.end())
            continue
        if work.documents >= MAX_DOCUMENTS:
            if not work.too_many:
                found.broken.append(_too_many(text, begun.start()))
            work.too_many = True
            break
        whole = extent(text, begun.start())
        work.steps += 2 * (whole.end - begun.start())
        if whole.fault is None:
            at = whole.end
            work.documents += _add(found, text, begun.start(), at, fences.open)
        else:
            at, cost = _broken(found, text, begun, whole, allowance)
            allowance -= cost
            work.steps += cost
    fences.close_last()
    found.marks = fences.emptied([(each.start, each.end) for each in found.documents])
    return found


def _add(found: Found, text: str, start: int, end: int, fence: Fence | None) -> bool:
    value = value_at(text, start)
    counts = _is_document(value, text, start, end, fenced=fence is not None)
    if counts:
        found.documents.append(Document(start=start, end=end, value=value, fenced=fence is not None))
    return counts


def _too_many(text: str, start: int) -> Broken:
    reason = f"there are more than {MAX_DOCUMENTS} documents: from here on none is read"
    return Broken(start=start, end=len(text), position=start, reason=reason)


def _is_document(value: Any, text: str, start: int, end: int, *, fenced: bool) -> bool:
    """Whether it is meant as one: `{}` in a sentence, a Markdown link and bare numbers are not."""
    if not value:
        return value == {} and (fenced or _stands_alone(text, start, end))
    if isinstance(value, dict):
        return True
    if all(isinstance(each, str) for each in value):
        alone = fenced or role_of(value) == "commands" or _stands_alone(text, start, end)
        return alone and not text.startswith(("(", "[", ":"), end)
    return any(isinstance(each, dict) for each in _flat(value))


def _flat(values: list[Any]) -> list[Any]:
    while values and all(isinstance(each, list) for each in values):
        values = [each for inner in values for each in inner]
    return values


def _stands_alone(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - _WINDOW) : start]
    alone = _LINE_BEGINS.search(before) is not None and (start <= _WINDOW or "\n" in before)
    return alone and _LINE_ENDS.match(text, end) is not None


def _broken(found: Found, text: str, begun: re.Match[str], whole: Extent, allowance: int) -> tuple[int, int]:
    """Tell of it, if it was meant as a document; where to go on, and the characters that this took."""
    fault = whole.fault
    if fault is None or (begun["deep"] is not None and not fault.deep) or len(found.broken) >= MAX_BROKEN:
        return whole.end, 0
    end, balanced, cost = whole.end, False, 0
    if fault.position < len(text) and allowance > 0:
        loose, balanced = loose_end(text, fault.resume, whole.open, min(len(text), fault.resume + allowance))
        cost = loose - fault.resume
        end = loose if balanced or fault.deep else end
    found.broken.append(Broken(start=begun.start(), end=end, position=fault.position, reason=fault.reason))
    return end, cost
