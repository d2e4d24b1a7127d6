"""Half of an answer that broke off must not be shown as if it were a whole one."""

from __future__ import annotations

from typing import Any

import pytest
from tests.checks import build

from chatkit_harness.checks import torn
from chatkit_harness.core.scenario import Scenario

WHOLE = "Apple is up about one percent."


def breaking_off(**fault: Any) -> Scenario:
    return build.scenario(script=({"say": WHOLE, "fault": fault or {"cut_after_chunks": 6}},))


def found(*events: Any, scenario: Scenario | None = None, **fields: Any) -> list[str]:
    held = build.transcript(build.turn(build.user(), *events, **fields))
    return [each.key for each in torn.check(held, scenario or breaking_off())]


@pytest.mark.parametrize(
    "fault",
    [
        {"cut_after_chunks": 6},
        {"cut_inside_chunk": 6},
        {"end_after_chunks": 6},
        {"silence_after_chunks": 6},
    ],
)
def test_half_an_answer_that_nobody_is_told_of_is_a_finding(fault: dict[str, Any]) -> None:
    assert found(build.message("Apple is up "), scenario=breaking_off(**fault)) == ["run/torn-answer"]


def test_it_says_where_the_answer_broke_off() -> None:
    held = build.transcript(build.turn(build.user(), build.message("Apple is up")))
    (finding,) = torn.check(held, breaking_off())
    assert (finding.severity, finding.evidence["turn"]) == ("error", 0)
    assert "broke off after 'Apple is up'" in finding.message


def test_a_user_who_is_told_of_an_error_is_not_misled() -> None:
    assert found(build.message("Apple is up"), build.error()) == []
    assert found(build.message("Apple is up"), {"type": "notice", "level": "warning", "message": "cut"}) == []


@pytest.mark.parametrize("words", [WHOLE, "Apple is up (the rest was lost)", "The model failed.", ""])
def test_a_server_may_show_all_of_it_or_say_so_in_its_own_words(words: str) -> None:
    assert found(build.message(words)) == []


def test_what_was_begun_and_never_finished_is_told_elsewhere() -> None:
    added = {"type": "thread.item.added", "item": build.item("assistant_message", "m", content=[])}
    assert found(added) == []


def test_half_of_what_is_not_done_yet_is_no_whole_answer() -> None:
    begun = build.streamed(WHOLE, "Apple is up ")[:-1]
    assert found(*begun) == []


def test_a_turn_that_breaks_off_itself_shows_nothing_as_whole() -> None:
    assert found(build.message("Apple is up"), end="raised") == []


def test_an_answer_of_another_turn_is_no_half() -> None:
    script = ({"say": "Good morning."}, {"turn": 2, "say": WHOLE, "fault": {"cut_after_chunks": 6}})
    assert found(build.message("Apple"), scenario=build.scenario(2, script=script)) == []


def test_an_answer_that_did_not_break_off_may_be_shortened_by_others() -> None:
    assert found(build.message("Apple"), scenario=build.scenario(script=({"say": WHOLE},))) == []
    twice = breaking_off(repeat=["response.output_text.delta"])
    assert found(build.message("Apple"), scenario=twice) == []
