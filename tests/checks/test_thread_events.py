from __future__ import annotations

from typing import Any

import pytest
from tests.checks import build
from tests.checks.build import transcript, turn

from chatkit_harness.checks import run
from chatkit_harness.checks.thread_events import check
from chatkit_harness.contracts.catalogue import releases
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.transcript import CellFacts, Turn

ADD = {"type": "threads.add_user_message", "params": {"thread_id": "t"}}


def found(*turns: Turn, chatkit: str = "1.6.5") -> list[Finding]:
    cell = CellFacts(python="3.12.1", platform="Linux", pins={"openai-chatkit": chatkit})
    return list(check(transcript(*turns, cell=cell)))


def changed(**fields: Any) -> dict[str, Any]:
    """An assistant's message whose item has other fields; None takes one away."""
    item = {**build.message("Fine.")["item"], **fields}
    return build.done({name: value for name, value in item.items() if value is not None})


WORKFLOW = {"type": "custom", "tasks": []}


def attached(**fields: Any) -> dict[str, Any]:
    """The user's message, with a picture."""
    picture = {"type": "image", "id": "a", "name": "a.png", "mime_type": "image/png"}
    shown = {**picture, "preview_url": "https://example.org/a.png", **fields}
    return build.done({**build.user()["item"], "attachments": [shown]})


@pytest.mark.parametrize("release", releases())
def test_a_clean_conversation_is_valid_on_every_release(release: str) -> None:
    assert found(*build.clean().turns, chatkit=release) == []


@pytest.mark.parametrize(
    ("event", "key"),
    [
        ({**build.message("Fine."), "type": "thread.item.dnoe"}, "wrong-value:thread.item.dnoe.type"),
        ({"type": "thread.item.done"}, "missing-prop:thread.item.done.item"),
        ({"no": "type"}, "missing-prop:event.type"),
        (changed(created_at=None), "missing-prop:assistant_message.created_at"),
        (changed(type="assistant_mesage"), "wrong-value:assistant_mesage.type"),
        (
            changed(content=[{"type": "text", "text": "a", "annotations": []}]),
            "wrong-value:assistant_message",
        ),
        (changed(id=7), "wrong-type:assistant_message.id"),
        (changed(created_at="yesterday"), "wrong-value:assistant_message.created_at"),
        (changed(created_at="2026-11-20"), "wrong-value:assistant_message.created_at"),
        (changed(content=[{"type": "output_text", "text": "a"}]), "missing-prop:assistant_message"),
        (
            {"type": "thread.item.done", "item": build.item("workflow", "w", workflow=WORKFLOW)},
            "missing-prop:workflow.workflow.expanded",
        ),
        (
            {
                "type": "thread.created",
                "thread": {
                    "id": "t",
                    "created_at": "2026-11-20T16:00:00",
                    "metadata": {},
                    "items": {"data": [], "has_more": False},
                },
            },
            "missing-prop:thread.created.thread.status",
        ),
        (
            {"type": "thread.created", "thread": {**build.THREAD, "items": {"data": []}}},
            "missing-prop:thread.created.thread.items.has_more",
        ),
        ({"type": "error", "code": "custom"}, "missing-prop:error.allow_retry"),
        (attached(preview_url="the picture"), "wrong-value:user_message.attachments.preview_url"),
        (
            attached(upload_descriptor={"url": "here", "method": "PUT", "headers": {}}),
            "wrong-value:user_message.attachments.upload_descriptor.url",
        ),
    ],
)
def test_an_event_that_the_release_does_not_know_is_told(event: dict[str, Any], key: str) -> None:
    (finding,) = found(turn(event))
    assert (finding.rule, finding.severity) == ("run/invalid-event", "error")
    assert finding.key.startswith(f"run/invalid-event {key}")
    assert finding.evidence["turn"] == 0


def test_a_property_too_many_is_a_warning() -> None:
    (finding,) = found(turn(changed(mood="good")))
    assert (finding.key, finding.severity) == (
        "run/invalid-event unknown-prop:assistant_message.mood",
        "warning",
    )


def test_an_attachment_has_no_metadata_on_the_wire() -> None:
    assert found(turn(attached())) == []
    (finding,) = found(turn(attached(metadata={"owner": "me"})))
    assert finding.key == "run/invalid-event unknown-prop:user_message.attachments.metadata"


@pytest.mark.parametrize(
    "time", ["2026-11-20T16:00:00.123456", "2026-11-20T16:00:00Z", "2026-11-20T16:00:00+05:30"]
)
def test_a_time_may_have_a_fraction_and_an_offset(time: str) -> None:
    assert found(turn(changed(created_at=time))) == []


def test_an_item_of_another_thread_is_told() -> None:
    (finding,) = found(turn(changed(thread_id="t2"), request=ADD))
    assert finding.key == "run/invalid-event wrong-thread:assistant_message"
    created = build.clean().turns[0].events[0].data
    assert [each.key for each in found(turn(created, changed(thread_id="t2")))] == [finding.key]
    assert found(turn(changed(thread_id="t2"))) == []  # no thread is known


def test_one_kind_is_told_once_and_another_of_the_same_shape_is_seen() -> None:
    wrong = changed(created_at=None)
    assert len(found(turn(wrong, wrong), turn(wrong, index=1))) == 1
    assert len(found(turn(build.message("Fine."), changed(id=7), changed(content="words")))) == 2


def test_what_is_inside_a_widget_is_left_to_the_check_of_widgets() -> None:
    update = {"type": "widget.root.updated", "widget": {"type": "Panel"}}
    told = {"type": "thread.item.updated", "item_id": "w", "update": update}
    assert found(turn(build.widget({"type": "Card", "colour": 1}), told)) == []


@pytest.mark.parametrize("chatkit", ["99.0", "1.2.99"])
def test_a_release_whose_events_are_not_stored_is_not_judged(chatkit: str) -> None:
    assert found(turn({"type": "thread.item.dnoe"}), chatkit=chatkit) == []


def test_it_is_part_of_run() -> None:
    held = transcript(turn({**build.message("Fine."), "type": "thread.item.dnoe"}, build.message("Fine.")))
    assert build.rules(run.check(held, build.scenario())) == ["run/invalid-event"]
