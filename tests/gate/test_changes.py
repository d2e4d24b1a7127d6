"""Case by case: what an upgrade breaks, mends, and leaves as it was."""

from __future__ import annotations

from typing import Any

import pytest

from chatkit_harness.core.nouns import CaseResult, Finding, Outcome
from chatkit_harness.gate.changes import CaseChange, comparable, compared


def case(outcome: Outcome = "pass", *keys: str, **more: Any) -> CaseResult:
    """A case of a cell that was asked for a price."""
    found = tuple(Finding(rule="run/exception", severity="error", key=key, message=key) for key in keys)
    given = {"id": "c/native/quote", "cell": "c", "path": "native", "scenario": "quote", **more}
    return CaseResult(outcome=outcome, findings=found, **given)


def change(base: CaseResult, candidate: CaseResult) -> CaseChange:
    """The only change between two cases."""
    (found,) = compared([base], [candidate])
    return found


@pytest.mark.parametrize(
    ("base", "candidate", "kind"),
    [
        (case(), case(), "same_pass"),
        (case(), case("fail", "boom"), "new_failure"),
        (case("fail", "boom"), case(), "fixed"),
        (case("fail", "boom"), case("fail", "boom"), "same_failure"),
        (case("fail", "boom"), case("fail", "bang"), "other_failure"),
        (case("fail", "boom", "bang"), case("fail", "boom"), "same_failure"),
        (case(), case("error"), "incomparable"),
        (case("skipped"), case("fail", "boom"), "incomparable"),
        (case(), case("unresolvable"), "incomparable"),
    ],
)
def test_what_became_of_a_case(base: CaseResult, candidate: CaseResult, kind: str) -> None:
    assert change(base, candidate).kind == kind


def test_new_findings_are_those_that_the_base_lacks() -> None:
    found = change(case("fail", "boom", "old"), case("fail", "boom", "bang"))
    assert [each.key for each in found.new] == ["bang"]
    assert [each.key for each in found.gone] == ["old"]


def test_cases_are_matched_by_what_they_ask_and_not_by_their_cells() -> None:
    other = case(cell="d", id="d/native/quote")
    assert change(case(), other).kind == "same_pass"


def test_a_case_that_one_side_lacks_is_never_compared() -> None:
    found = compared([case()], [case(scenario="news")])
    assert [each.kind for each in found] == ["incomparable", "incomparable"]
    assert [each.why for each in found] == [
        "Only one side has it: the candidate lacks it.",
        "Only one side has it: the base lacks it.",
    ]
    assert comparable(found) == []


def test_the_reason_of_a_side_without_a_verdict_is_told() -> None:
    found = change(case(), case("unresolvable", reason="openai is pinned twice"))
    assert found.why == "The candidate: unresolvable (openai is pinned twice)."


def test_the_last_attempt_counts() -> None:
    (found,) = compared([case("fail", "boom"), case(attempt=2)], [case()])
    assert found.kind == "same_pass"


def test_a_key_names_only_what_is_not_plain() -> None:
    plain, other = case(), case(path="agent_builder", store="sqlite")
    told = [str(each.key) for each in compared([plain, other], [])]
    assert told == ["quote", "quote [sqlite] [agent_builder]"]
