"""What a turn becomes on the wire: the composer's choices, and requests with ids that were seen."""

from __future__ import annotations

from typing import Any

import pytest

from chatkit_harness.incell.requests import Conversation


def conversation() -> Conversation:
    """One in which a question was answered."""
    held = Conversation()
    held.observe({"type": "thread.created", "thread": {"id": "thr"}})
    for kind, identity in (("user_message", "u1"), ("assistant_message", "a1"), ("assistant_message", "a2")):
        held.observe({"type": "thread.item.done", "item": {"type": kind, "id": identity}})
    return held


def message(**more: Any) -> Any:
    request = Conversation().request({"user": "Compare ", "message": more})
    assert request["type"] == "threads.create"
    return request["params"]["input"]


def asked(held: Conversation, kind: str = "items.feedback", **params: Any) -> Any:
    return held.request({"ask": {"type": kind, "params": params}})["params"]


def test_plain_words_go_alone() -> None:
    content = [{"type": "input_text", "text": "Compare "}]
    assert message() == {"content": content, "attachments": [], "inference_options": {}}


def test_tags_stand_behind_the_words_with_all_that_they_have() -> None:
    _, bare, full = message(tags=[{"id": "a", "text": "A"}, {"id": "b", "text": "B", "data": {"x": 1}}])[
        "content"
    ]
    assert bare == {"type": "input_tag", "id": "a", "text": "A", "data": {}, "interactive": False}
    assert full["data"] == {"x": 1}


def test_what_the_composer_offers_goes_along() -> None:
    sent = message(quote="rose", model="gpt-5", tool_choice="get_news")
    assert sent["quoted_text"] == "rose"
    assert sent["inference_options"] == {"model": "gpt-5", "tool_choice": {"id": "get_news"}}


def test_names_stand_for_the_newest_ids() -> None:
    params = asked(conversation(), thread_id="$thread", item_ids=["$assistant_message", "$user_message"])
    assert params == {"thread_id": "thr", "item_ids": ["a2", "u1"]}


def test_a_number_stands_for_an_earlier_one() -> None:
    held = conversation()
    held.observe({"type": "thread.item.replaced", "item": {"type": "assistant_message", "id": "a1"}})
    params = asked(
        held, first="$assistant_message_1", second="$assistant_message_2", newest="$assistant_message"
    )
    assert params == {"first": "a1", "second": "a2", "newest": "a1"}


def test_a_name_that_nobody_knows_stays_as_it_is() -> None:
    assert asked(conversation(), item_id="$widget", note="no $thread") == {
        "item_id": "$widget",
        "note": "no $thread",
    }


def test_a_file_goes_with_the_next_message_only() -> None:
    held = conversation()
    held.answered({"type": "attachments.create", "params": {}}, {"id": "atc"})
    sent = [held.request({"user": "What is this?"})["params"]["input"]["attachments"] for _ in range(2)]
    assert sent == [["atc"], []]
    assert asked(held, "attachments.delete", attachment_id="$attachment") == {"attachment_id": "atc"}


def test_a_file_that_is_taken_back_goes_with_nothing() -> None:
    held = conversation()
    held.answered({"type": "attachments.create", "params": {}}, {"id": "atc"})
    held.answered({"type": "attachments.delete", "params": {"attachment_id": "atc"}}, {})
    assert held.request({"user": "Hello"})["params"]["input"]["attachments"] == []


def test_the_next_page_begins_where_the_last_one_ended() -> None:
    held = conversation()
    held.answered({"type": "items.list", "params": {}}, {"data": [], "after": "7"})
    assert asked(held, "items.list", after="$after") == {"after": "7"}


@pytest.mark.parametrize(
    ("deleted", "kind"), [("thr", "threads.create"), ("other", "threads.add_user_message")]
)
def test_after_its_thread_a_client_begins_anew(deleted: str, kind: str) -> None:
    held = conversation()
    held.answered({"type": "threads.delete", "params": {"thread_id": deleted}}, {})
    assert held.request({"user": "Hello"})["type"] == kind


def test_an_answer_of_any_shape_is_taken() -> None:
    held = conversation()
    shapes: list[Any] = [None, [], "x", {"id": 7, "after": 3}]
    for response in shapes:
        held.answered({"type": "attachments.create", "params": {}}, response)
    assert held.attached == []
