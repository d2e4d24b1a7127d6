from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from openai.types.responses import ResponseOutputItem, ResponseStreamEvent
from pydantic import BaseModel, TypeAdapter
from tests.upstream.every_item import ITEMS
from tests.upstream.kit import WORDS, called, output, request, scripted, user

from chatkit_harness.core.errors import ScenarioError
from chatkit_harness.documents import problems
from chatkit_harness.upstream.item_events import item_events
from chatkit_harness.upstream.match import Matcher
from chatkit_harness.upstream.sse import read_events

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "script.schema.json").read_text())
NEWER = ("response.shell_call_", "response.compaction.")
"""Events that the openai package has from 3.2.0 and 3.16.2 on."""


def models(union: Any) -> Iterator[type[BaseModel]]:
    """The classes of a union, however deep."""
    for each in get_args(union):
        if isinstance(each, type) and issubclass(each, BaseModel):
            yield each
        else:
            yield from models(each)


def by_type(union: Any) -> dict[str, type[BaseModel]]:
    return {get_args(each.model_fields["type"].annotation)[0]: each for each in models(union)}


EVENTS = by_type(ResponseStreamEvent)
KNOWN = by_type(ResponseOutputItem)


def test_every_item_of_the_openai_package_is_rendered() -> None:
    assert set(KNOWN) <= {each["type"] for each in ITEMS}


@pytest.mark.parametrize(
    "item", [each for each in ITEMS if each["type"] in KNOWN], ids=lambda each: each["id"]
)
def test_each_event_is_one_of_the_openai_package(item: dict[str, Any]) -> None:
    told = list(item_events(item, 0))
    assert [each["type"] for each in (told[0], told[-1])] == [
        "response.output_item.added",
        "response.output_item.done",
    ]
    for number, event in enumerate(told):
        if event["type"] in EVENTS or not event["type"].startswith(NEWER):
            checked = EVENTS[event["type"]].model_validate({**event, "sequence_number": number})
            assert set(event) <= set(checked.model_dump())


@pytest.mark.parametrize(
    ("item", "steps"),
    [
        (
            "mcp_call",
            "mcp_call.in_progress mcp_call_arguments.delta mcp_call_arguments.done mcp_call.completed",
        ),
        ("mcp_list_tools", "mcp_list_tools.in_progress mcp_list_tools.completed"),
        (
            "file_search_call",
            "file_search_call.in_progress file_search_call.searching file_search_call.completed",
        ),
        ("compaction", "compaction.compacting"),
        ("program", ""),
    ],
)
def test_an_item_has_events_of_its_own(item: str, steps: str) -> None:
    told = list(item_events(next(each for each in ITEMS if each["type"] == item), 3))[1:-1]
    assert [each["type"].removeprefix("response.") for each in told] == steps.split()
    assert {each["output_index"] for each in told} <= {3}


@pytest.mark.parametrize("kind", ["mcp_call", "mcp_list_tools"])
def test_what_fails_is_told_as_failed(kind: str) -> None:
    failed = next(each for each in ITEMS if each["type"] == kind and each["error"])
    assert f"response.{kind}.failed" in [each["type"] for each in item_events(failed, 0)]


def test_an_item_of_a_kind_that_nobody_knows_comes_and_is_done() -> None:
    told = [each["item"]["status"] for each in item_events({"type": "mood", "status": "completed"}, 0)]
    assert told == ["in_progress", "completed"]


def kinds(script: list[dict[str, Any]]) -> list[str]:
    told = read_events(scripted(script).interactions[0].body)
    return [each["type"].removeprefix("response.") for each in told]


def test_events_are_placed_behind_others_and_counted_with_them() -> None:
    placed = [
        {"after": "response.created", "event": {"type": "response.queued"}},
        {"after": 0, "event": {"type": "hello"}},
        {"after": "response.output_text.delta", "nth": 2, "event": {"type": "mood"}},
    ]
    script = [{"say": "Good day", "events": placed}]
    assert problems(script, SCHEMA) == []
    assert kinds(script)[:4] == ["hello", "created", "queued", "in_progress"]
    assert kinds(script)[6:9] == ["output_text.delta", "output_text.delta", "mood"]
    told = list(read_events(scripted(script).interactions[0].body))
    assert [each["sequence_number"] for each in told] == list(range(len(told)))
    queued = TypeAdapter(EVENTS["response.queued"]).validate_python(told[2]).model_dump()
    assert queued["response"]["status"] == "queued"


def test_an_event_in_the_place_of_the_end_is_the_last() -> None:
    event = {"type": "error", "code": "server_error", "message": "It broke.", "param": None}
    script = [{"say": "Good day", "events": [{"instead": "response.completed", "event": event}]}]
    assert kinds(script)[-2:] == ["output_item.done", "error"]


def test_a_place_that_is_not_there_is_told() -> None:
    with pytest.raises(ScenarioError, match=r"streams response.refusal.done 0 times"):
        kinds([{"say": "x", "events": [{"after": "response.refusal.done", "event": {"type": "mood"}}]}])


@pytest.mark.parametrize(
    "entry", [{"event": {"type": "x"}}, {"after": "a", "instead": "b", "event": {"type": "x"}}]
)
def test_an_event_has_one_place(entry: dict[str, Any]) -> None:
    assert problems([{"say": "x", "events": [entry]}], SCHEMA) != []


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("computer_call", {"type": "computer_call_output", "call_id": "c3", "output": {}}),
        ("custom_tool_call", {"type": "custom_tool_call_output", "call_id": "c2", "output": "1"}),
        ("apply_patch_call", {"type": "apply_patch_call_output", "call_id": "c6", "output": "Done."}),
        ("local_shell_call", {"type": "local_shell_call_output", "id": "c4", "output": "a.txt"}),
        (
            "mcp_approval_request",
            {"type": "mcp_approval_response", "approval_request_id": "a", "approve": True},
        ),
    ],
)
def test_what_a_client_gives_back_is_what_the_next_answer_waits_for(kind: str, answer: Any) -> None:
    item = next(dict(each) for each in ITEMS if each["type"] == kind)
    item["id"] = answer.get("approval_request_id", item["id"])
    first = {"items": [item], "offered": False}
    matcher = Matcher(scripted([first, {"say": "Done."}]), [WORDS])
    assert matcher.take("responses", request(user(WORDS))).interaction == 0
    assert matcher.take("responses", request(user(WORDS), item, answer)).interaction == 1


def test_what_a_hosted_shell_did_by_itself_waits_for_nothing() -> None:
    items = [dict(each) for each in ITEMS if str(each["type"]).startswith("shell_call")]
    cassette = scripted([{"items": items}, {"say": "Done."}])
    asked = [each["type"] for each in cassette.interactions[1].request["input"][1:]]
    assert asked == ["shell_call", "shell_call_output"]


def test_a_forgotten_call_is_not_waited_for_in_later_turns() -> None:
    calls = [{"call": "quote", "id": "c1"}, {"call": "pick", "id": "c2"}]
    script = [{"calls": calls, "offered": False, "forgotten": ["c1"]}, {"turn": 2, "say": "Done."}]
    assert problems(script, SCHEMA) == []
    matcher = Matcher(scripted(script, WORDS, None), [WORDS])
    assert matcher.take("responses", request(user(WORDS))).interaction == 0
    asked = request(user(WORDS), called("c2", "pick"), output("c2", "red"))
    assert matcher.take("responses", asked).interaction == 1
