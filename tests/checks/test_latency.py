from __future__ import annotations

from dataclasses import replace

import pytest
from tests.checks import build
from tests.checks.build import CARD, exchange, rules, transcript, turn

from chatkit_harness.checks import latency
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import Budgets
from chatkit_harness.core.transcript import Exchange

SLOW = turn(build.user(), build.widget(CARD), build.message("Slow."), sent_at_ms=-990.0, ended_at_ms=40.0)
"""A turn that takes 1,000 ms to its first event, 1,010 to its widget and 1,030 to its end."""


def found(budgets: Budgets, *exchanges: Exchange) -> list[Finding]:
    held = transcript(SLOW, exchanges=exchanges)
    return list(latency.check(held, build.scenario(budgets=budgets)))


def test_each_ceiling_that_is_clearly_passed_fails() -> None:
    budgets = Budgets(first_event_ms=500, widget_ms=500, total_ms=500)
    told = found(budgets)
    assert rules(told) == ["latency/first-event", "latency/widget", "latency/total"]
    assert "1000 ms to the first event, for a budget of 500 ms" in told[0].message
    assert "without any model time" in told[0].message


@pytest.mark.parametrize(("ceiling", "severity"), [(1000, "warning"), (940, "warning"), (930, "error")])
def test_a_tenth_above_a_ceiling_is_left_to_clocks(ceiling: float, severity: str) -> None:
    (finding,) = found(Budgets(total_ms=ceiling))
    assert finding.severity == severity


def test_what_keeps_its_budget_is_no_finding() -> None:
    assert not found(Budgets(first_event_ms=2000, widget_ms=2000, total_ms=2000))


def test_waiting_for_a_recorded_model_is_left_out() -> None:
    waited = exchange(at_ms=-900.0, ended_at_ms=-20.0, critical_ms=880.0)
    assert not found(Budgets(total_ms=200), waited)


def test_a_recording_that_was_not_waited_for_takes_nothing_off() -> None:
    at_once = exchange(at_ms=-900.0, ended_at_ms=-899.0, critical_ms=880.0)
    assert rules(found(Budgets(total_ms=200), at_once)) == ["latency/total"]


def test_time_for_which_the_machine_gave_no_processor_is_left_out() -> None:
    starved = transcript(replace(SLOW, starved_ms=900.0))
    assert not list(latency.check(starved, build.scenario(budgets=Budgets(total_ms=200))))


def test_too_many_calls_of_the_model_fail() -> None:
    calls = [exchange(at_ms=float(n)) for n in range(3)]
    assert rules(found(Budgets(model_calls=2), *calls)) == ["latency/model-calls"]


def test_a_turn_that_did_not_end_is_not_timed() -> None:
    held = transcript(turn(end="hung", ended_at_ms=60_000.0))
    assert not list(latency.check(held, build.scenario(budgets=Budgets(total_ms=1))))
