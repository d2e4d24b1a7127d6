from __future__ import annotations

import pytest

from chatkit_harness.reference.page_context import MAX_CONVERSATIONS, PageContext

TESLA = {"symbol": "tsla", "timeframe": "1D"}


def test_a_conversation_keeps_its_session_and_what_was_told() -> None:
    page = PageContext()
    first = page.told("c1", {**TESLA, "faults": {"market_data": "slow"}})
    assert page.told("c1", {"timeframe": "1H"}) == first
    assert page.known(first) == {"symbol": "TSLA", "timeframe": "1H", "faults": {}}


def test_a_chart_can_be_closed() -> None:
    page = PageContext()
    page.told("c1", TESLA)
    assert page.known(page.told("c1", {"symbol": None}))["symbol"] is None


def test_conversations_do_not_meet() -> None:
    page = PageContext()
    page.told("c1", TESLA)
    assert page.known(page.told("c2", {}))["symbol"] is None


def test_a_day_later_the_session_is_a_new_one_without_the_earlier_context() -> None:
    page = PageContext(clock=lambda: 0.0)
    first = page.told("c1", TESLA)
    second = page.told("c1", {"timeframe": "1H", "hours_later": 25})
    assert second != first
    assert page.known(second) == {"symbol": None, "timeframe": "1H", "faults": {}}
    assert page.known(first) == {}


def test_an_hour_later_the_session_still_lives() -> None:
    page = PageContext(clock=lambda: 0.0)
    first = page.told("c1", TESLA)
    assert page.told("c1", {"hours_later": 23}) == first
    assert page.known(first)["symbol"] == "TSLA"


def test_it_stays_that_much_later() -> None:
    page = PageContext(clock=lambda: 0.0)
    page.told("c1", TESLA)
    second = page.told("c1", {**TESLA, "hours_later": 25})
    assert page.told("c1", {"hours_later": 25}) == second
    assert page.told("c1", {}) == second


def test_every_conversation_has_hours_of_its_own() -> None:
    page = PageContext(clock=lambda: 0.0)
    for conversation in ("c1", "c2"):
        first = page.told(conversation, TESLA)
        assert page.told(conversation, {"hours_later": 25}) != first


def test_an_unknown_session_knows_nothing() -> None:
    assert PageContext().known(None) == {}
    assert PageContext().known("sess_1") == {}


def test_the_oldest_conversation_makes_room() -> None:
    page = PageContext()
    first = page.told("first", TESLA)
    for number in range(MAX_CONVERSATIONS):
        page.told(str(number), {})
    assert page.told("first", {}) != first


def test_another_fault_is_refused() -> None:
    with pytest.raises(ValueError, match="no market_data fault called 'boom'"):
        PageContext().told("c1", {"faults": {"market_data": "boom"}})
