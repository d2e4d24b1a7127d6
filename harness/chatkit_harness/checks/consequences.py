"""What ends or shortens a turn, and what is found besides only because of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import Scenario

FAULT_NOT_MET = "run/fault-not-met"
SILENT = frozenset({"run/silent-end", "run/no-answer"})

_ROOTS = frozenset(
    {
        *("run/action-not-offered", "run/died", "run/error-event", "run/hang", "run/http-envelope"),
        *("run/http-error", "run/http-error-in-200", "run/invalid-event", "run/invalid-request"),
        *("run/logged-exception", "run/raised", "run/rejected", "run/tool-error", "run/unreadable-event"),
        "upstream/unmatched",
    }
)
"""What ends or shortens a turn. Only what is listed does: a new rule silences nothing."""

_NOT_DRAWN = (
    *("commands/missing", "commands/wrong-symbol", "commands/wrong-timeframe", "commands/wrong-indicators"),
    *("commands/levels-missing", "commands/intent-without-command"),
)
_FOLLOWS = ("expect/", *SILENT, "run/not-driven", FAULT_NOT_MET, "text/empty", *_NOT_DRAWN)


def is_root(finding: Finding) -> bool:
    """Whether a turn ended or said less because of it."""
    return finding.rule.startswith("imports/") or finding.rule in _ROOTS


def as_note(finding: Finding, **evidence: object) -> Finding:
    """The finding as something that is told and fails nothing, with what explains it."""
    return replace(finding, severity="note", evidence={**finding.evidence, **evidence})


def consequences(
    findings: Sequence[Finding], expected: Sequence[Finding], scenario: Scenario
) -> list[Finding]:
    """Findings that follow from an earlier one in the same or a previous turn, as notes that say so.

    After something raised, the missing widget is no second fault. After one of the `expected` findings
    nothing that the scenario states is excused: it says what it means. Only the chart's commands are that the
    user's words of the same turn let one hope for.
    """
    roots = [each for each in findings if is_root(each) and each.severity == "error"]
    excused = [each for each in expected if is_root(each)]
    result = []
    for finding in findings:
        root = _after(finding, roots) if finding.rule.startswith(_FOLLOWS) else None
        if root is None and _may_be_excused(finding, scenario):
            root = next((each for each in excused if _turn(each) == _turn(finding)), None)
        result.append(
            as_note(finding, consequence_of=root.key) if root and finding.severity == "error" else finding
        )
    return result


def _may_be_excused(finding: Finding, scenario: Scenario) -> bool:
    """Whether it is about commands of one turn that nobody stated."""
    turn = _turn(finding)
    if turn is None or not finding.rule.startswith(_NOT_DRAWN):
        return False
    own = scenario.turns[turn].expect if 0 <= turn < len(scenario.turns) else None
    return all(each is None or each.commands is None for each in (scenario.expect, own))


def _turn(finding: Finding) -> int | None:
    turn = finding.evidence.get("turn")
    return turn if isinstance(turn, int) else None


def _after(finding: Finding, roots: Sequence[Finding]) -> Finding | None:
    """The first root that came no later than the finding; one without a turn is about the whole case.

    A case that ended early between turns says how many had ended: what was wrong in those came before.
    """
    turn = _turn(finding)
    for root in roots:
        began = root.evidence.get("turns_ended", _turn(root))
        if root is not finding and (turn is None or began is None or began <= turn):
            return root
    return None
