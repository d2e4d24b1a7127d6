from __future__ import annotations

from tests.checks.build import message, turn

from chatkit_harness.checks.items import assistant_texts, sent_items


def test_each_turn_has_its_own_items_however_many_were_read() -> None:
    turns = [turn(message(f"answer {number}")) for number in range(40)]
    for _ in range(2):
        assert [assistant_texts(each) for each in turns] == [(f"answer {number}",) for number in range(40)]


def test_a_turn_is_read_once() -> None:
    one = turn(message("hello"))
    assert sent_items(one) is sent_items(one)
