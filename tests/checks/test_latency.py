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


@pytest.mark.parametrize(
    ("second", "own"),
    [((-900.0, -400.0), 530), ((-700.0, -600.0), 530), ((-600.0, -200.0), 330), ((-300.0, -200.0), 430)],
    ids=["at once", "inside", "overlapping", "one after the other"],
)
def test_requests_side_by_side_are_waited_for_once(second: tuple[float, float], own: int) -> None:
    spans = ((-900.0, -400.0), second)
    (finding,) = found(Budgets(total_ms=100), *(exchange(at_ms=a, ended_at_ms=b) for a, b in spans))
    assert f"{own} ms to the end" in finding.message


def test_a_request_beyond_the_first_event_is_waited_for_until_then() -> None:
    (finding,) = found(Budgets(first_event_ms=100), exchange(at_ms=-490.0, ended_at_ms=30.0))
    assert "500 ms to the first event" in finding.message


def starved(ms: float, first_ms: float, budgets: Budgets) -> list[Finding]:
    """Of a turn of two seconds, with its first event after so long."""
    slow = turn(build.message("Slow."), ended_at_ms=2000.0)
    slow = replace(slow, starved_ms=ms, events=(replace(slow.events[0], at_ms=first_ms),))
    return list(latency.check(transcript(slow), build.scenario(budgets=budgets)))


def test_starving_that_may_have_come_after_the_first_event_leaves_a_doubt() -> None:
    (finding,) = starved(300.0, 300.0, Budgets(first_event_ms=100))
    assert (finding.rule, finding.severity) == ("latency/first-event", "warning")
    assert "0 to 300 ms to the first event, for a budget of 100 ms" in finding.message
    assert "when in the turn the machine gave no processor for 300 ms is not known" in finding.message
    assert (finding.evidence["overhead_ms"], finding.evidence["overhead_at_most_ms"]) == (0, 300)


def test_what_is_over_the_ceiling_wherever_it_starved_fails() -> None:
    (finding,) = starved(300.0, 600.0, Budgets(first_event_ms=100))
    assert finding.severity == "error"
    assert "300 to 600 ms to the first event" in finding.message


def test_starving_that_does_not_fit_after_the_first_event_came_before_it() -> None:
    assert not starved(1900.0, 1950.0, Budgets(first_event_ms=100))


def test_all_that_a_turn_starved_is_before_its_end() -> None:
    (finding,) = starved(1500.0, 300.0, Budgets(total_ms=100))
    assert finding.severity == "error"
    assert "500 ms to the end, for a budget of 100 ms" in finding.message


def test_starving_while_the_model_answered_excuses_nothing_in_silence() -> None:
    slow = replace(turn(build.message("Slow."), ended_at_ms=1000.0), starved_ms=500.0)
    asked = exchange(at_ms=slow.sent_at_ms, ended_at_ms=slow.sent_at_ms + 500.0)
    held = transcript(slow, exchanges=(asked,))
    (finding,) = latency.check(held, build.scenario(budgets=Budgets(total_ms=100)))
    assert finding.severity == "warning"
    assert "0 to 500 ms to the end" in finding.message


def test_too_many_calls_of_the_model_fail() -> None:
    calls = [exchange(at_ms=float(n)) for n in range(3)]
    assert rules(found(Budgets(model_calls=2), *calls)) == ["latency/model-calls"]


def test_a_turn_that_did_not_end_is_not_timed() -> None:
    held = transcript(turn(end="hung", ended_at_ms=60_000.0))
    assert not list(latency.check(held, build.scenario(budgets=Budgets(total_ms=1))))
