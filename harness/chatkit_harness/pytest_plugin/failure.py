"""Why a case did not pass, in the words of the reports: never in those of the harness's own code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from chatkit_harness.causes.group import raised_of
from chatkit_harness.core.nouns import CaseResult, Finding
from chatkit_harness.reports.caught import is_expected
from chatkit_harness.reports.text import clean, clip

_FRAMES = 6
_LONGEST = 300
_TOLD = ("turn", "raised", "expected")
"""Evidence that has a line of its own, or is none of the reader's business."""


def failure_words(case: CaseResult, reproduce: str) -> str:
    """Why a case did not pass: its findings with their evidence, and the command that shows it again."""
    if case.outcome == "unresolvable":
        return f"No set of pins exists for this cell.\n{clean(case.reason or '')}"
    if case.outcome == "error":
        lines = [f"Not judged: {clip(case.reason or 'the harness had trouble of its own.', 1000)}"]
    else:
        lines = []
    told = [each for each in case.findings if each.severity != "note" and not is_expected(each)]
    for finding in sorted(told, key=lambda each: each.severity != "error"):
        lines += _finding(finding)
    if not lines:
        lines = [clip(case.reason or "failed", 1000)]
    return "\n".join([*lines, "", "To see it again:", f"  {reproduce}"])


def _finding(finding: Finding) -> Iterator[str]:
    mark = "" if finding.severity == "error" else f"{finding.severity}: "
    yield clean(f"{mark}{finding.rule}: {finding.message}")
    turn = finding.evidence.get("turn")
    if isinstance(turn, int):
        yield f"  in turn {turn + 1}"
    for name, value in finding.evidence.items():
        if name not in _TOLD and value not in (None, "", [], {}):
            yield f"  {name.replace('_', ' ')}: {_short(value)}"
    raised = raised_of(finding)
    if raised is not None:
        yield clip(f"  {raised.type}: {raised.message}", _LONGEST)
        yield from (clean(f"    {f.file}:{f.line} in {f.function}") for f in raised.frames[-_FRAMES:])


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return clip(text, _LONGEST)
