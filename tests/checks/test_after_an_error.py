"""What follows an error that a scenario expects: forgiven where the error is a defect, else not."""

from __future__ import annotations

from dataclasses import replace

from tests.checks import build
from tests.checks.build import logged, raised, rules, transcript, turn

from chatkit_harness.checks import run_checks
from chatkit_harness.checks.judge import judge
from chatkit_harness.core.scenario import Expectation, FindingExpectation, Scenario, WidgetExpectation
from chatkit_harness.core.transcript import Transcript

ASKED = ("run", "expect")
CARD = Expectation(widgets=(WidgetExpectation(root="Card"),))
ERROR = Expectation(error="stream.error")
DEFECT = Expectation(findings=(FindingExpectation(rule="run/error-event"),))
FAILED = (turn(build.user(), build.error()), turn(build.user(), build.message("Here it is."), index=1))
BROKEN = transcript(
    *FAILED, log=(logged(raised("builtins.OSError", "gone")),), stored=build.stored(build.user())
)


def failing(
    held: Transcript, first: Expectation | None, second: Expectation, whole: Expectation
) -> list[str]:
    base = build.scenario(turns=2)
    turns = tuple(
        replace(plan, expect=expect) for plan, expect in zip(base.turns, (first, second), strict=True)
    )
    scenario: Scenario = replace(base, turns=turns, expect=whole)
    return rules(judge(held, scenario, run_checks(held, scenario, ASKED), names=ASKED).findings)


def test_a_later_turn_has_to_show_what_it_should_whatever_failed_before() -> None:
    assert failing(BROKEN, ERROR, CARD, Expectation()) == ["expect/widget-missing"]
    assert failing(BROKEN, None, CARD, DEFECT) == ["expect/widget-missing"]


def test_the_turn_of_a_defect_is_forgiven_its_widget() -> None:
    assert failing(BROKEN, CARD, Expectation(), DEFECT) == []


def test_what_is_stored_after_an_error_that_was_asked_for_is_part_of_the_question() -> None:
    items = ("user_message", "assistant_message")
    assert failing(BROKEN, ERROR, Expectation(), Expectation(items=items)) == ["expect/items"]
    assert failing(BROKEN, None, Expectation(), replace(DEFECT, items=items)) == []
