"""What is left for the user to read, and where in the message each piece of it stands."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter

from chatkit_harness.frontend.passages import Passage, Sheet, every
from chatkit_harness.frontend.values import Span

_BLANKS = " \t\r\n\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Characters `[start, end)` of a text; `own` are an answer's words, which stand as a paragraph.

    `raw` is JSON that is shown as it is, because the message holds no answer.
    """

    passage: Passage
    start: int
    end: int
    own: bool = False
    raw: bool = False


@dataclass(slots=True, kw_only=True)
class Surface:
    """The message without its documents.

    `asked` is the same text, of the same length, in which JSON that does not parse is blanked: nobody means
    what a half document says as a command. `starts` is where each of the `pieces` begins in it, and
    `raw` are the texts whose JSON is shown.
    """

    text: str = ""
    asked: str = ""
    raw: list[Passage] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)

    def place(self, start: int, end: int) -> Span:
        """Where characters of the surface stand in the message."""
        nearest = max(0, bisect_right(self.starts, start) - 1)
        piece, begins = self.pieces[nearest], self.starts[nearest]
        first = min(piece.start + start - begins, piece.end)
        return piece.passage.place(first, min(piece.start + end - begins, piece.end))


def compose(top: Passage) -> Surface:
    """The words of answers and the prose around documents, in the order of the message."""
    surface, shown, asked, length, gap = Surface(), [""], [""], 0, ""
    own_before = None
    for piece in _pieces(top, set()):
        kept, leading, trailing = _bare(piece)
        gap += leading
        if kept is None:
            continue
        between = "" if own_before is None else _between(gap, own=own_before or piece.own)
        words = kept.passage.text[kept.start : kept.end]
        surface.starts.append(length + len(between))
        surface.pieces.append(kept)
        surface.raw += [piece.passage] if piece.raw else []
        shown += [between, words]
        asked += [between, _blanked(kept)]
        length += len(between) + len(words)
        own_before, gap = piece.own, trailing
    surface.text, surface.asked = "".join(shown), "".join(asked)
    return surface


def _bare(piece: Piece) -> tuple[Piece | None, str, str]:
    """A piece without the space around it (the first line keeps its indent), and that space."""
    text = piece.passage.text
    words = text[piece.start : piece.end]
    bare = words.lstrip(_BLANKS)
    start = piece.end - len(bare)
    leading, indented = words[: len(words) - len(bare)], start
    while indented > piece.start and text[indented - 1] in " \t":
        indented -= 1
    if indented > piece.start and text[indented - 1] == "\n":
        start = indented
    end = piece.end - len(bare) + len(bare.rstrip(_BLANKS))
    if not bare:
        return None, leading, ""
    kept = Piece(passage=piece.passage, start=start, end=end, own=piece.own, raw=piece.raw)
    return kept, leading, text[end : piece.end]


def _between(gap: str, *, own: bool) -> str:
    """What separates two pieces whose document was taken away: an answer's own words are a paragraph."""
    if own:
        return "\n\n"
    return "\n\n" if gap.count("\n") > 1 else "\n" if "\n" in gap else " "


def _pieces(here: Passage, seen: set[str], *, own: bool = False) -> Iterator[Piece]:
    """The pieces of a text: prose as it stands, and in a document's place the words that it says."""
    if not here.sheets or any(sheet.role in _ANSWERING for sheet in every(here)):
        yield from _cut(here, seen, own=own)
        return
    pieces = list(_cut(here, seen, own=own))
    if any(each.passage.text[each.start : each.end].strip(_BLANKS) for each in pieces):
        yield from pieces
    else:
        yield Piece(passage=here, start=0, end=len(here.text), own=own, raw=True)


_ANSWERING = frozenset({"answer", "widget", "commands"})


def _cut(here: Passage, seen: set[str], *, own: bool) -> Iterator[Piece]:
    at = 0
    cuts: list[tuple[int, int, Sheet | None]] = [(*mark, None) for mark in here.marks]
    cuts += [(sheet.found.start, sheet.found.end, sheet) for sheet in here.sheets]
    for start, end, sheet in sorted(cuts, key=itemgetter(0)):
        if start > at:
            yield Piece(passage=here, start=at, end=start, own=own)
        at = end
        if sheet is not None:
            yield from _said(sheet, seen)
    if at < len(here.text):
        yield Piece(passage=here, start=at, end=len(here.text), own=own)


def _said(sheet: Sheet, seen: set[str]) -> Iterator[Piece]:
    """The words of a document, once: two documents that say the same are one answer."""
    for words in sheet.words or sheet.hidden:
        if words.sheets:
            yield from _pieces(words, seen, own=True)
        elif (plain := words.text.strip()) and plain not in seen:
            seen.add(plain)
            yield Piece(passage=words, start=0, end=len(words.text), own=True)


def _blanked(piece: Piece) -> str:
    """The piece's characters, with line breaks in place of broken documents."""
    text, broken = piece.passage.text, piece.passage.broken
    if piece.raw:
        return "\n" * (piece.end - piece.start)
    parts, at = [], piece.start
    for fault in broken[bisect_left(broken, piece.start, key=lambda each: each.start) :]:
        if fault.start >= piece.end:
            break
        end = min(fault.end, piece.end)
        parts += [text[at : fault.start], "\n" * (end - fault.start)]
        at = end
    return "".join((*parts, text[at : piece.end]))
