"""What every report says of a run, worked out once: rows, columns, causes and the verdict in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chatkit_harness.causes import group
from chatkit_harness.core.nouns import OUTCOMES, Cause
from chatkit_harness.reports.caught import Caught, caught
from chatkit_harness.reports.facts import facts, headline, is_finding
from chatkit_harness.reports.rows import Group, Row, covered, groups_of, rows_of
from chatkit_harness.reports.text import FINDING_NOT_MALFUNCTION, clean, clip, first_few
from chatkit_harness.results import Results, summary
from chatkit_harness.results.verdict import unjudged

__all__ = ["Group", "Row", "View", "covered", "outcome_counts", "says_more", "view"]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A run as a reader meets it.

    `columns` are those of all `groups`, which are the paths that were driven. `headline` is the verdict,
    `facts` the sentences that follow it, `note` the last of them, on what red
    means, where it may be said. `scenarios` are those of each cause, in words. `caught` are the defects
    that scenarios show on purpose.
    """

    results: Results
    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    groups: tuple[Group, ...]
    causes: tuple[Cause, ...]
    scenarios: tuple[str, ...]
    caught: tuple[Caught, ...]
    summary: Mapping[str, int]
    state: str
    headline: str
    facts: tuple[str, ...]
    note: str | None = None


def view(results: Results) -> View:
    """The view of a run; causes are the footer's, or grouped anew where the run has no end."""
    causes = results.footer.causes if results.footer else group(results.cases, results.cells)
    rows = rows_of(results, causes)
    groups = groups_of(results, rows)
    counts = summary(results.cases)
    doubts = unjudged(results)
    # Of what an interrupted run did not come to nobody knows anything, however green the rest is.
    doubtful = bool(doubts) or results.interrupted or any(row.state == "not run" for row in rows)
    state = "fail" if counts["fail"] else "error" if doubtful else "pass"
    return View(
        results=results,
        rows=rows,
        columns=tuple(column for group in groups for column in group.columns),
        groups=groups,
        causes=causes,
        scenarios=_scenarios(results, causes),
        caught=caught(results),
        summary=counts,
        state=state,
        headline=headline(rows, state),
        facts=facts(results, rows, causes, doubts),
        note=FINDING_NOT_MALFUNCTION if is_finding(rows, causes) else None,
    )


def paths_apart(seen: View) -> tuple[Group, ...]:
    """The paths, where a report has to tell them apart: not where all was driven on the native one."""
    return () if [group.path for group in seen.groups] in ([], ["native"]) else seen.groups


def _scenarios(results: Results, causes: tuple[Cause, ...]) -> tuple[str, ...]:
    """The scenarios of each cause: three, and how many more."""
    of = {case.id: clean(case.scenario) for case in results.cases}
    return tuple(first_few(sorted({of[case] for case in cause.cases if case in of})) for cause in causes)


def says_more(cause: Cause) -> bool:
    """Whether the example of a cause says more than its title: a traceback, or words that were cut."""
    said = clip(cause.example.get("message") or "", 10_000)
    return bool(cause.example.get("frames")) or said not in clip(cause.title, 10_000)


def outcome_counts(counts: Mapping[str, int]) -> str:
    """`8 pass 1 fail`: the outcomes that occur, or `nothing ran`."""
    return " ".join(f"{counts[o]} {o}" for o in OUTCOMES if counts[o]) or "nothing ran"
