"""What a run says of stores: which of them its cases are on, and which one is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from chatkit_harness.core.nouns import CaseResult
from chatkit_harness.reports.text import clean, count, listed
from chatkit_harness.results import Results
from chatkit_harness.results.verdict import no_thread, nobody_read

USUAL = "memory"
NEIGHBOURS = "neighbours"
"""Asks for the releases on either side of a cell's own."""


def store_of(case: CaseResult) -> str | None:
    """The store that a case is on; None where it is the affair of what answers, such as one's own server."""
    of_reference = case.path == "native" and case.server == "reference"
    return case.store if of_reference or case.store != USUAL else None


def stores_of(results: Results) -> tuple[str, ...]:
    """The stores of a run, in the order in which they were asked for."""
    found = _stores(results.cases)
    asked = results.header.selection.get("stores")
    order = [str(each) for each in asked] if isinstance(asked, list | tuple) else []
    return tuple(sorted(found, key=lambda each: (order.index(each) if each in order else len(order), each)))


def apart(cases: Iterable[CaseResult], stores: Sequence[str]) -> str:
    """Of a cause's cases the stores, where the run has others besides; else nothing."""
    own = _stores(cases)
    return listed([each for each in stores if each in own]) if len(own) < len(stores) else ""


def store_facts(results: Results) -> list[str]:
    """Of one store that is not the usual one its name; of several how many cases fail on which; who reads."""
    return [*_of_stores(results), *_read_by(results)]


def _of_stores(results: Results) -> list[str]:
    stores = stores_of(results)
    if len(stores) < 2:
        return [f"On the store {clean(each)}." for each in stores if each != USUAL]
    every = Counter(store_of(case) for case in results.cases)
    red = Counter(store_of(case) for case in results.cases if case.outcome == "fail")
    failing = [each for each in stores if red[each]]
    rest = [each for each in stores if not red[each]]
    if not failing:
        return [f"On the stores {listed(stores)}."]
    said = [f"{red[each]:,} of {count(every[each], 'case')} on {clean(each)}" for each in failing]
    return [f"Failing: {', '.join(said)}{f'; none on {listed(rest)}' if rest else ''}."]


def _read_by(results: Results) -> list[str]:
    """Which other releases were asked to read what each cell has written."""
    asked = results.header.selection.get("read_by")
    words = [str(each) for each in asked] if isinstance(asked, list | tuple) else []
    if not words:
        return []
    named = [f"chatkit {clean(each)}" for each in words if each != NEIGHBOURS]
    # The newest has nothing after it, and the oldest nothing before.
    around = ["the chatkit releases next to its own"] if NEIGHBOURS in words else []
    readers = listed([*named, *around])
    if no_thread(results):
        return [f"No case left a thread that {readers} could read."]
    if nobody_read(results):
        return [f"The threads were to be read by {readers}, too, which found none."]
    return [f"The threads of each cell were read by {readers}, too."]


def _stores(cases: Iterable[CaseResult]) -> set[str]:
    return {store for case in cases if (store := store_of(case)) is not None}
