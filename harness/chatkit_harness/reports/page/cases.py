"""The cases that the page has in full, in blocks.

A block is a list: what its cases share (see `case_shelf`), then the cases: `{case, transcript, about}` each,
`about` as `about.py` tells. Cases of one scenario stand together, where they take half the room.
Of a transcript that is in the page already, `same` says where: `[block, position]`.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatkit_harness.core.codec import to_document
from chatkit_harness.core.errors import ResultsError
from chatkit_harness.core.nouns import CaseResult
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.reports.page.about import Teller
from chatkit_harness.reports.page.assemble import Block
from chatkit_harness.reports.page.case_order import order
from chatkit_harness.reports.page.case_shelf import Shelf, block_text
from chatkit_harness.reports.text import clip
from chatkit_harness.reports.view import View
from chatkit_harness.results.transcripts import find_transcript

Place = tuple[str, int]

_A_BLOCK = 200_000
"""A block of about so many characters is read in no time, and long enough to compress well."""
_LARGEST = 3_000_000
"""A case of more characters lies beside the page, or a few of them would fill it."""
_LEAST = 4_000
"""So many letters any case may take; of a case that takes more at most a tenth of the room."""
_LARGEST_READ = 8_000_000
"""Nor is one read that has more of them before what its requests repeat is told once."""
_ELEMENT = 70
"""Letters of the element around a block."""
_MOST = 6_000
"""More cases than that nobody opens; they would only make a page of a sweep slow to draw."""
_MEASURED_AT = frozenset({100, 400, 1_500, 4_000})
_TRIES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """A case, its entry packed, and the letters that it is thought to take in the page."""

    case: CaseResult
    packed: bytes
    size: int
    letters: float
    same: str = ""


def case_blocks(seen: View, room: int) -> tuple[list[Block], Mapping[str, Place]]:
    """The blocks, of at most `room` letters together, and where each case is in them, by its id."""
    shelf = Shelf()
    held = _held(seen, shelf, room)
    texts, budget = list(shelf.texts), sum(each.letters for each in held) + 1.0
    best: tuple[list[Block], dict[str, Place]] = ([], {})
    for _ in range(_TRIES):
        chosen = _within(held, budget)
        places, blocks = _blocks(chosen, texts)
        letters = _letters(blocks)
        if letters <= room and len(places) >= len(best[1]):
            best = blocks, places
        if letters <= room and (len(chosen) == len(held) or letters > 0.97 * room):
            break
        budget *= 0.985 * room / max(1, letters)
    return best


def _held(seen: View, shelf: Shelf, room: int) -> list[_Held]:
    """The cases in order, each as it will stand in the page, until there are somewhat more than enough."""
    reader, found, thought, ratio = _Reader(seen, shelf), list[_Held](), 0.0, 1.0
    for case in order(seen):
        each = reader.held(case)
        if each is None or each.letters > max(_LEAST, room / 10):
            continue
        found.append(each)
        thought += each.letters
        # Beside their like cases take less room than by themselves: how much less, shows in what there is.
        if len(found) in _MEASURED_AT or (ratio == 1.0 and thought > room):
            ratio = min(0.99, _letters(_blocks(found, list(shelf.texts))[1]) / thought)
        if thought * ratio > room * 1.1 or len(found) >= _MOST:
            break
    return found


def _letters(blocks: Sequence[Block]) -> int:
    return sum(len(block.letters) + _ELEMENT for block in blocks)


class _Reader:
    """Reads cases one at a time, none twice, and no transcript twice."""

    def __init__(self, seen: View, shelf: Shelf) -> None:
        self._results, self._teller, self._shelf = seen.results, Teller(seen), shelf
        self._done: set[str] = set()
        self._read: dict[str, str] = {}
        self._before: dict[tuple[str, str], bytes] = {}

    def held(self, case: CaseResult) -> _Held | None:
        """The case as it stands in the page; None where it was given already, or is too large for it."""
        if case.id in self._done:
            return None
        self._done.add(case.id)
        same = self._read.get(case.transcript or "", "")
        shelved = len(self._shelf.texts)
        try:
            transcript, unread = (None, "") if same else self._transcript(case)
            about = self._teller.about(case, transcript, unread, same=bool(same))
            document = to_document(transcript) if transcript is not None else None
            text = self._shelf.entry(to_document(case), document, about)
        except (RecursionError, _TooLargeError):  # or its documents are nested deeper than anything writes
            return None
        if len(text) > _LARGEST:
            return None
        if case.transcript and transcript is not None:
            self._read[case.transcript] = case.id
        data = text.encode("utf-8", "replace")
        letters = self._about(case, data, len(self._shelf.texts) - shelved)
        return _Held(case=case, packed=zlib.compress(data, 1), size=len(text), letters=letters, same=same)

    def _transcript(self, case: CaseResult) -> tuple[Transcript | None, str]:
        if not case.transcript:
            return None, ""
        if _characters(find_transcript(self._results.folder, case.transcript)) > _LARGEST_READ:
            raise _TooLargeError
        try:
            return self._results.transcript(case.transcript), ""
        except ResultsError as error:
            return None, f"The transcript cannot be shown. {clip(error.cause, 400)}"

    def _about(self, case: CaseResult, data: bytes, shelved: int) -> float:
        """What it takes behind another case of its scenario, about."""
        key = (case.scenario, case.path)
        before = self._before.get(key)
        packer = (
            zlib.compressobj(6, zlib.DEFLATED, -15, zdict=before)
            if before
            else zlib.compressobj(6, zlib.DEFLATED, -15)
        )
        self._before[key] = data[-32768:]
        return (len(packer.compress(data)) + len(packer.flush()) + 150 * shelved) * 4 / 3


class _TooLargeError(Exception):
    """A transcript that a page had better not hold."""


def _characters(path: Path | None) -> int:
    """How long a transcript is, without reading it; packed files end in their length."""
    try:
        if path is None or path.suffix != ".gz":
            return path.stat().st_size if path else 0
        with path.open("rb") as file:
            file.seek(-4, os.SEEK_END)
            return int.from_bytes(file.read(4), "little")
    except OSError:
        return 0


def _within(held: Sequence[_Held], budget: float) -> list[_Held]:
    """The first of them, as many as there is room for."""
    chosen = []
    for each in held:
        budget -= each.letters
        if budget < 0:
            break
        chosen.append(each)
    return chosen


def _blocks(chosen: Sequence[_Held], texts: Sequence[str]) -> tuple[dict[str, Place], list[Block]]:
    groups = list(_groups(chosen))
    places = {
        each.case.id: (str(name), at)
        for name, group in enumerate(groups)
        for at, each in enumerate(group, start=1)
    }
    blocks = []
    for name, group in enumerate(groups):
        text = block_text([_entry(each, places) for each in group], texts)
        blocks.append(Block.of_bytes(f"cases-{name}", text.encode("utf-8", "replace")))
    return places, blocks


def _groups(chosen: Sequence[_Held]) -> Iterator[list[_Held]]:
    """Cases of one scenario and path side by side, in groups of about a block's size."""
    group: list[_Held] = []
    size = 0
    for each in sorted(chosen, key=lambda each: (each.case.scenario, each.case.path)):
        if group and size + each.size > _A_BLOCK:
            yield group
            group, size = [], 0
        group.append(each)
        size += each.size
    if group:
        yield group


def _entry(each: _Held, places: Mapping[str, Place]) -> str:
    text = zlib.decompress(each.packed).decode()
    if not each.same:
        return text
    block, at = places[each.same]
    return f'{text[:-1]},"same":["{block}",{at}]}}'
