from __future__ import annotations

from dataclasses import replace

import pytest
from tests.checks import build

from chatkit_harness.checks import CHECKS, run_checks
from chatkit_harness.checks.judge import judge
from chatkit_harness.core.errors import SelectionError
from chatkit_harness.core.transcript import Breach, Exam


def test_the_checks_come_in_their_order() -> None:
    talks = ["imports", "run", "widgets", "client", "expect", "commands", "text", "latency", "store"]
    assert list(CHECKS) == [*talks, "contract", "conformance"]


@pytest.mark.parametrize("kind", ["contract", "conformance"])
def test_an_exam_is_judged_by_its_own_check(kind: str) -> None:
    breach = Breach(rule="order", message="it is the other way round")
    exam = Exam(name=f"{kind}/order", outcome="broken", asked=1, breaches=(breach,))
    held = replace(build.transcript(build.turn(build.message('{"a": 1}'), None)), exam=exam)
    examined = replace(build.scenario(), exam=f"{kind}/order")
    assert build.rules(run_checks(held, examined)) == [f"{kind}/order"]
    assert judge(held, examined, run_checks(held, examined)).outcome == "fail"


def test_advice_fails_nobody_and_what_is_unsupported_is_skipped() -> None:
    scenario = replace(build.scenario(), exam="conformance/bad-body")
    breach = Breach(rule="server-error", message="it says 500", advice=True)
    exam = Exam(name="conformance/bad-body", outcome="held", asked=3, breaches=(breach,))
    held = replace(build.transcript(), exam=exam)
    assert judge(held, scenario, run_checks(held, scenario)).outcome == "pass"
    left_out = replace(held, exam=Exam(name=exam.name, outcome="unsupported", reason="no second user"))
    judgement = judge(left_out, scenario, run_checks(left_out, scenario))
    assert (judgement.outcome, judgement.reason) == ("skipped", "no second user")


def test_an_exam_that_nobody_took_is_no_pass() -> None:
    scenario = replace(build.scenario(), exam="contract/order")
    held = build.transcript()
    assert judge(held, scenario, run_checks(held, scenario)).outcome == "error"


def test_only_the_named_checks_run() -> None:
    held = build.transcript(build.turn(build.message('{"a": 1}'), None))
    assert build.rules(run_checks(held, build.scenario(), ["text"])) == ["text/raw-json"]


def test_a_wrong_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(SelectionError, match="Did you mean 'widgets'"):
        run_checks(build.clean(), build.scenario(), ["widget"])


def test_a_clean_transcript_gives_no_finding_from_any_check() -> None:
    assert run_checks(build.clean(), build.scenario()) == ()
