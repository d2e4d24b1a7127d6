"""A case that failed because of what says nothing about the versions: it is not judged."""

from __future__ import annotations

from typing import Any

import pytest
from tests.checks import build
from tests.checks.build import error, logged, message, raised, transcript, turn, user

from chatkit_harness.checks import run_checks
from chatkit_harness.checks.judge import Judgement, judge
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.core.transcript import Exam, Raised, Stored, Transcript

DOWN = raised(
    "chatkit_harness.reference.stores.errors.StoreUnavailableError",
    "the store in PostgreSQL (db:5432/market) cannot be used: connection refused",
)
WRAPPED = raised("builtins.RuntimeError", "the turn failed", cause=DOWN)
THEIRS = raised("shop.store.StoreUnavailableError", "connection refused")
CLOSED = raised("chatkit_harness.reference.stores.errors.StoreClosedError", "the store has been closed")
NOWHERE = raised("chatkit_harness.incell.unjudged.UnjudgedError", "--endpoint /x: it answers 404. Mend it.")


def judged(held: Transcript, scenario: Scenario | None = None) -> Judgement:
    scenario = scenario or build.scenario(turns=len(held.turns) or 1)
    return judge(held, scenario, run_checks(held, scenario))


def rejected(error: Raised, **more: Any) -> Transcript:
    return transcript(turn(end="rejected", raised=error, **more))


@pytest.mark.parametrize(
    "held",
    [
        rejected(DOWN),
        rejected(WRAPPED),
        transcript(turn(user(), error()), log=(logged(DOWN),)),
        transcript(log=(logged(DOWN, at_ms=0.0, turn=None),)),
        transcript(turn(user(), message("Hello")), stored=Stored(raised=DOWN)),
    ],
    ids=["rejected", "wrapped", "error-event", "at-the-start", "read-back"],
)
def test_a_store_that_is_down_leaves_the_case_unjudged(held: Transcript) -> None:
    verdict = judged(held)
    assert verdict.outcome == "error"
    assert verdict.reason is not None
    assert "db:5432/market) cannot be used: connection refused; this says nothing" in verdict.reason
    assert [each.rule for each in verdict.findings if each.severity == "error"] == []


def test_an_exam_that_was_given_up_over_it_is_not_skipped() -> None:
    exam = Exam(name="conformance/rename", outcome="unsupported", reason="no thread can be made")
    held = transcript(exam=exam, log=(logged(DOWN, turn=None),))
    assert judged(held, build.scenario(turns=0, exam="conformance/rename")).outcome == "error"


@pytest.mark.parametrize("error", [THEIRS, CLOSED])
def test_what_somebodys_own_store_raises_stays_a_finding(error: Raised) -> None:
    assert judged(rejected(error)).outcome == "fail"


def test_what_failed_before_it_stays_a_finding() -> None:
    broken = turn(end="rejected", raised=raised("builtins.TypeError", "no such argument"))
    later = turn(index=1, end="rejected", raised=DOWN)
    verdict = judged(transcript(broken, later))
    assert (verdict.outcome, "no such argument" in str(verdict.reason)) == ("fail", True)


def test_a_store_that_the_scenario_tells_to_fail_is_judged() -> None:
    told = build.scenario(context={"faults": {"store": "unavailable"}})
    assert judged(rejected(DOWN), told).outcome == "fail"


def test_a_path_where_nobody_listens_is_told_in_its_own_words() -> None:
    verdict = judged(rejected(NOWHERE))
    assert (verdict.outcome, verdict.reason) == ("error", "--endpoint /x: it answers 404. Mend it.")
