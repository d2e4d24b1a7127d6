"""What every report says of a run, worked out once: rows, columns, causes and the verdict in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chatkit_harness.causes import causes_of
from chatkit_harness.core.nouns import OUTCOMES, Cause
from chatkit_harness.reports.caught import Caught, caught
from chatkit_harness.reports.facts import facts, headline, is_finding
from chatkit_harness.reports.matrix import is_many
from chatkit_harness.reports.rows import Group, Row, covered, groups_of, rows_of
from chatkit_harness.reports.skips import skips
from chatkit_harness.reports.text import FINDING_NOT_MALFUNCTION, clip
from chatkit_harness.reports.told import Told, told
from chatkit_harness.results import Results, summary
from chatkit_harness.results.verdict import unjudged

__all__ = ["Group", "Row", "View", "covered", "outcome_counts", "says_more", "view"]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A run as a reader meets it.

    `columns` are those of all `groups`, which are the paths that were driven. `headline` is the verdict,
    `facts` the sentences that follow it, `note` the last of them, on what red
    means, where it may be said. `told` is what is said of each cause. `caught` are the defects that
    scenarios show on purpose. `skipped` is why cases were skipped. `many` is whether there are too many
    cells for a row each.
    """

    results: Results
    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    groups: tuple[Group, ...]
    causes: tuple[Cause, ...]
    told: tuple[Told, ...]
    caught: tuple[Caught, ...]
    summary: Mapping[str, int]
    state: str
    headline: str
    facts: tuple[str, ...]
    note: str | None = None
    skipped: str | None = None
    many: bool = False


def view(results: Results) -> View:
    """The view of a run; causes are the footer's, or grouped anew where the run has no end."""
    causes = causes_of(results)
    rows = rows_of(results, causes)
    groups = groups_of(results, rows)
    counts = summary(results.cases)
    sweep = is_sweep(results)
    # A sweep asks for no cell by name: that one has no pins is a finding of its own, and no doubt.
    doubts = unjudged(results, named=() if sweep else None)
    # Of what an interrupted run did not come to nobody knows anything, however green the rest is.
    doubtful = bool(doubts) or results.interrupted or any(row.state == "not run" for row in rows)
    state = "fail" if counts["fail"] else "error" if doubtful else "pass"
    return View(
        results=results,
        rows=rows,
        columns=tuple(column for group in groups for column in group.columns),
        groups=groups,
        causes=causes,
        told=told(results, rows, causes),
        caught=caught(results),
        summary=counts,
        state=state,
        headline=headline(rows, state, sweep=sweep),
        facts=facts(results, rows, causes, doubts),
        note=FINDING_NOT_MALFUNCTION if is_finding(rows, causes) else None,
        skipped=skips(results),
        many=is_many(rows),
    )


def has_pins(seen: View) -> bool:
    """Whether the pins of any cell are known."""
    return any(row.cell.pins for row in seen.rows)


def is_sweep(results: Results) -> bool:
    """Whether every pair that can be installed was asked for, and none by name."""
    return bool(results.header.selection.get("admitted"))


def paths_apart(seen: View) -> tuple[Group, ...]:
    """The paths, where a report has to tell them apart: not where all was driven on the native one."""
    return () if [group.path for group in seen.groups] in ([], ["native"]) else seen.groups


def says_more(cause: Cause) -> bool:
    """Whether the example of a cause says more than its title: a traceback, or words that were cut."""
    said = clip(cause.example.get("message") or "", 10_000)
    return bool(cause.example.get("frames")) or said not in clip(cause.title, 10_000)


def outcome_counts(counts: Mapping[str, int]) -> str:
    """`8 pass 1 fail`: the outcomes that occur, or `nothing ran`."""
    return " ".join(f"{counts[o]} {o}" for o in OUTCOMES if counts[o]) or "nothing ran"
