from __future__ import annotations

import dataclasses

from tests.comparison.build import CARD, LEVELS, answer, exchanges, native, workflow

from chatkit_harness.comparison.measure import costs_of, in_a_row, times_of
from chatkit_harness.comparison.nouns import Costs, Times
from chatkit_harness.core.transcript import Transcript

NONE: frozenset[str] = frozenset()


def test_overhead_is_what_the_model_did_not_take() -> None:
    times = times_of(native("", [CARD]), NONE)
    assert times.end.overhead_ms == 20.0 - 2.0
    assert times.first_content.overhead_ms == 8.0 - 1.0 - 2.0
    assert times.end.model_ms is None
    assert times.cpu_ms == 9.0


def test_waiting_for_a_processor_is_spread_over_the_turn() -> None:
    whole = native("", [CARD])
    turn = dataclasses.replace(whole.turns[0], starved_ms=10.0)
    times = times_of(dataclasses.replace(whole, turns=(turn,)), NONE)
    assert (times.end.overhead_ms, times.first_content.overhead_ms) == (8.0, 1.5)


def test_a_script_has_no_model_time_whatever_stands_in_it() -> None:
    scripted = dataclasses.replace(native("x"), exchanges=exchanges(2, 300.0))
    assert times_of(scripted, NONE).end.model_ms is None


def test_a_recording_has_the_model_s_time_and_a_user_s_wait() -> None:
    end = times_of(native("x", critical_ms=300.0), NONE).end
    assert (end.model_ms, end.whole_ms) == (600.0, 618.0)


def test_an_answer_that_is_still_coming_in_is_counted_as_the_most() -> None:
    early = dataclasses.replace(exchanges(1, 300.0)[0], ended_at_ms=15.0)
    first = times_of(
        dataclasses.replace(native("x", critical_ms=300.0), exchanges=(early,)), NONE
    ).first_event
    assert (first.model_ms, first.at_most) == (300.0, True)


def test_a_widget_that_is_not_valid_is_no_first_widget() -> None:
    assert times_of(native("x", [CARD]), frozenset({"w0"})).first_content.overhead_ms is None
    both = native("x", [CARD, CARD])
    assert times_of(both, frozenset({"w0"})).first_content.overhead_ms == 6.0


def test_a_workflow_s_widgets_and_commands_are_there_when_its_answer_is() -> None:
    times = times_of(workflow(answer("", [CARD], LEVELS)), NONE)
    assert times.first_content == times.end == times.first_event
    assert times_of(workflow(answer("x")), NONE).first_content.overhead_ms is None


def test_answers_that_were_saved_have_no_times_and_no_costs() -> None:
    saved = workflow(answer("x"), saved=True)
    assert times_of(saved, NONE) == Times()
    assert costs_of(saved) == Costs()


def test_requests_that_overlap_are_not_one_after_the_other() -> None:
    one, two, three = exchanges(3)
    beside = dataclasses.replace(two, at_ms=one.at_ms, ended_at_ms=one.ended_at_ms)
    assert in_a_row([one, two, three]) == 3
    assert in_a_row([one, beside, three]) == 2


def test_tokens_are_an_estimate_unless_they_were_counted() -> None:
    costs = costs_of(native("Tesla is up."))
    assert (costs.tokens_estimated, costs.calls, costs.response_bytes) == (True, 2, 800)
    assert costs.output_tokens == 3
    assert (costs.request_bytes or 0) // 4 == costs.input_tokens


def test_tokens_count_where_a_model_counted_them() -> None:
    def counted(transcript: Transcript) -> Transcript:
        made = [dataclasses.replace(each, input_tokens=7, output_tokens=3) for each in transcript.exchanges]
        return dataclasses.replace(transcript, exchanges=tuple(made))

    costs = costs_of(counted(native("Tesla is up.", critical_ms=100)))
    assert (costs.input_tokens, costs.output_tokens, costs.tokens_estimated) == (14, 6, False)
    assert costs_of(counted(native("Tesla is up."))).tokens_estimated, (
        "a script's figures were counted by nobody"
    )
