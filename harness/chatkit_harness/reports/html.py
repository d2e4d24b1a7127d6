"""`report.html`: a run on one page that needs nothing but itself."""

from __future__ import annotations

from collections.abc import Iterator

from chatkit_harness.comparison import Comparison
from chatkit_harness.reports.own_pair import Mine
from chatkit_harness.reports.page import Block, page_pieces
from chatkit_harness.reports.page.again import again
from chatkit_harness.reports.page.candles import LARGEST, candles_block
from chatkit_harness.reports.page.cases import case_blocks
from chatkit_harness.reports.page.compared import comparison_block
from chatkit_harness.reports.page.digests import digests
from chatkit_harness.reports.page.index import Columns, index, places_of
from chatkit_harness.reports.pages import environment
from chatkit_harness.reports.view import View
from chatkit_harness.results.records import TRANSCRIPTS

SMALL, LARGE = 1_900_000, 14_000_000
"""Letters that a page may have: of a run of so many cases at most, and of a larger one."""
SMALL_RUN = 5_000
NAMES = 6_000_000
"""Bytes that the names of transcripts may take: those of 187,500 cases."""
OF_THE_PAGE = 650_000
"""What its scripts take, at most; a test sees to it."""


def html_report(seen: View, comparison: Comparison | None = None) -> str:
    """The page, held whole."""
    return "".join(html_pieces(seen, comparison))


def html_pieces(
    seen: View,
    comparison: Comparison | None = None,
    *,
    transcripts: str = "transcripts",
    mine: Mine | None = None,
) -> Iterator[str]:
    """The page in pieces; with a comparison where both paths were driven.

    `transcripts` is where they lie, as seen from the page; `mine` is the pair that its reader runs.
    """
    lead = environment().get_template("lead.html.j2").render(seen=seen, header=seen.results.header)
    yield from page_pieces(seen.headline, _blocks(seen, comparison, transcripts, mine), lead=lead)


def _blocks(
    seen: View, comparison: Comparison | None, transcripts: str, mine: Mine | None
) -> Iterator[Block]:
    columns = Columns(seen)
    places = places_of(seen, columns)
    names = digests(
        seen.results.cases,
        places,
        shape=(len(seen.rows), len(columns.columns)),
        folder=seen.results.folder / TRANSCRIPTS,
        room=NAMES,
    )
    compared = [comparison_block(comparison)] if comparison is not None else []
    beside = Block.of_bytes("digests", names.data)
    # What every page needs is known once the run has been told without a case; what is left is for cases.
    told = index(seen, places=places, embedded={}, digests=names, transcripts=transcripts, mine=mine)
    told["again"] = again(seen)
    bare = Block.of("run", told)
    room = SMALL if len(seen.results.cases) <= SMALL_RUN else LARGE
    room -= OF_THE_PAGE + LARGEST + sum(len(block.letters) for block in (bare, beside, *compared))
    cases, embedded = case_blocks(seen, room)
    where = {
        f"{places[case][0]}:{places[case][1]}": place for case, place in embedded.items() if case in places
    }
    whole = Block.of("run", {**told, "embedded": where})
    yield from (whole, beside, *compared, *cases)
    yield from candles_block([*compared, *cases, whole])
