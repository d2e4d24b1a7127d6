"""What follows an error that a scenario expects: what else it expects is not forgiven."""

from __future__ import annotations

from dataclasses import replace

from tests.checks import build
from tests.checks.build import logged, raised, rules, transcript, turn

from chatkit_harness.checks import run_checks
from chatkit_harness.checks.judge import judge
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import (
    CommandsExpectation,
    Expectation,
    FindingExpectation,
    Scenario,
    WidgetExpectation,
)
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


def test_the_turn_of_a_defect_has_to_show_what_it_states() -> None:
    assert failing(BROKEN, CARD, Expectation(), DEFECT) == ["expect/widget-missing"]


def test_what_is_stored_after_an_error_is_part_of_the_question() -> None:
    items = ("user_message", "assistant_message")
    assert failing(BROKEN, ERROR, Expectation(), Expectation(items=items)) == ["expect/items"]
    assert failing(BROKEN, None, Expectation(), replace(DEFECT, items=items)) == ["expect/items"]


def undrawn(turn: int, expected: Expectation) -> list[str]:
    """What fails where a chart was not drawn in a turn, and the first one broke as expected."""
    lack = Finding(
        rule="commands/intent-without-command", severity="error", key="x", message="", evidence={"turn": turn}
    )
    scenario = replace(build.scenario(turns=2), expect=expected)
    found = [*run_checks(BROKEN, scenario, ("run",)), lack]
    return rules(judge(BROKEN, scenario, found, names=("run", "commands")).findings)


def test_a_chart_that_nobody_stated_is_forgiven_in_the_turn_of_a_defect() -> None:
    assert undrawn(0, DEFECT) == []
    assert undrawn(1, DEFECT) == ["commands/intent-without-command"]
    stated = replace(DEFECT, commands=CommandsExpectation(symbol="TSLA"))
    assert undrawn(0, stated) == ["commands/intent-without-command"]
