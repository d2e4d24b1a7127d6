"""Requests and JSON answers beside the schemas of their release: one transcript for each lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.checks import build
from tests.checks.build import item, transcript, turn

from chatkit_harness.checks import run
from chatkit_harness.checks.wire_documents import ANSWERS, check
from chatkit_harness.contracts.catalogue import releases
from chatkit_harness.contracts.wire_history import ANSWER, step
from chatkit_harness.core.transcript import CellFacts, Stored, Transcript

LIST = {"type": "items.list", "params": {"thread_id": "t"}}
ITEM = item(
    "assistant_message", "m", content=[{"type": "output_text", "text": "At 271.84.", "annotations": []}]
)
CALL = item(
    "client_tool_call", "c", call_id="k", name="n", status="completed", arguments={}, output={"a": [1]}
)
PAGE: dict[str, Any] = {"data": [], "has_more": False}
EMPTY = {**build.THREAD, "items": PAGE}


def told(held: Transcript, chatkit: str = "1.6.5") -> list[tuple[str, str]]:
    cell = CellFacts(python="3.12.1", platform="Linux", pins={"openai-chatkit": chatkit})
    return [(each.key, each.severity) for each in check(replace(held, cell=cell))]


def asked(request: Mapping[str, Any], answer: Any = None) -> Transcript:
    return transcript(turn(request=request, response=answer))


def read_back(*items: Any, **thread: Any) -> Transcript:
    return transcript(stored=Stored(thread={**build.THREAD, **thread}, items=items))


@pytest.mark.parametrize("release", releases())
def test_an_honest_conversation_is_valid_on_every_release(release: str) -> None:
    held = replace(read_back(ITEM, CALL), turns=(turn(request=build.CREATE),))
    assert told(held, release) == []


@pytest.mark.parametrize(
    ("request_", "key"),
    [
        ({"type": "threads.crate", "params": {}}, "wrong-value:threads.crate.type"),
        ({"type": "threads.create"}, "missing-prop:threads.create.params"),
        ({**LIST, "params": {"thread_id": "t", "sort": "up"}}, "unknown-prop:items.list.sort"),
        ({**LIST, "params": {"thread_id": "t", "order": "up"}}, "wrong-value:items.list.order"),
    ],
)
def test_a_request_that_the_release_does_not_know_is_told(request_: Any, key: str) -> None:
    ((found, severity),) = told(asked(request_, PAGE))
    assert found.startswith("run/invalid-request")
    assert (found.partition(" ")[2].partition(":")[0], severity) == (key.partition(":")[0], "warning")


@pytest.mark.parametrize(
    ("kind", "answer", "rule"),
    [
        ("items.list", {"data": [{**ITEM, "type": "riddle"}], "has_more": False}, "wrong-value"),
        ("items.list", {"data": [ITEM], "has_more": "no"}, "wrong-type"),
        ("threads.get_by_id", {**EMPTY, "items": {**PAGE, "data": [{**ITEM, "id": 7}]}}, "wrong-type"),
        ("threads.list", {**PAGE, "data": [{**EMPTY, "status": {"type": "ajar"}}]}, "wrong-value"),
        ("threads.list", {"data": []}, "missing-prop"),
        ("threads.get_by_id", {**EMPTY, "created_at": "yesterday"}, "wrong-value"),
        ("threads.get_by_id", {**EMPTY, "items": {"data": []}}, "missing-prop"),
        ("threads.update", {name: EMPTY[name] for name in EMPTY if name != "status"}, "missing-prop"),
        ("input.transcribe", {"words": "At 271.84."}, "missing-prop"),
        ("input.transcribe", {"text": 7}, "wrong-type"),
        ("threads.sync_custom_action", {"updated_item": "words"}, "wrong-type"),
        ("attachments.create", {"type": "file", "id": "a", "name": "a.txt"}, "missing-prop"),
        ("threads.sync_custom_action", {"updated_item": {**ITEM, "id": 7}}, "wrong-type"),
    ],
)  # fmt: skip
def test_an_answer_that_the_release_does_not_name_is_told(kind: str, answer: Any, rule: str) -> None:
    keys = [key for key, severity in told(asked({"type": kind, "params": {}}, answer)) if severity == "error"]
    assert [key.partition(":")[0] for key in keys] == [f"run/invalid-answer {rule}"]


def test_an_answer_goes_by_the_name_of_its_model() -> None:
    answer = {"type": "input.transcribe", "params": {"audio_base64": "", "mime_type": "audio/webm"}}
    (finding,) = check(asked(answer, {}))
    assert finding.message.endswith("is not valid: TranscriptionResult needs the prop 'text' (text).")
    assert told(asked(answer, {"text": "At 271.84.", "certain": True}))[0] == (
        "run/invalid-answer unknown-prop:TranscriptionResult.certain", "warning"
    )  # fmt: skip


@pytest.mark.parametrize("answer", [{}, {"updated_item": None}, {"updated_item": ITEM}])
def test_a_sync_action_may_change_an_item_or_none(answer: Any) -> None:
    request = {"type": "threads.sync_custom_action", "params": {"thread_id": "t", "action": {"type": "a"}}}
    assert told(asked(request, answer)) == []
    assert told(asked(request, {**answer, "mood": "good"})) == [
        ("run/invalid-answer unknown-prop:SyncCustomActionResponse.mood", "warning")
    ]


def test_an_answer_that_the_release_has_no_model_of_is_not_judged() -> None:
    keys = [key for key, _ in told(asked({"type": "input.transcribe", "params": {}}, {"words": ""}), "1.5.3")]
    assert all(key.startswith("run/invalid-request") for key in keys)


def test_every_model_that_requests_are_answered_with_is_held_to() -> None:
    answers = {change.where for part, change in step("0.0.2", "newest").changes if part == ANSWER}
    assert answers == {"SyncCustomActionResponse", "TranscriptionResult"}
    assert answers <= set(ANSWERS.values())


def test_what_is_read_back_is_judged_too_and_a_key_too_many_is_a_warning() -> None:
    assert told(read_back({**CALL, "mood": "good"})) == [
        ("run/invalid-answer unknown-prop:client_tool_call.mood", "warning")
    ]
    assert told(read_back(ITEM, status={"type": "ajar"}))[0][1] == "error"


def test_a_kind_of_item_that_came_later_is_no_item_of_an_older_release() -> None:
    image = item("generated_image", "g", image={"id": "i", "url": "https://example.com/i.png"})
    assert told(read_back(image), "1.6.5") == []
    assert told(read_back(image), "1.2.0") == [
        ("run/invalid-answer wrong-value:generated_image.type", "error")
    ]


def test_widgets_are_left_to_their_own_check_and_an_unknown_release_to_nobody() -> None:
    widget = item("widget", "w", widget={"type": "Crad", "children": [{"type": "Tetx"}]})
    assert told(read_back(widget)) == []
    assert told(read_back({**ITEM, "id": 7}), "99.0.0") == []


def test_it_is_part_of_run() -> None:
    held = replace(build.clean(), stored=Stored(thread=build.THREAD, items=({**ITEM, "content": 1},)))
    assert "run/invalid-answer" in build.rules(run.check(held, build.scenario()))
