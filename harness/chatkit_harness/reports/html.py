"""`report.html`: a run on one page that needs nothing but itself.

Of very many cells it shows matrices, and draws a cell's cases when it is asked for, from data in the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chatkit_harness.causes.group import raised_of
from chatkit_harness.comparison import Comparison
from chatkit_harness.core.codec import to_document
from chatkit_harness.core.nouns import Cause, Finding
from chatkit_harness.core.transcript import Raised
from chatkit_harness.reports.comparison_page import comparison_values
from chatkit_harness.reports.details import chosen, details
from chatkit_harness.reports.grid_page import grid_values
from chatkit_harness.reports.lines import compares_stores, lines
from chatkit_harness.reports.pages import environment
from chatkit_harness.reports.text import PATH_NAMES, runs_elsewhere
from chatkit_harness.reports.told import facts_of, lacking, pinless
from chatkit_harness.reports.view import View, has_pins, paths_apart, says_more
from chatkit_harness.results import Results

_MOST_CAUSES = 300


def html_report(seen: View, comparison: Comparison | None = None) -> str:
    """The page, held whole."""
    return "".join(html_pieces(seen, comparison))


def html_pieces(
    seen: View, comparison: Comparison | None = None, *, transcripts: str = "transcripts"
) -> Iterator[str]:
    """The page in pieces; with a comparison where both paths were driven.

    `transcripts` is where they lie, as seen from the page.
    """
    made = environment()
    made.filters.update(lines=_traceback)
    made.globals.update(
        facts_of=facts_of,
        lacking=lacking,
        pinless=pinless,
        raised_of=raised_of,
        says_more=says_more,
        example_of=_example_of,
        path_names=PATH_NAMES,
    )
    cases = chosen(seen)
    # What no set of pins exists for is one line in a run of many cells.
    causes = [each for each in seen.told if not (seen.many and each.kind == "unresolvable")]
    anchors = {case.id: f"case-{n}" for n, case in enumerate(cases, start=1)}
    return made.get_template("report.html.j2").generate(
        seen=seen,
        causes=causes[:_MOST_CAUSES],
        more_causes=len(causes) - _MOST_CAUSES,
        apart=paths_apart(seen),
        header=seen.results.header,
        footer=seen.results.footer,
        details=details(cases, seen.results),
        shown=len(cases),
        anchors=anchors,
        matrix=() if seen.many else lines(seen),
        stores=compares_stores(seen),
        pinned=has_pins(seen),
        measured=_measured(seen.results),
        timing_note=_timing_note(seen.results),
        **(grid_values(seen, anchors, transcripts) if seen.many else {}),
        **comparison_values(comparison),
    )


def _measured(results: Results) -> str:
    """What stands above the times."""
    if any(map(runs_elsewhere, results.cells)):
        return "from here"
    return f"pacing {results.header.pacing:g}" if results.header.pacing else "overhead"


def _timing_note(results: Results) -> str:
    if any(map(runs_elsewhere, results.cells)):
        return "Medians a case, as seen from here; the processor's time is that of asking alone."
    if results.header.pacing:
        return (
            f"Medians a case at pacing {results.header.pacing:g}: waits of live recordings are in them; "
            "a scripted cassette has no model time at all."
        )
    return (
        "Medians a case, of the server's and the framework's own work: the model on loopback answers at "
        "once, and a scripted cassette has no model time."
    )


def _traceback(source: Finding | Raised | Mapping[str, Any]) -> str:
    """The frames of an exception, or of a cause's example, one a line."""
    if isinstance(source, Finding):
        found = raised_of(source)
        return _traceback(found) if found else ""
    if isinstance(source, Raised):
        above = f"{_traceback(source.cause)}\n\nwhich led to\n\n" if source.cause else ""
        frames = [_frame(to_document(frame)) for frame in source.frames]
        return above + "\n".join([*frames, f"{source.type}: {source.message}"])
    frames = [_frame(frame) for frame in source.get("frames", ())]
    said = f"{source.get('type') or ''}: {source.get('message') or ''}".strip(": ")
    return "\n".join([*frames, said])


def _example_of(cause: Cause, anchors: Mapping[str, str]) -> str | None:
    """The case of a cause that the page shows in full, the example's where it can be."""
    return next((case for case in (cause.example.get("case"), *cause.cases) if case in anchors), None)


def _frame(frame: Mapping[str, Any]) -> str:
    owner = " ".join(str(frame[key]) for key in ("distribution", "version") if frame.get(key))
    place = f"{frame.get('file')}:{frame.get('line')} in {frame.get('function')}"
    code = f"\n    {frame['code']}" if frame.get("code") else ""
    return place + (f"  ({owner})" if owner else "") + code
