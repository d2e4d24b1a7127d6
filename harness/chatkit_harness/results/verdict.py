"""What a run's outcomes add up to: the summary, and the exit status of the command."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from chatkit_harness.core.errors import ResultsError
from chatkit_harness.core.nouns import OUTCOMES, CaseResult, Cell
from chatkit_harness.results.reader import Results

AS_WISHED = 0
FAILED = 1
UNJUDGED = 3
INTERRUPTED = 130
_GONE = "store/does-not-keep"


def summary(cases: Iterable[CaseResult]) -> dict[str, int]:
    """How many cases came to each of the five outcomes; all five are always there."""
    counts = Counter(case.outcome for case in cases)
    return {outcome: counts[outcome] for outcome in OUTCOMES}


def exit_status(
    results: Results, *, named: Collection[str] | None = None, interrupted_is: int | None = INTERRUPTED
) -> int:
    """0 as wished, 1 something failed, 3 nothing failed but not all could be judged, 130 interrupted.

    `named` holds the ids of the cells that were asked for by name, whose being unresolvable cannot be
    passed over; None means that all of them were (a sweep names none). Skipped cases are neutral.
    `interrupted_is` is the status of an interrupted run; None is for a command that was not interrupted
    itself and tells of one that was: 1 where something failed, else 3, for the rest was never judged.
    """
    interrupted = results.footer is not None and results.footer.interrupted
    if interrupted and interrupted_is is not None:
        return interrupted_is
    counts = summary(results.cases)
    if counts["fail"]:
        return FAILED
    return UNJUDGED if interrupted or unjudged(results, named=named) else AS_WISHED


def unjudged(results: Results, *, named: Collection[str] | None = None) -> list[str]:
    """Why the run, taken as a whole, could not be judged: one sentence a reason, empty where it could."""
    counts = summary(results.cases)
    reasons = list(_complaints(results))
    if counts["error"]:
        reasons.append(f"{counts['error']} of the cases could not be judged.")
    unavailable = [cell.id for cell in results.cells if cell.unavailable]
    if unavailable:
        reasons.append(f"No environment could be had for: {', '.join(unavailable[:3])}.")
    missing = [c.id for c in results.cells if c.unresolvable and (named is None or c.id in named)]
    if missing:
        reasons.append(f"No set of pins exists for: {', '.join(missing[:3])}.")
    if not counts["pass"] and not counts["fail"]:
        reasons.append("Nothing was judged.")
    if no_thread(results):
        reasons.append("No case left a thread, so nobody knows which releases can read what is written.")
    elif nobody_read(results):
        reasons.append("No other process found the threads, so nobody knows which releases can read them.")
    return reasons


def _complaints(results: Results) -> Iterator[str]:
    """What went wrong, and with what: one sentence for each cause, however many it befell."""
    befell: dict[str, list[str]] = {}
    for each in results.complaints:
        befell.setdefault(each.get("cause", "Something went wrong."), []).append(each.get("culprit", ""))
    for cause, culprits in befell.items():
        named = list(dict.fromkeys(filter(None, culprits)))
        more = f" and {len(named) - 1:,} more" if len(named) > 1 else ""
        yield f"{named[0]}{more}: {cause}" if named else cause


def nobody_read(results: Results) -> bool:
    """Whether other releases were to read the threads, and there were none, or the store kept none."""
    if not results.header.selection.get("read_by"):
        return False
    driven = [case for case in results.cases if case.outcome in ("pass", "fail")]
    written = _written(results)
    lost = [any(each.rule == _GONE for each in case.findings) for case in written]
    if driven and not written:
        return True
    return any(lost) and all(gone or case.outcome == "fail" for gone, case in zip(lost, written, strict=True))


def no_thread(results: Results) -> bool:
    """Whether other releases were to read threads, and no case left one, as their transcripts say.

    A transcript that is not there says nothing: its case may have left one.
    """
    written = _written(results) if results.header.selection.get("read_by") else []
    return bool(written) and not any(_left_one(results, case) for case in written)


def _left_one(results: Results, case: CaseResult) -> bool:
    try:
        kept = results.transcript(case.transcript) if case.transcript else None
    except ResultsError:
        return True
    return kept is None or bool(kept.readings) or (kept.stored is not None and kept.stored.thread is not None)


def _written(results: Results) -> list[CaseResult]:
    """The cases that were judged, and whose threads others can read."""
    readable = {cell.id for cell in results.cells if _is_readable(cell)}
    return [
        case
        for case in results.cases
        if case.outcome in ("pass", "fail") and case.path == "native" and case.cell in readable
    ]


def _is_readable(cell: Cell) -> bool:
    """Whether other releases can read for it: not where its versions are another's, or it has no threads."""
    return bool(cell.chatkit) and cell.environment is None and cell.resolution != "running"
