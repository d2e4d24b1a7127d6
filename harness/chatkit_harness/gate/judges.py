"""What a set of versions means for a problem: whether it shows it, by failing or by what it sends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from chatkit_harness.bisect.nouns import Seen, Target
from chatkit_harness.bisect.oracle import Judge, Look, judged
from chatkit_harness.core.transcript import Transcript

from .changes import CaseChange
from .drive import Driven, transcript_of
from .problems import Problem
from .wire import wire_changes

LATENCY = "gate/latency"


def judge_of(problem: Problem, change: CaseChange, driven: Driven) -> Judge | None:
    """How a drive is judged in the search for what made a problem; None for what is not searched for."""
    if problem.finding.rule == LATENCY:
        return None
    if problem.finding.rule.startswith("wire/"):
        folder = driven.results.folder
        before = transcript_of(folder, change.base) if change.base is not None else None
        return None if before is None else _on_the_wire(before, folder, driven.base_cell.chatkit)
    return judged if change.kind == "new_failure" else _by_this_failure


def _by_this_failure(look: Look, target: Target) -> Seen:
    """A case that fails with the base, too: what fails by something else does not show it."""
    seen = judged(look, target)
    return Seen(answer="good", why=seen.why) if seen.other else seen


def _on_the_wire(before: Transcript, folder: Path, older: str | None) -> Judge:
    """Whether what is sent differs from the base's as it does with the candidate."""

    def judge(look: Look, target: Target) -> Seen:
        seen = judged(look, target)
        if seen.answer != "good":
            return replace(seen, answer="unsatisfiable", other=True)
        after = transcript_of(folder, look.cases[0])
        if after is None:
            return Seen(answer="unsatisfiable", why="it left no transcript")
        found = {change.key: change for change in wire_changes(before, after, older=older)}
        same = next((found[key] for key in target.roots if key in found), None)
        return Seen(answer="bad", why=f"{same.place}: {same.why}") if same else seen

    return judge
